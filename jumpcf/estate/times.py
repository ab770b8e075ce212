"""Days to instants and durations to seconds.

Time zone rules come from the tzdata package, never from the machine, so that the same params give the same
instants everywhere.
"""

import datetime
import functools
import importlib.util
import re
import zoneinfo
from pathlib import Path

from jumpcf.artifacts.instants import instant, utc
from jumpcf.estate.model import Until

SPREAD = datetime.timedelta(minutes=5)
"""Longer than a change of IAM takes to be known everywhere (IAM User Guide, "Changes that I make are not always
immediately visible": seconds, as a rule), and as much as a clock may be wrong before AWS refuses its signatures."""

_SECONDS = {"h": 3600, "m": 60, "s": 1}
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


def seconds(duration: str) -> int:
    """A duration of the right shape ("1h", "90m", "3600s") in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def _tzdata() -> Path:
    spec = importlib.util.find_spec("tzdata")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """The time zone of an IANA name; raises ValueError where there is none."""
    file = _tzdata() / "zoneinfo"
    if _ZONE.fullmatch(name):
        file = file.joinpath(*name.split("/"))
        if file.is_file():
            with file.open("rb") as data:
                return zoneinfo.ZoneInfo.from_file(data, key=name)
    raise ValueError(f"no time zone {name}")


def zones() -> list[str]:
    """Every name that `zone` knows."""
    return (_tzdata() / "zones").read_text(encoding="utf-8").split()


def day(text: str) -> datetime.date:
    """A day of the shape 2027-03-31; raises ValueError where the calendar does not have it."""
    return datetime.date.fromisoformat(text)


def local_day(at: datetime.datetime, timezone: str) -> datetime.date:
    """The day of an instant there."""
    return at.astimezone(zone(timezone)).date()


def spread(at: str) -> str:
    """The instant before which sessions of somebody frozen at `at` are denied."""
    return utc(instant(at) + SPREAD)


def until(last: datetime.date, timezone: str) -> Until:
    """The end of a last valid day: the next local midnight, in UTC.

    Where clocks jump over midnight, that is the first instant of the next day; where midnight comes twice,
    the first one.  (`fold` is 0: PEP 495.)
    """
    midnight = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), zone(timezone))
    return Until(day=last, ends=utc(midnight))
