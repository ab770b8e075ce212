"""Operations of a run that failed though AWS shows nothing that is not as wanted: no line of a status tells of them.

An update of a stack of the jump account is complete also where CloudFormation could not delete what the stack
needs no more; that stays in no stack, so nobody who reads AWS again finds it.
"""

from collections.abc import Iterable, Iterator, Mapping

from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.operation import AnyOperation, DeployStack
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Failed, Outcome, Status


def untold(status: Status, plan: Plan | None, outcomes: Mapping[str, Outcome] | None) -> tuple[Failed, ...]:
    """What failed, without what a line says already: of the jump account with this reason, for several operations
    of one stack may fail; of an organization by its accounts."""
    if plan is None or not outcomes:
        return ()
    amiss = status.amiss()
    reasons = [line.reason for line in status.stacks if line.state != "current"]

    def told(one: AnyOperation, reason: str) -> bool:
        if one.place == JUMP:
            return any(reason in line for line in reasons) if reason else (JUMP, one.stack) in amiss
        return (one.place, one.stack) in amiss

    return tuple(
        failed(one, outcome.reason)
        for one in plan.operations
        if (outcome := outcomes.get(one.id)) and outcome.state == "failed" and not told(one, outcome.reason)
    )


def left_by(before: Plan, events: Iterable[tuple[str, str, str]], left: Plan) -> Iterator[Failed]:
    """The same of an earlier run: stacks of the jump account whose deployment failed, and with which the plan of
    what is `left` has nothing to do.  `events` are an operation's id, event and reason, as they happened."""
    last = {operation: (event, reason) for operation, event, reason in events}
    again = {one.lane for one in left.operations}
    for one in before.operations:
        event, reason = last.get(one.id, ("", ""))
        if event == "failed" and isinstance(one, DeployStack) and one.lane not in again:
            yield failed(one, reason)


def failed(one: AnyOperation, reason: str) -> Failed:
    return Failed(place=one.place, stack=one.stack, work=one.work, reason=reason)
