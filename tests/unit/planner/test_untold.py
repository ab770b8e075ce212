"""What failed in a run and no line of its status tells of."""

import pytest
from small_world import World, ou, stack_template, users

from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Failed, Outcome
from jumpcf.planner.untold import left_by

ACME, SET = "jump-partner-acme", "jump-acme-dev"
DONE = Outcome(state="succeeded")


def ran(**failed: Outcome) -> tuple[World, Plan, dict[str, Outcome]]:
    """A run after which AWS shows everything as wanted; `failed` by kind of operation."""
    world = World(partners={"acme": users("ken")}).grant("dev", ou("dev"))
    plan = world.plan()
    world.deploy()
    kinds = {one.id: one.kind.replace("-", "_") for one in plan.operations if one.stack != "jump-base"}
    outcomes = {one.id: failed.get(kinds.get(one.id, ""), DONE) for one in plan.operations}
    return world, plan, outcomes


@pytest.mark.parametrize(
    ("kind", "place", "stack"), [("deploy_stack", "jump", ACME), ("create_instances", "corp", SET)]
)
def test_what_failed_is_told_where_all_is_as_wanted(kind: str, place: str, stack: str) -> None:
    world, plan, outcomes = ran(**{kind: Outcome(state="failed", reason="something stays")})
    status = world.status(plan=plan, outcomes=outcomes)
    work = kind.replace("_", "-")
    assert status.failed == (Failed(place=place, stack=stack, work=work, reason="something stays"),)
    assert (status.as_wanted, status.as_wanted_in(place)) == (False, False)
    assert status.as_wanted_in("corp" if place == "jump" else "jump")


def test_what_succeeded_or_was_left_out_did_not_fail() -> None:
    world, plan, outcomes = ran(deploy_stack=Outcome(state="skipped", reason="not started: interrupted"))
    assert world.status(plan=plan, outcomes=outcomes).failed == ()
    assert world.status().as_wanted


def test_what_a_line_says_already_is_not_said_twice() -> None:
    world, _, _ = ran()
    world.partners = {"acme": users("mio")}
    world.grant("dev", ou("dev"), ou("prod"))
    world.aws.broken["jump-acme-dev", "404000000000"] = "of its own"
    world.aws.stuck.add("ken")
    plan = world.plan()
    outcomes = world.deploy()
    assert {one.state for one in outcomes.values()} == {"failed", "skipped"}
    status = world.status(plan=plan, outcomes=outcomes)
    assert (status.as_wanted, status.failed) == (False, ())


def test_the_second_failure_of_one_stack_is_told_beside_the_first() -> None:
    world = World(partners={"acme": users("ken", "mio")})
    world.deploy()
    world.partners = {"acme": stack_template("acme")}
    plan = world.plan()
    first, second, _ = plan.operations
    outcomes = {
        first.id: Outcome(state="failed", reason="ken: password left"),
        second.id: Outcome(state="failed", reason="mio: key left"),
    }
    status = world.status(plan=plan, outcomes=outcomes)
    assert [(one.work, one.reason) for one in status.failed] == [("offboard-user mio", "mio: key left")]


def test_of_an_earlier_run_only_that_is_told_with_which_nothing_is_left_to_do() -> None:
    world, plan, _ = ran()
    nothing = world.plan()
    jump, corp = (
        one for one in plan.operations if one.stack in (ACME, SET) and one.kind != "create-instances"
    )
    events = [
        (jump.id, "started", ""),
        (jump.id, "failed", "something stays"),
        (corp.id, "failed", "of an account"),
    ]
    told = Failed(place="jump", stack=ACME, work="deploy-stack", reason="something stays")
    assert tuple(left_by(plan, events, nothing)) == (told,)
    assert tuple(left_by(plan, events, plan)) == ()
    assert tuple(left_by(plan, [*events, (jump.id, "succeeded", "")], nothing)) == ()
