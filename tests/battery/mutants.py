"""Every way to weaken or break one thing in a policy, mechanically.

A mutant is a changed copy of a policy document with a name that says what was done:
"DenyWithoutMfa: Condition BoolIfExists aws:MultiFactorAuthPresent removed".
"""

import copy
import datetime
import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Body = dict[str, Any]
Mutant = tuple[str, str, Body]
"""Sid, what was done, and the document that has it."""

_SOMEBODY = {"AWS": "arn:aws:iam::777777777777:root"}
_NOTHING = "none:Nothing"  # an action that no request has: an element may not be empty


def mutants(body: Body) -> Iterator[Mutant]:
    """All mutants of a document, each with one change."""
    for statement in body["Statement"]:
        if "${" in json.dumps(statement):  # without 2012-10-17 a variable is only text
            yield statement["Sid"], "Version removed", {"Statement": body["Statement"]}
            break
    for index, statement in enumerate(body["Statement"]):
        sid = statement["Sid"]
        if len(body["Statement"]) > 1:
            yield sid, "statement removed", {**body, "Statement": _without(body["Statement"], index)}
        for what, change in _changes(statement):
            other = copy.deepcopy(body)
            change(other["Statement"][index])
            yield sid, what, other


Change = tuple[str, Callable[[Body], None]]


def _changes(statement: Body) -> Iterator[Change]:
    yield from _actions(statement)
    yield from _resources(statement)
    yield from _conditions(statement)
    if statement["Effect"] == "Allow" and "Principal" in statement:
        yield "Principal widened to *", lambda one: one.update(Principal="*")
    if statement["Effect"] == "Deny" and "Principal" in statement:
        yield "Principal narrowed to one account", lambda one: one.update(Principal=_SOMEBODY)


def _without(values: list[Any], index: int) -> list[Any]:
    return values[:index] + values[index + 1 :]


def _entries(statement: Body, element: str) -> list[str]:
    value = statement.get(element, [])
    return [value] if isinstance(value, str) else list(value)


def _replace(element: str, index: int, value: str) -> Callable[[Body], None]:
    def change(statement: Body) -> None:
        entries = _entries(statement, element)
        statement[element] = [*entries[:index], value, *entries[index + 1 :]]

    return change


def _drop(element: str, index: int, instead: str) -> Callable[[Body], None]:
    def change(statement: Body) -> None:
        statement[element] = _without(_entries(statement, element), index) or [instead]

    return change


def _actions(statement: Body) -> Iterator[Change]:
    """Each entry taken out; where more actions mean more rights, each made the whole service."""
    for element in ("Action", "NotAction"):
        weaker_when_wider = (statement["Effect"] == "Allow") == (element == "Action")
        for index, entry in enumerate(_entries(statement, element)):
            yield f"{element} {entry} removed", _drop(element, index, _NOTHING)
            service = entry.partition(":")[0] + ":*"
            wider = service if service != entry else "*"
            if weaker_when_wider and entry != "*":
                yield f"{element} {entry} widened to {wider}", _replace(element, index, wider)


def _resources(statement: Body) -> Iterator[Change]:
    """Each entry taken out; where more resources mean more rights, each made wider step by step."""
    for element in ("Resource", "NotResource"):
        weaker_when_wider = (statement["Effect"] == "Allow") == (element == "Resource")
        for index, entry in enumerate(_entries(statement, element)):
            if entry == "*":
                continue
            yield f"{element} {entry} removed", _drop(element, index, "arn:aws:none:::nothing")
            if weaker_when_wider:
                for wider in _wider_arns(entry):
                    yield f"{element} {entry} widened to {wider}", _replace(element, index, wider)


def _wider_arns(entry: str) -> Iterator[str]:
    """The last part of the name as *, the whole name as *, any account, everything."""
    front, _, name = entry.rpartition(":")
    if "/" in name:
        last = f"{front}:{name.rpartition('/')[0]}/*"
        kind = f"{front}:{name.partition('/')[0]}/*"
        yield from dict.fromkeys(wider for wider in (last, kind) if wider != entry)
    yield "*"


