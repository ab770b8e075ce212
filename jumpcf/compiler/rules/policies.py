"""The policies of a rendered template: where each stands, and what it is for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Use = Literal["trust", "role", "boundary", "group", "user", "resource", "identity"]
"""What a policy is to its resource; a managed policy may have several uses, "identity" if nothing names it."""

Statement = Mapping[str, Any]

HOLDERS: dict[str, Use] = {"AWS::IAM::Role": "role", "AWS::IAM::Group": "group", "AWS::IAM::User": "user"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy document: the logical id of its resource, its place there, and what it is for."""

    title: str
    place: str
    uses: frozenset[Use]
    document: Mapping[str, Any]


def policies(body: Mapping[str, Any]) -> Iterator[Policy]:
    """Every policy document of a template, in its order."""
    used = _uses(body["Resources"])
    for title, resource in body["Resources"].items():
        holder = HOLDERS.get(resource["Type"])
        for place, document in places(resource.get("Properties", {})):
            uses: frozenset[Use]
            if place == "AssumeRolePolicyDocument":
                uses = frozenset({"trust"})
            elif holder is not None:
                uses = frozenset({holder})
            elif resource["Type"] == "AWS::IAM::ManagedPolicy":
                uses = frozenset(used[title] or {"identity"})
            else:
                uses = frozenset({"resource"})
            yield Policy(title=title, place=place, uses=uses, document=document)


def places(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Where documents stand in a resource's properties: "PolicyDocument", "Policies/fence", "KeyPolicy" …"""
    for name, value in properties.items():
        if name == "Policies" and isinstance(value, list):
            for number, inline in enumerate(value, 1):
                yield f"Policies/{inline.get('PolicyName', number)}", inline["PolicyDocument"]
        elif isinstance(value, Mapping) and "Statement" in value:
            yield name, value


def statements(document: Mapping[str, Any]) -> list[Statement]:
    """IAM takes one statement without a list, too."""
    found = document.get("Statement", [])
    return list(found) if isinstance(found, list) else [found]


def sid(statement: Statement, number: int) -> str:
    return str(statement.get("Sid") or f"statement {number}")


def listed(value: Any) -> list[Any]:
    """IAM takes one value without a list wherever it takes many."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def condition_terms(statement: Statement) -> Iterator[tuple[str, str, list[Any]]]:
    """(operator, key, values) of a statement."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            yield operator, key, listed(values)


def _uses(resources: Mapping[str, Any]) -> defaultdict[str, set[Use]]:
    """What the managed policies of the template are for, by who refers to them."""
    used: defaultdict[str, set[Use]] = defaultdict(set)
    for resource in resources.values():
        properties = resource.get("Properties", {})
        holder = HOLDERS.get(resource["Type"])
        if holder is not None:
            for reference in listed(properties.get("ManagedPolicyArns")):
                used[_title(reference)].add(holder)
        used[_title(properties.get("PermissionsBoundary"))].add("boundary")
    return used


def _title(reference: Any) -> str:
    return str(reference.get("Ref", "")) if isinstance(reference, Mapping) else ""
