"""A plan in plain sentences: one per operation, one per partner."""

from collections.abc import Iterable
from typing import assert_never

from jumpcf.artifacts.operation import (
    AnyOperation,
    ConfigureStackSet,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStack,
    DeleteStackSet,
    DeployStack,
    OffboardUser,
    UpdateStackSet,
)
from jumpcf.artifacts.plan import Plan, StackSetPlan
from jumpcf.planner.words import count

TAKEN = "password, MFA devices, keys, memberships are taken"
"""What an offboarding does, in the words of a plan."""

_ORDER = ("new", "changed", "leaving")
_VERBS = {"new": "new in", "changed": "changed in", "leaving": "taken away from"}


def sentence(operation: AnyOperation) -> str:
    """What an operation does and why, as one sentence without a full stop."""
    return f"{operation.place}: {_what(operation)}: {operation.reason}"


def _what(operation: AnyOperation) -> str:
    name = operation.stack
    match operation:
        case DeployStack() | DeleteStack() | OffboardUser():
            return _in_jump_account(operation)
        case CreateStackSet():
            return f"create the StackSet {name}"
        case UpdateStackSet():
            return f"update the StackSet {name} and all of its stacks"
        case ConfigureStackSet():
            return f"set auto-deployment and managed execution of the StackSet {name}"
        case CreateInstances():
            return f"make the stacks of {name} in {count(len(operation.units), 'OU')}"
        case DeleteInstances() if operation.retain:
            return f"take {count(len(operation.accounts), 'account')} off the StackSet {name}"
        case DeleteInstances():
            return f"delete the stacks of {name} in {count(len(operation.units), 'OU')}"
        case DeleteStackSet():
            return f"delete the StackSet {name}"
        case _:
            assert_never(operation)


def _in_jump_account(operation: DeployStack | DeleteStack | OffboardUser) -> str:
    match operation:
        case DeployStack():
            return f"{'create' if operation.create else 'update'} the stack {operation.stack}"
        case DeleteStack():
            return f"delete the stack {operation.stack}"
        case OffboardUser():
            return f"offboard {operation.user} of {operation.stack} ({TAKEN})"


def partner_sentences(plan: Plan) -> tuple[str, ...]:
    """What the plan means for each partner that it touches, by name: which accounts of which organization
    gain, change or lose roles ("acme: new in 2 accounts of corp, taken away from 1 account of lab")."""
    partners = sorted({one.partner for one in plan.stack_sets if one.partner})
    lines = []
    for partner in partners:
        effects = _effects(one for one in plan.stack_sets if one.partner == partner)
        if effects:
            lines.append(f"{partner}: {', '.join(effects)}")
    return tuple(lines)


def _effects(stack_sets: Iterable[StackSetPlan]) -> list[str]:
    found: dict[tuple[str, str], set[str]] = {}
    for one in stack_sets:
        for change in one.accounts:
            if change.effect in _VERBS:
                found.setdefault((change.effect, one.organization), set()).add(change.account)
    keys = sorted(found, key=lambda key: (_ORDER.index(key[0]), key[1]))
    return [f"{_VERBS[key[0]]} {count(len(found[key]), 'account')} of {key[1]}" for key in keys]
