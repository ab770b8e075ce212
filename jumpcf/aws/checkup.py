"""A place as its credentials see it: who they are, and what time it is there.  Reads only; a refusal is an answer."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from jumpcf.artifacts.checkup import Seen
from jumpcf.artifacts.manifest import Connection
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.identity import verify_account, verify_membership
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
        told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        ahead = _ahead(told, clock())
        verify_account(clients, place, connection)
        if organization is not None:
            verify_membership(clients, place, organization, connection)
    except AwsRefused as refused:
        if ahead is None and isinstance(
            refused, CallRefused
        ):  # a clock far off is refused, with the right time
            ahead = _ahead(refused.date, clock())
        return Seen(name=place, code=refused.code, refused=refused.what, hint=refused.hint, ahead=ahead)
    return Seen(name=place, ahead=ahead)


def _ahead(told: str, now: float) -> float | None:
    """Seconds by which our clock is ahead of the Date of an answer, which has whole seconds (RFC 9110, 6.6.1)."""
    try:
        return now - parsedate_to_datetime(told).timestamp()
    except ValueError:
        return None
