"""Each decision about one StackSet, by the smallest world that calls for it."""

from dataclasses import replace

from fakes import FakeGateway
from small_world import (
    ADMIN,
    DELEGATE,
    JUMP_ACCOUNT,
    MANAGEMENT,
    REGION,
    ROOT,
    World,
    ou,
    role_template,
    with_organization,
    with_stack_set,
)

from jumpcf.artifacts.effects import deletions
from jumpcf.artifacts.observed import Observed, ObservedInstance
from jumpcf.artifacts.operation import (
    ConfigureStackSet,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStackSet,
    UpdateStackSet,
)
from jumpcf.artifacts.plan import Plan

NAME = "jump-acme-dev"


def deployed(*units: str) -> World:
    world = World().grant("dev", *units)
    world.deploy()
    return world


def kinds(plan: Plan) -> list[type]:
    return [type(operation) for operation in plan.operations]


def effects(plan: Plan) -> dict[str, str]:
    (one,) = plan.stack_sets
    return {change.account[:3]: change.effect for change in one.accounts}


def reasons(plan: Plan) -> dict[str, str]:
    (one,) = plan.stack_sets
    return {change.account[:3]: change.reason for change in one.accounts}


def instance(observed: Observed, account: str, **changes: object) -> Observed:
    """The observation with one instance of the StackSet changed."""
    live = observed.organizations[0].stack_sets[0]
    instances = tuple(replace(i, **changes) if i.account == account else i for i in live.instances)
    return with_stack_set(observed, NAME, instances=instances)


def test_a_missing_stack_set_is_created_and_then_filled():
    plan = World(partners={}).grant("dev", ou("dev")).plan()
    assert kinds(plan)[-2:] == [CreateStackSet, CreateInstances]
    assert plan.operations[-1].units == (ou("dev"),)


def test_a_target_without_accounts_is_registered_all_the_same():
    plan = World().grant("dev", ou("empty")).plan()
    assert plan.operations[-1].units == (ou("empty"),)
    assert effects(plan) == {}


def test_targets_reach_child_ous_at_any_depth():
    assert set(effects(World().grant("dev", ou("work")).plan())) == {"402", "403", "404", "405", "406"}


def test_another_template_updates_every_stack():
    world = deployed(ou("dev"))
    plan = world.grant("dev", ou("dev"), template=role_template("Read")).plan()
    assert kinds(plan) == [UpdateStackSet]
    assert effects(plan) == {"402": "changed", "403": "changed"}
    (one,) = plan.stack_sets
    assert [(change.logical_id, change.action) for change in one.changes] == [
        ("RolePower", "remove"),
        ("RoleRead", "add"),
    ]


def test_other_tags_or_capabilities_update_too():
    world = deployed(ou("dev"))
    tags = {"jumpcf-estate": "example", "jumpcf-partner": "acme", "jumpcf-grant": "old"}
    assert kinds(world.plan(with_stack_set(world.aws.observe(), NAME, tags=tags))) == [UpdateStackSet]
    assert kinds(world.plan(with_stack_set(world.aws.observe(), NAME, capabilities=()))) == [UpdateStackSet]


def test_tags_that_others_put_there_are_no_difference():
    world = deployed(ou("dev"))
    live = world.aws.observe().organizations[0].stack_sets[0]
    tagged = with_stack_set(world.aws.observe(), NAME, tags={**live.tags, "cost-center": "42"})
    assert world.plan(tagged).operations == ()


def test_each_setting_that_was_turned_is_put_back():
    for changes in ({"auto_deployment": False}, {"managed_execution": False}, {"retain_on_removal": True}):
        world = deployed(ou("dev"))
        assert kinds(world.plan(with_stack_set(world.aws.observe(), NAME, **changes))) == [ConfigureStackSet]


def test_a_new_ou_is_filled_and_nothing_else_happens():
    plan = deployed(ou("dev")).grant("dev", ou("dev"), ou("sandbox")).plan()
    assert kinds(plan) == [CreateInstances]
    assert plan.operations[0].units == (ou("sandbox"),)
    assert effects(plan) == {"401": "new", "402": "current", "403": "current"}


