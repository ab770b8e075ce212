"""A place as its credentials see it: who they are, and what time it is there.  Reads only; a refusal is an answer."""

import time
from collections.abc import Callable

from jumpcf.artifacts.checkup import Seen
from jumpcf.artifacts.manifest import Connection
from jumpcf.aws.api import Api, said_at
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.identity import verify_account, verify_membership
from jumpcf.aws.paging import Answer
from jumpcf.aws.sessions import Clients
from jumpcf.errors import AwsRefused


def look(
    clients: Clients,
    place: str,
    connection: Connection,
    organization: str | None = None,
    *,
    clock: Callable[[], float] = time.time,
) -> Seen:
    """`organization` is the id that params name, for a place that is one."""
    ahead = None
    try:
        answer = Api(clients, place, "sts").call("GetCallerIdentity")
        ahead = _ahead(answer, clock())
        verify_account(clients, place, connection)
        if organization is not None:
            verify_membership(clients, place, organization, connection)
    except AwsRefused as refused:
        if ahead is None and isinstance(
            refused, CallRefused
        ):  # a clock far off is refused, with the right time
            ahead = _ahead(refused, clock())
        return Seen(name=place, code=refused.code, refused=refused.what, hint=refused.hint, ahead=ahead)
    return Seen(name=place, ahead=ahead)


def _ahead(answer: Answer | CallRefused, now: float) -> float | None:
    """Seconds by which our clock is ahead of AWS's."""
    said = said_at(answer)
    return None if said is None else now - said.timestamp()
