"""StackSet operations: queued, running in batches, stopped, finished; with what happened in every account.

Nothing runs in the background.  `advance` brings every operation to where it is at the world's time, and is
called before every answer: a batch is under way until its `due`, then it is done and the next one starts.
At speed 0 an operation is finished when the call that started it returns.
Source: CloudFormation API reference, StackSetOperationPreferences; User Guide, "Concurrency mode".
"""

import math
from collections.abc import Mapping
from typing import Any

from jumpcf.local import engine
from jumpcf.local.providers.base import Where
from jumpcf.local.records import Home, Instance, Operation, Result, Stack, StackSet, key
from jumpcf.local.refusals import NotImplementedHere, OperationInProgress, Refusal, ValidationError
from jumpcf.local.tree import backend, is_active
from jumpcf.local.world import World, new_id

SUSPENDED = (
    "This account is suspended. To remove this instance from the stack set, run DeleteStackInstances with the "
    "RetainStacks parameter."
)
CANCELLED = "Cancelled since failure tolerance has exceeded"
STOPPED = "Cancelled since the operation was stopped"  # AWS's text is not on record
OPEN = ("QUEUED", "RUNNING", "STOPPING")


def check_free(stack_set: StackSet) -> None:
    """One operation at a time, unless managed execution queues them."""
    busy = [item for item in stack_set.operations if item.status in OPEN]
    if busy and not stack_set.managed_execution:
        raise OperationInProgress(
            f"Another Operation on StackSet {stack_set.arn} is in progress: {busy[0].id}"
        )


def check_preferences(preferences: Mapping[str, Any]) -> None:
    for name in ("FailureTolerance", "MaxConcurrent"):
        count, percentage = preferences.get(f"{name}Count"), preferences.get(f"{name}Percentage")
        if count is not None and percentage is not None:
            raise ValidationError(f"Specify either {name}Count or {name}Percentage, but not both.")
        if percentage is not None and not (1 if name == "MaxConcurrent" else 0) <= percentage <= 100:
            raise ValidationError(f"{name}Percentage {percentage} is out of range.")
        if count is not None and count < (1 if name == "MaxConcurrent" else 0):
            raise ValidationError(f"{name}Count {count} is out of range.")


def start(world: World, home: Home, stack_set: StackSet, operation: Operation) -> None:
    """Queue an operation and let time pass."""
    stack_set.operations.append(operation)
    for result in operation.results:
        place = key(result.account, result.region)
        instance = stack_set.instances.get(place)
        if instance is None and operation.action == "CREATE":
            instance = stack_set.instances[place] = Instance(result.account, result.region, result.unit)
        if instance is not None and not (operation.action == "CREATE" and instance.status == "CURRENT"):
            instance.detailed, instance.reason, instance.last_operation = "PENDING", None, operation.id
            if operation.action == "UPDATE":
                instance.status = "OUTDATED"
    advance_set(world, home, stack_set)


def advance(world: World) -> None:
    """Bring every operation to where it is now."""
    for home in world.homes.values():
        for stack_set in home.stack_sets.values():
            advance_set(world, home, stack_set)


def advance_set(world: World, home: Home, stack_set: StackSet) -> None:
    while True:
        operation = next((item for item in stack_set.operations if item.status in OPEN), None)
        if operation is None:
            return
        if operation.status == "QUEUED":
            operation.status, operation.due = "RUNNING", world.clock()
            _next_batch(world, operation)
            world.begun(world, stack_set)
        elif world.clock() >= operation.due:
            _finish_batch(world, home, stack_set, operation)
        else:
            return


def stop(world: World, operation: Operation) -> None:
    """Cancel what has not begun; what is under way is waited for."""
    operation.status = "STOPPING"
    for result in operation.results:
        if result.status == "PENDING":
            result.status, result.reason = "CANCELLED", STOPPED


def limits(operation: Operation) -> tuple[int, int]:
    """(how many may fail, how many run at once); percentages round down, concurrency to one at least.

    STRICT_FAILURE_TOLERANCE, the default, keeps concurrency within what may still fail, plus one.
    Automatic operations have no preferences (StackSetOperationPreferences: "don't apply to AutoDeployment").
    """
    total = len({result.account for result in operation.results})
    if operation.automatic:
        return total, max(1, total)
    have: dict[str, Any] = operation.preferences
    tolerated = have.get("FailureToleranceCount")
    if tolerated is None:
        tolerated = math.floor(total * have.get("FailureTolerancePercentage", 0) / 100)
    at_once = have.get("MaxConcurrentCount")
    if at_once is None:
        at_once = max(1, math.floor(total * have.get("MaxConcurrentPercentage", 0) / 100))
    if have.get("ConcurrencyMode") != "SOFT_FAILURE_TOLERANCE":
        at_once = max(1, min(at_once, tolerated + 1 - failures(operation)))
    return tolerated, at_once


def failures(operation: Operation) -> int:
    return sum(result.status == "FAILED" for result in operation.results)


def _next_batch(world: World, operation: Operation) -> None:
    _, at_once = limits(operation)
    pending = [result for result in operation.results if result.status == "PENDING"]
    for result in pending[:at_once]:
        result.status = "RUNNING"
    operation.due += world.speed


