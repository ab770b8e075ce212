"""A partner or a user who is denied everything: what was closed, what is open still, and until when."""

from dataclasses import dataclass

LONGEST = 12 * 3600
"""Seconds: the longest that a role's session can be (IAM API reference, CreateRole, MaxSessionDuration)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A place, and what is closed (or, after a thaw, open again) there, in a few words."""

    place: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What could not be done: at which place, what is open there still, why, and what to do.  `until` is the
    instant (UTC) at which it ends by itself at the latest; "" where it does not."""

    place: str
    what: str
    until: str = ""
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """What `partner freeze` or `partner thaw` came to; `frozen` says which of the two.  `beyond` is what no freeze
    reaches, and what to do about it: it is told each time and makes nothing less whole.  `left`: the user stands
    under `left` in params, not under `users`."""

    estate: str
    partner: str
    user: str  # "" means all of the partner's
    frozen: bool
    at: str
    reason: str
    closed: tuple[Closed, ...]
    open: tuple[Open, ...]
    beyond: tuple[Open, ...] = ()
    left: bool = False
    schema: int = 1

    @property
    def whole(self) -> bool:
        return not self.open