def test_an_ou_that_is_wanted_no_more_is_emptied_and_nothing_else_happens():
    plan = deployed(ou("dev"), ou("sandbox")).grant("dev", ou("dev")).plan()
    assert kinds(plan) == [DeleteInstances]
    assert (plan.operations[0].units, plan.operations[0].retain) == ((ou("sandbox"),), False)
    assert effects(plan) == {"401": "leaving", "402": "current", "403": "current"}
    assert deletions(plan) == (f"corp/{NAME}",)


def test_going_from_a_parent_to_its_child_deletes_first_and_then_fills_the_child():
    world = deployed(ou("work")).grant("dev", ou("prod"))
    plan = world.plan()
    assert kinds(plan) == [DeleteInstances, CreateInstances]
    assert plan.operations[1].units == (ou("prod"),)
    assert plan.operations[1].needs[0] == plan.operations[0].id
    assert {key for key, effect in effects(plan).items() if effect == "changed"} == {"404", "405"}
    assert any("2 accounts below /Work lose their roles" in notice for notice in plan.notices)


def test_going_from_a_child_to_its_parent_fills_again_what_the_deletion_empties():
    world = deployed(ou("prod")).grant("dev", ou("work"))
    assert kinds(world.plan()) == [DeleteInstances, CreateInstances]
    world.deploy()
    assert world.status().as_wanted


def test_a_target_below_one_that_goes_is_registered_again_even_without_accounts():
    world = World(homes={**World().homes, "405000000000": ou("sandbox")}).grant("dev", ou("pci"))
    world.deploy()
    both = with_stack_set(world.aws.observe(), NAME, units=(ou("pci"), ou("work")))
    plan = world.plan(both)
    assert kinds(plan) == [DeleteInstances, CreateInstances]
    assert plan.operations[1].units == (ou("pci"),)


def test_an_account_that_hangs_from_a_leaving_target_elsewhere_is_filled_again():
    world = deployed(ou("dev"), ou("sandbox"))
    moved = instance(world.aws.observe(), "401000000000", unit=ou("dev"))
    plan = world.grant("dev", ou("sandbox")).plan(moved)
    assert kinds(plan) == [DeleteInstances, CreateInstances]
    assert plan.operations[1].units == (ou("sandbox"),)
    assert effects(plan)["401"] == "changed"


def test_a_deletion_that_is_made_good_again_waits_for_the_jump_account_too():
    world = deployed(ou("work"))
    world.base = role_template("Base")
    restoring = world.grant("dev", ou("prod")).plan().operations
    assert restoring[0].id in restoring[1].needs
    plain = deployed(ou("dev"), ou("sandbox"))
    plain.base = role_template("Base")
    assert [op.needs for op in plain.grant("dev", ou("dev")).plan().operations if op.place == "corp"] == [()]


def test_a_deletion_runs_before_the_update_and_the_update_before_the_creation():
    world = deployed(ou("dev"), ou("sandbox"))
    live = with_stack_set(world.aws.observe(), NAME, managed_execution=False)
    plan = world.grant("dev", ou("dev"), ou("prod"), template=role_template("Read")).plan(live)
    assert kinds(plan) == [ConfigureStackSet, DeleteInstances, UpdateStackSet, CreateInstances]
    ids = [operation.id for operation in plan.operations]
    assert [operation.needs for operation in plan.operations] == [(), (ids[0],), (ids[1],), (ids[2],)]


def test_a_missing_or_failed_stack_is_a_gap_and_only_its_ou_is_filled():
    world = deployed(ou("dev"), ou("sandbox"))
    for status, detailed in (("OUTDATED", "FAILED"), ("OUTDATED", "CANCELLED"), ("OUTDATED", "PENDING")):
        found = instance(world.aws.observe(), "402000000000", status=status, detailed=detailed, reason="why")
        plan = world.plan(found)
        assert kinds(plan) == [CreateInstances]
        assert plan.operations[0].units == (ou("dev"),)
        assert reasons(plan)["402"] == "tried again: why"


def test_a_failed_stack_says_why_also_where_aws_calls_it_current():
    world = deployed(ou("dev"))
    found = instance(world.aws.observe(), "402000000000", detailed="FAILED", reason="drifted")
    assert kinds(world.plan(found)) == [CreateInstances]