def _conditions(statement: Body) -> Iterator[Change]:
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield f"Condition {operator} {key} removed", _condition(operator, key, None)
            for looser in _looser(operator, statement["Effect"]):
                yield (
                    f"Condition {operator} {key} loosened to {looser}",
                    _condition(operator, key, value, looser),
                )
            yield from _values(
                statement["Effect"], operator, key, [value] if isinstance(value, str) else value
            )


def _values(effect: str, operator: str, key: str, values: list[str]) -> Iterator[Change]:
    for index, value in enumerate(values):
        if len(values) > 1:
            rest = _condition(operator, key, _without(values, index))
            yield f"Condition {operator} {key} {value} removed", rest
        for other, wider in _wider(effect, operator, value):
            changed = [*values[:index], wider, *values[index + 1 :]]
            yield (
                f"Condition {operator} {key} {value} widened to {other} {wider}",
                _condition(operator, key, changed, other),
            )


def _condition(operator: str, key: str, value: Any, other: str | None = None) -> Callable[[Body], None]:
    """The key with another value, under another operator, or (None) gone."""

    def change(statement: Body) -> None:
        conditions = statement["Condition"]
        conditions[operator].pop(key)
        if not conditions[operator]:
            del conditions[operator]
        if value is not None:
            conditions.setdefault(other or operator, {})[key] = value
        if not conditions:
            del statement["Condition"]

    return change


def _looser(operator: str, effect: str) -> Iterator[str]:
    """Operators that forgive an absent key: IfExists where it lets through, its lack where it denies.

    A negated operator holds for an absent key with and without IfExists, so both are the same.
    """
    negated, forgiving = "Not" in operator, operator.endswith("IfExists")
    if effect == "Deny" and forgiving and not negated:
        yield operator.removesuffix("IfExists")
    if not forgiving and effect == "Allow" and not negated:
        yield f"{operator}IfExists"
    if operator.startswith("ForAnyValue:"):
        yield operator.replace("ForAnyValue:", "ForAllValues:")
    if operator == "StringEquals":
        yield "StringEqualsIgnoreCase"


def _wider(effect: str, operator: str, value: str) -> Iterator[tuple[str, str]]:
    """The operator and value that let more through; under a Deny, those that deny less."""
    lets = effect == "Allow"
    if operator == "StringEquals" and lets:
        yield "StringLike", "*"
        yield "StringLike", f"{value}*"
    if "Like" in operator and lets != ("Not" in operator):
        yield from ((operator, wider) for wider in _wider_patterns(value) if wider != value)
    if operator == "StringNotEquals" and not lets:
        yield "StringNotLike", "*"
    if "IpAddress" in operator:
        net = ipaddress.ip_network(value)
        yield operator, str(net.supernet())
        yield operator, str(net.supernet(new_prefix=0))
    if operator.startswith(("DateLess", "DateGreater")):
        for delta in (datetime.timedelta(seconds=1), datetime.timedelta(days=365)):
            later = datetime.datetime.fromisoformat(value) + delta
            yield operator, later.strftime("%Y-%m-%dT%H:%M:%SZ")
    if operator.startswith("NumericLess"):
        yield operator, str(int(value) + 1)


def _wider_patterns(value: str) -> Iterator[str]:
    """Each part between slashes that is no wildcard made one, and everything."""
    parts = re.split(r"([/])", value)
    for index, part in enumerate(parts):
        if part not in ("*", "/", "") and index:
            yield "".join([*parts[:index], "*", *parts[index + 1 :]])
    if not value.startswith("arn:"):
        yield "*"
        return
    account = re.sub(r"^(arn:[^:]*:[^:]*:[^:]*:)[^:]*:", r"\1*:", value)
    yield account
    yield f"{':'.join(value.split(':')[:5])}:*"
