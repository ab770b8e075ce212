"""The doors of the jump account, closed and opened by API: what `freezing` does before anything slow."""

import contextlib
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jumpcf.artifacts.instants import instant, utc
from jumpcf.errors import JumpcfError, ProblemsFound
from jumpcf.pipeline.building import last_built, load
from jumpcf.pipeline.connecting import jump_sessions
from jumpcf.pipeline.folders import Folders

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Connection
    from jumpcf.aws.freezing import Door, Found
    from jumpcf.errors import Mark
    from jumpcf.estate.model import Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way to the jump account.  `estate` is None where params/ are wrong; `broken` says what of them."""

    partition: str
    name: str
    jump: "Connection"
    estate: "Estate | None" = None
    broken: ProblemsFound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose door: a partner's, or one user's of his."""

    partner: str
    user: str = ""

    def __str__(self) -> str:
        return f"{self.user} of {self.partner}" if self.user else self.partner


def way(folders: Folders) -> Way:
    """From params/; where these are wrong, from params/estate.yaml alone; where that is, from what was last built.
    ProblemsFound where nothing says it."""
    try:
        estate, _ = load(folders)
    except ProblemsFound as broken:
        return _despite(folders, broken)
    return Way(partition=estate.partition, name=estate.name, jump=estate.jump, estate=estate)


def _despite(folders: Folders, broken: ProblemsFound) -> Way:
    from jumpcf.estate.emergency import jump_account

    alone, _ = jump_account(folders.root)
    if alone:
        return Way(partition=alone.partition, name=alone.estate, jump=alone.connection, broken=broken)
    built = last_built(folders)
    if built is None:
        raise broken
    return Way(partition=built.partition, name=built.estate, jump=built.jump, broken=broken)


