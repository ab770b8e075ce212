"""The lines of a stack's history: written as things happen, read back for the cause of a failure."""

from jumpcf.local.records import Event, Resource, Stack
from jumpcf.local.world import World, new_id

STACK_TYPE = "AWS::CloudFormation::Stack"


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
    at, number = world.now().isoformat(), len(stack.operations)
    event = Event(new_id(), at, logical_id, kind, physical_id, status, reason, stack.token, number)
    stack.events.append(event.text())


def begin(world: World, stack: Stack, kind: str, status: str, reason: str = "User Initiated") -> None:
    """Begin an operation on a stack (OperationEntry.OperationType): its events are known by its id."""
    stack.operations.append(f"{kind} {new_id()}")
    record(world, stack, status, reason)


def first_failure(stack: Stack, verb: str) -> Event | None:
    """The event that made the last operation fail: the first failed resource since the stack's own start.  An update
    fails by a resource that it was to make as well."""
    found, failed = None, {f"{verb}_FAILED", *(["CREATE_FAILED"] if verb == "UPDATE" else [])}
    for text in reversed(stack.events):
        event = Event.read(text)
        if event.type == STACK_TYPE and event.status == f"{verb}_IN_PROGRESS":
            break
        if event.status in failed and event.type != STACK_TYPE:
            found = event
    return found
