"""A plan in plain sentences: one per operation."""

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
    SetPasswordPolicy,
    UpdateStackSet,
)
from jumpcf.planner.words import count

TAKEN = "password, MFA devices, keys, memberships are taken"
"""What an offboarding does, in the words of a plan."""


def sentence(operation: AnyOperation) -> str:
    """What an operation does and why, as one sentence without a full stop."""
    return f"{operation.place}: {_what(operation)}: {operation.reason}"


def _what(operation: AnyOperation) -> str:
    name = operation.stack
    match operation:
        case DeployStack() | DeleteStack() | OffboardUser() | SetPasswordPolicy():
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


def _in_jump_account(operation: DeployStack | DeleteStack | OffboardUser | SetPasswordPolicy) -> str:
    match operation:
        case DeployStack():
            return f"{'create' if operation.create else 'update'} the stack {operation.stack}"
        case DeleteStack():
            return f"delete the stack {operation.stack}"
        case OffboardUser():
            return f"offboard {operation.user} of {operation.stack} ({TAKEN})"
        case SetPasswordPolicy():
            return "set the account's password policy"
