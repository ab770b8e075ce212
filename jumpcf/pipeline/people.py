"""People, beside the flow: an initial password is handed over; somebody who leaves is taken out of params."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.errors import GateRefused, UnknownName
from jumpcf.pipeline.building import load
from jumpcf.pipeline.connecting import jump_sessions
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import locked

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest, PasswordStore, Person
    from jumpcf.artifacts.offboarded import Removed
    from jumpcf.artifacts.secret import Secret
    from jumpcf.aws.passwords import Passwords
    from jumpcf.aws.sessions import Sessions

SIGN_IN = {
    "aws": "https://{account}.signin.aws.amazon.com/console",
    "aws-cn": "https://{account}.signin.amazonaws.cn/console",
    "aws-us-gov": "https://{account}.signin.amazonaws-us-gov.com/console",
}
"""Where IAM users sign in, by partition (IAM User Guide, "How IAM users sign in to your AWS account")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a person gets; `parameter` is where the password is still kept."""

    user: str
    url: str
    password: "Secret"
    parameter: str


def hand_over(
    folders: Folders, manifest: "Manifest", partner: str, user: str, *, new: bool, say: Say = silent
) -> Handed:
    """The initial password of a user, once; with `new` another one first, under the deploy lock, where his was
    never used.  Raises UnknownName, or the refusal of `aws.passwords`."""
    from jumpcf.aws.identity import caller
    from jumpcf.planner.passwords import create_password

    store, person = _person(folders, manifest, partner, user)
    sessions = jump_sessions(manifest.jump)
    operation = create_password(manifest, store, person, "asked for by hand")
    if new:
        with locked(folders, sessions, manifest, verb="user password", say=say) as lock:
            _renew(manifest, store, person, _passwords(sessions, lambda: lock.held))
    at = utc(datetime.datetime.now(datetime.UTC))
    password = _passwords(sessions).hand_over(operation, caller(sessions), at)
    url = SIGN_IN[manifest.partition].format(account=manifest.jump.account)
    return Handed(user=person.name, url=url, password=password, parameter=operation.parameter)


def forget(manifest: "Manifest", parameter: str) -> None:
    """Delete what is still kept of a password that was handed over."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.parameters import Parameters

    Parameters(Api(jump_sessions(manifest.jump), JUMP, "ssm")).delete(parameter)


def remove(folders: Folders, partner: str, user: str, *, unlisted: bool = False) -> "Removed":
    """Move a user to `left` in his partner's file; who stands there stays.  With `unlisted` he is put there where
    `users` have him no more, too.  AWS is not asked.  UnknownName (G561); ProblemsFound where anything in params is
    wrong, or the file cannot be edited by itself (E610)."""
    from jumpcf.artifacts.offboarded import Removed
    from jumpcf.estate import leaving, times
    from jumpcf.estate.edits import file_of
    from jumpcf.estate.roster import chosen
    from jumpcf.estate.similar import did_you_mean, nearest

    estate, _ = load(folders)
    file = file_of(partner)
    (here,) = chosen(estate, partner)
    for one in here.left:
        if one.name == user:
            return Removed(partner=partner, user=user, params=file, day=one.day.isoformat())
    users = [one.name for one in here.users]
    unlisted = unlisted and user.casefold() not in map(str.casefold, users)
    if unlisted:
        _could_be(user)
    elif user not in users:
        hint = did_you_mean(user, users, "where his line is gone already, add --unlisted")
        raise UnknownName("G561", f"{partner} has no user {user}", hint)
    day = times.local_day(datetime.datetime.now(datetime.UTC), estate.timezone).isoformat()
    leaving.write_left(folders.root, partner, user, day, unlisted=unlisted)
    near = nearest(user, users) if unlisted else ""
    return Removed(partner=partner, user=user, params=file, day=day, near=near)


def _could_be(user: str) -> None:
    """UnknownName (G561) where nobody can have had this name."""
    from jumpcf.estate.shapes import USER

    if not re.fullmatch(USER.pattern, user):
        raise UnknownName("G561", f"{user!r} is not {USER.noun}", USER.hint)


def _renew(manifest: "Manifest", store: "PasswordStore", person: "Person", passwords: "Passwords") -> None:
    from jumpcf.errors import AwsRefused
    from jumpcf.planner.passwords import create_password, withdraw_password

    old = withdraw_password(store, person, "another one is asked for")
    operation = create_password(manifest, store, person, "asked for by hand")
    passwords.unused_or_none(old)  # before anything is written
    for outcome in (passwords.withdraw(old), passwords.create(operation)):
        if outcome.state != "succeeded":
            raise AwsRefused("A563", f"no new password for {person.name}: {outcome.reason}", "run it again")


def _passwords(sessions: "Sessions", held: Callable[[], bool] = lambda: False) -> "Passwords":
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.paging import Waiter
    from jumpcf.aws.passwords import Passwords

    return Passwords(Api(sessions, JUMP, "iam"), Api(sessions, JUMP, "ssm"), Waiter(), locked=held)


def _person(
    folders: Folders, manifest: "Manifest", partner: str, user: str
) -> "tuple[PasswordStore, Person]":
    from jumpcf.estate.roster import nobody
    from jumpcf.estate.similar import did_you_mean

    store = manifest.passwords
    assert store is not None, "every manifest that is built has a store"
    people: dict[str, dict[str, Person]] = {}
    for one in manifest.people:
        people.setdefault(one.partner, {})[one.name] = one
    if partner not in people:
        raise UnknownName("G561", f"no partner {partner} with users", did_you_mean(partner, people))
    if user not in people[partner]:
        raise nobody(
            partner, user, people[partner], [one.name for one in manifest.left if one.partner == partner]
        )
    if people[partner][user].frozen:
        hint = f"{_thaws(folders, partner, user)} opens the door again"
        raise GateRefused("G571", f"{user} of {partner} is frozen, and gets no password", hint)
    return store, people[partner][user]


def _thaws(folders: Folders, partner: str, user: str) -> str:
    """What thaws him: alone, with his whole partner, or both."""
    from jumpcf.estate.freezing import written

    words = {user: f"jumpcf partner thaw {partner} --user {user}", "": f"jumpcf partner thaw {partner}"}
    found = [word for one, word in words.items() if written(folders.root, partner, one)]
    return " and then ".join(found) or words[""]
