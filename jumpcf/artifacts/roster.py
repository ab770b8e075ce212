"""The people that params name, and what of params ends when; for people and their scripts."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A user as params have him.  `groups` are as params write them, `grants` those that are for him; `until` is
    his last valid day, his own or the contract's, and `ends` the first instant without access.  `frozen` is why he,
    or his whole partner, is frozen; "" where they are not.  `iam_groups` are his groups' names in IAM, `cli` how his
    partner works by command line."""

    partner: str
    name: str
    email: str
    groups: tuple[str, ...]
    grants: tuple[str, ...]
    until: str
    ends: str
    ended: bool
    frozen: str = ""
    iam_groups: tuple[str, ...] = ()
    cli: str = "aws-login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Somebody under `left` and the day on which he left; `over` where no session of his can be open any more, so
    that the entry may go.  `place` is in params/: file, line, column."""

    partner: str
    name: str
    day: str
    over: bool
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Every user of the chosen partners, by partner and name, as of an instant, and who left them."""

    estate: str
    at: str
    users: tuple[Listed, ...]
    left: tuple[Gone, ...] = ()
    schema: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What ends: a partner's contract (`name` is the partner), a grant or a user with an end before it.

    `days` counts days of the estate's calendar from today to the last valid one: 0 is today, less has ended.
    `people` are the users whose access to something ends with it.
    """

    kind: Literal["contract", "grant", "user"]
    partner: str
    name: str
    until: str
    ends: str
    days: int
    people: tuple[str, ...]
    place: str  # in params/: file, line, column

    @property
    def ended(self) -> bool:
        return self.days < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """Everything that has ended or ends within some days of an instant, the earliest first."""

    estate: str
    at: str
    within: int
    endings: tuple[Ending, ...]
    schema: int = 1
