"""The truth about every wanted account, whatever the operations said."""

from dataclasses import replace

import pytest
from small_world import ADMIN, REGION, ROOT, World, ou, role_template, with_organization, with_stack_set

from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.status import Outcome, Status
from jumpcf.planner.judge import SETTLED, judge

NAME = "jump-acme-dev"


def deployed(**more: object) -> World:
    world = World(**more).grant("dev", ou("dev"))
    world.deploy()
    return world


def seen(world: World, observed: Observed, **more: object) -> Status:
    return judge(world.manifest, observed, more.get("outcomes"), more.get("plan"))


def states(status: Status) -> dict[str, str]:
    return {line.account[:3]: line.state for line in status.accounts}


def line(status: Status, account: str) -> tuple[str, str, str]:
    found = next(one for one in status.accounts if one.account.startswith(account))
    return found.state, found.reason, found.hint


def instance(observed: Observed, account: str, **changes: object) -> Observed:
    live = next(one for one in observed.organizations[0].stack_sets if one.name == NAME)
    instances = tuple(replace(i, **changes) if i.account == account else i for i in live.instances)
    return with_stack_set(observed, NAME, instances=instances)


def test_what_was_there_is_current_and_what_the_run_made_is_deployed():
    world = World().grant("dev", ou("dev"))
    plan = world.plan()
    outcomes = world.deploy()
    after = world.status(plan=plan, outcomes=outcomes)
    assert after.as_wanted
    assert states(after) == {"402": "deployed", "403": "deployed"}
    assert states(world.status()) == {"402": "current", "403": "current"}


def test_accounts_that_get_no_role_say_why_and_are_as_wanted():
    world = World(states={"405000000000": "SUSPENDED"}).grant("all", ROOT, excepted=("401000000000",))
    world.deploy()
    status = world.status()
    assert status.as_wanted
    found = states(status)
    assert (found["100"], found["405"], found["401"]) == ("management", "suspended", "excepted")
    assert line(status, "111")[:2] == ("protected", "jump account")
    assert line(status, "222")[:2] == ("protected", "admin account")
    assert line(status, "300")[:2] == ("protected", "delegated administrator")


def test_a_delegated_administrator_that_is_admitted_has_its_role():
    body = role_template("Power", excluded=("111111111111", ADMIN, "100000000000"))
    world = World().grant("dev", ou("core"), template=body)
    world.deploy()
    assert states(world.status()) == {"111": "protected", "222": "protected", "300": "current"}


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("ResourceStatusReason:Role acme-Power already exists", "not this stack's"),
        ("iam:GetRole with an explicit deny in a service control policy", "stacksets-exec-*"),
        ("Account 4 should have 'stacksets-exec-1' role with trust relationship", "trusted access"),
        ("Cannot delete entity, must detach all policies first", "detach it"),
        ("The role with name acme-Power cannot be found. (HandlerErrorCode: NotFound)", "deleted by hand"),
        ("Policy arn:aws:iam::402000000000:policy/x was not found", "deleted by hand"),
        (
            "You must enable organizations access to operate a service managed stack set",
            "trusted access for StackSets is off",
        ),
        ("The AWS Access Key Id needs a subscription for the service", "not ready"),
        ("Cannot exceed quota for RolesPerAccount: 1000", "a quota of that account is full"),
        (
            "Resource handler failed (HandlerErrorCode: ServiceLimitExceeded)",
            "a quota of that account is full",
        ),
        ("User: x/stacksets-exec-1 is not authorized to perform: iam:CreateRole", "lacks a permission"),
        ("Rate exceeded", "throttled"),
        ("a text that nobody knows", ""),
    ],
)
def test_a_failure_has_its_reason_and_the_hint_that_fits(reason, hint):
    world = deployed()
    found = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="FAILED", reason=reason)
    status = seen(world, found)
    state, told, advice = line(status, "402")
    assert (state, told) == ("failed", reason)
    assert hint in advice
    assert bool(advice) == bool(hint)
    assert not status.as_wanted


def test_a_victim_of_other_failures_was_not_attempted():
    world = deployed()
    for detailed in ("CANCELLED", "FAILED"):
        found = instance(
            world.aws.observe(),
            "402000000000",
            status="OUTDATED",
            detailed=detailed,
            reason="Cancelled since failure tolerance has exceeded",
        )
        status = seen(world, found)
        state, _, advice = line(status, "402")
        assert state == "not-attempted"
        assert [one.account for one in status.accounts if one.victim] == ["402000000000"]
        assert "other accounts failed first" in advice


def test_a_failed_instance_is_failed_also_where_aws_calls_it_current():
    world = deployed()
    found = instance(world.aws.observe(), "402000000000", detailed="FAILED", reason="held")
    assert line(seen(world, found), "402")[:2] == ("failed", "held")


