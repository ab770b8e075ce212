"""Does a plan do more than an earlier one announced?  Pure.

A run that is resumed was accepted as it was announced.  What is left of it is planned anew, and may be other
operations: where an update was cut off, filling the accounts that it did not reach.  So not operations are
compared but their effects: which stacks are written to, what is taken away, which accounts are touched, and what
changes in IAM's words.
"""

from collections.abc import Iterable

from jumpcf.artifacts.effects import deletions
from jumpcf.artifacts.plan import TOUCHED, Plan


def beyond(plan: Plan, announced: Plan) -> tuple[str, ...]:
    """What `plan` does and `announced` did not say, in words; nothing where it only goes on."""
    return (
        *_more("writes to", _stacks(plan), _stacks(announced)),
        *_more("takes away", deletions(plan), deletions(announced)),
        *_more("removes or replaces", _going(plan), _going(announced)),
        *_more(
            "gives or changes roles in", _accounts(plan, ("new", "changed")), _accounts(announced, TOUCHED)
        ),
        *_more("takes roles from", _accounts(plan, ("leaving",)), _accounts(announced, ("leaving",))),
        *_more("changes", _iam(plan), _iam(announced)),
    )


def _more(verb: str, now: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    said = set(before)
    return tuple(f"{verb} {one}" for one in dict.fromkeys(now) if one not in said)


def _stacks(plan: Plan) -> list[str]:
    return [f"{one.place}/{one.stack}" for one in plan.operations]


def _going(plan: Plan) -> list[str]:
    return [
        f"jump/{one.name} {change.logical_id}" for one in plan.stacks for change in one.changes if change.goes
    ]


def _accounts(plan: Plan, effects: tuple[str, ...]) -> list[str]:
    return [
        f"{one.organization}/{one.name} {change.account}"
        for one in plan.stack_sets
        for change in one.accounts
        if change.effect in effects
    ]


def _iam(plan: Plan) -> list[str]:
    named = [(f"jump/{one.name}", one.iam) for one in plan.stacks]
    named += [(f"{one.organization}/{one.name}", one.iam) for one in plan.stack_sets]
    return [
        f"{name}: {change.subject} {change.part} {change.what} {change.action}"
        for name, iam in named
        for change in iam
    ]
