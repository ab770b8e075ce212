"""Does AWS show less than its own operations said?  Lists of StackSets and of IAM are eventually consistent (API
reference of ListStackSetOperations; IAM User Guide, troubleshooting), so right after a run they may be behind."""

from collections.abc import Mapping

from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Status

Key = tuple[str, str]  # place, and stack or StackSet


def lags(status: Status, plan: Plan, outcomes: Mapping[str, Outcome]) -> bool:
    """True where something is not as wanted though every operation on it succeeded: it is worth another look.

    What the run did not touch, and where anything failed, is not waited for.
    """
    return not _well(plan, outcomes).isdisjoint(_key(*one) for one in status.amiss())


def _well(plan: Plan, outcomes: Mapping[str, Outcome]) -> set[Key]:
    """What all operations on succeeded; the jump account is one thing, its users and stacks together."""
    touched: set[Key] = set()
    spoiled: set[Key] = set()
    for one in plan.operations:
        key = _key(one.place, one.stack)
        touched.add(key)
        if (outcome := outcomes.get(one.id)) is None or outcome.state != "succeeded":
            spoiled.add(key)
    return touched - spoiled


def _key(place: str, stack: str) -> Key:
    return (JUMP, "") if place == JUMP else (place, stack)
