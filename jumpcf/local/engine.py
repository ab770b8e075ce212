"""The stack engine: create, update and delete a stack's resources, with rollback and a line per event.

Promises: a failed creation ends in ROLLBACK_COMPLETE with nothing left but what has DeletionPolicy Retain, a
failed update in UPDATE_ROLLBACK_COMPLETE with what was before; nothing is half recorded.  It happens at one
instant: when, and what a stack is called until then, is said in `work`.
Source: CloudFormation User Guide, "Stack failure options", "DeletionPolicy attribute".
"""

import json
import random
import string
from collections.abc import Mapping, Sequence
from typing import Any

from jumpcf.local import service_role
from jumpcf.local.drift import forget
from jumpcf.local.events import begin, record
from jumpcf.local.intrinsics import Scope, evaluate, holds, parameters, wanted
from jumpcf.local.providers.base import Provider, Where, tags_of
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Resource, Stack, Tag, Wish
from jumpcf.local.refusals import NotImplementedHere, Refusal, ResourceRefused
from jumpcf.local.removal import clean_up, reason_of, restore
from jumpcf.local.template import Declaration, Template, parse
from jumpcf.local.world import World

_SUFFIX = random.Random()  # noqa: S311 - a suffix of generated names, not a secret


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


def deploy(world: World, stack: Stack, wish: Wish) -> bool:
    """Create or update the stack's resources; False where it failed and was rolled back, or left as it was
    where the wish says so (on_failure DO_NOTHING).

    Raises ValidationError for what CloudFormation refuses before it starts.
    """
    scope = check(world, stack, wish)
    template, plan = scope.template, wanted(scope)
    start(world, stack, wish)
    verb = stack.status.partition("_")[0]
    creating, old = verb == "CREATE", stack.template
    if stack.before is None:  # else an earlier update failed and was left: what was before it still counts
        stack.before = dict(stack.resources)
    if creating:
        _define(stack, wish)
    try:
        for logical_id in plan:
            _apply(world, stack, template.resources[logical_id], scope, wish.tags)
        outputs = _outputs(scope)
    except (ResourceFailed, Refusal, NotImplementedHere) as error:
        _fail(world, stack, wish, verb, str(error))
        return False
    _define(stack, wish)
    stack.outputs = outputs
    if not creating:
        _clean(world, stack, old, plan)
    stack.before = None
    forget(stack)
    record(world, stack, f"{verb}_COMPLETE")
    return True


def check(world: World, stack: Stack, wish: Wish) -> Scope:
    """What the template's functions see, or the refusal that CloudFormation gives before it starts."""
    template = parse(world.templates[wish.template])
    template.require(list(wish.capabilities))
    scope = scope_of(world, stack, template, wish.parameters)
    wanted(scope)
    return scope


def start(world: World, stack: Stack, wish: Wish) -> None:
    """Begin to create or to update, unless that is under way already."""
    if stack.status not in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
        verb = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        begin(world, stack, f"{verb}_STACK", f"{verb}_IN_PROGRESS")


def _apply(
    world: World,
    stack: Stack,
    declared: Declaration,
    scope: Scope,
    tags: Sequence[Tag],
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
        _make_or_change(world, stack, before, now, properties)
    except Exception as error:
        record(world, stack, f"{verb}_FAILED", reason_of(error, now.type), now)
        raise ResourceFailed(now.logical_id) from error
    stack.resources[now.logical_id] = scope.resources[now.logical_id] = now
    record(world, stack, f"{verb}_COMPLETE", None, now)


def _make_or_change(
    world: World, stack: Stack, before: Resource | None, now: Resource, properties: Mapping[str, Any]
) -> None:
    provider = PROVIDERS[now.type]
    where = Where(stack.account, stack.region)
    if before is not None and not needs_replacement(before, now.type, properties):
        old = json.loads(before.properties)
        service_role.check(world, stack, now.type, before.physical_id, old, properties)
        made = provider.update(where, before.physical_id, old, properties)
    else:
        if before is not None:
            _refuse_custom_name(provider, before, properties)
        name = _name(stack, provider, now.logical_id, properties)
        service_role.check(world, stack, now.type, name, None, properties)
        made = provider.create(where, name, properties)
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


def _fail(world: World, stack: Stack, wish: Wish, verb: str, failed: str) -> None:
    """Roll back what was done, or leave it (CreateChangeSet, OnStackFailure; "Stack failure options")."""
    what = f"The following resource(s) failed to {verb.lower()}: [{failed}]. "
    if wish.on_failure == "DO_NOTHING":
        record(world, stack, f"{verb}_FAILED", what)
        return
    roll_back(world, stack, verb == "CREATE", what, retain_new=not wish.retain_new)


def roll_back(
    world: World,
    stack: Stack,
    creating: bool,
    what: str,
    skip: Sequence[str] = (),
    retain_new: bool = True,
) -> bool:
    """Go back to what was before the creation or update; False where it ends in ROLLBACK_FAILED."""
    prefix = "ROLLBACK" if creating else "UPDATE_ROLLBACK"
    if stack.status != f"{prefix}_IN_PROGRESS":
        record(world, stack, f"{prefix}_IN_PROGRESS", what)
    if not restore(world, stack, skip, retain_new):
        record(world, stack, f"{prefix}_FAILED", "The rollback failed; see the resources' events.")
        return False
    if not creating:
        record(world, stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    record(world, stack, f"{prefix}_COMPLETE")
    return True


def _define(stack: Stack, wish: Wish) -> None:
    """Record what the stack is now.  Assumed, not verified on AWS: a creation that is rolled back keeps its
    template and its tags; live check."""
    stack.template, stack.parameters = wish.template, dict(wish.parameters)
    stack.tags, stack.capabilities = list(wish.tags), list(wish.capabilities)


def _clean(world: World, stack: Stack, old: str, plan: list[str]) -> None:
    """Remove what an updated stack no longer holds; a failure there fails nothing."""
    stack.updated = world.now()
    record(world, stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    order = list(parse(world.templates[old]).resources)
    order += [name for name in stack.resources if name not in order]
    for name in [name for name in reversed(order) if name in stack.resources and name not in plan]:
        resource = stack.resources.pop(name)
        clean_up(world, stack, resource, resource.deletion_policy)
    for name, before in (stack.before or {}).items():
        now = stack.resources.get(name)
        if now is not None and now.physical_id != before.physical_id:
            clean_up(world, stack, before, before.replace_policy)


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
