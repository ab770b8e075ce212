"""A small reading of IAM's rules for tests: enough operators to ask our own documents what they decide.

It follows the IAM User Guide, "Condition operators": a negated operator is true where the key is absent,
every other one is false, and ...IfExists is true; keys have no case, an explicit Deny wins.
"""

import fnmatch
import ipaddress
import re
from collections.abc import Mapping
from typing import Any

import orjson

Context = Mapping[str, str | list[str]]


def decide(document: Any, action: str, resource: str, context: Context) -> str:
    """ "Allow", "Deny" or "implicit deny"; `document` is a Document or parsed JSON."""
    body = orjson.loads(document.rendered) if hasattr(document, "rendered") else document
    effects = {one["Effect"] for one in body["Statement"] if applies(one, action, resource, context)}
    if "Deny" in effects:
        return "Deny"
    return "Allow" if "Allow" in effects else "implicit deny"


def together(documents: Any, action: str, resource: str, context: Context) -> str:
    """The decision of several documents on one identity."""
    decisions = {decide(document, action, resource, context) for document in documents}
    return next(one for one in ("Deny", "Allow", "implicit deny") if one in decisions)


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _matches(statement, "Action", action.lower(), context, lower=True)
        and _matches(statement, "Resource", resource, context)
        and all(
            _holds(operator, key, values, context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _matches(
    statement: Mapping[str, Any], element: str, value: str, context: Context, *, lower: bool = False
) -> bool:
    for name, wanted in ((element, True), (f"Not{element}", False)):
        if name in statement:
            patterns = [_filled(pattern, context) for pattern in _many(statement[name])]
            hit = any(like(value, pattern.lower() if lower else pattern) for pattern in patterns)
            return hit is wanted
    return True  # a trust policy has no resource


def _holds(operator: str, key: str, wanted: Any, context: Context) -> bool:
    """Does one operator hold for one key?"""
    name = operator.removeprefix("ForAnyValue:").removesuffix("IfExists")
    negated = "Not" in name
    found = {known.lower(): value for known, value in context.items()}.get(key.lower())
    if found is None:
        return negated or operator.endswith("IfExists")
    compare = COMPARE[name.replace("Not", "", 1)]
    hit = any(compare(value, _filled(each, context)) for value in _many(found) for each in _many(wanted))
    return hit is not negated


def _filled(pattern: str, context: Context) -> str:
    return re.sub(r"\$\{([\w:]+)\}", lambda found: str(context.get(found[1], found[0])), pattern)


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def like(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _within(address: str, network: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


COMPARE = {
    "StringEquals": str.__eq__,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": str.__eq__,
    "IpAddress": _within,
    "NumericLessThan": lambda value, limit: float(value) < float(limit),
    "DateLessThan": str.__lt__,
    "DateGreaterThanEquals": str.__ge__,
}
