"""The stack engine: create, update and delete a stack's resources, with rollback and a line per event.

Promises: a failed creation ends in ROLLBACK_COMPLETE with nothing left but what has DeletionPolicy Retain, a
failed update in UPDATE_ROLLBACK_COMPLETE with what was before; nothing is half recorded.  Everything happens
inside the call: unlike AWS, no stack is ever seen IN_PROGRESS.
Source: CloudFormation User Guide, "Stack failure options", "DeletionPolicy attribute".
"""

import json
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from jumpcf.local.intrinsics import Scope, evaluate, holds, parameters, wanted
from jumpcf.local.providers.base import Provider, Where, tags_of
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Event, Resource, Stack, Tag
from jumpcf.local.refusals import NotImplementedHere, Refusal, ResourceRefused, ValidationError
from jumpcf.local.template import Declaration, Template, parse
from jumpcf.local.world import World, new_id

STACK_TYPE = "AWS::CloudFormation::Stack"
_SUFFIX = random.Random()  # noqa: S311 - a suffix of generated names, not a secret
_HANDLER_CODES = {
    "EntityAlreadyExists": "AlreadyExists",
    "NoSuchEntity": "NotFound",
    "DeleteConflict": "ResourceConflict",
    "LimitExceeded": "ServiceLimitExceeded",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a stack is asked to become."""

    template: str
    parameters: Mapping[str, str]
    tags: Sequence[Tag]
    capabilities: Sequence[str]


@dataclass(slots=True)
class _Step:
    """One resource as it was before, to go back to; `made` is None where it was changed in place."""

    before: Resource | None
    made: Resource | None


class ResourceFailed(Exception):
    """A resource could not be made, changed or deleted; the reason is on its event."""


def scope_of(world: World, stack: Stack, template: Template, given: Mapping[str, str]) -> Scope:
    """What the template's functions see in this stack now."""
    where = Where(stack.account, stack.region)
    pseudo = {
        "AWS::AccountId": stack.account,
        "AWS::Partition": where.partition,
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": where.suffix,
    }
    return Scope(template, parameters(template, given), pseudo, dict(stack.resources), {})


def properties_of(declared: Declaration, scope: Scope, tags: Sequence[Tag]) -> dict[str, Any]:
    """A resource's resolved properties; stack tags join its own, which win (CloudFormation "Resource tags")."""
    properties: dict[str, Any] = evaluate(declared.properties, scope)
    if tags and PROVIDERS[declared.type].taggable:
        merged = {tag["Key"]: tag["Value"] for tag in [*tags, *tags_of(properties)]}
        properties["Tags"] = [{"Key": key, "Value": merged[key]} for key in sorted(merged)]
    return properties


def canonical(properties: Mapping[str, Any]) -> str:
    return json.dumps(properties, sort_keys=True, separators=(",", ":"))


def record(
    world: World,
    stack: Stack,
    status: str,
    reason: str | None = None,
    resource: Resource | None = None,
) -> None:
    """Write an event; one of the stack itself is its status as well."""
    if resource is None:
        stack.status, stack.reason = status, reason
        logical_id, kind, physical_id = stack.name, STACK_TYPE, stack.id
    else:
        resource.status, resource.changed = status, world.now()
        logical_id, kind, physical_id = resource.logical_id, resource.type, resource.physical_id
    at = world.now().isoformat()
    event = Event(new_id(), at, logical_id, kind, physical_id, status, reason, stack.token)
    stack.events.append(event.text())


def deploy(world: World, stack: Stack, wish: Wish) -> bool:
    """Create or update the stack's resources; False where it failed and was rolled back.

    Raises ValidationError for what CloudFormation refuses before it starts.
    """
    template = parse(world.templates[wish.template])
    template.require(list(wish.capabilities))
    scope = scope_of(world, stack, template, wish.parameters)
    plan = wanted(scope)
    creating = not stack.template
    verb = "CREATE" if creating else "UPDATE"
    record(world, stack, f"{verb}_IN_PROGRESS", "User Initiated")
    if creating:  # assumed, not verified on AWS: a creation that is rolled back keeps its tags; live check
        stack.tags, stack.capabilities = list(wish.tags), list(wish.capabilities)
    steps: list[_Step] = []
    try:
        for logical_id in plan:
            _apply(world, stack, template.resources[logical_id], scope, wish.tags, steps)
        outputs = _outputs(scope)
    except (ResourceFailed, Refusal, NotImplementedHere) as error:
        _roll_back(world, stack, steps, verb, str(error))
        return False
    _finish(world, stack, wish, steps, plan, outputs)
    record(world, stack, f"{verb}_COMPLETE")
    return True


def _apply(
    world: World,
    stack: Stack,
    declared: Declaration,
    scope: Scope,
    tags: Sequence[Tag],
    steps: list[_Step],
) -> None:
    """Make or change one resource; leaves it alone where nothing differs."""
    before = stack.resources.get(declared.logical_id)
    properties = properties_of(declared, scope, tags)
    if before is not None and before.properties == canonical(properties) and before.type == declared.type:
        before.deletion_policy, before.replace_policy = declared.deletion_policy, declared.replace_policy
        return
    verb = "CREATE" if before is None else "UPDATE"
    now = Resource(
        declared.logical_id,
        declared.type,
        before.physical_id if before else "",
        canonical(properties),
        {},
        "",
        world.now(),
        declared.deletion_policy,
        declared.replace_policy,
    )
    record(world, stack, f"{verb}_IN_PROGRESS", None, now)
    try:
        _make_or_change(stack, before, now, properties)
    except Exception as error:
        record(world, stack, f"{verb}_FAILED", reason_of(error, now.type), now)
        raise ResourceFailed(now.logical_id) from error
    replaced = before is None or before.physical_id != now.physical_id
    steps.append(_Step(before, now if replaced else None))
    stack.resources[now.logical_id] = scope.resources[now.logical_id] = now
    record(world, stack, f"{verb}_COMPLETE", None, now)


def _make_or_change(
    stack: Stack, before: Resource | None, now: Resource, properties: Mapping[str, Any]
) -> None:
    provider = PROVIDERS[now.type]
    where = Where(stack.account, stack.region)
    if before is not None and not needs_replacement(before, now.type, properties):
        made = provider.update(where, before.physical_id, json.loads(before.properties), properties)
    else:
        if before is not None:
            _refuse_custom_name(provider, before, properties)
        made = provider.create(where, _name(stack, provider, now.logical_id, properties), properties)
    now.physical_id, now.attributes = made.physical_id, made.attributes


def needs_replacement(before: Resource, kind: str, properties: Mapping[str, Any]) -> bool:
    old = json.loads(before.properties)
    changed = {name for name in PROVIDERS[kind].replaces if old.get(name) != properties.get(name)}
    return before.type != kind or bool(changed)


def _refuse_custom_name(provider: Provider, before: Resource, properties: Mapping[str, Any]) -> None:
    """A resource with a name of its own cannot be made anew beside the old one."""
    name = properties.get(provider.name_property)
    if name is not None and json.loads(before.properties).get(provider.name_property) == name:
        raise ResourceRefused(
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename "
            f"{name} and update the stack again.",
            "NotUpdatable",
        )


def _name(stack: Stack, provider: Provider, logical_id: str, properties: Mapping[str, Any]) -> str:
    given = properties.get(provider.name_property)
    if given:
        return str(given)
    suffix = "".join(_SUFFIX.choices(string.ascii_uppercase + string.digits, k=12))
    return f"{stack.name}-{logical_id}"[: provider.name_limit - 13] + f"-{suffix}"


def reason_of(error: Exception, kind: str) -> str:
    """A failure as CloudFormation's resource handlers word it."""
    if isinstance(error, ServiceException | HTTPException):
        message = getattr(error, "message", None) or str(error)
        code = getattr(error, "handler", None) or _HANDLER_CODES.get(
            str(getattr(error, "code", "")), "InvalidRequest"
        )
        return f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})'
    return f"The embedded AWS failed at {kind}: {type(error).__name__}: {error}"


