"""The calls about drift of plain stacks.  Source: CloudFormation API reference, DetectStackDrift and its siblings."""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult

from jumpcf.local import drift, work
from jumpcf.local.api.events import Events
from jumpcf.local.records import Stack
from jumpcf.local.refusals import ValidationError


class Drifts(Events):
    """Detect and describe drift of stacks."""

    def detect_stack_drift(self) -> ActionResult:
        stack = self.stack(self.params["StackName"])
        names = list(self.params.get("LogicalResourceIds") or [])
        for name in names:
            self._check_resource(stack, name)
        return ActionResult({"StackDriftDetectionId": work.detect_drift(self.world, stack, names)})

    def detect_stack_resource_drift(self) -> ActionResult:
        stack, name = self.stack(self.params["StackName"]), self.params["LogicalResourceId"]
        self._check_resource(stack, name)
        drift.detect(self.world, stack, [name])
        if name not in stack.drifts:
            kind = stack.resources[name].type
            raise ValidationError(f"Drift detection is not supported for resource type {kind}")
        return ActionResult({"StackResourceDrift": resource_drift(stack.id, stack.drifts[name])})

    def describe_stack_drift_detection_status(self) -> ActionResult:
        wanted = self.params["StackDriftDetectionId"]
        stack = next((item for item in self.place.stacks.values() if item.detection == wanted), None)
        if stack is None:
            raise ValidationError(f"Drift detection {wanted} does not exist")
        view = {"StackId": stack.id, "StackDriftDetectionId": wanted, "Timestamp": self.world.now()}
        if work.is_detecting(self.world, stack):
            return ActionResult(view | {"DetectionStatus": "DETECTION_IN_PROGRESS"})
        rows = [json.loads(row)["StackResourceDriftStatus"] for row in stack.drifts.values()]
        return ActionResult(
            view
            | {
                "DetectionStatus": "DETECTION_COMPLETE",
                "StackDriftStatus": stack.drift,
                "DriftedStackResourceCount": sum(status in drift.DRIFTED for status in rows),
                "Timestamp": stack.drift_at,
            }
        )

    def describe_stack_resource_drifts(self) -> ActionResult:
        stack = self.stack(self.params["StackName"])
        wanted = self.params.get("StackResourceDriftStatusFilters")
        rows = chosen(stack.id, stack.drifts.values(), wanted)
        page, token = self.page(rows)
        return ActionResult({"StackResourceDrifts": page, "NextToken": token})

    def _check_resource(self, stack: Stack, name: str) -> None:
        if name not in stack.resources:
            raise ValidationError(f"Resource {name} does not exist for stack {stack.name}")


def resource_drift(stack_id: str, text: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(text)
    return row | {"StackId": stack_id, "Timestamp": datetime.datetime.fromisoformat(row["Timestamp"])}


def chosen(stack_id: str, rows: Iterable[str], statuses: list[str] | None) -> list[dict[str, Any]]:
    """The rows of which the caller wants the status; of all where no status is named."""
    found = [resource_drift(stack_id, row) for row in rows]
    return [row for row in found if not statuses or row["StackResourceDriftStatus"] in statuses]
