"""What a change of policies means: does it allow more, less, the same?  By meaning, never by the text.

The marks are sound: "neutral" and "narrowed" are said only where every request is proved to be decided the same
way, or never allowed where it was refused.  What cannot be proved narrower or equal is "broadened".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from jumpcf.policy.document import Policy, Statement
from jumpcf.policy.subsume import covered, never_together

Mark = Literal["neutral", "narrowed", "changed", "broadened"]
"""Of a layer: "changed" is never said of one.  Of a statement: "changed" allows both more and less, or is not
proved to do one of the two, and counts as broadened."""

ORDER: tuple[Mark, ...] = ("neutral", "narrowed", "changed", "broadened")


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One statement that is on one side only, or differs in meaning: `sid` is its own, or "#n"; `before` and
    `after` are its two readings, None where it is not there."""

    sid: str
    effect: Literal["Allow", "Deny"]
    action: Literal["added", "removed", "changed"]
    mark: Mark
    before: Statement | None = field(default=None, compare=False, repr=False)
    after: Statement | None = field(default=None, compare=False, repr=False)


def layer(before: Sequence[Policy], after: Sequence[Policy], *, unseen: bool = False) -> Mark:
    """The mark of one layer (everything that is read together: a role's policies, a trust, a boundary).

    `unseen` says that both sides hold the same policies beside these whose content is not known: whatever a
    Deny is about may then be allowed by them.
    """
    old, new = _statements(before), _statements(after)
    less = _allows_no_more(old, new, unseen)
    more = _allows_no_more(new, old, unseen)
    if less:
        return "neutral" if more else "narrowed"
    return "broadened"


def statements(before: Sequence[Policy], after: Sequence[Policy]) -> tuple[StatementChange, ...]:
    """The statements that differ, by their Sid; a statement that only changed its policy or its place, or is
    written in another way, is none.  In the order of their Sids."""
    old, new = _statements(before), _statements(after)
    gone = [one for one in old if not _there(one, new)]
    come = [one for one in new if not _there(one, old)]
    pairs: dict[tuple[str, str], list[Statement]] = {}
    for one in gone:  # without Sids of their own, statements of two policies can have one name
        pairs.setdefault((one.sid, one.effect), []).append(one)
    changes = []
    for one in come:
        same = pairs.get((one.sid, one.effect))
        was = same.pop(0) if same else None
        if was is None:
            mark: Mark = _of_added(one, old)
            changes.append(StatementChange(one.sid, one.effect, "added", mark, None, one))
        else:
            mark = _of_changed(was, one)
            changes.append(StatementChange(one.sid, one.effect, "changed", mark, was, one))
    changes += [
        StatementChange(one.sid, one.effect, "removed", _of_removed(one, new), one, None)
        for left in pairs.values()
        for one in left
    ]
    return tuple(sorted(changes, key=lambda change: change.sid))


def widest(marks: Iterable[Mark]) -> Mark:
    """The mark of several things together."""
    return max(marks, key=ORDER.index, default="neutral")


def _statements(policies: Sequence[Policy]) -> list[Statement]:
    return [statement for policy in policies for statement in policy.statements]


def _allows_no_more(old: Sequence[Statement], new: Sequence[Statement], unseen: bool) -> bool:
    """Is nothing allowed by `new` that `old` refuses?

    It is so if each Allow was there before (or is under a Deny now), and each Deny still is (or is about
    nothing that is allowed now).
    """
    allowed, refused = _by(old, "Allow"), _by(old, "Deny")
    allows, denies = _by(new, "Allow"), _by(new, "Deny")
    return all(covered(one, [*allowed, *denies]) for one in allows if one not in allowed) and all(
        covered(one, denies)
        for one in refused
        if one not in denies and (unseen or not all(never_together(one, other) for other in allows))
    )


def _by(statements: Sequence[Statement], effect: str) -> list[Statement]:
    return [one for one in statements if one.effect == effect]


def _there(statement: Statement, others: Sequence[Statement]) -> bool:
    """Does one of the others, under the same Sid or another, mean the same?"""
    return any(
        one.effect == statement.effect and covered(statement, [one]) and covered(one, [statement])
        for one in others
    )


def _of_added(statement: Statement, old: Sequence[Statement]) -> Mark:
    if covered(statement, _by(old, statement.effect)):
        return "neutral"
    return "broadened" if statement.effect == "Allow" else "narrowed"


def _of_removed(statement: Statement, new: Sequence[Statement]) -> Mark:
    if covered(statement, _by(new, statement.effect)):
        return "neutral"
    return "narrowed" if statement.effect == "Allow" else "broadened"


def _of_changed(was: Statement, now: Statement) -> Mark:
    smaller, larger = covered(now, [was]), covered(was, [now])
    if smaller == larger:
        return "neutral" if smaller else "changed"
    return "narrowed" if smaller == (now.effect == "Allow") else "broadened"
