"""Users whom a stack of the jump account lets go of: each is offboarded first.

CloudFormation deletes what the stack made, and IAM refuses to delete a user who has more: a password, MFA
devices, keys (IAM API reference, DeleteUser).  On an update such a failure fails nothing; the user would stay
behind with all he has, in no stack.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.artifacts.manifest import JUMP, PasswordStore
from jumpcf.artifacts.marks import MEMBERS, PARTNER_PATH, PARTNER_TAG, password_parameter
from jumpcf.artifacts.operation import AnyOperation, DeleteStack, OffboardUser
from jumpcf.planner.departed import partner_of, users
from jumpcf.planner.jumpstacks import Change
from jumpcf.planner.operations import identified


@dataclass(frozen=True, slots=True)
class Leavers:
    """`operations` by the id of the operation that must wait for them; `notices` of users without one."""

    operations: Mapping[str, tuple[OffboardUser, ...]]
    notices: tuple[str, ...]

    @property
    def people(self) -> Iterator[OffboardUser]:
        for several in self.operations.values():
            yield from several


def find_leavers(changes: Iterable[Change], store: PasswordStore | None) -> Leavers:
    """Every user of a live stack whom the stack's operation removes or makes anew under another name, whether
    or not another stack takes him in.  Path, tags and groups change in place: such a user is none."""
    found: dict[str, tuple[OffboardUser, ...]] = {}
    notices: list[str] = []
    for change in changes:
        one = change.operation
        for logical_id, user, why in _going(change):
            if made := _offboard(one.stack, logical_id, user, why, store):
                found[one.id] = (*found.get(one.id, ()), made)
            else:
                notices.append(_notice(one.stack, logical_id, user))
    return Leavers(found, tuple(notices))


def offboard_first(operations: Iterable[AnyOperation], leavers: Leavers) -> tuple[AnyOperation, ...]:
    """The operations, the offboarding before all of them: it waits for nobody, and a stack waits for its own."""
    waiting = [
        dataclasses.replace(one, needs=(*(first.id for first in leavers.operations[one.id]), *one.needs))
        if one.id in leavers.operations
        else one
        for one in operations
    ]
    return (*(first for each in leavers.operations.values() for first in each), *waiting)


def _going(change: Change) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Logical id and properties of each user whom the stack loses, and how."""
    before = users(change.before)
    if isinstance(change.operation, DeleteStack):
        yield from ((logical_id, user, "the stack is deleted") for logical_id, user in before.items())
    elif before:
        after = users(change.after)
        for logical_id, user in before.items():
            if logical_id not in after:
                yield logical_id, user, "the stack has this user no more"
            # the one property whose change replaces a user (CloudFormation, AWS::IAM::User)
            elif after[logical_id].get("UserName") != user.get("UserName"):
                yield logical_id, user, "the user is made anew under another name"


def _offboard(
    stack: str, logical_id: str, user: Mapping[str, Any], why: str, store: PasswordStore | None
) -> OffboardUser | None:
    """None for a user who by path and tag is no partner's: nothing would prove that it is the same person."""
    name, partner = user.get("UserName"), partner_of(user)
    if not (isinstance(name, str) and partner):
        return None
    return identified(
        OffboardUser(
            id="",
            place=JUMP,
            stack=stack,
            reason=why,
            user=name,
            path=user["Path"],
            partner=partner,
            resource=logical_id,
            members=f"{partner}{MEMBERS}",
            parameter=password_parameter(store.prefix, partner, name) if store else "",
        )
    )


def _notice(stack: str, logical_id: str, user: Mapping[str, Any]) -> str:
    name = user.get("UserName")
    return (
        f"{JUMP}/{stack}: the user {name if isinstance(name, str) else logical_id} has no path under "
        f"{PARTNER_PATH} with the tag {PARTNER_TAG} and is not offboarded; CloudFormation deletes only a user "
        "without password, MFA devices and keys"
    )
