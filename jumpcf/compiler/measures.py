"""How much of each quota a rendered template uses, counted as AWS counts it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from jumpcf.artifacts.marks import is_freeze
from jumpcf.iam.document import characters

Resource = Mapping[str, Any]
Resources = Mapping[str, Resource]

NOTHING: Mapping[str, Any] = {}
_NAMED = ("Resources", "Parameters", "Outputs", "Mappings", "Conditions")
# What puts policies on users, roles and groups, or users into groups, and the properties that name those.
_HOLDERS = {
    "AWS::IAM::ManagedPolicy": ("Users", "Roles", "Groups"),
    "AWS::IAM::Policy": ("Users", "Roles", "Groups"),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
    "AWS::IAM::UserToGroupAddition": ("Users",),
}
_NAMES = {"AWS::IAM::User": "UserName", "AWS::IAM::Role": "RoleName", "AWS::IAM::Group": "GroupName"}


def of_template(body: Mapping[str, Any], data: bytes) -> Iterator[tuple[str, int]]:
    """Every quota that a template uses as a whole; `data` is its rendered form."""
    yield "template_size", len(data)
    yield "resources_per_template", len(body["Resources"])
    yield "template_description", len(body.get("Description", "").encode())
    yield "logical_name", max(_longest(body.get(part)) for part in _NAMED)
    yield "outputs_per_template", len(body.get("Outputs", ()))
    yield "dynamic_references", data.count(b"{{resolve:")
    if parameters := body.get("Parameters"):
        yield "parameters_per_template", len(parameters)
        yield (
            "parameter_value",
            max(len(str(each.get("Default", "")).encode()) for each in parameters.values()),
        )
    if mappings := body.get("Mappings"):
        yield "mappings_per_template", len(mappings)
        # The page says "attributes" for both levels of a mapping, so the wider one counts.
        levels = (level for mapping in mappings.values() for level in (mapping, *mapping.values()))
        yield "attributes_per_mapping", max(map(len, levels))


def of_resource(
    resource: Resource, stack_tags: Collection[str] = (), attached: Mapping[str, int] = NOTHING
) -> Iterator[tuple[str, int]]:
    """Every quota that one resource uses.  `stack_tags` are the keys that CloudFormation hands down to it;
    `attached` is what other resources put on it, as `attachments` gives it."""
    properties = resource.get("Properties", NOTHING)
    match resource["Type"]:
        case "AWS::IAM::ManagedPolicy":
            yield "managed_policy_size", size(properties["PolicyDocument"])
            yield "policy_name", _length(properties.get("ManagedPolicyName"))
        case "AWS::IAM::Role":
            name, path = _length(properties.get("RoleName")), _length(properties.get("Path", "/"))
            yield "trust_policy_length", size(properties["AssumeRolePolicyDocument"])
            yield "role_name", name
            yield "role_path_and_name", path + name
            yield "role_inline_size", _inline(properties) + attached.get("inline", 0)
            yield "managed_policies_per_role", _managed(properties, attached)
        case "AWS::IAM::User":
            yield "user_name", _length(properties.get("UserName"))
            yield "user_inline_size", _inline(properties) + attached.get("inline", 0)
            yield "managed_policies_per_user", _managed(properties, attached)
            yield "groups_per_user", len(properties.get("Groups", ())) + attached.get("groups", 0)
        case "AWS::IAM::Group":
            yield "group_name", _length(properties.get("GroupName"))
            yield "group_inline_size", _inline(properties) + attached.get("inline", 0)
            # The freeze policy needs a place on the group, however full it is.
            yield "managed_policies_per_group", _managed(properties, attached) + (not _frozen(properties))
    if resource["Type"].startswith("AWS::IAM::"):
        yield "path", _length(properties.get("Path"))
        yield "description", _length(properties.get("Description"))
    if "Tags" in properties:
        yield from of_tags(properties["Tags"], stack_tags)


def of_tags(tags: Any, more: Collection[str] = ()) -> Iterator[tuple[str, int]]:
    """`tags` as a resource has them, a list or a mapping; `more` are keys that are there besides."""
    pairs = tags if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}
    yield "tags", len(pairs.keys() | more)
    yield "tag_key", max(map(len, pairs), default=0)
    yield "tag_value", max(map(_length, pairs.values()), default=0)


def attachments(resources: Resources) -> dict[str, Counter[str]]:
    """What is put on a user, role or group by other resources of the template, by its logical id:
    characters of `inline` policies, numbers of `managed` policies and of `groups`.

    Our own stacks say all of that on the resource itself; a module of one's own need not.
    """
    found: dict[str, Counter[str]] = {}
    for resource in resources.values():
        if resource["Type"] in _HOLDERS:
            for kind, used, holder in _attached(resource["Type"], resource.get("Properties", {})):
                title = _title(holder, resources)
                found.setdefault(title, Counter())[kind] += used
    return found


def _attached(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, int, Any]]:
    for name in _HOLDERS[kind]:
        if holders := properties.get(name):
            what = _what(kind, properties)
            yield from ((*what, holder) for holder in (holders if isinstance(holders, list) else [holders]))


def _what(kind: str, properties: Mapping[str, Any]) -> tuple[str, int]:
    match kind:
        case "AWS::IAM::UserToGroupAddition":
            return "groups", 1
        case "AWS::IAM::ManagedPolicy":
            return "managed", 1
    return "inline", size(properties.get("PolicyDocument", {}))


def _title(holder: Any, resources: Resources) -> str:
    """The logical id of who is named by Ref or by his own name; a stranger's name stays as it is."""
    if isinstance(holder, Mapping):
        return str(holder.get("Ref", ""))
    for title, resource in resources.items():
        name = _NAMES.get(resource["Type"])
        if name and resource.get("Properties", {}).get(name) == holder:
            return title
    return str(holder)


def size(policy: Any) -> int:
    """A policy's length as IAM counts it; the order of its keys does not matter."""
    data = orjson.dumps(policy)
    return len(data.translate(None, b" \t\r\n")) if data.isascii() else characters(data)


def _inline(properties: Mapping[str, Any]) -> int:
    policies = properties.get("Policies")
    return sum(size(policy["PolicyDocument"]) for policy in policies) if policies else 0


def _managed(properties: Mapping[str, Any], attached: Mapping[str, int]) -> int:
    return len(properties.get("ManagedPolicyArns", ())) + attached.get("managed", 0)


def _frozen(properties: Mapping[str, Any]) -> bool:
    return any(is_freeze(one) for one in properties.get("ManagedPolicyArns", ()) if isinstance(one, str))


def _length(value: Any) -> int:
    """0 for what is not there, and for what CloudFormation fills in (a Ref, a Join): only AWS sees that."""
    return len(value) if isinstance(value, str) else 0


def _longest(named: Collection[str] | None) -> int:
    return len(max(named, key=len)) if named else 0
