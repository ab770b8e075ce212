"""Step 7, for the partner: what he may reach, as a kit to hand over.  No AWS."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.errors import GateRefused
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.people import SIGN_IN

if TYPE_CHECKING:
    from jumpcf.estate.model import Estate, Partner, User
    from jumpcf.portal.model import Kit


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A kit, and where its files are."""

    kit: "Kit"
    folder: Path
    zip: Path


def make_kit(
    folders: Folders,
    partner: str,
    user: str | None,
    out: Path,
    *,
    at: datetime.datetime,
    say: Say = silent,
) -> Made:
    """Write the kit of a partner, or of one user, below `out`.

    Raises UnknownName (G561), GateRefused where the time of either has ended (G581), where one is frozen
    (G582) or something else stands in the place (G584).
    """
    from jumpcf.access.ask import Asker, Moment
    from jumpcf.pipeline import questions
    from jumpcf.portal.collect import collect
    from jumpcf.portal.files import files
    from jumpcf.portal.write import write

    estate, graph = questions.estate_and_access(folders, say=say)
    of, person = _named(estate, partner, user)
    now = utc(at)
    _refuse_ended(of, person, now)
    _refuse_frozen(of, person)
    sign_in = SIGN_IN[estate.partition].format(account=estate.jump.account)
    kit = collect(estate, Asker(graph, Moment(at=now)), of, person, sign_in)
    folder, zipped = write(out, kit.name, files(kit, person.email if person else of.contact))
    return Made(kit=kit, folder=folder, zip=zipped)


def _named(estate: "Estate", partner: str, user: str | None) -> "tuple[Partner, User | None]":
    from jumpcf.estate.roster import chosen, nobody

    (of,) = chosen(estate, partner)
    if user is None:
        return of, None
    people = {one.name: one for one in of.users}
    if user not in people:
        raise nobody(partner, user, people, [one.name for one in of.left])
    return of, people[user]


def _refuse_ended(partner: "Partner", user: "User | None", now: str) -> None:
    """A kit would send people to a door that is closed."""
    if user is not None and user.until is not None and user.until.ends <= now:
        who, day = user.name, user.until.day
    elif partner.until.ends <= now:
        who, day = partner.name, partner.until.day
    else:
        return
    raise GateRefused(
        "G581", f"the time of {who} ended on {day}", "a later `until` in params/ gives access again"
    )


def _refuse_frozen(partner: "Partner", user: "User | None") -> None:
    for one in (partner, user):
        if one is not None and one.frozen is not None:
            said = f"{one.name} is frozen since {one.frozen.at}: {one.frozen.reason}"
            raise GateRefused("G582", said, "a kit can be made when `frozen` is gone from params/")
