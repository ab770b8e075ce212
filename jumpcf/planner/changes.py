"""Two templates compared by meaning (order of keys and spacing are none), and what a template leaves out."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.plan import ResourceChange

_ACCOUNT = re.compile(rb'"(\d{12})"')


def resource_changes(before: Any, after: Any) -> tuple[ResourceChange, ...]:
    """The resources added, removed or changed, by logical id.  `properties` names what differs: properties,
    and attributes of the resource itself such as Condition or DeletionPolicy."""
    old, new = section(before, "Resources"), section(after, "Resources")
    return tuple(_compare(name, old.get(name), new.get(name)) for name in differing(old, new))


def other_changes(before: Any, after: Any) -> tuple[str, ...]:
    """The sections beside Resources that differ: Conditions, Outputs, Description …"""
    old, new = _mapping(before), _mapping(after)
    return tuple(name for name in differing(old, new) if name != "Resources")


def left_out(template: Any) -> frozenset[str]:
    """The accounts that the template's own Conditions name: their stack stays empty.

    Read from the bytes that are deployed, not from what was meant.  jumpcf's templates name an account
    in Conditions for no other purpose.
    """
    return _accounts(canonical([section(template, "Conditions"), section(template, "Mappings")]))


@lru_cache(maxsize=512)  # the StackSets of one organization mostly leave out the same accounts
def _accounts(conditions: bytes) -> frozenset[str]:
    return frozenset(found.decode() for found in _ACCOUNT.findall(conditions))


def _compare(name: str, old: Any, new: Any) -> ResourceChange:
    kind = str(_mapping(new if new is not None else old).get("Type", ""))
    if old is None:
        return ResourceChange(logical_id=name, type=kind, action="add")
    if new is None:
        return ResourceChange(logical_id=name, type=kind, action="remove")
    return ResourceChange(logical_id=name, type=kind, action="change", properties=tuple(_names(old, new)))


def _names(old: Any, new: Any) -> Iterator[str]:
    before, after = _mapping(old), _mapping(new)
    yield from differing(section(old, "Properties"), section(new, "Properties"))
    yield from (name for name in differing(before, after) if name != "Properties")


def differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The keys whose values are not the same, or which only one of the two has."""
    absent = object()
    return sorted(name for name in old.keys() | new.keys() if old.get(name, absent) != new.get(name, absent))


def section(template: Any, name: str) -> dict[str, Any]:
    """A part of a template or resource by its name; empty where it is not there or is no mapping."""
    return _mapping(_mapping(template).get(name))


def _mapping(value: Any) -> dict[str, Any]:
    # A live template may be YAML text or anything else that somebody put there by hand.
    return value if isinstance(value, dict) else {}
