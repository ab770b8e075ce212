"""The fence: an inline policy on the role that holds the session, after the trust has let it in.

It is inline because a boundary is also forced upon the roles that a partner creates, and those call from
AWS's own addresses.
"""

import functools

from jumpcf.iam.conditions import Term, all_of, from_then_on, issued_before, outside
from jumpcf.iam.document import Clause, Document, deny, document, everything
from jumpcf.iam.packing import chunks

Per = tuple[tuple[str, tuple[str, ...]], ...]
"""Instants, and the names of those whom each is about."""


@functools.lru_cache(maxsize=64)
def fence(
    *,
    ends: str,
    networks: tuple[str, ...] = (),
    ended_users: Per = (),
    frozen: str = "",
    frozen_users: Per = (),
    left: tuple[str, ...] = (),
) -> Document:
    """Deny the session after `ends`, outside `networks` (empty: not fenced), per user after his own end,
    where it was issued before the instant `frozen`, or one of `frozen_users` before his own, and of whoever
    has `left`, whenever it was issued.

    `ended_users`, `frozen_users` and `left` work by the session's name: they deny all of somebody's sessions only
    where the trust asks for the user's name as the session's name.

    The Denies are strict: AWS keeps the caller's address in the calls that a service makes on his behalf
    (IAM User Guide, "Forward access sessions"), so no exception for those is needed.  The exception for AWS's
    managed MCP servers that other samples leave open is closed as well.
    """
    statements: list[Clause] = []
    if networks:
        statements.append(
            deny("DenyOutsideNetworks", action=everything(), condition=all_of(outside(networks)))
        )
    statements.append(deny("DenyAfterEnd", action=everything(), condition=all_of(from_then_on(ends))))
    statements.append(
        deny(
            "DenyManagedMcp",
            action=everything(),
            condition=all_of(("Bool", "aws:ViaAWSMCPService", "true")),
        )
    )
    for instant, names in ended_users:
        statements += _users("DenyEndedUsers", instant, names, from_then_on(instant))
    if frozen:
        statements.append(deny("DenyFrozen", action=everything(), condition=all_of(issued_before(frozen))))
    for instant, names in frozen_users:
        statements += _users("DenyFrozenUsers", instant, names, issued_before(instant))
    statements += _users("DenyLeftUsers", "", left)
    return document(statements)


def _users(sid: str, instant: str, names: tuple[str, ...], *when: Term) -> list[Clause]:
    # aws:userid of a role session is "<role id>:<session name>".
    return [
        deny(
            f"{sid}{''.join(filter(str.isalnum, instant))}Part{number}",
            action=everything(),
            condition=all_of(("StringLike", "aws:userid", tuple(f"*:{name}" for name in part)), *when),
        )
        for number, part in chunks(names).items()
    ]
