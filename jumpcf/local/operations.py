"""StackSet operations: queued, running in batches, stopped, finished; with what happened in every account.

Nothing runs in the background.  `advance_set` brings a StackSet's operations to where they are at the world's
time (see `timeline`): a batch is under way until its `due`, then it is done and the next one starts.
At speed 0 an operation is finished when the call that started it returns.
Source: CloudFormation API reference, StackSetOperationPreferences; User Guide, "Concurrency mode".
"""

import math
from collections.abc import Mapping
from typing import Any

from jumpcf.local import drift, engine, history, removal
from jumpcf.local.events import first_failure
from jumpcf.local.providers.base import Where
from jumpcf.local.records import Home, Instance, Operation, Result, Stack, StackSet, Wish, key
from jumpcf.local.refusals import (
    LimitExceeded,
    NotImplementedHere,
    OperationInProgress,
    Refusal,
    ValidationError,
)
from jumpcf.local.tree import backend, is_active
from jumpcf.local.work import is_busy
from jumpcf.local.world import World, new_id

SUSPENDED = (
    "This account is suspended. To remove this instance from the stack set, run DeleteStackInstances with the "
    "RetainStacks parameter."
)
CANCELLED = "Cancelled since failure tolerance has exceeded"
STOPPED = "Cancelled since the operation was stopped"  # AWS's text is not on record
OPEN = ("QUEUED", "RUNNING", "STOPPING")
QUEUE_LIMIT = 10_000  # queued operations of a StackSet (CloudFormation quotas)


def check_free(stack_set: StackSet) -> None:
    """One operation at a time, unless managed execution queues them."""
    busy = first_open(stack_set)
    if busy is not None and not stack_set.managed_execution:
        raise OperationInProgress(busy_text(stack_set, busy))
    if len(stack_set.operations) - stack_set.ended > QUEUE_LIMIT:
        raise LimitExceeded(
            f"StackSet {stack_set.name} has {QUEUE_LIMIT} queued operations, the most it may have."
        )


def first_open(stack_set: StackSet) -> Operation | None:
    """The operation that runs or stops, or the first that waits."""
    return stack_set.operations[stack_set.ended] if stack_set.ended < len(stack_set.operations) else None


def busy_text(stack_set: StackSet, operation: Operation) -> str:
    """AWS's own words (hashicorp/terraform-provider-aws#28675)."""
    return f"Another Operation on StackSet {stack_set.arn} is in progress: {operation.id}"


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
        instance = _instance(stack_set, operation, result)
        if instance is not None and operation.action == "DETECT_DRIFT":
            instance.last_operation = operation.id
        elif instance is not None and not (operation.action == "CREATE" and instance.status == "CURRENT"):
            instance.detailed, instance.reason, instance.last_operation = "PENDING", None, operation.id
            if operation.action == "UPDATE":
                instance.status = "OUTDATED"
    history.note(world, stack_set)
    advance_set(world, home, stack_set)


def _instance(stack_set: StackSet, operation: Operation, result: Result) -> Instance | None:
    """The instance that a result is about; a creation makes one where there is none, also where an operation that
    was asked for before has taken it away in between."""
    place = key(result.account, result.region)
    if place not in stack_set.instances and operation.action == "CREATE":
        stack_set.instances[place] = Instance(result.account, result.region, result.unit)
    return stack_set.instances.get(place)


def advance_set(world: World, home: Home, stack_set: StackSet) -> None:
    """Bring a StackSet's operations to where they are at the world's time."""
    while (operation := first_open(stack_set)) is not None:
        if operation.status == "QUEUED":
            operation.status, operation.due = "RUNNING", world.time()
            _next_batch(world, operation)
            world.begun(world, stack_set)
        elif world.time() >= operation.due:
            _finish_batch(world, home, stack_set, operation)
        else:
            return
        history.note(world, stack_set)


def stop(world: World, stack_set: StackSet, operation: Operation) -> None:
    """Cancel what has not begun; what is under way is waited for."""
    operation.status = "STOPPING"
    for result in operation.results:
        if result.status == "PENDING":
            result.status, result.reason = "CANCELLED", STOPPED
    history.note(world, stack_set)


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
    stack_set.ended += 1


def _mark_cancelled(stack_set: StackSet, operation: Operation) -> None:
    for result in operation.results:
        instance = stack_set.instances.get(key(result.account, result.region))
        if operation.action == "DETECT_DRIFT":
            continue
        if result.status == "CANCELLED" and instance is not None and instance.status != "CURRENT":
            instance.detailed, instance.reason = "CANCELLED", result.reason


def _work(world: World, home: Home, stack_set: StackSet, operation: Operation, result: Result) -> None:
    """Do what the operation wants in one account, and say on the result and the instance how it went."""
    instance = _instance(stack_set, operation, result)
    result.status = "SUCCEEDED"
    if instance is None or (operation.action == "CREATE" and instance.status == "CURRENT"):
        return
    if operation.action == "DETECT_DRIFT":
        _look(world, home, instance, result)
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
    if operation.action == "UPDATE" and instance.status == "INOPERABLE":
        # A deletion failed after this operation was asked for; inoperable instances are left out of updates
        # (StackInstance.Status, CloudFormation API reference).
        result.reason = instance.reason
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


def _look(world: World, home: Home, instance: Instance, result: Result) -> None:
    """Compare the account's stack with what its template made; suspended accounts are skipped."""
    if not is_active(backend(home.management, home.region), result.account):
        result.reason = SUSPENDED
        return
    stack = world.place(instance.account, instance.region).stacks.get(instance.stack_id or "")
    if stack is None or stack.status == "DELETE_COMPLETE":
        result.status, result.reason = "FAILED", "The instance has no stack to look at."
        return
    result.drift = instance.drift = drift.detect(world, stack)
    result.drifts, instance.drift_at = list(stack.drifts.values()), stack.drift_at


def _deploy(world: World, stack_set: StackSet, operation: Operation, instance: Instance) -> str | None:
    """Create or update the instance's stack; the reason where it failed."""
    if operation.overrides is not None:
        kept = {
            name: instance.overrides[name] for name in operation.kept_overrides if name in instance.overrides
        }
        instance.overrides = kept | operation.overrides
    wish = Wish(
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
        check_idle(stack)
        done = _is_current(stack, wish) or engine.deploy(world, stack, wish)
        why = None if done else _why(stack, "CREATE" if creating else "UPDATE")
    except (Refusal, NotImplementedHere) as error:
        why = error.message
    if why is None:
        if stack.drift == "NOT_CHECKED":  # made or changed anew
            instance.drift, instance.drift_at = "NOT_CHECKED", None
        instance.status, instance.detailed, instance.reason = "CURRENT", "SUCCEEDED", None
    elif creating:  # StackSets sets OnFailure to DELETE (CreateStackInput.OnFailure): no stack remains
        removal.delete(world, stack)
        instance.stack_id = None
    return why


def check_idle(stack: Stack) -> None:
    """Refuse a stack that somebody works on in its own account."""
    if is_busy(stack):
        raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def _is_current(stack: Stack, wish: Wish) -> bool:
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
            check_idle(stack)
            if not removal.delete(world, stack):
                return _why(stack, "DELETE")
        except ValidationError as error:
            return str(error.message)
    del stack_set.instances[key(instance.account, instance.region)]
    return None


def _why(stack: Stack, verb: str) -> str:
    """The first failed resource, in the form that StatusReason has."""
    event = first_failure(stack, verb)
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
