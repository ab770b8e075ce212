"""Initial passwords that are taken back: whose, why, and what became of each."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One person's; `told` is what the operation came to, in words, or why it did not."""

    partner: str
    user: str
    reason: str
    state: Literal["succeeded", "failed", "skipped"]
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """All of one run; `days` is after how many an unused one is overdue, `journal` the run's file, "" where there was
    nothing to do."""

    estate: str
    days: int
    people: tuple[Withdrawal, ...]
    journal: str = ""
    schema: int = 1

    @property
    def whole(self) -> bool:
        return all(one.state == "succeeded" for one in self.people)
