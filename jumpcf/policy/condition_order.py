"""Does one condition hold only where another one does?  What is not proved is answered with no."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jumpcf.policy import operators
from jumpcf.policy.conditions import Condition, holds_when_absent
from jumpcf.policy.inclusion import Mode, tokens, within
from jumpcf.policy.variables import Text

_MODES: dict[str, Mode] = {
    "StringEquals": "text",
    "StringEqualsIgnoreCase": "any case",
    "StringLike": "like",
    "ArnEquals": "arn",
    "ArnLike": "arn",
}
_TEXTS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
_READERS: dict[str, Callable[[str], Any]] = {"Numeric": operators.number, "Date": operators.moment}


def implies(one: Condition, other: Condition) -> bool:
    """Does `other` hold wherever `one` does?"""
    if one.key.lower() != other.key.lower() or one.set_prefix != other.set_prefix:
        return False
    if one.operator.name == "Null" or other.operator.name == "Null":
        return one.operator is other.operator and _truths(one) <= _truths(other)
    if holds_when_absent(one) and not holds_when_absent(other):
        return False
    if one.operator.negated != other.operator.negated:
        return False
    if one.operator.negated:  # none of its values: so the other may name fewer
        return _values_within(other, one)
    return _values_within(one, other)


def _values_within(inner: Condition, outer: Condition) -> bool:
    """Is everything that a value of `inner` matches matched by a value of `outer`?  A negation aside."""
    first, second = (_positive(one.operator.name) for one in (inner, outer))
    if first in _MODES:
        return _comparable(first, second) and all(
            any(_text_within(value, first, wider, second) for wider in outer.values) for value in inner.values
        )
    if first == second == "IpAddress":
        return all(_in_networks(value.written, outer.values) for value in inner.values)
    if first == second == "Bool":
        return _truths(inner) <= _truths(outer)
    kind = next((kind for kind in _READERS if first.startswith(kind) and second.startswith(kind)), None)
    if kind is None:
        return False
    return all(
        any(_order_within(kind, value.written, first, wider.written, second) for wider in outer.values)
        for value in inner.values
    )


def _positive(name: str) -> str:
    return name.replace("Not", "", 1)


def _comparable(first: str, second: str) -> bool:
    if first in _TEXTS:
        return second in _TEXTS and (first != "StringEqualsIgnoreCase" or second == first)
    return second in ("ArnEquals", "ArnLike")


def _text_within(inner: Text, first: str, outer: Text, second: str) -> bool:
    if second == "StringEqualsIgnoreCase":
        # a pattern in any case is no text: of a StringLike only what has no wildcard is proved
        if first == "StringLike" and any(sign in inner.written for sign in "*?"):
            return False
        return within(tokens(inner, "any case"), tokens(outer, "any case"))
    return within(tokens(inner, _MODES[first]), tokens(outer, _MODES[second]))


def _in_networks(network: str, wider: tuple[Text, ...]) -> bool:
    wanted = ipaddress.ip_network(network)
    return any(wanted.subnet_of(one) for one in _merged(wider, wanted.version))


@lru_cache(1 << 12)
def _merged(networks: tuple[Text, ...], version: int) -> tuple[Any, ...]:
    """Networks side by side are one."""
    read: list[Any] = [ipaddress.ip_network(one.written) for one in networks]
    return tuple(ipaddress.collapse_addresses([one for one in read if one.version == version]))


def _truths(condition: Condition) -> set[str]:
    return {value.written.lower() for value in condition.values}


def _order_within(kind: str, inner: str, first: str, outer: str, second: str) -> bool:
    """One comparison with a number or an instant within another: LessThan 3 within LessThanEquals 4."""
    small, large = _READERS[kind](inner), _READERS[kind](outer)
    mine, yours = first.removeprefix(kind), second.removeprefix(kind)
    if mine == "Equals":
        return bool(operators.ORDER[yours](small, large))
    if yours == "Equals" or mine[0] != yours[0]:  # LessThan and GreaterThan
        return False
    below = small < large if mine[0] == "L" else small > large
    strict_enough = not mine.endswith("Equals") or yours.endswith("Equals")
    return below or (small == large and strict_enough)
