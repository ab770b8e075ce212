"""CloudFormation's drift detection: of a StackSet (an operation, one at a time), and of a plain stack.

It changes nothing, but holds a StackSet as any operation does.  Source: CloudFormation API reference,
DetectStackSetDrift, ListStackInstanceResourceDrifts, DetectStackDrift, DescribeStackResourceDrifts.
"""

from collections.abc import Callable, Iterable

from jumpcf.artifacts.drift import Difference, FoundDrift, Unseen
from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.observed import ObservedStack, ObservedStackSet
from jumpcf.artifacts.status import Progress
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.runner import Runner
from jumpcf.aws.stacks import Stacks
from jumpcf.aws.stacksets import StackSets

Report = Callable[[Progress], None]
Found = tuple[list[FoundDrift], list[Unseen]]
LIMIT = 3 * 3600.0  # seconds for one stack
PASSED_OVER = "suspended"  # AWS's own reason for accounts that it does not look at


def stack_set_drift(
    stack_sets: StackSets, waiter: Waiter, place: str, live: ObservedStackSet, token: str, report: Report
) -> Found:
    """Look at every stack of a StackSet; operations under way are awaited."""
    runner = Runner(stack_sets, waiter)
    outcome = runner.run(live.name, token, lambda key: stack_sets.detect_drift(live.name, key), report)
    found: list[FoundDrift] = []
    for one in stack_sets.instances(live.name):
        if one.get("DriftStatus") == "DRIFTED":
            rows = stack_sets.resource_drifts(live.name, one["Account"], one["Region"], token)
            found += [_resource(place, live.name, one["Account"], row) for row in rows]
    unseen = [
        Unseen(place=place, stack=live.name, account=account, reason=reason)
        for account, reason in outcome.accounts
        if PASSED_OVER not in reason
    ]
    if outcome.state != "succeeded" and not outcome.accounts:
        unseen.append(Unseen(place=place, stack=live.name, account="", reason=outcome.reason))
    return found, unseen


def stack_drift(stacks: Stacks, waiter: Waiter, account: str, live: ObservedStack) -> Found:
    """Look at one stack of the jump account."""
    try:
        detection = stacks.detect_drift(live.id)
    except CallRefused as refused:
        if refused.aws_code != "ValidationError":
            raise
        return [], [Unseen(place=JUMP, stack=live.name, account=account, reason=refused.message)]

    def look() -> Answer | None:
        answer = stacks.drift_detection(detection)
        return None if answer["DetectionStatus"] == "DETECTION_IN_PROGRESS" else answer

    ended = waiter.until(look, f"drift detection of {live.name}", limit=LIMIT)
    found = [_resource(JUMP, live.name, account, row) for row in stacks.resource_drifts(live.id)]
    if ended["DetectionStatus"] == "DETECTION_FAILED":
        # AWS still gives what it could look at
        why = ended.get("DetectionStatusReason") or "AWS gave no reason"
        return found, [Unseen(place=JUMP, stack=live.name, account=account, reason=why)]
    return found, []


def _resource(place: str, stack: str, account: str, row: Answer) -> FoundDrift:
    return FoundDrift(
        place=place,
        stack=stack,
        account=account,
        resource=row["LogicalResourceId"],
        physical_id=row.get("PhysicalResourceId", ""),
        type=row["ResourceType"],
        status=row["StackResourceDriftStatus"],
        differences=tuple(_differences(row.get("PropertyDifferences", ()))),
    )


def _differences(rows: Iterable[Answer]) -> Iterable[Difference]:
    return (
        Difference(path=row["PropertyPath"], expected=row["ExpectedValue"], actual=row["ActualValue"])
        for row in rows
    )
