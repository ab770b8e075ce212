"""Signing in with a password: what AWS's sign-in page asks one after the other, and the session of a console.

IAM User Guide, console_sign-in and id_credentials_passwords_account-policy: the password, then a code where the
user has a device, then a new password where the old one must be changed or is too old.  No policy is asked about
the sign-in itself (AWS's own sign-in policies are opt-in); changing the password is ChangePassword and is judged
with `--enforce`.  The session lasts 12 hours; with a code it carries MFA (facts/iam.md 2.2, credentials table).
"""

import dataclasses
from dataclasses import dataclass
from typing import Literal

from moto.iam.models import IAMBackend, User
from moto.sts.utils import random_session_token

from jumpcf.artifacts.instants import utc
from jumpcf.errors import AwsRefused
from jumpcf.local import devices, passwords, sessions
from jumpcf.local.refusals import Denied, NotImplementedHere, Refusal
from jumpcf.local.sessions import Session
from jumpcf.local.world import World

DURATION = 12 * 3600
_WRONG = "Your authentication information is incorrect. Please try again."
Wish = Literal["", "code", "new-password"]


@dataclass(frozen=True, slots=True)
class Request:
    """Who signs in to which account (the region tells the partition), and what was typed so far."""

    account: str
    region: str
    user: str
    password: str
    code: str = ""
    new_password: str = ""
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page asks next, or with `wants` empty the session's credentials; `expires` as RFC 3339 has it."""

    wants: Wish = ""
    key: str = ""
    secret: str = ""
    token: str = ""
    expires: str = ""
    mfa: bool = False


def perform(world: World, asked: Request) -> Answer:
    """Sign in, or say what is still wanted; AwsRefused A589 where it is refused: no session is
    made, and a code that was shown is used up."""
    with world.lock:
        try:
            return _sign_in(world, asked)
        except (Refusal, Denied, NotImplementedHere) as error:
            raise AwsRefused("A589", str(getattr(error, "message", "") or error)) from None


def _sign_in(world: World, asked: Request) -> Answer:
    iam = sessions.iam_of(asked.account, asked.region)
    user = iam.users.get(asked.user)
    if user is None or not passwords.is_right(user, asked.password):
        raise Denied(_WRONG)
    if user.mfa_devices and not asked.code:
        return Answer("code")
    now = world.clock()
    overdue = passwords.expired(iam, user, world.now())
    if overdue and iam.account_password_policy is not None and iam.account_password_policy.hard_expiry:
        raise Denied("Your password has expired. An administrator must set another one.")
    must_change = overdue or user.password_reset_required
    if must_change and not asked.new_password:
        return Answer("new-password")
    if user.mfa_devices:
        _present(iam, user, asked.code, now)
    session = Session(
        key="",
        token=random_session_token(),
        account=asked.account,
        issued=now,
        expires=now + DURATION,
        user_name=user.name,
        mfa_at=now if user.mfa_devices else None,
        console=True,
    )
    if must_change:
        _change(world, iam, user, session, asked)
    key = iam.create_temp_access_key()
    session = dataclasses.replace(session, key=key.access_key_id)
    sessions.begin(world.sessions, session)
    vars(user)["password_last_used"] = world.now()
    expires = utc(world.instant(session.expires))
    return Answer("", session.key, key.secret_access_key, session.token, expires, session.mfa_at is not None)


def _present(iam: IAMBackend, user: User, code: str, at: float) -> None:
    """A code of any of the user's devices; a device that is no virtual one has no codes here."""
    last: Denied | None = None
    for serial in user.mfa_devices:
        try:
            return devices.present(iam, user, serial, code, at)
        except Denied as error:
            last = error
    assert last is not None, "the user has a device"
    raise last


def _change(world: World, iam: IAMBackend, user: User, session: Session, asked: Request) -> None:
    if world.enforce:
        from jumpcf.local.enforce import callers, guard  # with --enforce only, as in the gate
        from jumpcf.local.enforce.calls import Call

        call = Call("iam", "ChangePassword", asked.region)
        guard.judge(world, call, callers.of_user(world, user, session, iam), asked.address)
    passwords.change(iam, user, asked.password, asked.new_password, world.now())
