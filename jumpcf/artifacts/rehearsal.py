"""What a rehearsal on the embedded AWS came to: the plan, how it ended, and what it cost in calls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Status

READS = ("Get", "List", "Describe", "Head")  # how the names of calls begin that change nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """Calls to one service at one place ("jump" or an organization's name): while planning, while deploying
    (with the look afterwards), and how many of all these were writes."""

    place: str
    service: str
    planning: int
    deploying: int
    writes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """`earlier` is the build folder that AWS was brought to first, "" for an empty AWS; `status` is None where
    the plan is blocked; `flags` are the words that a deploy without a terminal would need; `refused` says why
    gates refused operations on the way."""

    estate: str
    earlier: str
    plan: Plan
    status: Status | None
    calls: tuple[CallCount, ...]
    flags: tuple[str, ...]
    notices: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    schema: int = field(default=1)


Counted = Mapping[tuple[str, str, str], int]
"""How often each (place, service, operation) was called."""


def call_counts(planning: Counted, deploying: Counted) -> tuple[CallCount, ...]:
    """The calls of both phases by place and service; the jump account first, then by name."""
    rows = sorted({key[:2] for key in (*planning, *deploying)}, key=lambda row: (row[0] != "jump", row))
    return tuple(
        CallCount(
            place=place,
            service=service,
            planning=_sum(planning, place, service),
            deploying=_sum(deploying, place, service),
            writes=_sum(planning, place, service, writes=True) + _sum(deploying, place, service, writes=True),
        )
        for place, service in rows
    )


def _sum(counted: Counted, place: str, service: str, *, writes: bool = False) -> int:
    numbers: Iterable[int] = (
        number
        for (where, what, operation), number in counted.items()
        if (where, what) == (place, service) and not (writes and operation.startswith(READS))
    )
    return sum(numbers)
