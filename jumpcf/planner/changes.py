"""Two templates compared by meaning: order of keys and spacing are none."""

from collections.abc import Iterator
from typing import Any

from jumpcf.artifacts.plan import ResourceChange


def resource_changes(before: Any, after: Any) -> tuple[ResourceChange, ...]:
    """The resources added, removed or changed, by logical id.  `properties` names what differs: properties,
    and attributes of the resource itself such as Condition or DeletionPolicy."""
    old, new = section(before, "Resources"), section(after, "Resources")
    return tuple(_compare(name, old.get(name), new.get(name)) for name in differing(old, new))


def other_changes(before: Any, after: Any) -> tuple[str, ...]:
    """The sections beside Resources that differ: Conditions, Outputs, Description …"""
    old, new = _mapping(before), _mapping(after)
    return tuple(name for name in differing(old, new) if name != "Resources")


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
