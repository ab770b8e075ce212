"""What the calls to AWS came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStats:
    """The calls of one service at one place ("jump" or an organization's name).

    `retries` are attempts beyond each call's first, `throttled` the answers "too fast" among all attempts.
    `seconds` is from asking to answer, retries and pauses included, added up over calls that ran side by side;
    `held` is the part of it that jumpcf waited by itself to keep AWS's rate.
    """

    place: str
    service: str
    calls: int
    retries: int
    throttled: int
    seconds: float
    held: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All of a run's."""

    calls: tuple[CallStats, ...]
    schema: int = 1
