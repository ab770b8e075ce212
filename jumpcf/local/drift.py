"""Drift: how a stack's resources differ from what its template made, because somebody changed them by hand.

Compared are the properties that the template sets, and no others; a change through CloudFormation itself is no
drift.  Types without drift detection are not looked at.
Source: CloudFormation User Guide, "Detect unmanaged configuration changes to stacks and resources"; API
reference, StackResourceDrift, PropertyDifference.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from jumpcf.local.providers.base import Where
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Resource, Stack
from jumpcf.local.world import World

Row = dict[str, Any]
DRIFTED = ("MODIFIED", "DELETED")


def detect(world: World, stack: Stack, names: Collection[str] = ()) -> str:
    """Look at every resource, or at those named; the stack's drift status, which is kept on it."""
    for name, resource in stack.resources.items():
        if PROVIDERS[resource.type].drifts and (not names or name in names):
            stack.drifts[name] = json.dumps(_row(stack, resource) | {"Timestamp": world.now().isoformat()})
    found = [json.loads(row)["StackResourceDriftStatus"] for row in stack.drifts.values()]
    stack.drift = "DRIFTED" if any(status in DRIFTED for status in found) else "IN_SYNC"
    stack.drift_at = world.now()
    return stack.drift


def forget(stack: Stack) -> None:
    """A stack that was created or updated anew was not checked yet (assumed, not verified on AWS)."""
    stack.drift, stack.drift_at = "NOT_CHECKED", None
    stack.drifts.clear()


def _row(stack: Stack, resource: Resource) -> Row:
    expected: dict[str, Any] = json.loads(resource.properties)
    row: Row = {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ExpectedProperties": json.dumps(expected, sort_keys=True),
    }
    where = Where(stack.account, stack.region)
    actual = PROVIDERS[resource.type].read(where, resource.physical_id, expected)
    if actual is None:
        return row | {"StackResourceDriftStatus": "DELETED", "PropertyDifferences": []}
    seen = {name: actual[name] for name in expected if not _is_empty(actual.get(name))}
    differences = list(_differences("", expected, seen))
    return row | {
        "ActualProperties": json.dumps(seen, sort_keys=True),
        "PropertyDifferences": differences,
        "StackResourceDriftStatus": "MODIFIED" if differences else "IN_SYNC",
    }


def _differences(path: str, expected: dict[str, Any], actual: dict[str, Any]) -> Iterator[Row]:
    for name in sorted({*expected, *actual}):
        old, new = expected.get(name), actual.get(name)
        if _normal(old) != _normal(new):
            yield from _difference(f"{path}/{name}", old, new)


def _difference(path: str, old: Any, new: Any) -> Iterator[Row]:
    """One property's differences: members of an object by name, of a list one by one, policies as a whole."""
    whole = path.endswith(("Document", "KeyPolicy"))
    if isinstance(old, dict) and isinstance(new, dict) and not whole:
        yield from _differences(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _members(path, old, new)
    elif _is_empty(new):
        yield {
            "PropertyPath": path,
            "ExpectedValue": _shown(old),
            "ActualValue": "null",
            "DifferenceType": "REMOVE",
        }
    elif _is_empty(old):
        yield {
            "PropertyPath": path,
            "ExpectedValue": "null",
            "ActualValue": _shown(new),
            "DifferenceType": "ADD",
        }
    else:
        yield {
            "PropertyPath": path,
            "ExpectedValue": _shown(old),
            "ActualValue": _shown(new),
            "DifferenceType": "NOT_EQUAL",
        }


def _members(path: str, old: list[Any], new: list[Any]) -> Iterator[Row]:
    before, after = [_normal(item) for item in old], [_normal(item) for item in new]
    for number, item in enumerate(old):
        if before[number] not in after:
            yield from _difference(f"{path}/{number}", item, None)
    for number, item in enumerate(new):
        if after[number] not in before:
            yield from _difference(f"{path}/{number}", None, item)


def _normal(value: Any) -> str:
    """A form in which the order of lists, the type of a number and what is empty make no difference."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if _is_empty(value):
        return None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
