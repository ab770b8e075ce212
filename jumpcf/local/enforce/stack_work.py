"""What a stack's service role must be allowed for each resource of IAM that CloudFormation makes, changes or deletes.

The calls are those that the property is made by: IAM API reference, and the `handlers` of the types' schemas
(https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-iam).  Reads of the handlers, and
resources of other services, are not judged.  A property that is in no row refuses the stack: nothing is allowed by
guess.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import Group, IAMBackend, Role, User

from jumpcf.local.enforce import callers, verdict
from jumpcf.local.enforce.asked import Asked
from jumpcf.local.enforce.callers import Context
from jumpcf.local.enforce.iam_things import resource_tags
from jumpcf.local.providers.base import Properties, Where, tags_of
from jumpcf.local.records import Stack
from jumpcf.local.refusals import Denied, NotImplementedHere, ResourceRefused
from jumpcf.local.sessions import iam_of
from jumpcf.local.world import World

WORDS = {
    "AWS::IAM::Group": "Group",
    "AWS::IAM::ManagedPolicy": "Policy",
    "AWS::IAM::Role": "Role",
    "AWS::IAM::User": "User",
}
CHANGED = {  # the call for a changed value; a new name makes another resource, and a path is told apart below
    "AssumeRolePolicyDocument": "UpdateAssumeRolePolicy",
    "Description": "UpdateRole",
    "MaxSessionDuration": "UpdateRole",
    "PolicyDocument": "CreatePolicyVersion",
}
LISTS = {  # the calls for what comes into a list and what goes out of it
    "Groups": ("AddUserToGroup", "RemoveUserFromGroup"),
    "ManagedPolicyArns": ("Attach{}Policy", "Detach{}Policy"),
    "Policies": ("Put{}Policy", "Delete{}Policy"),
}
WHOLE = {  # what is made, changed and taken away as a whole
    "LoginProfile": ("CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"),
    "PermissionsBoundary": (
        "Put{}PermissionsBoundary",
        "Put{}PermissionsBoundary",
        "Delete{}PermissionsBoundary",
    ),
}
HOLDERS = {"Groups": "Group", "Roles": "Role", "Users": "User"}  # of a managed policy that names them
NAMES = ("GroupName", "ManagedPolicyName", "Path", "RoleName", "UserName")
_NOTHING: Properties = {}
_BARE: Context = {}


def check(
    world: World, stack: Stack, kind: str, name: str, before: Properties | None, after: Properties | None
) -> None:
    """Refuse a resource as its handler does when the stack's service role may not make one of its calls."""
    if kind not in WORDS:
        return
    assert stack.role_arn is not None
    where, iam = Where(stack.account, stack.region), iam_of(stack.account, stack.region)
    try:
        caller = callers.of_service_role(world, stack.role_arn, iam, stack.region)
        moment = callers.moment(world, world.time())
        now: Context = {
            "aws:CurrentTime": moment,
            "aws:EpochTime": str(int(world.time())),
            "aws:PrincipalIsAWSService": "false",
            "aws:RequestedRegion": stack.region,
            "aws:SecureTransport": "true",
            "aws:UserAgent": "cloudformation.amazonaws.com",
            "aws:ViaAWSService": "false",  # so it is with a service role (reference_policies_condition-keys)
            **callers.organization("aws:Resource", stack.account, stack.region),
        }
        for one in asked(where, iam, kind, name, before, after):
            verdict.check(one, caller, now, own_password=False)
    except Denied as denied:
        raise ResourceRefused(str(denied), "AccessDenied") from None


@dataclass(frozen=True, slots=True)
class _Thing:
    """A resource that is being made, changed or deleted; `arn` is its own."""

    where: Where
    iam: IAMBackend
    word: str
    arn: str
    about: Context

    def asked(self, action: str, context: Context = _BARE, resource: str = "") -> Asked:
        return Asked(
            action=f"iam:{action.format(self.word)}",
            resource=resource or self.arn,
            account=self.where.account,
            context=self.about | context,
        )