def test_an_account_that_is_active_again_is_not_called_suspended_and_the_next_deploy_fills_it():
    world = deployed()
    found = instance(
        world.aws.observe(), "402000000000", status="OUTDATED", detailed="SKIPPED_SUSPENDED_ACCOUNT"
    )
    status = seen(world, found)
    assert line(status, "402")[:2] == ("older-template", "AWS passed over it while it was suspended")
    assert not status.as_wanted
    assert [one.kind for one in world.plan(found).operations] == ["create-instances"]


def test_an_inoperable_instance_is_failed():
    world = deployed()
    found = instance(
        world.aws.observe(), "402000000000", status="INOPERABLE", detailed="FAILED", reason="held"
    )
    assert line(seen(world, found), "402")[:2] == ("failed", "inoperable, repair it: held")


def test_the_failure_of_an_excepted_account_is_not_hidden():
    world = World().grant("dev", ou("dev"), excepted=("402000000000",))
    world.deploy()
    found = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="FAILED", reason="held")
    assert states(seen(world, found)) == {"402": "failed", "403": "current"}


def test_an_account_to_be_excepted_is_older_until_its_roles_are_gone():
    world = deployed()
    wanted = World().grant("dev", ou("dev"), excepted=("402000000000",))
    status = seen(wanted, world.aws.observe())
    assert states(status) == {"402": "older-template", "403": "older-template"}
    assert [one.state for one in status.stack_sets] == ["older-template"]


def test_an_older_template_is_not_current_however_well_the_instance_is():
    world = deployed()
    world.grant("dev", ou("dev"), template=role_template("Read"))
    assert states(world.status()) == {"402": "older-template", "403": "older-template"}


def test_an_outdated_instance_of_the_right_template_has_an_older_one():
    world = deployed()
    found = instance(world.aws.observe(), "402000000000", status="OUTDATED")
    assert line(seen(world, found), "402")[:2] == ("older-template", "AWS says OUTDATED")
    pending = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="PENDING")
    assert line(seen(world, pending), "402")[0] == "not-attempted"


def test_what_an_operation_has_not_reached_is_in_progress():
    world = deployed()
    busy = instance(world.aws.observe(), "402000000000", status="OUTDATED", detailed="PENDING")
    status = seen(world, with_stack_set(busy, NAME, running="op-1"))
    assert line(status, "402")[:2] == ("in-progress", "operation op-1 is under way")
    assert states(status)["403"] == "current"
    assert not status.as_wanted


def test_current_but_pending_is_not_believed():
    world = deployed()
    found = instance(world.aws.observe(), "402000000000", detailed="PENDING")
    assert line(seen(world, found), "402")[0] == "in-progress"


def test_an_account_without_a_stack_was_not_attempted():
    world = deployed()
    found = with_stack_set(world.aws.observe(), NAME, instances=())
    assert states(seen(world, found)) == {"402": "not-attempted", "403": "not-attempted"}


def test_an_account_that_never_got_a_stack_tells_what_the_operation_said_of_it():
    world = World().grant("dev", ou("dev"))
    plan = world.plan()
    world.deploy()
    creation = plan.operations[-1].id
    failed = Outcome(state="failed", reason="1 failed", accounts=(("402000000000", "needs a subscription"),))
    observed = with_stack_set(world.aws.observe(), NAME, instances=())
    status = seen(world, observed, plan=plan, outcomes={creation: failed})
    state, reason, hint = line(status, "402")
    assert (state, reason) == ("failed", "needs a subscription")
    assert "brand new" in hint
    assert line(status, "403")[:2] == ("not-attempted", "1 failed")


def test_a_skipped_operation_is_why_an_account_was_not_reached():
    world = World().grant("dev", ou("dev"))
    plan = world.plan()
    outcomes = {op.id: Outcome(state="skipped", reason="the bucket failed") for op in plan.operations}
    status = seen(world, world.aws.observe(), plan=plan, outcomes=outcomes)
    assert line(status, "402")[:2] == ("not-attempted", "the bucket failed")
    assert [(one.state, one.reason) for one in status.stack_sets] == [("missing", "the bucket failed")]
    assert [one.state for one in status.stacks] == ["missing", "missing"]


