"""The IAM difference of a plan as text: each change once, with whom it is about and what came and went."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jumpcf.artifacts.plan import PolicyChange, StackPlan, StackSetPlan
from jumpcf.cli.tables import wrapped

MARKS = ("broadened", "changed", "narrowed", "neutral")
SHOWN = 6  # phrases of one change that are said without --verbose
LONG = 240  # characters of one phrase that are said without --verbose

Group = tuple[PolicyChange, tuple[str, ...]]
"""One of several changes that are the same, and the short names of those whom they are about."""


@dataclass(slots=True)
class Told:
    """The differences that were shown already, by their content, and at which StackSet.

    One level is in many grants, so many StackSets mostly change alike.
    """

    verbose: bool
    seen: dict[object, str] = field(default_factory=dict)

    def difference(self, one: StackPlan | StackSetPlan) -> Iterator[str]:
        """The lines of a stack or StackSet; of one that changes as an earlier one does, only that."""
        groups = grouped(one)
        lines = [line for group in groups for line in _lines(group, self.verbose)]
        where = one.name if isinstance(one, StackPlan) else f"{one.organization}/{one.name}"
        earlier = self.seen.setdefault(_content(groups), where)
        if earlier == where or len(lines) < 2:
            yield from lines
        else:
            yield from wrapped(f"      as {earlier}: {_totals(groups)}", 10)


def grouped(one: StackPlan | StackSetPlan) -> list[Group]:
    """The changes, what is broadened first, each once."""
    prefix = f"{one.partner}-{one.grant}-" if isinstance(one, StackSetPlan) else ""
    found: dict[PolicyChange, list[PolicyChange]] = {}
    for change in one.iam:
        found.setdefault(without_subject(change), []).append(change)
    groups = [
        (same[0], tuple(change.subject.removeprefix(prefix) for change in same)) for same in found.values()
    ]
    return sorted(groups, key=lambda group: MARKS.index(group[0].mark))


def without_subject(change: PolicyChange) -> PolicyChange:
    """What a change is, whomever it is about: two are the same where these are."""
    return PolicyChange(
        subject="",
        part=change.part,
        what=change.what,
        action=change.action,
        mark=change.mark,
        details=change.details,
    )


def _content(groups: list[Group]) -> object:
    """What makes two differences the same: each change of the same roles, or all of them of all its roles."""
    changes = tuple(without_subject(change) for change, _ in groups)
    subjects = tuple(sorted(names) for _, names in groups)
    return changes, None if all(each == subjects[0] for each in subjects) else repr(subjects)


def _totals(groups: list[Group]) -> str:
    marks = [change.mark for change, _ in groups]
    told = ", ".join(f"{marks.count(mark)} {mark}" for mark in MARKS if mark in marks)
    names = sorted({name for _, subjects in groups for name in subjects})
    return f"{told} ({', '.join(names)})"


def _lines(group: Group, verbose: bool) -> Iterator[str]:
    change, subjects = group
    names = change.subject if len(subjects) == 1 else ", ".join(subjects)
    yield from wrapped(headline(change, names), 16)
    if change.details:
        yield from wrapped(f"{'':16}{_phrases(change.details, verbose)}", 16)


def headline(change: PolicyChange, names: str) -> str:
    """Mark, whom it is about, and what is added, removed or changed, on one line."""
    what = f" {change.what}" if change.what else ""
    return f"      {change.mark:9} {names}: {change.part}{what} {change.action}"


def _phrases(details: tuple[str, ...], verbose: bool) -> str:
    if verbose:
        return "; ".join(details)
    said = [one if len(one) <= LONG else f"{one[:LONG]}…" for one in details[:SHOWN]]
    if len(details) > SHOWN:
        said.append(f"and {len(details) - SHOWN} more (-v shows all)")
    return "; ".join(said)