def _roll_back(world: World, stack: Stack, steps: list[_Step], verb: str, failed: str) -> None:
    creating = verb == "CREATE"
    prefix = "ROLLBACK" if creating else "UPDATE_ROLLBACK"
    what = f"The following resource(s) failed to {verb.lower()}: [{failed}]."
    record(world, stack, f"{prefix}_IN_PROGRESS", what)
    for step in reversed(steps):
        _undo(world, stack, step)
    record(world, stack, f"{prefix}_COMPLETE")


def _undo(world: World, stack: Stack, step: _Step) -> None:
    where = Where(stack.account, stack.region)
    made, before = step.made, step.before
    if made is not None:
        del stack.resources[made.logical_id]
        if before is None and made.deletion_policy == "Retain":
            record(world, stack, "DELETE_SKIPPED", None, made)
        else:
            delete_resource(world, stack, made)
        if before is not None:
            stack.resources[before.logical_id] = before
    elif before is not None:
        now = stack.resources[before.logical_id]
        PROVIDERS[before.type].update(
            where, before.physical_id, json.loads(now.properties), json.loads(before.properties)
        )
        stack.resources[before.logical_id] = before
        record(world, stack, "UPDATE_COMPLETE", None, before)


def _finish(
    world: World,
    stack: Stack,
    wish: Wish,
    steps: list[_Step],
    plan: list[str],
    outputs: list[dict[str, str]],
) -> None:
    """Record what the stack is now, then remove what it no longer holds; a failure there fails nothing
    (CloudFormation's cleanup, UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)."""
    old = stack.template
    stack.template, stack.parameters = wish.template, dict(wish.parameters)
    stack.tags, stack.capabilities = list(wish.tags), list(wish.capabilities)
    stack.outputs = outputs
    if not old:
        return
    stack.updated = world.now()
    order = list(parse(world.templates[old]).resources)
    gone = [name for name in reversed(order) if name in stack.resources and name not in plan]
    for name in gone:
        resource = stack.resources.pop(name)
        clean_up(world, stack, resource, resource.deletion_policy)
    for step in steps:
        if step.before is not None and step.made is not None:
            clean_up(world, stack, step.before, step.before.replace_policy)


