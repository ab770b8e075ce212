"""What the StackSet calls show of drift."""

from typing import Any

from jumpcf.local.operations import OPEN
from jumpcf.local.records import Operation, StackSet


def drift_details(operation: Operation) -> dict[str, Any]:
    """StackSetDriftDetectionDetails of one operation."""
    states = [row.status for row in operation.results]
    drifted = sum(row.drift == "DRIFTED" for row in operation.results)
    failed = states.count("FAILED")
    under_way = operation.status in OPEN
    ended = {"STOPPED": "STOPPED", "FAILED": "FAILED"}.get(
        operation.status, "PARTIAL_SUCCESS" if failed else "COMPLETED"
    )
    return {
        "DriftStatus": "DRIFTED" if drifted else "NOT_CHECKED" if under_way else "IN_SYNC",
        "DriftDetectionStatus": "IN_PROGRESS" if under_way else ended,
        "LastDriftCheckTimestamp": operation.ended,
        "TotalStackInstancesCount": len(states),
        "DriftedStackInstancesCount": drifted,
        "InSyncStackInstancesCount": sum(row.drift == "IN_SYNC" for row in operation.results),
        "InProgressStackInstancesCount": sum(state in ("PENDING", "RUNNING") for state in states),
        "FailedStackInstancesCount": failed,
    }


def latest_drift(stack_set: StackSet) -> dict[str, Any] | None:
    """The details of the latest detection that has ended; None where there was none."""
    for operation in reversed(stack_set.operations):
        if operation.action == "DETECT_DRIFT" and operation.status not in OPEN:
            return drift_details(operation)
    return None
