"""What a change set would do, property by property, without doing it.

Source: CloudFormation API reference, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jumpcf.local.engine import canonical, needs_replacement, properties_of, scope_of
from jumpcf.local.intrinsics import UNKNOWN, wanted
from jumpcf.local.providers.base import Where
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Resource, Stack, Wish
from jumpcf.local.template import Declaration, parse
from jumpcf.local.world import World

Row = dict[str, Any]
_REMOVAL = {"Delete": "Delete", "Retain": "Retain", "RetainExceptOnCreate": "Retain"}


def changes(world: World, stack: Stack, wish: Wish) -> list[Row]:
    """The Changes list of a change set: additions and modifications in order of creation, then removals."""
    template = parse(world.templates[wish.template])
    scope = scope_of(world, stack, template, wish.parameters)
    scope.planning = True
    rows = []
    plan = wanted(scope)
    for name in plan:
        declared = template.resources[name]
        properties = properties_of(declared, scope, wish.tags)
        row = _change(declared, stack.resources.get(name), properties)
        if row is not None:
            rows.append(row)
            if row.get("Replacement", "False") != "False":
                scope.resources.pop(name, None)  # what refers to it will see a new one, or may
    gone = [item for name, item in stack.resources.items() if name not in plan]
    rows += [_removal(item) for item in reversed(gone)]
    return [{"Type": "Resource", "ResourceChange": row} for row in rows]


def conflicts(stack: Stack, rows: Sequence[Row]) -> list[dict[str, str]]:
    """The names of new resources that exist already, as early validation tells them (User Guide, "Validate stack
    deployments", resource name conflict detection; text of aws/aws-cdk-cli#1000)."""
    where, found = Where(stack.account, stack.region), []
    for row in (item["ResourceChange"] for item in rows):
        if row["Action"] != "Add":
            continue
        kind = row["ResourceType"]
        name = PROVIDERS[kind].taken(where, json.loads(row["AfterContext"])["Properties"])
        if name is not None:
            found.append(
                {
                    "LogicalResourceId": row["LogicalResourceId"],
                    "ResourceType": kind,
                    "ValidationName": "NAME_CONFLICT_VALIDATION",
                    "ValidationStatusReason": f"Resource of type '{kind}' with identifier '{name}' already exists.",
                    "ValidationPath": f"/Resources/{row['LogicalResourceId']}",
                }
            )
    return found


def tags_differ(stack: Stack, tags: Sequence[Mapping[str, str]]) -> bool:
    def plain(items: Sequence[Mapping[str, str]]) -> dict[str, str]:
        return {item["Key"]: item["Value"] for item in items}

    return plain(stack.tags) != plain(tags)


def _change(declared: Declaration, before: Resource | None, properties: dict[str, Any]) -> Row | None:
    row: Row = {"LogicalResourceId": declared.logical_id, "ResourceType": declared.type}
    if before is None:
        after = {"Properties": properties}
        return row | {"Action": "Add", "Scope": [], "Details": [], "AfterContext": canonical(after)}
    if before.properties == canonical(properties):
        return None
    old = json.loads(before.properties)
    names = sorted(name for name in {*old, *properties} if old.get(name) != properties.get(name))
    replaced = _replacement(before, declared.type, names, properties)
    kinds = {"Tags" if name == "Tags" else "Properties" for name in names}
    return row | {
        "Action": "Modify",
        "PhysicalResourceId": before.physical_id,
        "Replacement": replaced,
        **({} if replaced == "False" else {"PolicyAction": f"ReplaceAnd{_REMOVAL[before.replace_policy]}"}),
        "Scope": sorted(kinds),
        "Details": [_detail(declared.type, name, old, properties) for name in names],
        "BeforeContext": canonical({"Properties": old}),
        "AfterContext": canonical({"Properties": properties}),
    }


def _replacement(before: Resource, kind: str, names: Sequence[str], properties: Mapping[str, Any]) -> str:
    """Replacement, after the change with the most impact: "True" where one that replaces is known by now, even if
    another one is not.  Assumed, not verified on AWS: a "Conditional" one has a PolicyAction too; live check."""
    if not needs_replacement(before, kind, properties):
        return "False"
    replacing = [name for name in names if name in PROVIDERS[kind].replaces]
    known = before.type != kind or any(not _is_dynamic(properties.get(name)) for name in replacing)
    return "True" if known else "Conditional"


def _is_dynamic(value: Any) -> bool:
    return UNKNOWN in canonical({"": value})


def _detail(kind: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Row:
    target: Row = {
        "Attribute": "Tags" if name == "Tags" else "Properties",
        "Name": name,
        "Path": f"/Properties/{name}",
        "RequiresRecreation": "Always" if name in PROVIDERS[kind].replaces else "Never",
        "AttributeChangeType": "Add" if name not in old else "Remove" if name not in new else "Modify",
    }
    if name in old:
        target["BeforeValue"] = _shown(old[name])
    if name in new:
        target["AfterValue"] = _shown(new[name])
    dynamic = _is_dynamic(new.get(name))
    return {
        "Target": target,
        "Evaluation": "Dynamic" if dynamic else "Static",
        "ChangeSource": "DirectModification",
    }


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _removal(resource: Resource) -> Row:
    return {
        "Action": "Remove",
        "PolicyAction": _REMOVAL[resource.deletion_policy],
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Scope": [],
        "Details": [],
        "BeforeContext": canonical({"Properties": json.loads(resource.properties)}),
    }
