"""Days and durations."""

import datetime
from typing import Any

from jumpcf.artifacts.instants import instant
from jumpcf.estate import times
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.schema import FrozenFile, PartnerFile
from jumpcf.estate.shapes import INSTANT
from jumpcf.estate.source import Key
from jumpcf.estate.validate import File

SESSION = ("1h", "12h")  # MaxSessionDuration: IAM API Reference, CreateRole
MFA_AGE = ("1m", "36h")
YEARS = (2000, 2199)
_DAY = "year-month-day: 2027-03-31, the last valid day"


def check_times(params: Params, report: Report) -> None:
    """Report days that do not exist, ends after the partner's, durations outside their bounds."""
    if params.estate:
        session = params.estate.model.defaults.session
        _duration(params.estate, ("defaults", "session"), session, SESSION, report)
    for level in params.levels.values():
        if level:
            _duration(level, ("session",), level.model.session, SESSION, report)
            _duration(level, ("mfa_max_age",), level.model.mfa_max_age, MFA_AGE, report)
    for partner in params.partners.values():
        if partner:
            _partner(partner, report)


def _partner(file: File[PartnerFile], report: Report) -> None:
    end = _day(file, ("until",), file.model.until, report)
    _instant(file, ("frozen",), file.model.frozen, report)
    for index, user in enumerate(file.model.users):
        _instant(file, ("users", index, "frozen"), user.frozen, report)
        last = _day(file, ("users", index, "until"), user.until, report)
        if end and last and last > end:
            message = f"{user.name} stays until {last}, the partner until {end}"
            report.add(file.mark("users", index, "until"), "E231", message, "leave the user's until out")
    for index, one in enumerate(file.model.left):
        _day(file, ("left", index, "day"), one.day, report)
    for name, grant in file.model.grants.items():
        _duration(file, ("grants", name, "session"), grant.session, SESSION, report)
        last = _day(file, ("grants", name, "until"), grant.until, report)
        if end and last and last > end:
            message = f"grants.{name} ends with the partner on {end}, not on {last}"
            mark = file.mark("grants", name, "until")
            report.add(mark, "E232", message, "leave the grant's until out", severity="warning")


def _day(file: File[Any], path: tuple[Key, ...], text: str | None, report: Report) -> datetime.date | None:
    if text is None:
        return None
    try:
        day = times.day(text)
    except ValueError:
        day = None
    if day is None or not YEARS[0] <= day.year <= YEARS[1]:
        report.add(
            file.mark(*path), "E230", f"{path[-1]}: {text} is no day of {YEARS[0]} to {YEARS[1]}", _DAY
        )
        return None
    return day


def _instant(
    file: File[PartnerFile], path: tuple[Key, ...], frozen: FrozenFile | None, report: Report
) -> None:
    if frozen is None:
        return
    try:
        year = instant(frozen.at).year
    except ValueError:
        year = 0
    if not YEARS[0] <= year <= YEARS[1]:
        message = f"frozen.at: {frozen.at} is no instant of {YEARS[0]} to {YEARS[1]}"
        report.add(file.mark(*path, "at"), "E230", message, INSTANT.hint)


def _duration(
    file: File[Any], path: tuple[Key, ...], text: str | None, bounds: tuple[str, str], report: Report
) -> None:
    low, high = bounds
    if text is not None and not times.seconds(low) <= times.seconds(text) <= times.seconds(high):
        message = f"{path[-1]}: {text} is not between {low} and {high}"
        report.add(file.mark(*path), "E234", message, "hours, minutes or seconds: 1h, 90m, 3600s")
