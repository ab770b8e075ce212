"""The policies of a rendered template: where each stands, and what it is for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Use = Literal["trust", "role", "boundary", "group", "user", "resource", "identity", "other"]
"""What a policy is to its resource; a managed policy may have several uses.  "identity": an IAM policy that
nothing in its template names, so that anybody may hold it; "other": a policy of no identity of IAM and without
principals (an IoT policy, a permission set)."""

Statement = Mapping[str, Any]

HOLDERS: dict[str, Use] = {"AWS::IAM::Role": "role", "AWS::IAM::Group": "group", "AWS::IAM::User": "user"}
# A policy may name its holders itself, in these properties …
NAMED_HOLDERS: dict[str, Use] = {"Roles": "role", "Groups": "group", "Users": "user"}
# … or be of a type that has one holder.
OF_ONE: dict[str, Use] = {
    "AWS::IAM::RolePolicy": "role",
    "AWS::IAM::GroupPolicy": "group",
    "AWS::IAM::UserPolicy": "user",
}
_SUB = re.compile(r"\$\{(\w+)[.}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy document: the logical id of its resource, its place there, and what it is for."""

    title: str
    place: str
    uses: frozenset[Use]
    document: Mapping[str, Any]


def policies(body: Mapping[str, Any]) -> Iterator[Policy]:
    """Every policy document of a template, in its order."""
    used = _used(body["Resources"])
    for title, resource in body["Resources"].items():
        for place, document in places(resource.get("Properties", {})):
            uses = frozenset(_uses(resource, place, document, used[title]))
            yield Policy(title=title, place=place, uses=uses, document=document)


def _uses(resource: Mapping[str, Any], place: str, document: Any, used: set[Use]) -> Iterable[Use]:
    kind = resource["Type"]
    if place == "AssumeRolePolicyDocument":
        return ("trust",)
    if kind in HOLDERS:
        return (HOLDERS[kind],)
    if kind in OF_ONE:
        return (OF_ONE[kind],)
    if kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        return used or ("identity",)
    says_who = any({"Principal", "NotPrincipal"} & each.keys() for each in statements(document))
    return ("resource",) if says_who else ("other",)


def places(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Where documents stand in a resource's properties, however deep: "PolicyDocument", "Policies/fence",
    "Rules/1/Policy" …"""
    for name, value in properties.items():
        yield from _below(name, value)


def _below(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        if "Statement" in value:
            yield place, value
            return
        for name, item in value.items():
            yield from _below(f"{place}/{name}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            inline = isinstance(item, Mapping) and isinstance(item.get("PolicyDocument"), Mapping)
            if inline and "Statement" in item["PolicyDocument"]:
                yield f"{place}/{item.get('PolicyName', number)}", item["PolicyDocument"]
            else:
                yield from _below(f"{place}/{number}", item)


def statements(document: Mapping[str, Any]) -> list[Statement]:
    """IAM takes one statement without a list, too.  What is no statement (Fn::If) is left to J2011."""
    found = listed(document.get("Statement"))
    return [each for each in found if isinstance(each, Mapping)]


def sid(statement: Statement, number: int) -> str:
    return str(statement.get("Sid") or f"statement {number}")


def listed(value: Any) -> list[Any]:
    """IAM takes one value without a list wherever it takes many."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def names_people(principal: Any) -> bool:
    """Accounts, users, everybody; a principal that names roles only is no person."""
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    return any(not is_role(each) for each in named)


def is_role(principal: Any) -> bool:
    """Whether a principal is written as a role's ARN: as a text, by Fn::Sub, or put together without anything between
    the parts.  Of any other function nobody can say by its texts what it comes to."""
    if isinstance(principal, Mapping) and len(principal) == 1:
        ((function, value),) = principal.items()
        if function == "Fn::Sub":
            principal = value
        elif function == "Fn::Join" and isinstance(value, list) and len(value) == 2 and value[0] == "":
            parts = value[1] if isinstance(value[1], list) else []
            principal = "".join(each if isinstance(each, str) else "?" for each in parts)
    return isinstance(principal, str) and ":role/" in principal


def condition_terms(statement: Statement) -> Iterator[tuple[str, str, list[Any]]]:
    """(operator, key, values) of a statement; what is no condition (Fn::If) is left to J2011."""
    condition = statement.get("Condition", {})
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            yield operator, key, listed(values)


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def mentioned(value: Any) -> Iterator[str]:
    """The logical ids to which intrinsic functions in a value refer."""
    if isinstance(value, list):
        for item in value:
            yield from mentioned(item)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name == "Ref":
                yield str(item)
            elif name == "Fn::GetAtt":
                yield str(item[0] if isinstance(item, list) else item).partition(".")[0]
            else:
                if name == "Fn::Sub":
                    yield from _SUB.findall(str(listed(item)[0]))
                yield from mentioned(item)


def _used(resources: Mapping[str, Any]) -> defaultdict[str, set[Use]]:
    """What the IAM policies of the template are for, by who names them and by whom they name."""
    used: defaultdict[str, set[Use]] = defaultdict(set)
    for title, resource in resources.items():
        properties = resource.get("Properties", {})
        for name, use in NAMED_HOLDERS.items():
            if resource["Type"] not in HOLDERS and properties.get(name):
                used[title].add(use)
        if holder := HOLDERS.get(resource["Type"]):
            for policy in mentioned(properties.get("ManagedPolicyArns")):
                used[policy].add(holder)
            for policy in mentioned(properties.get("PermissionsBoundary")):
                used[policy].add("boundary")
    return used
