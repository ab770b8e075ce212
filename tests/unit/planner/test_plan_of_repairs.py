"""What a repair takes on, and what it leaves to deploy."""

from dataclasses import replace
from typing import Any

import pytest
from small_world import JUMP_ACCOUNT, RINGS, World, ou, role_template, run_serially, users, with_stack_set

from jumpcf.artifacts.effects import deletions
from jumpcf.artifacts.observed import Observed, ObservedInstance, ObservedStack
from jumpcf.artifacts.operation import (
    ContinueRollback,
    CreateInstances,
    DeleteInstances,
    DeleteStack,
    DeployStack,
)
from jumpcf.artifacts.repair import Repair, WaitingChangeSet
from jumpcf.planner.repair import make_repair

DEV, PROD, SET = "402000000000", "404000000000", "jump-acme-dev"


def made() -> World:
    world = World().grant("dev", ou("work"))
    world.deploy()
    return world


def repair(world: World, observed: Observed, **more: Any) -> Repair:
    return make_repair(world.manifest, observed, world.bodies.__getitem__, **more)


def instances(observed: Observed) -> tuple[ObservedInstance, ...]:
    return observed.organizations[0].stack_sets[0].instances


def put_aside(world: World, account: str = DEV, **more: Any) -> Observed:
    """The estate with one stack that AWS leaves out of every update."""
    observed = world.aws.observe()
    dead = {
        "status": "INOPERABLE",
        "detailed": "INOPERABLE",
        "reason": "must detach all policies first",
        **more,
    }
    changed = tuple(replace(one, **dead) if one.account == account else one for one in instances(observed))
    return with_stack_set(observed, SET, instances=changed)


def stuck(world: World, status: str, name: str = "jump-partner-acme", **more: Any) -> Observed:
    observed = world.aws.observe()
    stacks = tuple(
        replace(one, status=status, **more) if one.name == name else one for one in observed.stacks
    )
    return replace(observed, stacks=stacks)


def test_what_is_well_needs_no_repair() -> None:
    world = made()
    found = repair(world, world.aws.observe())
    assert (found.findings, found.plan.operations, found.plan.stack_sets) == ((), (), ())


def test_an_inoperable_stack_is_deleted_alone_and_made_anew_after_that() -> None:
    world = made()
    found = repair(world, put_aside(world))
    deleted, created = found.plan.operations
    assert isinstance(deleted, DeleteInstances)
    assert (deleted.accounts, deleted.retain, deleted.units) == ((DEV,), False, (ou("work"),))
    assert isinstance(created, CreateInstances)
    assert (created.units, created.needs) == ((ou("work"),), (deleted.id,))
    assert deletions(found.plan) == (f"corp/{SET}",)
    run_serially(found.plan, world.aws, world.bodies)
    assert repair(world, world.aws.observe()).findings == ()
    assert world.plan().operations == ()


def test_a_stack_is_left_in_an_account_only_where_a_person_names_it() -> None:
    world = made()
    deleted = repair(world, put_aside(world), retain=[DEV]).plan.operations[0]
    assert isinstance(deleted, DeleteInstances)
    assert deleted.retain
    other = repair(world, put_aside(world), retain=[PROD]).plan.operations[0]
    assert isinstance(other, DeleteInstances)
    assert not other.retain


def test_an_import_that_failed_is_undone_as_aws_says_with_retain() -> None:
    world = made()
    deleted = repair(world, put_aside(world, detailed="FAILED_IMPORT")).plan.operations[0]
    assert isinstance(deleted, DeleteInstances)
    assert deleted.retain


def test_where_params_differ_nothing_is_made_anew_for_that_is_deploys_work() -> None:
    world = made()
    observed = put_aside(world)
    world.grant("dev", ou("work"), template=role_template("Power", "Read"))
    (only,) = repair(world, observed).plan.operations
    assert isinstance(only, DeleteInstances)


def test_a_gap_is_filled_and_not_where_the_template_differs() -> None:
    world = made()
    observed = world.aws.observe()
    fewer = tuple(one for one in instances(observed) if one.account != DEV)
    observed = with_stack_set(observed, SET, instances=fewer)
    found = repair(world, observed)
    assert [type(one) for one in found.plan.operations] == [CreateInstances]
    assert found.findings[0].accounts == (DEV,)
    world.grant("dev", ou("work"), template=role_template("Power", "Read"))
    assert repair(world, observed).findings == ()


