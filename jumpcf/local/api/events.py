"""DescribeEvents: what happened in an operation, and what validation found wrong with a change set.

Source: CloudFormation API reference, DescribeEvents, OperationEvent; User Guide, "Validate stack deployments".
"""

import datetime
import json
from typing import Any

from moto.core.responses import ActionResult

from jumpcf.local.api.change_sets import ChangeSets
from jumpcf.local.events import STACK_TYPE
from jumpcf.local.records import ChangeSet, Event, Stack
from jumpcf.local.refusals import ValidationError


class Events(ChangeSets):
    """By stack, by operation, or by change set."""

    def describe_events(self) -> ActionResult:
        given = self.params
        if given.get("ChangeSetName"):
            rows = _errors(self.change_set())
        elif given.get("StackName"):
            rows = _events(self.stack(given["StackName"]), None)
        elif given.get("OperationId"):
            rows = self._of_operation(given["OperationId"])
        else:
            raise ValidationError("One of ChangeSetName, OperationId or StackName must be specified")
        if (given.get("Filters") or {}).get("FailedEvents"):
            rows = [row for row in rows if _is_failure(row)]
        page, token = self.page(rows)
        return ActionResult({"OperationEvents": page, "NextToken": token})

    def _of_operation(self, wanted: str) -> list[dict[str, Any]]:
        for stack in self.place.stacks.values():
            for number, operation in enumerate(stack.operations, 1):
                if operation.split()[1] == wanted:
                    return _events(stack, number)
        raise ValidationError(f"Operation {wanted} does not exist")


def _events(stack: Stack, number: int | None) -> list[dict[str, Any]]:
    """The events of one operation, or of all; the newest first."""
    events = (Event.read(text) for text in reversed(stack.events))
    return [_view(stack, event) for event in events if number in (None, event.operation)]


def _view(stack: Stack, event: Event) -> dict[str, Any]:
    kind, _, identity = (
        stack.operations[event.operation - 1].partition(" ") if event.operation else ("", "", "")
    )
    failed = event.status.endswith("_FAILED") and event.type != STACK_TYPE
    return {
        "EventId": event.id,
        "StackId": stack.id,
        "OperationId": identity or None,
        "OperationType": kind or None,
        "EventType": "PROVISIONING_ERROR" if failed else "STACK_EVENT",
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": datetime.datetime.fromisoformat(event.at),
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "ClientRequestToken": event.token,
    }


def _errors(change_set: ChangeSet) -> list[dict[str, Any]]:
    return [
        row
        | {
            "EventId": f"{change_set.id}/{number}",
            "StackId": change_set.stack_id,
            "OperationType": "CREATE_CHANGESET",
            "EventType": "VALIDATION_ERROR",
            "Timestamp": change_set.created,
            "ValidationFailureMode": "FAIL",
            "ValidationStatus": "FAILED",
        }
        for number, row in enumerate(json.loads(change_set.errors))
    ]


def _is_failure(row: dict[str, Any]) -> bool:
    return row["EventType"] == "VALIDATION_ERROR" or str(row["ResourceStatus"]).endswith("_FAILED")