def test_beside_an_update_only_missing_stacks_are_gaps():
    world = deployed(ou("dev")).grant("dev", ou("dev"), template=role_template("Read"))
    failed = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="FAILED")
    assert kinds(world.plan(failed)) == [UpdateStackSet]
    live = failed.organizations[0].stack_sets[0]
    missing = with_stack_set(failed, NAME, instances=live.instances[1:])
    assert kinds(world.plan(missing)) == [UpdateStackSet, CreateInstances]


def test_what_an_operation_is_at_work_on_is_no_gap():
    world = deployed(ou("dev"))
    busy = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="RUNNING")
    plan = world.plan(with_stack_set(busy, NAME, running="op-1"))
    assert plan.operations == ()
    assert plan.notices == (
        f"corp/{NAME}: operation op-1 is under way; nothing here waits for it: wait, then run status",
    )


def test_a_foreign_operation_is_awaited_where_the_plan_has_something_to_do():
    world = deployed(ou("dev")).grant("dev", ou("dev"), template=role_template("Read"))
    plan = world.plan(with_stack_set(world.aws.observe(), NAME, running="op-1"))
    assert plan.notices == (f"corp/{NAME}: operation op-1 is under way; it is awaited",)
    gone = world.without("dev").plan(with_stack_set(world.aws.observe(), NAME, running="op-1"))
    assert gone.notices == (f"corp/{NAME}: operation op-1 is under way; it is awaited",)


def test_a_lock_that_aws_left_behind_is_to_be_refreshed_by_the_verb():
    world = World().grant("dev", ou("dev"), "ou-c0rp-gone0000")
    observed = with_organization(world.nothing(), delegated_administrators=("402000000000",))
    gone, unknown = world.plan(observed).blockers
    for told in (gone, unknown):
        assert "refresh params/lock/corp.json (jumpcf sync --org corp)" in told


def test_suspended_accounts_are_skipped_and_never_a_reason_to_act():
    for state in ("SUSPENDED", "PENDING_CLOSURE", "CLOSED"):
        world = World(states={"402000000000": state}).grant("dev", ou("dev"))
        world.deploy()
        plan = world.plan()
        assert plan.operations == ()
        assert reasons(plan)["402"] == state.lower().replace("_", " ")


def test_a_suspended_account_is_taken_off_by_an_operation_of_its_own_after_the_real_deletion():
    world = World(states={"402000000000": "SUSPENDED"}).grant("dev", ou("dev"), ou("sandbox"))
    world.deploy()
    plan = world.grant("dev", ou("sandbox")).plan()
    first, second = plan.operations
    assert (first.retain, first.accounts) == (False, ())
    assert (second.retain, second.accounts, second.units) == (True, ("402000000000",), (ou("dev"),))


def test_a_stack_set_without_grant_is_emptied_and_deleted():
    world = deployed(ou("dev"), ou("sandbox")).without("dev")
    plan = world.plan()
    assert kinds(plan) == [DeleteInstances, DeleteStackSet]
    assert plan.operations[0].units == tuple(sorted((ou("dev"), ou("sandbox"))))
    assert plan.operations[1].needs == (plan.operations[0].id,)


def test_an_orphan_that_is_empty_is_only_deleted():
    world = deployed(ou("dev")).without("dev")
    assert kinds(world.plan(with_stack_set(world.aws.observe(), NAME, units=(), instances=()))) == [
        DeleteStackSet
    ]


def test_the_deletion_of_a_stack_set_needs_every_deletion_of_its_stacks():
    world = World(states={"402000000000": "SUSPENDED"}).grant("dev", ou("dev"))
    world.deploy()
    *deletions, last = world.without("dev").plan().operations
    assert last.needs == tuple(operation.id for operation in deletions)
    assert len(deletions) == 2


