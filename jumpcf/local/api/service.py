"""The whole of the embedded CloudFormation: the calls about operations, and everything below."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from jumpcf.local import history, operations
from jumpcf.local.api.stack_set_drift import StackSetDrift
from jumpcf.local.api.views import drift_details
from jumpcf.local.records import Operation, Result, StackSet
from jumpcf.local.refusals import InvalidOperation, ValidationError


class CloudFormation(StackSetDrift):
    """What the server dispatches to; a call that is not a method here or below is refused by name."""

    def describe_stack_set_operation(self) -> ActionResult:
        stack_set, operation = self.operation()
        return ActionResult({"StackSetOperation": _view(stack_set, operation)})

    def list_stack_set_operations(self) -> ActionResult:
        _, stack_set = self.stack_set()
        page, token = self.page(history.seen(self.world, stack_set).operations[::-1])
        return ActionResult({"Summaries": [_view(stack_set, item) for item in page], "NextToken": token})

    def list_stack_set_operation_results(self) -> ActionResult:
        stack_set, operation = self.operation()
        listed = history.seen(self.world, stack_set).operations
        rows = next((item.results for item in listed if item.id == operation.id), [])
        for item in self.params.get("Filters") or []:
            if item["Name"] != "OPERATION_RESULT_STATUS":
                raise ValidationError("The one filter of operation results is OPERATION_RESULT_STATUS.")
            rows = [row for row in rows if row.status == item["Values"]]
        page, token = self.page(rows)
        return ActionResult({"Summaries": [_result(row) for row in page], "NextToken": token})

    def stop_stack_set_operation(self) -> EmptyResult:
        stack_set, operation = self.operation()
        if operation.status not in ("RUNNING", "QUEUED"):
            raise InvalidOperation(
                f"Operation {operation.id} is in {operation.status} state and cannot be stopped."
            )
        operations.stop(self.world, stack_set, operation)
        return EmptyResult()

    def list_stack_set_auto_deployment_targets(self) -> ActionResult:
        _, stack_set = self.stack_set()
        rows = [
            {"OrganizationalUnitId": unit, "Regions": regions} for unit, regions in stack_set.targets.items()
        ]
        page, token = self.page(rows)
        # the last page's token is an empty string here, as the API reference says
        return ActionResult({"Summaries": page, "NextToken": token or ""})


def _view(stack_set: StackSet, operation: Operation) -> dict[str, Any]:
    details = drift_details(operation) if operation.action == "DETECT_DRIFT" else None
    return {
        "OperationId": operation.id,
        "StackSetId": stack_set.id,
        "Action": operation.action,
        "Status": operation.status,
        "OperationPreferences": operation.preferences,
        "RetainStacks": operation.retain,
        "CreationTimestamp": operation.created,
        "EndTimestamp": operation.ended,
        "DeploymentTargets": operation.targets,
        "StackSetDriftDetectionDetails": details,
        "StatusDetails": {"FailedStackInstancesCount": operations.failures(operation)},
    }


def _result(row: Result) -> dict[str, Any]:
    return {
        "Account": row.account,
        "Region": row.region,
        "Status": row.status,
        "StatusReason": row.reason,
        "OrganizationalUnitId": row.unit,
        "AccountGateResult": {
            "Status": "SKIPPED",
            "StatusReason": f"Function not found: arn:aws:lambda:{row.region}:{row.account}:function:"
            "AWSCloudFormationStackSetAccountGate",
        },
    }
