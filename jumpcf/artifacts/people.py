"""The people of the jump account as AWS shows them, and what that comes to beside params.

Neither key ids nor serial numbers are in here: what a page or a pipeline keeps should open nothing.
"""

from dataclasses import dataclass
from typing import Literal

MfaKind = Literal["virtual", "passkey", "hardware"]
PasswordState = Literal["none", "initial", "to be changed", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenKey:
    """An access key; instants in UTC, "" where AWS knows none."""

    active: bool
    made: str
    used: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUser:
    """A user below /partner/.  `tag` is his partner's tag; `password` is when it was last changed or made, "" where
    he has none, and `must_change` whether IAM demands another at the next sign-in.  `policies` are attached or
    inline ones of his own, the freeze policy apart; `shut` is what that is attached to: himself, his groups."""

    name: str
    path: str
    arn: str
    tag: str
    groups: tuple[str, ...]
    policies: tuple[str, ...]
    password: str
    must_change: bool
    signed_in: str
    mfa: tuple[MfaKind, ...]
    keys: tuple[SeenKey, ...]
    shut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPeople:
    """All of them, and when the credential report was made: who made a key after it is not seen with it."""

    reported: str
    users: tuple[SeenUser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a person: a word, the recommendation of CIS's benchmark if it has one ("v3.0.0/1.10"),
    what was seen, and what to do."""

    code: str
    cis: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """Days since a key was made and since it was used; None where it never was."""

    active: bool
    age: int
    unused: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStatus:
    """A person of params, of IAM, or of both.  `password_age` and `signed_in` count days; None where there is no
    password, or no sign-in that IAM knows of.  `idle` counts days since the least used of his live credentials was
    used, or made if it never was; None where he has none."""

    partner: str
    name: str
    there: bool
    listed: bool
    until: str
    ended: bool
    frozen: str
    password: PasswordState
    password_age: int | None
    mfa: tuple[MfaKind, ...]
    keys: tuple[KeyStatus, ...]
    signed_in: int | None
    idle: int | None
    groups: tuple[str, ...]
    arn: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleStatus:
    """Everybody, by partner and name, as of `at`; `reported` is when AWS made its credential report."""

    estate: str
    at: str
    reported: str
    people: tuple[PersonStatus, ...]
    schema: int = 1
