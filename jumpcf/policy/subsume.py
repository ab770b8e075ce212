"""Does one statement apply wherever another one does?  Proved from the texts alone, for every request there is.

A statement applies where an action, a resource, a principal and every condition fit; each of them is held
against its counterpart.  Whatever is not proved is answered with no, so an answer of yes can be relied on, for
actions, resources and condition keys that nobody knows yet as well.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jumpcf.policy.condition_order import implies
from jumpcf.policy.conditions import Condition
from jumpcf.policy.document import Statement
from jumpcf.policy.inclusion import Tokens, apart, tokens, within
from jumpcf.policy.principals import EVERYONE, Principal
from jumpcf.policy.variables import Text

TOO_MANY = 20_000  # parts of one statement; more are not taken apart, and then nothing is proved


def covered(statement: Statement, by: Sequence[Statement]) -> bool:
    """Does one of `by` apply wherever the statement does?  Each part of it may have another one: a statement on
    two resources is covered by two statements on one each."""
    if any(_same(statement, other) for other in by):
        return True
    if not by:
        return False
    parts = list(itertools.islice(_parts(statement), TOO_MANY + 1))
    return len(parts) <= TOO_MANY and all(any(_within(part, other) for other in by) for part in parts)


def never_together(one: Statement, other: Statement) -> bool:
    """Is there no request to which both apply, by their actions or their resources?"""
    return _apart(_actions(one), _actions(other)) or _apart(_resources(one), _resources(other))


def _same(one: Statement, other: Statement) -> bool:
    return replace(one, sid="") == replace(other, sid="")


def _parts(statement: Statement) -> Iterator[Statement]:
    """Statements that together apply where this one does: one action and one resource each, one value of each
    condition of which any value is enough."""
    for action in statement.actions or (None,):
        for resource in statement.resources or (None,):
            for taken in itertools.product(*map(_values, statement.conditions)):
                yield replace(
                    statement,
                    actions=() if action is None else (action,),
                    resources=() if resource is None else (resource,),
                    conditions=taken,
                )


def _values(condition: Condition) -> list[Condition]:
    if condition.operator.negated or condition.set_prefix == "ForAllValues":
        return [condition]
    return [replace(condition, values=(value,)) for value in condition.values]


def _within(inner: Statement, outer: Statement) -> bool:
    return (
        _set_within(_actions(inner), _actions(outer))
        and _set_within(_resources(inner), _resources(outer))
        and _principals_within(inner.principals, outer.principals)
        and all(any(implies(one, wanted) for one in inner.conditions) for wanted in outer.conditions)
    )


# Patterns, and whether all but them is meant (NotAction, NotResource).
_Set = tuple[tuple[Tokens, ...], bool]


def _actions(statement: Statement) -> _Set:
    names = statement.actions or statement.not_actions
    return tuple(tokens(Text(one, (one,)), "like") for one in names), bool(statement.not_actions)


def _resources(statement: Statement) -> _Set:
    if not statement.resources and not statement.not_resources:
        return (tokens(Text("*", ("*",)), "resource"),), False  # a trust policy: the role that it belongs to
    names = statement.resources or statement.not_resources
    return tuple(tokens(one, "resource") for one in names), bool(statement.not_resources)


def _set_within(inner: _Set, outer: _Set) -> bool:
    (some, all_but_some), (others, all_but_others) = inner, outer
    if all_but_others and all_but_some:
        return all(any(within(one, each) for each in some) for one in others)
    if all_but_others:
        return all(apart(one, other) for one in some for other in others)
    if all_but_some:
        everything = tokens(Text("*", ("*",)), "like")
        return any(within(everything, other) for other in others)
    return all(any(within(one, other) for other in others) for one in some)


def _apart(one: _Set, other: _Set) -> bool:
    (some, all_but_some), (others, all_but_others) = one, other
    if all_but_some and all_but_others:
        return False
    if all_but_some:
        return _set_within((others, False), (some, False))
    if all_but_others:
        return _set_within((some, False), (others, False))
    return all(apart(first, second) for first in some for second in others)


def _principals_within(inner: tuple[Principal, ...] | None, outer: tuple[Principal, ...] | None) -> bool:
    if inner is None or outer is None:
        return inner is outer
    return Principal("AWS", EVERYONE) in outer or set(inner) <= set(outer)
