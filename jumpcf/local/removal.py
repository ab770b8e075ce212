"""Taking away: a resource, a whole stack, and what a failed creation or update had done so far.

Source: CloudFormation User Guide, "DeletionPolicy attribute", "Stack failure options", "Continue rolling back
an update"; DeleteStack.
"""

import json
from collections.abc import Collection, Sequence

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from jumpcf.local import service_role
from jumpcf.local.events import begin, record
from jumpcf.local.providers.base import Where
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.records import Resource, Stack
from jumpcf.local.refusals import ValidationError
from jumpcf.local.template import parse
from jumpcf.local.world import World

KEPT = ("Retain", "RetainExceptOnCreate")
_HANDLER_CODES = {
    "EntityAlreadyExists": "AlreadyExists",
    "NoSuchEntity": "NotFound",
    "DeleteConflict": "ResourceConflict",
    "LimitExceeded": "ServiceLimitExceeded",
}


def reason_of(error: Exception, kind: str) -> str:
    """A failure as CloudFormation's resource handlers word it."""
    if isinstance(error, ServiceException | HTTPException):
        message = getattr(error, "message", None) or str(error)
        code = getattr(error, "handler", None) or _HANDLER_CODES.get(
            str(getattr(error, "code", "")), "InvalidRequest"
        )
        return f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})'
    return f"The embedded AWS failed at {kind}: {type(error).__name__}: {error}"


def restore(world: World, stack: Stack, skip: Collection[str] = (), retain_new: bool = True) -> bool:
    """Bring the resources back to `stack.before`; False where one of them could not be.

    `skip` are left as they are (ContinueUpdateRollback, ResourcesToSkip).  A new resource with DeletionPolicy
    Retain stays, unless `retain_new` is off (RetainExceptOnCreate).
    """
    before = dict(stack.resources) if stack.before is None else stack.before
    failed = [
        name
        for name in reversed(list(stack.resources))
        if name not in skip and not _undo(world, stack, before.get(name), stack.resources[name], retain_new)
    ]
    for name, resource in before.items():
        if name in skip and name in stack.resources:
            continue
        if name not in failed:
            stack.resources[name] = resource
    if failed:
        return False
    for name in [name for name in stack.resources if name not in before]:
        del stack.resources[name]
    stack.before = None
    return True


def _undo(world: World, stack: Stack, before: Resource | None, now: Resource, retain_new: bool) -> bool:
    if before is None:
        if now.deletion_policy == "Retain" and retain_new:
            record(world, stack, "DELETE_SKIPPED", None, now)
            return True
        return delete_resource(world, stack, now)
    if before.physical_id != now.physical_id:  # a replacement: the old one is still there
        return delete_resource(world, stack, now)
    if before.properties == now.properties:
        return True
    try:
        wrong, right = json.loads(now.properties), json.loads(before.properties)
        service_role.check(world, stack, before.type, before.physical_id, wrong, right)
        where = Where(stack.account, stack.region)
        PROVIDERS[before.type].update(where, before.physical_id, wrong, right)
    except Exception as error:
        record(world, stack, "UPDATE_FAILED", reason_of(error, now.type), now)
        return False
    record(world, stack, "UPDATE_COMPLETE", None, before)
    return True


def clean_up(world: World, stack: Stack, resource: Resource, policy: str) -> bool:
    """Delete a resource unless it is to be retained; False where the service refused."""
    if policy in KEPT:
        record(world, stack, "DELETE_SKIPPED", None, resource)
        return True
    return delete_resource(world, stack, resource)


def delete_resource(world: World, stack: Stack, resource: Resource) -> bool:
    record(world, stack, "DELETE_IN_PROGRESS", None, resource)
    where = Where(stack.account, stack.region)
    try:
        properties = json.loads(resource.properties)
        service_role.check(world, stack, resource.type, resource.physical_id, properties, None)
        PROVIDERS[resource.type].delete(where, resource.physical_id, properties)
    except Exception as error:
        code = getattr(error, "code", "")
        if code != "NoSuchEntity":  # somebody deleted it already, which is what was wanted
            record(world, stack, "DELETE_FAILED", reason_of(error, resource.type), resource)
            return False
    record(world, stack, "DELETE_COMPLETE", None, resource)
    return True


def check_deletable(stack: Stack) -> None:
    if stack.protected:
        raise ValidationError(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )


def delete(world: World, stack: Stack, retain: Sequence[str] = ()) -> bool:
    """Delete a stack; False where it ends in DELETE_FAILED.  Refuses a protected one."""
    check_deletable(stack)
    if stack.status != "DELETE_IN_PROGRESS":
        begin(world, stack, "DELETE_STACK", "DELETE_IN_PROGRESS")
    order = list(parse(world.templates[stack.template]).resources) if stack.template else []
    order = [name for name in order if name in stack.resources]
    order += [name for name in stack.resources if name not in order]  # of an update that failed and stayed
    failed = []
    for name in reversed(order):
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
    stack.deleted, stack.before = world.now(), None
    record(world, stack, "DELETE_COMPLETE")
    return True
