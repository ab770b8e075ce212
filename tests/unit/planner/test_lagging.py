"""Right after a run AWS's lists may be behind its operations: what is worth another look, and what is not."""

from small_world import World, ou

from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Status
from jumpcf.planner.lagging import lags


def ran(*, failed: str = "") -> tuple[Plan, dict[str, Outcome], World]:
    """A first deploy of two StackSets; one of them fails where it is named."""
    world = World().grant("dev", ou("dev")).grant("prod", ou("prod"))
    plan = world.plan()
    outcomes = {
        one.id: Outcome(state="failed" if one.stack == failed else "succeeded") for one in plan.operations
    }
    return plan, outcomes, world


def behind(world: World) -> Status:
    """As AWS shows it before anything was done."""
    return world.status()


def test_what_succeeded_and_is_not_shown_yet_lags() -> None:
    plan, outcomes, world = ran()
    assert lags(behind(world), plan, outcomes)


def test_what_is_shown_does_not() -> None:
    plan, outcomes, world = ran()
    world.deploy()
    status = world.status()
    assert status.as_wanted
    assert not lags(status, plan, outcomes)


def test_only_what_succeeded_is_waited_for() -> None:
    plan, outcomes, world = ran(failed="jump-acme-dev")
    assert lags(behind(world), plan, outcomes), "the other StackSet"
    none = {identity: Outcome(state="failed") for identity in outcomes}
    assert not lags(behind(world), plan, none)
    assert not lags(behind(world), plan, {}), "not started"


def test_what_the_run_did_not_touch_is_not_waited_for() -> None:
    plan, outcomes, world = ran()
    none = Plan(**{**{name: getattr(plan, name) for name in plan.__slots__}, "operations": ()})
    assert not lags(behind(world), none, outcomes)
