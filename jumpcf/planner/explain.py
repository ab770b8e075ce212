"""A plan in plain sentences: one per operation."""

from collections.abc import Callable
from typing import assert_never

from jumpcf.artifacts.instants import hours
from jumpcf.artifacts.operation import (
    AccountOperation,
    AnyOperation,
    ConfigureStackSet,
    ContinueRollback,
    CreateInstances,
    CreatePassword,
    CreateStackSet,
    DeleteBucket,
    DeleteChangeSet,
    DeleteInstances,
    DeleteStack,
    DeleteStackSet,
    DeployStack,
    OffboardUser,
    RemoveTags,
    Ring,
    SetPasswordPolicy,
    UpdateStackSet,
    WithdrawPassword,
)
from jumpcf.artifacts.plan import OpenSessions, Plan
from jumpcf.planner.words import count

TAKEN = "password, MFA devices, keys, memberships are taken"
"""What an offboarding does, in the words of a plan."""

JumpStackOperation = (
    DeployStack | DeleteStack | ContinueRollback | DeleteChangeSet | RemoveTags | DeleteBucket
)
StackSetOperation = (
    CreateStackSet | UpdateStackSet | ConfigureStackSet | CreateInstances | DeleteInstances | DeleteStackSet
)


def sentence(operation: AnyOperation) -> str:
    """What an operation does and why, as one sentence without a full stop."""
    return f"{operation.place}: {_what(operation)}: {operation.reason}"


def _what(operation: AnyOperation) -> str:
    if isinstance(operation, JumpStackOperation):
        return _jump_stack(operation)
    if isinstance(operation, AccountOperation):
        return _in_jump_account(operation)
    return _stack_set(operation)


def _stack_set(operation: StackSetOperation) -> str:
    name = operation.stack
    match operation:
        case CreateStackSet():
            return f"create the StackSet {name}"
        case UpdateStackSet():
            return _update(operation)
        case ConfigureStackSet():
            return f"set auto-deployment and managed execution of the StackSet {name}"
        case CreateInstances():
            return f"make the stacks of {name} in {_reached(operation)}"
        case DeleteInstances() if operation.retain:
            return f"take {count(len(operation.accounts), 'account')} off the StackSet {name}"
        case DeleteInstances() if operation.accounts:
            return f"delete the stacks of {name} in {count(len(operation.accounts), 'account')}"
        case DeleteInstances():
            return f"delete the stacks of {name} in {count(len(operation.units), 'OU')}"
        case DeleteStackSet():
            return f"delete the StackSet {name}"
        case _:
            assert_never(operation)


def _update(operation: UpdateStackSet) -> str:
    if not operation.accounts:
        return f"update the StackSet {operation.stack} and all of its stacks"
    what = "the stacks of" if operation.follows else "the StackSet"
    stacks = "" if operation.follows else " and its stacks"
    return f"update {what} {operation.stack}{stacks} in {_reached(operation)}"


def _reached(operation: UpdateStackSet | CreateInstances) -> str:
    """The operation's accounts and their ring, or its OUs where it names no accounts."""
    if not operation.accounts:
        return count(len(operation.units), "OU")
    accounts = count(len(operation.accounts), "account")
    return f"{operation.ring.name}, {accounts}" if operation.ring else accounts


def _jump_stack(operation: JumpStackOperation) -> str:
    match operation:
        case DeployStack():
            return f"{'create' if operation.create else 'update'} the stack {operation.stack}"
        case DeleteStack():
            return f"delete the stack {operation.stack}"
        case ContinueRollback():
            return f"go on with the rollback of the stack {operation.stack}"
        case DeleteChangeSet():
            return f"delete the change set {operation.name} of {operation.stack}"
        case RemoveTags():
            return f"take {', '.join(operation.keys)} off the stack {operation.stack}"
        case DeleteBucket():
            return f"empty the bucket {operation.bucket} and delete it"


def _in_jump_account(operation: AccountOperation) -> str:
    match operation:
        case OffboardUser():
            return f"offboard {operation.user} of {operation.stack} ({TAKEN})"
        case SetPasswordPolicy():
            return "set the account's password policy"
        case CreatePassword():
            return f"make an initial password for {operation.user} of {operation.stack}"
        case WithdrawPassword():
            return f"withdraw the initial password of {operation.user} of {operation.stack}"


def ring_sentences(plan: Plan) -> tuple[str, ...]:
    """What each ring of an organization reaches: "corp: ring 1 (/Sandbox): 2 accounts, then ring 2 (…): …"."""
    found: dict[str, dict[Ring, set[str]]] = {}
    for operation in plan.operations:
        if operation.ring and isinstance(operation, UpdateStackSet | CreateInstances):
            reached = found.setdefault(operation.place, {}).setdefault(operation.ring, set())
            reached.update(operation.accounts)
    return tuple(
        f"{place}: "
        + ", then ".join(
            f"{ring.name}: {count(len(rings[ring]), 'account')}"
            for ring in sorted(rings, key=lambda one: one.number)
        )
        for place, rings in found.items()
    )


def going_on(one: OpenSessions) -> str:
    """What nothing denies somebody who leaves, where, and for how long."""
    return (
        f"{one.user} leaves {one.partner}, and sessions of its roles that he may have open in "
        f"{', '.join(one.places)} go on for {hours(one.seconds)} at most"
    )


def what_denies(one: OpenSessions, code: Callable[[str], str] = "`{}`".format) -> str:
    """What would deny him these; `code` writes a command as such."""
    if one.mend == "left":
        return f"{code(f'jumpcf user remove {one.partner} {one.user} --unlisted')} has the roles deny them"
    return "a deploy that leaves none of these out has their roles deny them, or takes them away"
