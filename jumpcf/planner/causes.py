"""What is not as wanted, by its cause: the accounts that failed for one reason together, then those that were
not tried because of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from jumpcf.artifacts.status import AS_WANTED, AccountState, AccountStatus, Status

_REQUEST = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Accounts in one state for one reason.  `reason` is AWS's own where it is one account's, else without what
    differs between them: request ids, and the account's own id."""

    state: AccountState
    reason: str
    hint: str
    victims: bool
    lines: tuple[AccountStatus, ...]


def causes(status: Status) -> tuple[Cause, ...]:
    """Causes before their victims, each kind by how many accounts it holds."""
    bad = [line for line in status.accounts if line.state not in AS_WANTED]
    found = [_cause(tuple(lines)) for _, lines in groupby(sorted(bad, key=_key), key=_key)]
    return tuple(sorted(found, key=lambda one: (one.victims, -len(one.lines), one.state, one.reason)))


def places(lines: Iterable[AccountStatus]) -> tuple[str, ...]:
    """Organization and account of each line, once."""
    return tuple(dict.fromkeys(f"{line.organization}/{line.account}" for line in lines))


def _cause(lines: tuple[AccountStatus, ...]) -> Cause:
    first = lines[0]
    alone = len({line.reason for line in lines}) == 1
    return Cause(
        state=first.state,
        reason=first.reason if alone else _common(first),
        hint=first.hint,
        victims=first.victim,
        lines=lines,
    )


def _key(line: AccountStatus) -> tuple[bool, str, str, str]:
    return line.victim, line.state, _common(line), line.hint


def _common(line: AccountStatus) -> str:
    return _REQUEST.sub("...", line.reason).replace(line.account, "<account>")
