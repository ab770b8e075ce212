"""Operations on plain stacks in time: begun by a call, seen IN_PROGRESS, done at their `due`.

Nothing runs in the background, as in `operations`: `advance` does what is due and is called before every
answer.  At speed 0 an operation is done when the call that began it returns.  The resources change all at
once, when the operation ends; on AWS they change one after the other while it runs.
Source: CloudFormation User Guide, stack status codes; CancelUpdateStack, RollbackStack, ContinueUpdateRollback.
"""

from jumpcf.local import drift, engine, removal
from jumpcf.local.events import begin, record
from jumpcf.local.records import Stack, Wish, Work
from jumpcf.local.refusals import ValidationError
from jumpcf.local.world import World, new_id

# in which drift can be detected (User Guide, "Considerations when detecting drift")
_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED")


def deploy(world: World, stack: Stack, wish: Wish, change_set: str = "") -> None:
    """Create or update a stack; refuses what CloudFormation refuses before it starts."""
    engine.check(world, stack, wish)
    engine.start(world, stack, wish)
    _add(world, stack, "DEPLOY", wish=wish, change_set=change_set)


def delete(world: World, stack: Stack, retain: list[str]) -> None:
    """Delete a stack; a creation that is under way is given up."""
    removal.check_deletable(stack)
    if is_busy(stack) and stack.status not in ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
        raise ValidationError(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
    _drop(world, stack)
    begin(world, stack, "DELETE_STACK", "DELETE_IN_PROGRESS")
    _add(world, stack, "DELETE", names=retain)


def roll_back(world: World, stack: Stack, kind: str, skip: list[str]) -> None:
    """Go back to what was before the failed creation or update; `kind` is ROLLBACK or CONTINUE_ROLLBACK."""
    creating = stack.status in ("CREATE_FAILED", "ROLLBACK_FAILED")
    begin(world, stack, kind, "ROLLBACK_IN_PROGRESS" if creating else "UPDATE_ROLLBACK_IN_PROGRESS")
    _add(world, stack, kind, names=skip)


def cancel_update(world: World, stack: Stack) -> None:
    """Give up an update that is under way, and go back."""
    if stack.status != "UPDATE_IN_PROGRESS":
        raise ValidationError("CancelUpdateStack cannot be called from current stack status")
    _drop(world, stack)
    record(world, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    _add(world, stack, "ROLLBACK")


def detect_drift(world: World, stack: Stack, names: list[str]) -> str:
    """Begin to look for drift; the detection's id."""
    if stack.status not in _SETTLED:
        raise ValidationError(
            f"Stack {stack.id} is in {stack.status} state. Drift detection needs a stack that is settled."
        )
    if is_detecting(world, stack):
        raise ValidationError(f"Drift detection is already in progress for stack {stack.id}")
    stack.detection = new_id()
    _add(world, stack, "DETECT_DRIFT", names=names)
    return stack.detection


def is_detecting(world: World, stack: Stack) -> bool:
    return any(work.kind == "DETECT_DRIFT" and work.stack_id == stack.id for work in world.works)


def is_busy(stack: Stack) -> bool:
    """Whether an operation is under way; an empty shell in REVIEW_IN_PROGRESS waits for nobody."""
    return stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS"


def advance(world: World) -> None:
    """Do what is due, in order."""
    if not world.works:
        return
    now = world.time()
    for work in sorted(world.works, key=lambda item: item.due):
        if work.due <= now:
            world.works.remove(work)
            _finish(world, work)


def _add(
    world: World,
    stack: Stack,
    kind: str,
    wish: Wish | None = None,
    names: list[str] | None = None,
    change_set: str = "",
) -> None:
    due = world.time() + world.speed
    world.works.append(
        Work(kind, stack.account, stack.region, stack.id, due, wish, list(names or []), change_set)
    )
    advance(world)


def _drop(world: World, stack: Stack) -> None:
    world.works = [work for work in world.works if work.stack_id != stack.id]


def _finish(world: World, work: Work) -> None:
    place = world.place(work.account, work.region)
    stack = place.stacks[work.stack_id]
    if work.kind == "DEPLOY":
        assert work.wish is not None
        done = engine.deploy(world, stack, work.wish)
        executed = place.change_sets.get(work.change_set)
        if executed is not None:
            executed.execution = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"
        if not done and work.wish.on_failure == "DELETE":
            removal.delete(world, stack)
    elif work.kind == "DELETE":
        if removal.delete(world, stack, work.names):
            for change_set in [item for item in place.change_sets.values() if item.stack_id == stack.id]:
                del place.change_sets[change_set.id]
    elif work.kind == "DETECT_DRIFT":
        drift.detect(world, stack, work.names)
    else:
        engine.roll_back(world, stack, stack.status == "ROLLBACK_IN_PROGRESS", "User Initiated", work.names)