def test_a_registered_ou_without_accounts_is_current():
    world = World().grant("dev", ou("empty"))
    world.deploy()
    status = world.status()
    assert [(one.state, one.units, one.reason) for one in status.stack_sets] == [("current", 1, "0 accounts")]
    assert status.as_wanted


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": ()}, "/Work/Dev is no target yet"),
        ({"units": (ou("dev"), ou("sandbox"))}, "/Sandbox is still a target"),
        ({"auto_deployment": False}, "auto-deployment is off"),
        ({"managed_execution": False}, "managed execution is off"),
        ({"retain_on_removal": True}, "would keep their roles"),
    ],
)
def test_targets_and_settings_that_differ_are_not_as_wanted(changes, said):
    world = deployed()
    status = seen(world, with_stack_set(world.aws.observe(), NAME, **changes))
    assert [one.state for one in status.stack_sets] == ["targets-differ"]
    assert said in status.stack_sets[0].reason
    assert not status.as_wanted


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": "gone"}, "the OU /Work/Dev (ou-c0rp-dev00000) is not there any more"),
        ({"delegated_administrators": ("402000000000",)}, "delegated administrator that the lock does not"),
        ({"management_account": "403000000000"}, "management account that the lock does not know"),
    ],
)
def test_what_would_stop_a_plan_is_not_as_wanted_and_says_why(changes, said):
    world = deployed()
    observed = world.aws.observe()
    if "units" in changes:
        changes = {"units": tuple(u for u in observed.organizations[0].units if u.id != ou("dev"))}
        moved = tuple(replace(a, unit=ROOT) for a in observed.organizations[0].accounts)
        observed = with_organization(observed, accounts=moved)
    observed = with_organization(observed, **changes)
    status = seen(world, observed)
    assert [one.state for one in status.stack_sets] == ["blocked"]
    assert said in status.stack_sets[0].reason
    assert not status.as_wanted
    assert any(said in blocker for blocker in world.plan(observed).blockers)


def test_roles_where_none_are_wanted_are_not_as_wanted():
    world = deployed()
    observed = world.aws.observe()
    live = observed.organizations[0].stack_sets[0]
    moved = tuple(
        replace(one, unit=ou("sandbox")) if one.id == "402000000000" else one
        for one in observed.organizations[0].accounts
    )
    status = seen(world, with_organization(observed, accounts=moved))
    assert "402000000000 (account-402) still has a stack" in status.stack_sets[0].reason
    other = replace(live.instances[0], region="us-east-1")
    status = seen(world, with_stack_set(observed, NAME, instances=(*live.instances, other)))
    assert status.stack_sets[0].reason == "402000000000 (account-402) has a stack in us-east-1"
    assert live.instances[0].region == REGION


def test_a_stack_set_that_is_not_ours_is_foreign_and_its_accounts_not_attempted():
    world = deployed()
    status = seen(world, with_stack_set(world.aws.observe(), NAME, tags={}))
    assert [one.state for one in status.stack_sets] == ["foreign"]
    assert set(states(status).values()) == {"not-attempted"}


def test_an_orphan_is_told_and_not_as_wanted_and_a_stranger_is_not_told():
    world = deployed().without("dev")
    assert [(one.name, one.state) for one in world.status().stack_sets] == [(NAME, "orphan")]
    assert not world.status().as_wanted
    stranger = with_stack_set(world.aws.observe(), NAME, tags={"team": "other"})
    assert seen(world, stranger).stack_sets == ()


def test_the_jump_accounts_stacks_say_what_they_are():
    world = deployed()
    observed = world.aws.observe()
    base = next(one for one in observed.stacks if one.name == "jump-base")
    acme = next(one for one in observed.stacks if one.name != "jump-base")
    for changes, state in (
        ({}, "current"),
        ({"template": "else"}, "older-template"),
        ({"tags": {"jumpcf-estate": "example"}}, "older-template"),
        ({"tags": {}}, "foreign"),
        ({"status": "ROLLBACK_COMPLETE"}, "rollback_complete"),
        ({"status": "UPDATE_IN_PROGRESS"}, "update_in_progress"),
    ):
        status = seen(world, replace(observed, stacks=(base, replace(acme, **changes))))
        assert [one.state for one in status.stacks] == ["current", state]
        assert status.as_wanted == (state == "current")
    world.partners = {}
    assert [one.state for one in world.without("dev").status().stacks] == ["current", "orphan"]


@pytest.mark.parametrize("status", sorted(SETTLED))
def test_a_stack_at_rest_is_judged_by_its_template(status):
    world = deployed()
    observed = world.aws.observe()
    rested = replace(observed, stacks=tuple(replace(one, status=status) for one in observed.stacks))
    assert [one.state for one in seen(world, rested).stacks] == ["current", "current"]


def test_an_organization_that_the_manifest_does_not_mean_is_not_as_wanted():
    world = deployed()
    status = seen(world, with_organization(world.aws.observe(), id="o-other"))
    assert "AWS says o-other" in status.stack_sets[0].reason
    assert not status.as_wanted
