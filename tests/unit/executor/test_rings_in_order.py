"""Ring after ring across the StackSets of an organization, and what a ring that fails stops."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import RecordingSubscriber

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import AnyOperation, CreateInstances, DeleteInstances, DeployStack, Ring
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.errors import GateRefused
from jumpcf.executor.journal import Journal
from jumpcf.executor.queue import Queue
from jumpcf.executor.rules import breaks_ring
from jumpcf.executor.run import execute

DONE = Outcome(state="succeeded")
REFUSED = Outcome(state="failed", reason="access is denied")
BEYOND = Outcome(state="failed", reason="1 of 2 accounts failed: held", accounts=(("402000000000", "held"),))
TOLERATED = replace(BEYOND, tolerated=True)
PATHS = {1: ("/Sandbox",), 2: ("/Dev",)}
PATIENCE = 10  # seconds until a test that hangs fails


def fill(
    key: str, ring: int | None, *needs: str, stack: str | None = None, place: str = "corp"
) -> CreateInstances:
    return CreateInstances(
        id=key,
        place=place,
        stack=stack or f"set-{key}",
        reason="r",
        needs=needs,
        ring=Ring(number=ring, paths=PATHS.get(ring, ())) if ring else None,
        units=("ou-1",),
        region="r",
        rollout=Rollout(),
    )


def deploy(key: str) -> DeployStack:
    return DeployStack(
        id=key, place="jump", stack=key, reason="r", template="t", create=True, capabilities=(), tags={}
    )


def empty(key: str, *needs: str) -> DeleteInstances:
    return DeleteInstances(
        id=key, place="corp", stack=key, reason="r", needs=needs, units=(), region="r", rollout=Rollout()
    )


def plan(*operations: AnyOperation) -> Plan:
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="m",
        stacks=(),
        stack_sets=(),
        operations=operations,
    )


class Recorded:
    """A gateway that remembers what ran while what else was running; every call waits for `together` others."""

    def __init__(self, answers: dict[str, Outcome] | None = None, *, together: int = 1) -> None:
        self.answers, self.together = answers or {}, together
        self.order: list[str] = []
        self.overlaps: set[frozenset[str]] = set()
        self._running: set[str] = set()
        self._met = threading.Condition()

    def run(self, operation: AnyOperation, token: str, report: object) -> Outcome:
        with self._met:
            self.order.append(operation.id)
            self.overlaps |= {frozenset({operation.id, other}) for other in self._running}
            self._running.add(operation.id)
            self._met.notify_all()
            self._met.wait_for(lambda: len(self.order) >= self.together, PATIENCE)
        with self._met:
            self._running.discard(operation.id)
        return self.answers.get(operation.id, DONE)


@pytest.fixture
def go(tmp_path: Path):
    def run(made: Plan, gateway: Recorded, **more: int) -> dict[str, Outcome]:
        with Journal.start(tmp_path, made) as journal:
            return execute(made, gateway, journal, RecordingSubscriber(), stop=threading.Event(), **more)

    return run


def states(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {key: outcome.state for key, outcome in outcomes.items()}


def test_a_ring_waits_for_every_stack_set_of_the_ring_before_it(go) -> None:
    gateway = Recorded(together=2)
    made = plan(fill("a3", 3), fill("b2", 2), fill("a2", 2), fill("a1", 1), fill("b1", 1))
    assert set(go(made, gateway).values()) == {DONE}
    assert [sorted(gateway.order[n : n + 2]) for n in (0, 2, 4)] == [["a1", "b1"], ["a2", "b2"], ["a3"]]
    assert all({key[1] for key in pair} in ({"1"}, {"2"}) for pair in gateway.overlaps)


def test_stack_sets_of_one_ring_run_side_by_side_up_to_the_limit_of_their_organization(go) -> None:
    gateway = Recorded(together=2)
    go(plan(*(fill(f"s{n}", 1) for n in range(4))), gateway, per_place=2)
    running = Recorded(together=4)
    go(plan(*(fill(f"s{n}", 1) for n in range(4))), running, per_place=4)
    assert len(running.overlaps) == 6
    assert len(gateway.overlaps) < 6


def test_rings_of_two_organizations_know_nothing_of_each_other(go) -> None:
    gateway = Recorded(together=2)
    made = plan(fill("c1", 1), fill("c2", 2), fill("l2", 2, place="lab"), fill("l3", 3, place="lab"))
    assert set(go(made, gateway).values()) == {DONE}
    assert frozenset({"c1", "l2"}) in gateway.overlaps


@pytest.mark.parametrize("outcome", [BEYOND, REFUSED])
def test_a_ring_that_fails_stops_the_later_rings_of_its_organization_and_says_why(go, outcome) -> None:
    made = plan(fill("a1", 1), fill("b1", 1), fill("a2", 2), fill("b3", 3), fill("l2", 2, place="lab"))
    outcomes = go(made, Recorded({"a1": outcome}))
    assert states(outcomes) == {
        "a1": "failed",
        "b1": "succeeded",
        "a2": "skipped",
        "b3": "skipped",
        "l2": "succeeded",
    }
    told = f"not started: ring 1 (/Sandbox) failed: corp/set-a1: {outcome.reason}"
    assert outcomes["a2"].reason == outcomes["b3"].reason == told


def test_failures_within_the_tolerance_do_not_stop_the_next_ring(go) -> None:
    outcomes = go(plan(fill("a1", 1), fill("a2", 2)), Recorded({"a1": TOLERATED}))
    assert states(outcomes) == {"a1": "failed", "a2": "succeeded"}


def test_what_follows_in_a_failed_ring_itself_still_runs(go) -> None:
    made = plan(fill("u1", 1, stack="s"), fill("f1", 1, "u1", stack="s"), fill("f2", 2, "f1", stack="s"))
    assert states(go(made, Recorded({"u1": BEYOND}))) == {
        "u1": "failed",
        "f1": "succeeded",
        "f2": "skipped",
    }


def test_a_stack_that_fails_skips_its_partners_rings_and_nobody_elses(go) -> None:
    made = plan(deploy("j"), fill("a1", 1, "j"), fill("b1", 1), fill("a2", 2, "a1"), fill("b2", 2))
    outcomes = go(made, Recorded({"j": REFUSED}))
    assert states(outcomes) == {
        "j": "failed",
        "a1": "skipped",
        "a2": "skipped",
        "b1": "succeeded",
        "b2": "succeeded",
    }
    assert outcomes["a2"].reason == "not tried, because deploy-stack of jump/j failed: access is denied"


def test_one_stack_sets_failure_stops_what_depends_on_it_and_nothing_else(go) -> None:
    made = plan(fill("a", None, stack="s"), fill("b", None, "a", stack="s"), fill("c", None), fill("d", None))
    outcomes = go(made, Recorded({"a": REFUSED}))
    assert states(outcomes) == {"a": "failed", "b": "skipped", "c": "succeeded", "d": "succeeded"}


def test_what_takes_away_waits_for_no_ring_and_its_failure_stops_none(go) -> None:
    made = plan(fill("a1", 1), fill("a2", 2), empty("d"))
    gateway = Recorded({"a1": BEYOND}, together=2)
    assert states(go(made, gateway)) == {"a1": "failed", "a2": "skipped", "d": "succeeded"}
    assert frozenset({"a1", "d"}) in gateway.overlaps
    assert states(go(made, Recorded({"d": REFUSED}))) == {"a1": "succeeded", "a2": "succeeded", "d": "failed"}


def test_the_ring_that_failed_is_the_one_that_is_named(go) -> None:
    made = plan(fill("a1", 1), fill("a2", 2), fill("a3", 3))
    outcomes = go(made, Recorded({"a2": BEYOND}))
    assert outcomes["a3"].reason.startswith("not started: ring 2 (/Dev) failed: corp/set-a2: ")


def test_a_run_that_goes_on_without_what_succeeded_still_keeps_the_order(go) -> None:
    gateway = Recorded()
    go(plan(fill("a3", 3), fill("b2", 2)), gateway)
    assert gateway.order == ["b2", "a3"]


def test_a_plan_in_which_a_ring_waits_for_a_later_one_starts_nothing() -> None:
    with pytest.raises(GateRefused, match="wait for each other"):
        Queue(plan(fill("a1", 1, "x"), fill("x", None, "b3"), fill("b3", 3)), parallel=1, per_place=1)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(DONE, False), (Outcome(state="skipped"), False), (TOLERATED, False), (BEYOND, True), (REFUSED, True)],
)
def test_what_breaks_a_ring(outcome: Outcome, expected: bool) -> None:
    assert breaks_ring(outcome) is expected
