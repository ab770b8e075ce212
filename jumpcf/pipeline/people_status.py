"""Who is as params want him in the jump account, by reads and the credential report.  Nothing is compiled."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
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
    status = judge_people(wanted, seen, now)
    return _only(status, partner, name, [one.name for one in wanted.left]) if partner and name else status


def _only(status: "PeopleStatus", partner: str, name: str, left: list[str]) -> "PeopleStatus":
    import dataclasses

    from jumpcf.estate.roster import nobody

    found = tuple(one for one in status.people if one.name == name)
    if not found:
        raise nobody(partner, name, [one.name for one in status.people], left, ", in params or in IAM")
    return dataclasses.replace(status, people=found)