def clean_up(world: World, stack: Stack, resource: Resource, policy: str) -> bool:
    """Delete a resource unless it is to be retained; False where the service refused."""
    if policy in ("Retain", "RetainExceptOnCreate"):
        record(world, stack, "DELETE_SKIPPED", None, resource)
        return True
    return delete_resource(world, stack, resource)


def delete_resource(world: World, stack: Stack, resource: Resource) -> bool:
    record(world, stack, "DELETE_IN_PROGRESS", None, resource)
    where = Where(stack.account, stack.region)
    try:
        PROVIDERS[resource.type].delete(where, resource.physical_id, json.loads(resource.properties))
    except Exception as error:
        code = getattr(error, "code", "")
        if code != "NoSuchEntity":  # somebody deleted it already, which is what was wanted
            record(world, stack, "DELETE_FAILED", reason_of(error, resource.type), resource)
            return False
    record(world, stack, "DELETE_COMPLETE", None, resource)
    return True


def delete(world: World, stack: Stack, retain: Sequence[str] = ()) -> bool:
    """Delete a stack; False where it ends in DELETE_FAILED.  Refuses a protected one."""
    if stack.protected:
        raise ValidationError(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    record(world, stack, "DELETE_IN_PROGRESS", "User Initiated")
    order = list(parse(world.templates[stack.template]).resources) if stack.template else []
    failed = []
    for name in reversed(order):
        if name not in stack.resources:
            continue
        resource = stack.resources[name]
        policy = "Retain" if name in retain else resource.deletion_policy
        if clean_up(world, stack, resource, policy):
            del stack.resources[name]
        else:
            failed.append(name)
    if failed:
        what = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
        record(world, stack, "DELETE_FAILED", what)
        return False
    stack.deleted = world.now()
    record(world, stack, "DELETE_COMPLETE")
    return True


def first_failure(stack: Stack, verb: str) -> Event | None:
    """The event that made the last operation fail: the first failed resource since the stack's own start."""
    found = None
    for text in reversed(stack.events):
        event = Event.read(text)
        if event.type == STACK_TYPE and event.status == f"{verb}_IN_PROGRESS":
            break
        if event.status == f"{verb}_FAILED" and event.type != STACK_TYPE:
            found = event
    return found


def _outputs(scope: Scope) -> list[dict[str, str]]:
    rows = []
    for name, item in scope.template.outputs.items():
        if "Condition" in item and not holds(item["Condition"], scope):
            continue
        row = {"OutputKey": name, "OutputValue": str(evaluate(item.get("Value"), scope))}
        if "Description" in item:
            row["Description"] = item["Description"]
        if "Export" in item:
            row["ExportName"] = str(evaluate(item["Export"]["Name"], scope))
        rows.append(row)
    return rows
