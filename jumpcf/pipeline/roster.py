"""Who is in params, and what ends when.  No AWS, and nothing is compiled."""

import datetime
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.pipeline.building import load
from jumpcf.pipeline.folders import Folders

if TYPE_CHECKING:
    from jumpcf.artifacts.roster import Expiring, Roster


def roster(folders: Folders, partner: str | None, at: str | None) -> "Roster":
    """The users of a partner, or of all, at a day's beginning or an instant; now where none is given."""
    from jumpcf.estate.roster import roster as read

    estate, _ = load(folders)
    return read(estate, partner, _instant(at, estate.timezone))


def expiring(folders: Folders, partner: str | None, within: int, at: str | None) -> "Expiring":
    """What has ended or ends within so many days."""
    from jumpcf.estate.roster import expiring as read

    estate, _ = load(folders)
    return read(estate, partner, within, _instant(at, estate.timezone))


def _instant(at: str | None, timezone: str) -> str:
    """The one clock of this module."""
    from jumpcf.access.find import moment

    return moment(at, timezone) if at else utc(datetime.datetime.now(datetime.UTC))
