"""Instants in the one form that jumpcf writes: UTC, whole seconds, as aws:CurrentTime has them; lengths of time."""

import datetime

INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def utc(at: datetime.datetime) -> str:
    """An instant as text; it must know its time zone."""
    return at.astimezone(datetime.UTC).strftime(INSTANT)


def instant(text: str) -> datetime.datetime:
    """An instant of the shape 2027-03-31T15:00:00Z; raises ValueError where there is none."""
    return datetime.datetime.strptime(text, INSTANT).replace(tzinfo=datetime.UTC)


def hours(seconds: int) -> str:
    """How long a session lasts, as people say it: "4 h", "90 min"."""
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
