"""How much of each quota a rendered template uses, counted as AWS counts it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from jumpcf.artifacts.codec import canonical
from jumpcf.iam.document import characters

Resource = Mapping[str, Any]
Resources = Mapping[str, Resource]

NONE: Counter[str] = Counter()
_NAMED = ("Resources", "Parameters", "Outputs", "Mappings", "Conditions")
# Resources that put a policy on users, roles or groups of the template: which of their properties name them.
_HOLDERS = {
    "AWS::IAM::ManagedPolicy": ("Users", "Roles", "Groups"),
    "AWS::IAM::Policy": ("Users", "Roles", "Groups"),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
}
_NAMES = {
    "AWS::IAM::User": ("UserName", "user_name"),
    "AWS::IAM::Role": ("RoleName", "role_name"),
    "AWS::IAM::Group": ("GroupName", "group_name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "policy_name"),
}
_HELD = {"AWS::IAM::User": "user", "AWS::IAM::Role": "role", "AWS::IAM::Group": "group"}


def of_template(body: Mapping[str, Any], data: bytes) -> Iterator[tuple[str, int]]:
    """Every quota that a template uses as a whole; `data` is its rendered form."""
    yield "template_size", len(data)
    yield "resources_per_template", len(body["Resources"])
    yield "template_description", len(body.get("Description", "").encode())
    parameters, mappings = body.get("Parameters", {}), body.get("Mappings", {})
    values = (str(each.get("Default", "")).encode() for each in parameters.values())
    yield "parameters_per_template", len(parameters)
    yield "parameter_value", max(map(len, values), default=0)
    yield "outputs_per_template", len(body.get("Outputs", ()))
    yield "mappings_per_template", len(mappings)
    # The page says "attributes" for both levels of a mapping, so the wider one counts.
    wide = (len(level) for mapping in mappings.values() for level in (mapping, *mapping.values()))
    yield "attributes_per_mapping", max(wide, default=0)
    yield "dynamic_references", data.count(b"{{resolve:")
    yield "logical_name", max((len(name) for part in _NAMED for name in body.get(part, ())), default=0)


def measures(
    resource: Resource, stack_tags: Collection[str] = (), attached: Counter[str] = NONE
) -> Iterator[tuple[str, int]]:
    """Every quota that one resource uses.  `stack_tags` are the keys that CloudFormation hands down to it;
    `attached` is what other resources put on it, as `attachments` gives it."""
    properties, kind = resource.get("Properties", {}), resource["Type"]
    if held := _HELD.get(kind):
        yield f"{held}_inline_size", _inline(properties) + attached["inline"]
        # The freeze policy needs a place on the group, however full it is.
        free = 1 if kind == "AWS::IAM::Group" else 0
        managed = len(properties.get("ManagedPolicyArns", ())) + attached["managed"]
        yield f"managed_policies_per_{held}", managed + free
    match kind:
        case "AWS::IAM::ManagedPolicy":
            yield "managed_policy_size", size(properties["PolicyDocument"])
        case "AWS::IAM::Role":
            yield "trust_policy_length", size(properties["AssumeRolePolicyDocument"])
            yield "role_path_and_name", _length(properties, "Path", "/") + _length(properties, "RoleName")
        case "AWS::IAM::User":
            yield "groups_per_user", len(properties.get("Groups", ())) + attached["groups"]
    if named := _NAMES.get(kind):
        yield named[1], _length(properties, named[0])
        yield "path", _length(properties, "Path", "/")
        yield "description", _length(properties, "Description")
    if tags := properties.get("Tags"):
        yield from of_tags(tags, stack_tags)


def of_tags(tags: Any, more: Collection[str] = ()) -> Iterator[tuple[str, int]]:
    """`tags` as a resource has them, a list or a mapping; `more` are keys that are there besides."""
    pairs = tags if isinstance(tags, Mapping) else {tag["Key"]: tag["Value"] for tag in tags}
    yield "tags", len({*pairs, *more})
    yield "tag_key", max(map(len, pairs), default=0)
    yield "tag_value", max((len(value) for value in pairs.values() if isinstance(value, str)), default=0)


def attachments(resources: Resources) -> dict[str, Counter[str]]:
    """What is put on a user, role or group by other resources of the template, by its logical id:
    characters of `inline` policies, numbers of `managed` policies and of `groups`.

    Our own stacks say all of that on the resource itself; a module of one's own need not.
    """
    found: dict[str, Counter[str]] = {}
    for resource in resources.values():
        properties = resource.get("Properties", {})
        for kind, used, holder in _attached(resource["Type"], properties):
            title = _title(holder, resources)
            found.setdefault(title, Counter())[kind] += used
    return found


def _attached(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, int, Any]]:
    if kind == "AWS::IAM::UserToGroupAddition":
        yield from (("groups", 1, user) for user in properties["Users"])
        return
    for name in _HOLDERS.get(kind, ()):
        if holders := properties.get(name):
            what = ("managed", 1) if kind == "AWS::IAM::ManagedPolicy" else ("inline", _document(properties))
            yield from ((*what, holder) for holder in (holders if isinstance(holders, list) else [holders]))


def _title(holder: Any, resources: Resources) -> str:
    """The logical id of who is named by Ref or by his own name; a stranger's name stays as it is."""
    if isinstance(holder, Mapping):
        return str(holder.get("Ref", ""))
    for title, resource in resources.items():
        name, _ = _NAMES.get(resource["Type"], ("", ""))
        if name and resource.get("Properties", {}).get(name) == holder:
            return title
    return str(holder)


def size(policy: Any) -> int:
    """A policy's length as IAM counts it; the newline of the canonical form is white space."""
    return characters(canonical(policy))


def _document(properties: Mapping[str, Any]) -> int:
    return size(properties["PolicyDocument"]) if "PolicyDocument" in properties else 0


def _inline(properties: Mapping[str, Any]) -> int:
    return sum(size(policy["PolicyDocument"]) for policy in properties.get("Policies", ()))


def _length(properties: Mapping[str, Any], name: str, default: str = "") -> int:
    """0 for a value that CloudFormation fills in (a Ref, a Join): only AWS sees it."""
    value = properties.get(name, default)
    return len(value) if isinstance(value, str) else 0
