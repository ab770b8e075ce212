"""The difference of two templates in IAM's words: what each role, group and user may do more, less or otherwise.

CloudFormation has no change set for StackSets; this is ours.  Marks come from `policy.compare`, which proves what
it calls neutral or narrowed.
"""

from collections.abc import Iterator
from typing import Any

from jumpcf.artifacts.plan import Mark, Part, PolicyChange
from jumpcf.planner.iam_words import Subject, others, subjects
from jumpcf.policy import compare

FENCE = "fence"
"""The inline policy that holds a role's session; told apart from what the level allows."""

PARTS: tuple[Part, ...] = ("trust", "policies", "boundary")


def iam_difference(before: Any, after: Any) -> tuple[PolicyChange, ...]:
    """Every change that is not neutral, by subject; both are parsed templates, an empty one holds nothing."""
    old, new = subjects(before), subjects(after)
    changes: list[PolicyChange] = []
    for title in sorted(old.keys() | new.keys()):
        changes += _of_subject(old.get(title), new.get(title))
    changes += _of_others(others(before), others(after))
    return tuple(changes)


def _of_subject(old: Subject | None, new: Subject | None) -> Iterator[PolicyChange]:
    if old is None and new is not None:
        yield PolicyChange(subject=new.name, part=new.kind, what="", action="added", mark="broadened")
    elif new is None and old is not None:
        yield PolicyChange(subject=old.name, part=old.kind, what="", action="removed", mark="narrowed")
    elif old is not None and new is not None:
        yield from _both(old, new)


def _both(old: Subject, new: Subject) -> Iterator[PolicyChange]:
    for part in PARTS:
        if part in new.layers or part in old.layers:
            yield from _layer(part, old, new)
    yield from _sets("policies", new.name, old.unseen, new.unseen)
    yield from _sets("group", new.name, old.groups, new.groups)
    if old.session != new.session:
        mark: Mark = "broadened" if new.session > old.session else "narrowed"
        what = f"{old.session} s to {new.session} s"
        yield PolicyChange(subject=new.name, part="session", what=what, action="changed", mark=mark)
    if old.rest != new.rest:
        what = "name, path, tags or condition"
        yield PolicyChange(subject=new.name, part=new.kind, what=what, action="changed", mark="broadened")


def _layer(part: Part, old: Subject, new: Subject) -> Iterator[PolicyChange]:
    before, after = old.layers.get(part), new.layers.get(part)
    if before is None or after is None:
        what = "cannot be read, so nothing is proved of it"
        yield PolicyChange(subject=new.name, part=part, what=what, action="changed", mark="broadened")
        return
    if part == "boundary" and not after and before:
        yield PolicyChange(subject=new.name, part=part, what="", action="removed", mark="broadened")
        return
    if part == "boundary" and after and not before:
        yield PolicyChange(subject=new.name, part=part, what="", action="added", mark="narrowed")
        return
    unseen = part == "policies" and bool(old.unseen & new.unseen)
    whole = compare.layer(before, after, unseen=unseen)
    if whole == "neutral":
        return
    fence = {sid for policy in (*before, *after) if policy.name == FENCE for sid in _sids(policy)}
    found = tuple(change for change in compare.statements(before, after) if change.mark != "neutral")
    for change in found:
        yield PolicyChange(
            subject=new.name,
            part="fence" if part == "policies" and change.sid in fence else part,
            what=change.sid,
            action=change.action,
            # where all together is proved to allow no more, no single statement does
            mark="narrowed" if whole == "narrowed" else change.mark,
        )
    if whole == "broadened" and compare.widest(change.mark for change in found) in ("neutral", "narrowed"):
        yield PolicyChange(subject=new.name, part=part, what="as a whole", action="changed", mark="broadened")


def _sids(policy: Any) -> Iterator[str]:
    return (statement.sid for statement in policy.statements)


def _sets(part: Part, subject: str, old: frozenset[str], new: frozenset[str]) -> Iterator[PolicyChange]:
    """Policies whose content is not known, and memberships.  What is taken off may have held a Deny."""
    for what in sorted(new - old):
        yield PolicyChange(subject=subject, part=part, what=_short(what), action="added", mark="broadened")
    for what in sorted(old - new):
        yield PolicyChange(subject=subject, part=part, what=_short(what), action="removed", mark="changed")


def _short(what: str) -> str:
    return what.rpartition(":policy/")[2] or what


def _of_others(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[PolicyChange]:
    """Resources that are not judged: whatever a change of one means, it is not proved to be less."""
    for title in sorted(old.keys() | new.keys()):
        if old.get(title) == new.get(title):
            continue
        action = "added" if title not in old else "removed" if title not in new else "changed"
        yield PolicyChange(subject=title, part="resource", what="", action=action, mark="broadened")  # type: ignore[arg-type]  # one of the three