def test_a_stack_set_that_is_not_ours_is_never_written_to():
    for changes, said in (
        ({"tags": {}}, "without jumpcf's tags"),
        ({"tags": {"jumpcf-estate": "other"}}, "belongs to the estate other"),
        ({"permission_model": "SELF_MANAGED"}, "SELF_MANAGED"),
    ):
        world = deployed(ou("dev")).grant("dev", ou("sandbox"))
        plan = world.plan(with_stack_set(world.aws.observe(), NAME, **changes))
        assert plan.operations == ()
        assert plan.blockers[0].startswith(f"corp/{NAME}: ")
        assert said in plan.blockers[0]
        assert plan.stack_sets[0].action == "blocked"


def test_a_stranger_that_only_begins_like_ours_is_none_of_our_business():
    world = deployed(ou("dev")).without("dev")
    plan = world.plan(with_stack_set(world.aws.observe(), NAME, tags={"team": "other"}))
    assert (plan.operations, plan.blockers, plan.stack_sets) == ((), (), ())


def test_an_ou_that_is_gone_is_named():
    world = World().grant("dev", ou("dev"), ou("gone"))
    (blocker,) = world.plan().blockers
    assert f"the OU {ou('gone')} ({ou('gone')}) is not there any more" in blocker


def test_an_ou_of_another_root_is_named():
    (blocker,) = World().grant("dev", "ou-0the-12345678").plan().blockers
    assert "is under another root than r-c0rp" in blocker


def test_a_wanted_ou_that_now_lies_below_another_is_named():
    (blocker,) = World().grant("dev", ou("work"), ou("dev")).plan().blockers
    assert "/Work/Dev now lies below /Work; name only one" in blocker


def test_a_protected_account_that_the_lock_does_not_know_stops_the_plan():
    world = World().grant("dev", ou("dev"))
    observed = with_organization(world.nothing(), delegated_administrators=("402000000000",))
    (blocker,) = world.plan(observed).blockers
    assert "402000000000 (account-402) is a delegated administrator that the lock does not know" in blocker
    elsewhere = with_organization(world.nothing(), delegated_administrators=("404000000000",))
    assert world.plan(elsewhere).blockers == ()


def test_another_management_account_stops_the_plan_where_it_is_in_scope():
    world = World().grant("dev", ou("dev"))
    observed = with_organization(world.nothing(), management_account="402000000000")
    assert "is a management account that the lock does not know" in world.plan(observed).blockers[0]


def test_a_template_that_would_make_roles_in_the_jump_account_stops_the_plan():
    body = role_template("Power", excluded=(DELEGATE, MANAGEMENT))
    blockers = World().grant("dev", ou("core"), template=body).plan().blockers
    assert [("jump account" in line, "admin account" in line) for line in blockers] == [
        (True, False),
        (False, True),
    ]


def test_a_delegated_administrator_that_the_template_admits_gets_its_role():
    body = role_template("Power", excluded=(JUMP_ACCOUNT, ADMIN, MANAGEMENT))
    plan = World().grant("dev", ou("core"), template=body).plan()
    assert plan.blockers == ()
    assert effects(plan) == {"111": "skipped", "222": "skipped", "300": "new"}


def test_a_new_account_in_scope_is_filled_and_stops_nothing():
    world = deployed(ou("dev"))
    observed = world.aws.observe()
    joined = replace(observed.organizations[0].accounts[-1], id="499000000000", unit=ou("dev"))
    plan = world.plan(with_organization(observed, accounts=(*observed.organizations[0].accounts, joined)))
    assert plan.blockers == ()
    assert effects(plan)["499"] == "new"
    assert kinds(plan) == [CreateInstances]


def test_an_account_excepted_from_now_on_loses_its_roles_and_one_excepted_no_more_gains_them():
    world = World().grant("dev", ou("dev"), excepted=("402000000000",))
    world.deploy()
    plan = world.grant("dev", ou("dev"), excepted=("403000000000",)).plan()
    assert kinds(plan) == [UpdateStackSet]
    assert effects(plan) == {"402": "new", "403": "leaving"}


def test_an_account_excepted_no_more_that_never_had_a_stack_is_filled_beside_the_update():
    world = World().grant("dev", ou("dev"), excepted=("402000000000",))
    world.deploy()
    live = world.aws.observe().organizations[0].stack_sets[0]
    observed = with_stack_set(
        world.aws.observe(), NAME, instances=tuple(i for i in live.instances if i.account != "402000000000")
    )
    assert world.plan(observed).operations == ()
    assert kinds(world.grant("dev", ou("dev")).plan(observed)) == [UpdateStackSet, CreateInstances]


