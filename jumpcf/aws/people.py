"""The partners' users of the jump account as a plan needs them: who has a password, and whether it was ever used.

The fewest calls that are fresh.  The credential report takes two, and is up to four hours old, so a second
deploy would plan again what the first has done.  ListUsers tells for a thousand users at a time when each was
made and last signed in; only who never did is asked for (GetLoginProfile).  Parameters are listed, never read.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from jumpcf.artifacts.manifest import Manifest, PasswordStore
from jumpcf.artifacts.marks import PARTNER_PATH, password_parameter
from jumpcf.artifacts.observed import ObservedUser
from jumpcf.aws.api import Api
from jumpcf.aws.organizations import Mapper
from jumpcf.aws.paging import Answer
from jumpcf.aws.parameters import Parameters
from jumpcf.aws.passwords import unused
from jumpcf.aws.users import users_below


def read_people(
    iam: Api, ssm: Api, manifest: Manifest, parallel: Mapper, now: datetime
) -> tuple[ObservedUser, ...]:
    """The users whom the manifest names, as far as they are there under their partner's path; by name."""
    store = manifest.passwords
    if store is None:
        return ()
    found = list(_users(iam, manifest))
    if not found:
        return ()
    stored = Parameters(ssm).below(store.prefix)
    read = partial(_one, iam, store, stored, now)
    return tuple(sorted(parallel(read, found), key=lambda user: user.name))


def _users(iam: Api, manifest: Manifest) -> Iterator[tuple[str, Answer]]:
    wanted = {(one.name, f"{PARTNER_PATH}{one.partner}/"): one.partner for one in manifest.people}
    for user in users_below(iam, PARTNER_PATH):
        partner = wanted.get((user["UserName"], user["Path"]))
        if partner is not None:
            yield partner, user


def _one(
    iam: Api, store: PasswordStore, stored: dict[str, datetime], now: datetime, found: tuple[str, Answer]
) -> ObservedUser:
    partner, user = found
    old = now - timedelta(days=store.unused_days)
    kept = stored.get(password_parameter(store.prefix, partner, user["UserName"]))
    used = bool(user.get("PasswordLastUsed"))
    answer = None if used else iam.call_or_none("GetLoginProfile", UserName=user["UserName"])
    profile = answer["LoginProfile"] if answer else None
    waiting = profile is not None and unused(user, profile)
    since = profile["CreateDate"] if profile and waiting else kept
    return ObservedUser(
        name=user["UserName"],
        path=user["Path"],
        young=user["CreateDate"] > old,
        state="unused" if waiting else "used" if profile or used else "none",
        stored=kept is not None,
        overdue=since is not None and since <= old,
    )
