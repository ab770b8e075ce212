"""The difference of two templates in IAM's words: what each role, group and user may do more, less or otherwise.

CloudFormation has no change set for StackSets; this is ours.  Marks come from `policy.compare`, which proves what
it calls neutral or narrowed.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.marks import FREEZE_POLICY
from jumpcf.artifacts.plan import Mark, Part, PolicyChange
from jumpcf.planner.iam_words import Subject, doubtful_sections, others, spelling, subjects
from jumpcf.planner.statement_words import Spelling, allowed, change, whole
from jumpcf.policy import compare
from jumpcf.policy.document import Statement

FENCE = "fence"
"""The inline policy that holds a role's session; told apart from what the level allows."""

REST = "name, path, tags or condition"
"""What a role, group or user has beside its policies; `details` say which of it differs."""

PARTS: tuple[Part, ...] = ("trust", "policies", "boundary")


def iam_difference(before: Any, after: Any) -> tuple[PolicyChange, ...]:
    """Every change that is not neutral, by subject; both are parsed templates, an empty one holds nothing."""
    old, new = subjects(before), subjects(after)
    words = spelling(before, after)
    changes: list[PolicyChange] = []
    for title in sorted(old.keys() | new.keys()):
        changes += _of_subject(old.get(title), new.get(title), words)
    changes += _of_others(others(before), others(after))
    changes += _of_sections(before, after)
    return tuple(changes)


def _of_subject(old: Subject | None, new: Subject | None, words: Spelling) -> Iterator[PolicyChange]:
    if old is None and new is not None:
        held = _held(new, words)
        one = PolicyChange(subject=new.name, part=new.kind, what="", action="added", mark="broadened")
        yield replace(one, gains=held, details=tuple(f"+{name}" for name in held))
    elif new is None and old is not None:
        held = _held(old, words)
        one = PolicyChange(subject=old.name, part=old.kind, what="", action="removed", mark="narrowed")
        yield replace(one, loses=held, details=tuple(f"-{name}" for name in held))
    elif old is not None and new is not None:
        yield from _both(old, new, words)


def _held(one: Subject, words: Spelling) -> tuple[str, ...]:
    """What a role, group or user is allowed by its policies, by pattern and by the names of AWS's policies."""
    return (*map(_short, sorted(one.unseen)), *allowed(_allows(one), [], words))


def _allows(one: Subject) -> list[Statement]:
    return [
        each
        for policy in one.layers["policies"] or ()
        for each in policy.statements
        if each.effect == "Allow"
    ]


def _both(old: Subject, new: Subject, words: Spelling) -> Iterator[PolicyChange]:
    for part in PARTS:
        if part in new.layers or part in old.layers:
            yield from _layer(part, old, new, words)
    if (
        old.frozen != new.frozen
    ):  # by itself, for a user's own policies alone say nothing of what his groups allow
        one = PolicyChange(
            subject=new.name, part="policies", what=FREEZE_POLICY, action="added", mark="narrowed"
        )
        yield one if new.frozen else replace(one, action="removed", mark="broadened")
    yield from _sets("policies", new.name, old.unseen, new.unseen)
    yield from _sets("group", new.name, old.groups, new.groups)
    if old.session != new.session:
        mark: Mark = "broadened" if new.session > old.session else "narrowed"
        what = f"{old.session} s to {new.session} s"
        yield PolicyChange(subject=new.name, part="session", what=what, action="changed", mark=mark)
    if canonical(old.rest) != canonical(new.rest):
        said = PolicyChange(subject=new.name, part=new.kind, what=REST, action="changed", mark="broadened")
        yield replace(said, details=tuple(_rest(old.rest, new.rest)))


def _layer(part: Part, old: Subject, new: Subject, words: Spelling) -> Iterator[PolicyChange]:
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
    together = compare.layer(before, after, unseen=unseen)
    if together == "neutral":
        return
    fence = {sid for policy in (*before, *after) if policy.name == FENCE for sid in _sids(policy)}
    found = tuple(one for one in compare.statements(before, after) if one.mark != "neutral")
    for one in found:
        # where all together is proved to allow no more, no single statement does
        mark: Mark = "narrowed" if together == "narrowed" else one.mark
        place: Part = "fence" if part == "policies" and one.sid in fence else part
        yield _of_statement(
            PolicyChange(subject=new.name, part=place, what=one.sid, action=one.action, mark=mark),
            one,
            old,
            new,
            words,
        )
    if together == "broadened" and compare.widest(one.mark for one in found) in ("neutral", "narrowed"):
        yield PolicyChange(subject=new.name, part=part, what="as a whole", action="changed", mark="broadened")


def _of_statement(
    said: PolicyChange, one: compare.StatementChange, old: Subject, new: Subject, words: Spelling
) -> PolicyChange:
    """The change of a statement with what came and went within it."""
    before, after = one.before, one.after
    if before and after:
        details = change(before, after, words)
    else:
        details = tuple(line for each in (before, after) if each for line in whole(each, words))
    said = replace(said, details=details)
    if said.part != "policies" or one.effect != "Allow":
        return said
    gains = allowed([after], _allows(old), words) if after and said.mark != "narrowed" else ()
    return replace(said, gains=gains, loses=allowed([before], _allows(new), words) if before else ())


def _rest(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What differs beside the policies, with both values where these are short."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if canonical(before) != canonical(after):
            plain = isinstance(before, str) and isinstance(after, str)
            yield f"{key}: {before} → {after}" if plain else key


def _sids(policy: Any) -> Iterator[str]:
    return (statement.sid for statement in policy.statements)


def _sets(part: Part, subject: str, old: frozenset[str], new: frozenset[str]) -> Iterator[PolicyChange]:
    """Policies whose content is not known, and memberships.  What is taken off may have held a Deny."""
    for what in map(_short, sorted(new - old)):
        one = PolicyChange(subject=subject, part=part, what=what, action="added", mark="broadened")
        yield replace(one, gains=(what,) if part == "policies" else ())
    for what in map(_short, sorted(old - new)):
        one = PolicyChange(subject=subject, part=part, what=what, action="removed", mark="changed")
        yield replace(one, loses=(what,) if part == "policies" else ())


def _short(what: str) -> str:
    return what.rpartition(":policy/")[2] or what


def _of_others(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[PolicyChange]:
    """Resources that are not judged: whatever a change of one means, it is not proved to be less."""
    for title in sorted(old.keys() | new.keys()):
        if old.get(title) == new.get(title):
            continue
        action = "added" if title not in old else "removed" if title not in new else "changed"
        yield PolicyChange(subject=title, part="resource", what="", action=action, mark="broadened")  # type: ignore[arg-type]  # one of the three


def _of_sections(old: Any, new: Any) -> Iterator[PolicyChange]:
    """What may change what CloudFormation makes of the resources, whose text says nothing of it."""
    for name in doubtful_sections(old, new):
        had, has = (isinstance(one, dict) and name in one for one in (old, new))
        action = "changed" if had and has else "added" if has else "removed"
        subject = f"{name} of the template"
        yield PolicyChange(subject=subject, part="resource", what="", action=action, mark="broadened")  # type: ignore[arg-type]  # one of the three