def asked(
    where: Where,
    iam: IAMBackend,
    kind: str,
    name: str,
    before: Properties | None,
    after: Properties | None,
) -> Iterator[Asked]:
    """Everything that must be allowed; `name` is the physical id, or the name of what is made."""
    word, old, new = WORDS[kind], before or _NOTHING, after or _NOTHING
    arn = _arn(where, word, name, new if before is None else old)
    thing = _Thing(where, iam, word, arn, _BARE if before is None else _about(old))
    if before is None:
        yield thing.asked("Create{}", _requested(new) | _bounded(new))
        if tags_of(new):
            yield thing.asked("Tag{}", _requested(new))
    if before is not None and after is not None:
        yield from (thing.asked(*one) for one in _updates(old, new))
        if old.get("Path") != new.get("Path"):  # both must be allowed (IAM API reference, UpdateUser)
            moved = _arn(where, word, name, new)
            yield from (thing.asked("Update{}", _BARE, one) for one in (arn, moved))
    for prop in sorted({*old, *new} - {*NAMES, *CHANGED, "Tags"}):
        if prop in WHOLE:
            call = _whole(prop, old, new, made=before is None)
            yield from [thing.asked(call, _bounded(new))] if call else []
        elif prop in LISTS or (word == "Policy" and prop in HOLDERS):
            yield from _listed(thing, prop, _named(old, prop), _named(new, prop))
        else:
            raise NotImplementedHere(f"The embedded AWS cannot judge {prop} of {kind} (--enforce).")
    if after is None:
        yield thing.asked("Delete{}")


def _listed(thing: _Thing, prop: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Asked]:
    """The calls for what comes into a list and what goes out of it."""
    if thing.word == "Policy":
        holder = HOLDERS[prop]
        for action, name in _moved(f"Attach{holder}Policy", f"Detach{holder}Policy", old, new):
            yield thing.asked(action, {"iam:PolicyARN": thing.arn}, _found(thing, holder, name))
        return
    for action, one in _moved(*LISTS[prop], old, new):
        context: Context = {"iam:PolicyARN": one} if prop == "ManagedPolicyArns" else _BARE
        yield thing.asked(action, context, _found(thing, "Group", one) if prop == "Groups" else "")


def _updates(old: Properties, new: Properties) -> Iterator[tuple[str, Context]]:
    """The calls for values that changed, and for tags."""
    for action in sorted({call for prop, call in CHANGED.items() if old.get(prop) != new.get(prop)}):
        yield action, {}
    before, after = ({tag["Key"]: tag["Value"] for tag in tags_of(one)} for one in (old, new))
    if after.items() - before.items():
        yield "Tag{}", _requested(new)
    if gone := tuple(sorted(before.keys() - after.keys())):
        yield "Untag{}", {"aws:TagKeys": gone}


def _whole(prop: str, old: Properties, new: Properties, *, made: bool) -> str:
    """The call for what is made, changed or taken away as a whole; a boundary is given with the creation, and a
    deletion takes both away."""
    make, change, take = WHOLE[prop]
    before, after = old.get(prop), new.get(prop)
    if before == after or (made and prop == "PermissionsBoundary"):
        return ""
    return take if after is None else make if before is None else change


def _moved(
    add: str, remove: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    yield from ((remove, one) for one in old if one not in new)
    yield from ((add, one) for one, value in new.items() if one not in old or old[one] != value)


def _named(properties: Properties, prop: str) -> dict[str, Any]:
    """A list's items by name; of inline policies with their documents, of all else the name is the whole."""
    items = properties.get(prop) or []
    return (
        {one["PolicyName"]: one["PolicyDocument"] for one in items}
        if prop == "Policies"
        else dict.fromkeys(items)
    )


def _arn(where: Where, word: str, name: str, properties: Properties) -> str:
    """A policy's physical id is its ARN already."""
    if name.startswith("arn:"):
        return name
    return f"arn:{where.partition}:iam::{where.account}:{word.lower()}{properties.get('Path') or '/'}{name}"


def _found(thing: _Thing, word: str, name: str) -> str:
    """The ARN of a user, group or role by its name."""
    found: Group | Role | User | None
    if word == "Role":
        found = next((role for role in thing.iam.roles.values() if role.name == name), None)
    else:
        found = (thing.iam.groups if word == "Group" else thing.iam.users).get(name)
    return str(found.arn) if found else _arn(thing.where, word, name, _NOTHING)


def _about(properties: Properties) -> Context:
    """Condition keys of the resource as its template made it."""
    return resource_tags({tag["Key"]: tag["Value"] for tag in tags_of(properties)}) | _bounded(properties)


def _bounded(properties: Properties) -> Context:
    boundary = properties.get("PermissionsBoundary")
    return {"iam:PermissionsBoundary": boundary} if boundary else {}


def _requested(properties: Properties) -> Context:
    tags = tags_of(properties)
    if not tags:
        return {}
    keys: Context = {"aws:TagKeys": tuple(tag["Key"] for tag in tags)}
    return keys | {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
