"""Which accounts a template's own Conditions leave out, as CloudFormation will evaluate them.

Read from the bytes that are deployed, not from what was meant: a Condition that only names an account leaves
nobody out.  A construct that is not known here leaves out nobody for certain.
"""

import re
from functools import lru_cache
from typing import Any

import orjson

from jumpcf.artifacts.codec import canonical
from jumpcf.planner.changes import section

NOTHING = "AWS::CloudFormation::WaitConditionHandle"
"""A resource that gives nothing to anybody: it keeps a stack from being empty."""

_ACCOUNT = re.compile(rb'"(\d{12})"')
_ID = {"Ref": "AWS::AccountId"}
_NOBODY: frozenset[str] = frozenset()


def left_out(template: Any) -> frozenset[str]:
    """The accounts in which, for certain, the template makes nothing."""
    closed = _closed(canonical(section(template, "Conditions")))
    names = _used(template)
    found = [closed.get(name, _NOBODY) for name in names]
    return frozenset.intersection(*found) if found else frozenset().union(*closed.values())


def maybe_left_out(template: Any) -> frozenset[str]:
    """The accounts that its Conditions name for whatever purpose: none but these may have been left out."""
    named = canonical([section(template, "Conditions"), section(template, "Mappings")])
    return frozenset(found.decode() for found in _ACCOUNT.findall(named))


def plain(template: Any) -> bool:
    """Whether `left_out` is all that the Conditions do: one of them, or none, for everything that the template
    makes, and it is "not one of these accounts"."""
    conditions = section(template, "Conditions")
    names = _used(template)
    return len(names) < 2 and all(name == "" or _is_plain(conditions.get(name)) for name in names)


def _used(template: Any) -> frozenset[str]:
    """The Conditions of what the template makes; "" for what has none."""
    return frozenset(
        str(resource.get("Condition", "")) if isinstance(resource, dict) else ""
        for resource in section(template, "Resources").values()
        if not (isinstance(resource, dict) and resource.get("Type") == NOTHING)
    )


@lru_cache(maxsize=512)  # the StackSets of one organization mostly leave out the same accounts
def _closed(conditions: bytes) -> dict[str, frozenset[str]]:
    known = orjson.loads(conditions)
    return {name: _either(one, known, holds=False) for name, one in known.items()}


def _either(condition: Any, known: dict[str, Any], *, holds: bool) -> frozenset[str]:
    """Accounts in which it certainly holds, or certainly does not."""
    try:
        return _accounts(condition, known, holds)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return _NOBODY


def _accounts(condition: Any, known: dict[str, Any], holds: bool) -> frozenset[str]:
    ((function, arguments),) = condition.items()
    if function == "Condition":
        return _accounts(known[arguments], known, holds)
    if function == "Fn::Not":
        return _accounts(arguments[0], known, not holds)
    if function == "Fn::Equals":
        account = _account(arguments)
        return frozenset({account}) if account and holds else _NOBODY
    if function in ("Fn::And", "Fn::Or"):
        each = [_either(one, known, holds=holds) for one in arguments]
        any_of = (function == "Fn::Or") == holds
        return frozenset().union(*each) if any_of else frozenset.intersection(*each)
    return _NOBODY


def _account(pair: Any) -> str | None:
    """The account that a comparison with AWS::AccountId names."""
    others = [one for one in pair if one != _ID]
    return others[0] if len(pair) == 2 and len(others) == 1 and isinstance(others[0], str) else None


def _is_plain(condition: Any) -> bool:
    try:
        ((function, (inner,)),) = condition.items()
        return function == "Fn::Not" and _is_one_of(inner)
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _is_one_of(condition: Any) -> bool:
    ((function, arguments),) = condition.items()
    if function == "Fn::Or":
        return all(_is_one_of(one) for one in arguments)
    return function == "Fn::Equals" and _account(arguments) is not None
