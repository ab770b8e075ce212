"""Users whom a stack of the jump account lets go of: each is offboarded first.

CloudFormation deletes what the stack made, and IAM refuses to delete a user who has more: a password, MFA
devices, keys (IAM API reference, DeleteUser).  On an update such a failure fails nothing; the user would stay
behind with all he has, in no stack.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.artifacts.manifest import JUMP, Manifest, PasswordStore
from jumpcf.artifacts.marks import MEMBERS, PARTNER_PATH, PARTNER_TAG, password_parameter
from jumpcf.artifacts.operation import AnyOperation, DeleteStack, OffboardUser
from jumpcf.artifacts.plan import OpenSessions
from jumpcf.planner.departed import partner_of, users
from jumpcf.planner.freezing import longest_session
from jumpcf.planner.jumpstacks import Change
from jumpcf.planner.operations import identified


@dataclass(frozen=True, slots=True)
class Leavers:
    """`operations` by the id of the operation that must wait for them; `notices` of users without one."""

    operations: Mapping[str, tuple[OffboardUser, ...]]
    notices: tuple[str, ...]


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


def open_sessions(
    manifest: Manifest, leavers: Leavers, template: Callable[[str], Any]
) -> Iterator[OpenSessions]:
    """Whoever leaves and is not under `left`: no stack of the jump account ends a session of a role, and no fence
    knows of him any more.  Nobody where the roles go with him, or where no fence could know of anybody."""
    for one in _people(leavers):
        if manifest.named_sessions and not _is_left(manifest, one) and _places(manifest, one.partner):
            yield OpenSessions(
                partner=one.partner, user=one.user, seconds=longest_session(manifest, one.partner, template)
            )


def undenied(manifest: Manifest, leavers: Leavers, organizations: Collection[str]) -> Iterator[str]:
    """Of whoever leaves as he should, where no role denies him what he has open, in words: in organizations that
    this plan leaves out, and everywhere if sessions bear no names."""
    for one in _people(leavers):
        places = _places(manifest, one.partner)
        if places and not manifest.named_sessions:
            yield (
                f"{one.user} leaves {one.partner}: sessions of its roles that he has open go on until their end; "
                "defaults.role_session_name is optional, so none can be told to be his"
            )
        elif (away := sorted(places - set(organizations))) and _is_left(manifest, one):
            yield (
                f"{one.user} leaves {one.partner}: in {', '.join(away)}, which this plan leaves out, its roles deny "
                "what he has open there only after a deploy of the same params"
            )


def offboard_first(operations: Iterable[AnyOperation], leavers: Leavers) -> tuple[AnyOperation, ...]:
    """The operations, the offboarding before all of them: it waits for nobody, and a stack waits for its own."""
    waiting = [
        dataclasses.replace(one, needs=(*(first.id for first in leavers.operations[one.id]), *one.needs))
        if one.id in leavers.operations
        else one
        for one in operations
    ]
    return (*(first for each in leavers.operations.values() for first in each), *waiting)


def _people(leavers: Leavers) -> Iterator[OffboardUser]:
    for operations in leavers.operations.values():
        yield from operations


def _is_left(manifest: Manifest, one: OffboardUser) -> bool:
    return any((each.partner, each.name) == (one.partner, one.user) for each in manifest.left)


def _places(manifest: Manifest, partner: str) -> set[str]:
    """The organizations that have roles of the partner."""
    return {one.place for one in manifest.stacks if one.partner == partner and one.kind == "stackset"}


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