def test_a_repair_keeps_the_rings_and_makes_anew_only_what_it_deleted() -> None:
    world = World(rollout=RINGS).grant("dev", ou("sandbox"), ou("work"))
    world.deploy()
    world.aws.broken["jump-acme-dev", "401000000000"] = "role limit"
    world.grant("dev", ou("sandbox"), ou("work"), template=role_template("Power", "Read"))
    world.deploy()  # the first ring failed, the others have the older template
    found = repair(world, put_aside(world))
    assert [(one.kind, one.ring and one.ring.number, one.accounts) for one in found.plan.operations] == [
        ("delete-instances", None, (DEV,)),
        ("create-instances", None, (DEV,)),
        ("create-instances", 1, ("401000000000",)),
        ("create-instances", 2, ("403000000000", "405000000000")),
        ("create-instances", 3, ("404000000000", "406000000000")),
    ]
    run_serially(found.plan, world.aws, world.bodies)
    states = {one.account: one.status for one in instances(world.aws.observe())}
    assert {states["403000000000"], states[PROD]} == {"OUTDATED"}
    assert states[DEV] == "CURRENT"


def test_an_inoperable_stack_in_a_suspended_account_is_no_reason_to_delete() -> None:
    world = made()
    world.states[DEV] = "SUSPENDED"
    observed = put_aside(world)
    accounts = tuple(
        replace(one, state="SUSPENDED") if one.id == DEV else one
        for one in observed.organizations[0].accounts
    )
    observed = replace(observed, organizations=(replace(observed.organizations[0], accounts=accounts),))
    found = repair(world, observed)
    assert found.plan.operations == ()
    assert "--suspended" in found.findings[0].done
    (off,) = repair(world, observed, suspended=True).plan.operations
    assert isinstance(off, DeleteInstances)
    assert (off.retain, off.accounts) == (True, (DEV,))


def test_a_stack_set_without_our_tag_is_not_looked_at() -> None:
    world = made()
    observed = with_stack_set(put_aside(world), SET, tags={})
    assert repair(world, observed).findings == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("ROLLBACK_COMPLETE", DeployStack),
        ("REVIEW_IN_PROGRESS", DeployStack),
        ("UPDATE_ROLLBACK_FAILED", ContinueRollback),
        ("ROLLBACK_FAILED", DeleteStack),
        ("DELETE_FAILED", DeleteStack),
    ],
)
def test_each_dead_end_of_a_stack_has_its_way_out(status: str, kind: type) -> None:
    world = made()
    found = repair(world, stuck(world, status))
    assert [type(one) for one in found.plan.operations] == [kind]
    assert found.findings[0].wrong.startswith(status)
    foreign = repair(world, stuck(world, status, tags={"jumpcf-estate": "another"}))
    assert foreign.plan.operations == ()


def test_a_stack_that_was_not_deleted_lets_its_users_go_first() -> None:
    world = World(partners={"acme": users("ken")}).grant("dev", ou("work"))
    world.deploy()
    kinds = [one.kind for one in repair(world, stuck(world, "DELETE_FAILED")).plan.operations]
    assert kinds == ["offboard-user", "delete-stack"]


def test_somebodys_failed_import_is_told_and_left() -> None:
    world = made()
    found = repair(world, stuck(world, "IMPORT_ROLLBACK_FAILED"))
    assert (len(found.findings), found.plan.operations) == (1, ())


def test_change_sets_of_a_foreign_stack_are_left() -> None:
    world = made()
    theirs = ObservedStack(name="theirs", id="arn:theirs", status="CREATE_COMPLETE", template="", tags={})
    observed = replace(world.aws.observe(), stacks=(*world.aws.observe().stacks, theirs))
    sets = [
        WaitingChangeSet(stack=name, name="jumpcf-1", id=f"arn:{name}", status="AVAILABLE")
        for name in ("theirs", "jump-partner-acme")
    ]
    (only,) = repair(world, observed, change_sets=sets).plan.operations
    assert (only.kind, only.stack) == ("delete-change-set", "jump-partner-acme")


def test_another_jump_account_blocks_a_repair() -> None:
    world = made()
    observed = replace(put_aside(world), account="999999999999")
    assert JUMP_ACCOUNT in repair(world, observed).plan.blockers[0]