def _finish_batch(world: World, home: Home, stack_set: StackSet, operation: Operation) -> None:
    for result in operation.results:
        if result.status == "RUNNING":
            _work(world, home, stack_set, operation, result)
    tolerated, _ = limits(operation)
    exceeded = failures(operation) > tolerated
    if exceeded:
        for result in operation.results:
            if result.status == "PENDING":
                result.status, result.reason = "CANCELLED", CANCELLED
    if any(result.status == "PENDING" for result in operation.results):
        _next_batch(world, operation)
        return
    _mark_cancelled(stack_set, operation)
    stopped = operation.status == "STOPPING"
    operation.status = "STOPPED" if stopped else "FAILED" if exceeded else "SUCCEEDED"
    operation.ended = world.now()


def _mark_cancelled(stack_set: StackSet, operation: Operation) -> None:
    for result in operation.results:
        instance = stack_set.instances.get(key(result.account, result.region))
        if result.status == "CANCELLED" and instance is not None and instance.status != "CURRENT":
            instance.detailed, instance.reason = "CANCELLED", result.reason


def _work(world: World, home: Home, stack_set: StackSet, operation: Operation, result: Result) -> None:
    """Do what the operation wants in one account, and say on the result and the instance how it went."""
    instance = stack_set.instances.get(key(result.account, result.region))
    result.status = "SUCCEEDED"
    if instance is None or (operation.action == "CREATE" and instance.status == "CURRENT"):
        return
    gone = operation.automatic and operation.action == "DELETE"
    organization = backend(home.management, home.region)
    if not gone and not operation.retain and not is_active(organization, result.account):
        instance.status, instance.detailed, instance.reason = (
            "OUTDATED",
            "SKIPPED_SUSPENDED_ACCOUNT",
            SUSPENDED,
        )
        result.reason = SUSPENDED
        return
    why = world.fault(result.account, stack_set.name, operation.action)
    if why is None:
        why = _delete(world, stack_set, operation, instance) if operation.action == "DELETE" else None
        if operation.action != "DELETE":
            why = _deploy(world, stack_set, operation, instance)
    if why is None:
        return
    result.status, result.reason = "FAILED", why
    inoperable = operation.action == "DELETE"
    instance.status = "INOPERABLE" if inoperable else "OUTDATED"
    instance.detailed, instance.reason = ("INOPERABLE" if inoperable else "FAILED"), why


def _deploy(world: World, stack_set: StackSet, operation: Operation, instance: Instance) -> str | None:
    """Create or update the instance's stack; the reason where it failed."""
    if operation.overrides is not None:
        kept = {
            name: instance.overrides[name] for name in operation.kept_overrides if name in instance.overrides
        }
        instance.overrides = kept | operation.overrides
    wish = engine.Wish(
        template=stack_set.template,
        parameters=stack_set.parameters | instance.overrides,
        tags=stack_set.tags,
        capabilities=stack_set.capabilities,
    )
    place = world.place(instance.account, instance.region)
    stack = place.stacks.get(instance.stack_id or "")
    creating = stack is None or stack.status == "DELETE_COMPLETE"
    if stack is None or creating:
        stack = new_stack(world, instance.account, instance.region, f"StackSet-{stack_set.name}-{new_id()}")
        instance.stack_id = stack.id
    try:
        done = _is_current(stack, wish) or engine.deploy(world, stack, wish)
        why = None if done else _why(stack, "CREATE" if creating else "UPDATE")
    except (Refusal, NotImplementedHere) as error:
        why = error.message
    if why is None:
        instance.status, instance.detailed, instance.reason = "CURRENT", "SUCCEEDED", None
    elif creating:  # StackSets sets OnFailure to DELETE (CreateStackInput.OnFailure): no stack remains
        engine.delete(world, stack)
        instance.stack_id = None
    return why


def _is_current(stack: Stack, wish: engine.Wish) -> bool:
    """UpdateStack would answer "No updates are to be performed", which counts as success."""
    return (
        stack.template == wish.template
        and stack.parameters == wish.parameters
        and stack.tags == wish.tags
        and not stack.status.endswith("ROLLBACK_COMPLETE")
    )


def _delete(world: World, stack_set: StackSet, operation: Operation, instance: Instance) -> str | None:
    stack = world.place(instance.account, instance.region).stacks.get(instance.stack_id or "")
    if stack is not None and stack.status != "DELETE_COMPLETE" and not operation.retain:
        try:
            if not engine.delete(world, stack):
                return _why(stack, "DELETE")
        except ValidationError as error:
            return str(error.message)
    del stack_set.instances[key(instance.account, instance.region)]
    return None


def _why(stack: Stack, verb: str) -> str:
    """The first failed resource, in the form that StatusReason has."""
    event = engine.first_failure(stack, verb)
    if event is None:
        return stack.reason or f"The stack is in {stack.status}"
    return f"ResourceLogicalId:{event.logical_id}, ResourceType:{event.type}, ResourceStatusReason:{event.reason}."


def new_stack(world: World, account: str, region: str, name: str) -> Stack:
    """A stack without resources or template, in REVIEW_IN_PROGRESS."""
    place = world.place(account, region)
    partition = Where(account, region).partition
    stack_id = f"arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{new_id()}"
    stack = place.stacks[stack_id] = Stack(name, stack_id, account, region, world.now())
    return stack
