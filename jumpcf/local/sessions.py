"""Temporary credentials: whose they are, how they were got, and until when; forgotten when the process ends.

moto makes the keys and knows neither an end nor who asked.  STS API reference: AssumeRole, GetSessionToken.
"""

from dataclasses import dataclass
from typing import Literal

from moto.iam.models import IAMBackend, Role, User, iam_backends
from moto.utilities.utils import get_partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Credentials of a role's session or, with `role_id` empty, of a user's: of GetSessionToken, or with `console`
    of a sign-in by password.

    Times are seconds since 1970 by the embedded clock.  `mfa_at` is when MFA was shown, None without; a
    role's session has none, whatever its caller showed (IAM User Guide, id_credentials_mfa_configure-api-require).
    `policies` are the session policies' documents.
    """

    key: str
    token: str
    account: str
    issued: float
    expires: float
    user_name: str = ""
    role_id: str = ""
    name: str = ""
    mfa_at: float | None = None
    policies: tuple[str, ...] = ()
    console: bool = False


Sessions = dict[str, Session]
"""By access key id; `World.sessions`."""


def iam_of(account: str, region: str) -> IAMBackend:
    return iam_backends[account][get_partition(region)]


def user_of(key_id: str, account: str, region: str) -> User | None:
    """The user whose long-term access key it is."""
    return iam_of(account, region).get_user_from_access_key_id(key_id)


def role_of(session: Session, region: str) -> Role | None:
    """The session's role, known by its id: one that was made anew is another."""
    return iam_of(session.account, region).get_role_by_id(session.role_id)


def begin(sessions: Sessions, session: Session) -> None:
    """From now on its credentials are known."""
    prune(sessions, session.issued)
    sessions[session.key] = session


def prune(sessions: Sessions, now: float) -> None:
    """Forget what ended a day ago; until then the answer is ExpiredToken."""
    for key in [key for key, one in sessions.items() if one.expires < now - 86400]:
        forgotten = sessions.pop(key)
        for partitions in iam_backends[forgotten.account].values():
            partitions.access_keys.pop(key, None)


Fault = Literal["", "invalid", "expired"]


def fault(sessions: Sessions, account: str, key_id: str, token: str, now: float) -> Fault:
    """What is wrong with known credentials: a key switched off, a session's token missing, its time over."""
    session = sessions.get(key_id)
    if session is not None:
        return "expired" if session.expires <= now else "" if session.token == token else "invalid"
    for iam in iam_backends[account].values():
        if key_id in iam.access_keys:
            key = iam.access_keys[key_id]
            # a temporary key without its session is of a process that ended
            return "invalid" if key.status == "Inactive" or key_id.startswith("ASIA") else ""
    return "invalid"