def door(to: Way, who: Who, verb: Literal["freeze", "thaw"] = "freeze") -> "Door":
    """Our door in the jump account, whose credentials are verified.  AwsRefused A507 and the like."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.marks import freeze_policy
    from jumpcf.aws.api import Api
    from jumpcf.aws.freezing import Door
    from jumpcf.aws.paging import Waiter

    return Door(
        iam=Api(jump_sessions(to.jump), JUMP, "iam"),
        waiter=Waiter(),
        policy=freeze_policy(to.partition, to.jump.account),
        partner=who.partner,
        user=who.user,
        verb=verb,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """A door that was closed.  `at` is when it was read back (params keep the first of several), `found` who is
    behind it; `refused` is why it could not be closed, `unwritten` why params do not say so.  Of a user who `left`
    they need not: his fence denies him whatever he has open."""

    who: Who
    way: Way
    reason: str
    at: str
    found: "Found"
    refused: JumpcfError | None = None
    unwritten: ProblemsFound | None = None
    left: bool = False


def shut(folders: Folders, who: Who, reason: str, *, anew: bool = False) -> Shut:
    """Close the door by API, read it back, then say so in params/.  With `anew` the instant there is a new one
    although the door is found closed: a stack has closed it since, nobody knows when.

    NoDoor (G570): there is no such door; nothing was changed.  A refusal as well where params have no such name
    either: most likely it was mistyped, and there is no other half.  Whatever else goes wrong is in what it
    gives, for neither half may wait for the other.
    """
    from jumpcf.aws.freezing import Found, NoDoor, Shutting

    to = way(folders)
    refused, found = None, Found()
    done = Shutting(was_open=True, at=datetime.datetime.now(datetime.UTC))
    try:
        here = door(to, who)
        done = here.close()
        found = here.behind()
    except NoDoor as error:
        raise _nearest(error, folders, to, who) from None
    except JumpcfError as error:
        if not _named(folders, to, who):
            raise _nowhere(error, folders, to, who) from None
        refused = error
    at, unwritten, left = utc(done.at), None, _departed(folders, who) is not None
    try:
        at = at if left else _write(folders, who, reason, at, was_open=done.was_open or anew)
    except ProblemsFound as error:
        unwritten = error
    return Shut(
        who=who, way=to, reason=reason, at=at, found=found, refused=refused, unwritten=unwritten, left=left
    )


def _departed(folders: Folders, who: Who) -> "Mark | None":
    """Where params say that the user left."""
    from jumpcf.estate.leaving import departed

    with contextlib.suppress(ProblemsFound):
        return departed(folders.root, who.partner, who.user) if who.user else None
    return None


def _write(folders: Folders, who: Who, reason: str, at: str, *, was_open: bool) -> str:
    """A door that had been closed all the time keeps its instant; one that somebody opened gets a new one."""
    from jumpcf.estate import freezing

    stands = freezing.written(folders.root, who.partner, who.user) or {}
    with contextlib.suppress(KeyError, ValueError):
        at = str(stands["at"]) if not was_open and instant(str(stands["at"])) else at
    freezing.write_frozen(folders.root, who.partner, who.user, reason, at)
    return at


def _nearest(error: JumpcfError, folders: Folders, to: Way, who: Who) -> JumpcfError:
    """The refusal with the name that was meant, where params can tell."""
    from jumpcf.estate.similar import did_you_mean

    partners = _partners(folders, to)
    if who.partner not in partners:
        error.hint = did_you_mean(who.partner, partners)
    elif left := _departed(folders, who):
        error.hint = (
            f"he stands under left ({left}): where nobody has deployed since, jumpcf deploy denies him what he has "
            "open in every role"
        )
    elif who.user and to.estate:
        error.hint = did_you_mean(who.user, [one.name for one in to.estate.partners[who.partner].users])
    return error


def _nowhere(error: JumpcfError, folders: Folders, to: Way, who: Who) -> JumpcfError:
    """What the jump account refused, of a name that params do not have: nothing is closed, nothing written."""
    what = f"user {who.user} of {who.partner}" if who.user else f"partner {who.partner}"
    nearest = _nearest(JumpcfError(error.code, error.what), folders, to, who).hint
    error.hint = "; ".join(filter(None, (f"params have no {what} either", nearest, error.hint)))
    return error


def _named(folders: Folders, to: Way, who: Who) -> bool:
    """Whether params have the name; of a user this is only known where they are whole."""
    if who.partner not in _partners(folders, to):
        return False
    if _departed(folders, who):
        return True
    users = to.estate.partners[who.partner].users if to.estate else ()
    return not (who.user and to.estate) or any(one.name == who.user for one in users)


def _partners(folders: Folders, to: Way) -> list[str]:
    """Names; where params are wrong, those of the files."""
    if to.estate:
        return list(to.estate.partners)
    return sorted(path.stem for path in (folders.root / "params/partners").glob("*.yaml"))


def file_of(partner: str) -> str:
    """The partner's file, as people name it."""
    from jumpcf.estate.edits import file_of as named

    return named(partner)


def whole_way(folders: Folders) -> Way:
    """The same for who opens a door: ProblemsFound where anything in params is wrong."""
    to = way(folders)
    if to.broken:
        raise to.broken
    return to


def shut_with_all(to: Way, who: Who) -> bool:
    """Whether params say of the user's whole partner that he is frozen."""
    partner = to.estate.partners.get(who.partner) if to.estate else None
    return bool(who.user and partner and partner.frozen)


def frozen_alone(to: Way, who: Who) -> list[str]:
    """The partner's users who stay frozen by entries of their own where he is thawed; nobody where `who` is one."""
    partner = to.estate.partners.get(who.partner) if to.estate and not who.user else None
    return sorted(one.name for one in partner.users if one.frozen) if partner else []


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A door by its name in IAM: whether it is closed there, and since when params say so ("": they do not)."""

    name: str
    closed: bool
    at: str


def look(folders: Folders, to: Way, who: Who) -> State:
    """Reads only.  NoDoor (G570) where there is none, or its user has left: nothing opens for him."""
    from jumpcf.aws.freezing import NoDoor
    from jumpcf.estate import freezing

    here = door(to, who, "thaw")
    try:
        closed = here.there() and here.closed()
    except NoDoor as error:
        raise _nearest(error, folders, to, who) from None
    if left := _departed(folders, who):
        hint = "to let him in again, move him back to users and deploy; if he is frozen then, thaw him"
        raise NoDoor("G570", f"{who} has left ({left}): a thaw opens nothing for him", hint)
    stands = freezing.written(folders.root, who.partner, who.user) or {}
    return State(name=here.name, closed=closed, at=str(stands.get("at", "")))