def test_an_inoperable_stack_is_told_and_left_to_repair():
    world = deployed(ou("dev"))
    found = instance(
        world.aws.observe(), "402000000000", status="INOPERABLE", detailed="FAILED", reason="held"
    )
    plan = world.plan(found)
    assert plan.operations == ()
    assert "402000000000 (account-402) is inoperable; repair it: held" in plan.notices[0]
    assert reasons(plan)["402"] == "inoperable, repair it: held"


def test_a_stack_in_another_region_is_told():
    world = deployed(ou("dev"))
    live = world.aws.observe().organizations[0].stack_sets[0]
    other = replace(live.instances[0], region="us-east-1")
    plan = world.plan(with_stack_set(world.aws.observe(), NAME, instances=(*live.instances, other)))
    assert plan.operations == ()
    assert f"has a stack in us-east-1; jumpcf deploys only to {REGION}" in plan.notices[0]


def test_a_target_that_is_gone_from_the_organization_is_told_and_not_called():
    world = deployed(ou("dev"))
    found = with_stack_set(world.aws.observe(), NAME, units=(ou("dev"), ou("gone")))
    plan = world.plan(found)
    assert plan.operations == ()
    assert f"its target {ou('gone')} is gone" in plan.notices[0]


def test_an_account_that_left_the_organization_leaves_its_stack_set_by_retaining():
    world = deployed(ou("dev")).without("dev")
    live = world.aws.observe().organizations[0].stack_sets[0]
    ghost = ObservedInstance(
        account="499000000000", region=REGION, unit=ou("dev"), status="CURRENT", detailed=""
    )
    plan = world.plan(with_stack_set(world.aws.observe(), NAME, instances=(*live.instances, ghost)))
    assert plan.operations[1].accounts == ("499000000000",)
    assert plan.operations[1].retain
    assert reasons(plan)["499"].startswith("left the organization")


def test_an_unknown_or_another_organization_is_never_planned_for():
    world = deployed(ou("dev"))
    for changes, said in (
        ({"id": "o-other"}, "AWS says o-other"),
        ({"name": "lab"}, "the manifest was not compiled for this organization"),
    ):
        plan = world.plan(with_organization(world.aws.observe(), **changes))
        assert (plan.operations, plan.stack_sets) == ((), ())
        assert said in plan.blockers[0]


def test_another_jump_account_stops_the_plan():
    world = World().grant("dev", ou("dev"))
    plan = world.plan(replace(world.nothing(), account="999999999999"))
    assert plan.blockers[0].startswith("jump: AWS answers as 999999999999")


def test_the_root_as_target_reaches_everyone_but_the_management_account():
    world = World().grant("dev", ROOT)
    world.deploy()
    live = world.aws.observe().organizations[0].stack_sets[0]
    assert MANAGEMENT not in {one.account for one in live.instances}
    assert effects(world.plan())["100"] == "skipped"


def test_a_moved_account_is_auto_deployments_work_and_changes_no_plan():
    world = World().grant("dev", ou("dev")).grant("ops", ou("sandbox"))
    world.deploy()
    world.aws.move("corp", "402000000000", ou("sandbox"))
    assert world.plan().operations == ()
    assert world.status().as_wanted


def test_a_template_that_cannot_be_read_as_json_is_replaced():
    world = deployed(ou("dev"))
    observed = with_stack_set(world.aws.observe(), NAME, template="yaml")
    plan = world.plan(replace(observed, templates={**observed.templates, "yaml": "Resources: {}"}))
    assert kinds(plan) == [UpdateStackSet]


def test_the_fake_aws_passes_over_suspended_accounts():
    world = World(states={"402000000000": "SUSPENDED"}).grant("dev", ou("dev"))
    assert isinstance(world.aws, FakeGateway)
    world.deploy()
    live = world.aws.observe().organizations[0].stack_sets[0]
    assert {one.account[:3]: one.detailed for one in live.instances} == {
        "402": "SKIPPED_SUSPENDED_ACCOUNT",
        "403": "SUCCEEDED",
    }
