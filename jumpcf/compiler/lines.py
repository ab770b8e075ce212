"""The lines of params/ that a stack module cites for a resource, or for a statement."""

from collections.abc import Iterable, Mapping, Sequence

from jumpcf.errors import Mark
from jumpcf.stack import StackContext


def lines_of(context: StackContext, title: str, place: str = "", sid: str = "") -> tuple[Mark, ...]:
    """What made the statement, or without a Sid the resource; nothing where that is not known.  `place` is where
    the policy stands in the resource ("Policies/fence")."""
    return _cited(context.sources, title, place, sid)


def lengths_of(context: StackContext, title: str, place: str, sid: str) -> tuple[Mark, ...]:
    """The lines to shorten where a statement is too long: cited as such, else what made it."""
    return _cited(context.lengths, title, place, sid) or lines_of(context, title, place, sid)


def _cited(cited: Mapping[str, Sequence[Mark]], title: str, place: str, sid: str) -> tuple[Mark, ...]:
    if not sid:
        return real(cited.get(title, ()))
    _, _, policy = place.partition("/")
    exact = real(cited.get(f"{title}/{policy}/{sid}", ())) if policy else ()
    return exact or real(cited.get(f"{title}/{sid}", ()))


def real(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Without "(built-in)", which is no file that a person could open."""
    return tuple(mark for mark in marks if mark.line)
