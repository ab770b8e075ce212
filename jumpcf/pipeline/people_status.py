"""Who is as params want him in the jump account, by reads and the credential report.  Nothing is compiled."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.errors import UnknownName
from jumpcf.pipeline.building import load
from jumpcf.pipeline.connecting import jump_sessions
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.people import PeopleStatus

LANE = 8  # threads that ask for one person at a time


def people_status(
    folders: Folders, partner: str | None, name: str | None, *, say: Say = silent
) -> "PeopleStatus":
    """Everybody, the people of a partner, or one; UnknownName where neither params nor IAM have the name."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.marks import PARTNER_PATH
    from jumpcf.aws.api import Api
    from jumpcf.aws.paging import Waiter
    from jumpcf.aws.people_seen import see_people
    from jumpcf.estate import names
    from jumpcf.estate.roster import roster
    from jumpcf.planner.people import judge_people

    estate, _ = load(folders)
    now = datetime.datetime.now(datetime.UTC)
    wanted = roster(estate, partner, utc(now))
    sessions = jump_sessions(estate.jump)
    say("Reading the jump account's people and its credential report ...")
    path = names.user_path(partner) if partner else PARTNER_PATH
    with ThreadPoolExecutor(LANE) as lane:
        seen = see_people(Api(sessions, JUMP, "iam"), lane.map, Waiter(), path)
    return _only(judge_people(wanted, seen, now), partner, name)


def _only(status: "PeopleStatus", partner: str | None, name: str | None) -> "PeopleStatus":
    import dataclasses

    from jumpcf.estate.similar import did_you_mean

    if name is None:
        return status
    found = tuple(one for one in status.people if one.name == name)
    if not found:
        hint = did_you_mean(name, [one.name for one in status.people])
        raise UnknownName("G561", f"{partner} has no user {name}, in params or in IAM", hint)
    return dataclasses.replace(status, people=found)
