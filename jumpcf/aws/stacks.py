"""Plain stacks of the jump account: the CloudFormation calls and what their answers mean."""

from collections.abc import Iterator
from typing import Any

from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer

EMPTY_CHANGE_SET = ("didn't contain changes", "No updates are to be performed")  # AWS's two texts
VICTIMS = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
EXECUTED = ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED")


class Stacks:
    """The stack calls of one account; raises CallRefused."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def all(self) -> Iterator[Answer]:
        """Every stack that is not deleted."""
        return self._api.pages("DescribeStacks", "Stacks")

    def describe(self, name: str) -> Answer | None:
        """A stack by name, or by id also after its deletion; None where there is none."""
        try:
            found: Answer = self._api.call("DescribeStacks", StackName=name)["Stacks"][0]
        except CallRefused as refused:
            if refused.aws_code == "ValidationError" and "does not exist" in refused.message:
                return None
            raise
        return found

    def template(self, stack_id: str) -> Any:
        """The body as it was sent; botocore parses JSON, YAML stays text."""
        return self._api.call("GetTemplate", StackName=stack_id, TemplateStage="Original")["TemplateBody"]

    def create_change_set(self, stack: str, name: str, **definition: Any) -> None:
        """Create a change set, or go on with the one of this name that an earlier attempt made."""
        try:
            self._api.call(
                "CreateChangeSet", StackName=stack, ChangeSetName=name, ClientToken=name, **definition
            )
        except CallRefused as refused:
            if refused.aws_code != "AlreadyExistsException":
                raise

    def change_set(self, stack: str, name: str) -> Answer:
        return self._api.call("DescribeChangeSet", StackName=stack, ChangeSetName=name)

    def changes(self, change_set: Answer) -> Iterator[Answer]:
        """What a change set would change: what an answer of DescribeChangeSet holds, then its further pages."""
        while True:
            yield from change_set.get("Changes", ())
            if not (page := change_set.get("NextToken")):
                return
            change_set = self._api.call(
                "DescribeChangeSet", ChangeSetName=change_set["ChangeSetId"], NextToken=page
            )

    def change_sets(self, stack_id: str) -> Iterator[Answer]:
        """Summaries of a stack's change sets, those that were run as well."""
        return self._api.pages("ListChangeSets", "Summaries", StackName=stack_id)

    def find_change_set(self, change_set_id: str) -> Answer | None:
        """A change set by its ARN; None where it is gone."""
        try:
            return self._api.call("DescribeChangeSet", ChangeSetName=change_set_id)
        except CallRefused as refused:
            if refused.aws_code in ("ChangeSetNotFound", "ChangeSetNotFoundException"):
                return None
            raise

    def delete_change_set(self, change_set_id: str) -> None:
        self._api.call("DeleteChangeSet", ChangeSetName=change_set_id)

    def execute(self, change_set_id: str, token: str) -> None:
        """Execute a change set once.  Rollback is asked for in so many words; what was newly created then goes,
        DeletionPolicy Retain or not, so that a second attempt does not meet it."""
        try:
            self._api.call(
                "ExecuteChangeSet",
                ChangeSetName=change_set_id,
                ClientRequestToken=token,
                DisableRollback=False,
                RetainExceptOnCreate=True,
            )
        except CallRefused as refused:
            # Where an answer was lost, boto's second try meets what the first one did.
            executed = refused.aws_code == "InvalidChangeSetStatus" and self._is_executed(change_set_id)
            if refused.aws_code != "TokenAlreadyExistsException" and not executed:
                raise

    def _is_executed(self, change_set_id: str) -> bool:
        found = self._api.call("DescribeChangeSet", ChangeSetName=change_set_id)
        return found.get("ExecutionStatus") in EXECUTED

    def detect_drift(self, stack_id: str) -> str:
        """Begin to look for drift; the detection's id."""
        return str(self._api.call("DetectStackDrift", StackName=stack_id)["StackDriftDetectionId"])

    def drift_detection(self, detection: str) -> Answer:
        return self._api.call("DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection)

    def resource_drifts(self, stack_id: str) -> Iterator[Answer]:
        """What the last detection found changed or gone."""
        return self._api.pages(
            "DescribeStackResourceDrifts",
            "StackResourceDrifts",
            StackName=stack_id,
            StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
        )

    def continue_rollback(self, stack_id: str, token: str, **role: str) -> None:
        try:
            self._api.call("ContinueUpdateRollback", StackName=stack_id, ClientRequestToken=token, **role)
        except CallRefused as refused:
            if refused.aws_code != "TokenAlreadyExistsException":
                raise

    def protect(self, stack_id: str, on: bool) -> None:
        self._api.call("UpdateTerminationProtection", StackName=stack_id, EnableTerminationProtection=on)

    def delete(self, stack_id: str, token: str, **role: str) -> None:
        try:
            self._api.call("DeleteStack", StackName=stack_id, ClientRequestToken=token, **role)
        except CallRefused as refused:
            if refused.aws_code != "TokenAlreadyExistsException":
                raise

    def knows(self, stack_id: str, token: str) -> bool:
        """Has the stack an event of the operation with this token?"""
        return bool(_of(self._events(stack_id), token))

    def first_failure(self, stack_id: str, token: str) -> str:
        """The first resource that failed by itself in the operation with this token (in any, where AWS names no
        token), and AWS's reason."""
        events = self._events(stack_id)
        return first_failure(_of(events, token) or events)

    def left_behind(self, stack_id: str, token: str) -> str:
        """The first resource that an operation which ended well could not delete, and AWS's reason."""
        events = _of(self._events(stack_id), token)
        return first_failure([event for event in events if event.get("ResourceStatus") == "DELETE_FAILED"])

    def _events(self, stack_id: str) -> list[Answer]:
        return list(self._api.pages("DescribeStackEvents", "StackEvents", StackName=stack_id))

    def rejected(self, change_set_id: str) -> tuple[str, ...]:
        """What early validation found wrong in a change set; these are no stack events.

        Explains a failure that is known already, so an endpoint or a policy that refuses the question is no
        second failure.
        """
        try:
            events = list(
                self._api.pages(
                    "DescribeEvents",
                    "OperationEvents",
                    ChangeSetName=change_set_id,
                    Filters={"FailedEvents": True},
                )
            )
        except CallRefused:
            return ()
        reasons = (
            (event.get("LogicalResourceId", ""), event.get("ValidationStatusReason", "")) for event in events
        )
        return tuple(f"{resource}: {reason}" for resource, reason in reasons if reason)


def first_failure(events: list[Answer]) -> str:
    """From events, newest first: the oldest failure that is no consequence of another one."""
    for event in reversed(events):
        reason = event.get("ResourceStatusReason", "")
        if event.get("ResourceStatus", "").endswith("FAILED") and not _is_victim(reason):
            return f"{event.get('LogicalResourceId', '')} ({event.get('ResourceType', '')}): {reason}"
    return ""


def _of(events: list[Answer], token: str) -> list[Answer]:
    return [event for event in events if event.get("ClientRequestToken") == token]


def _is_victim(reason: str) -> bool:
    return not reason or reason.startswith(VICTIMS) or reason.startswith("The following resource(s) failed")


def is_busy(status: str) -> bool:
    """True while AWS works on the stack; REVIEW_IN_PROGRESS is an empty shell that waits for nobody."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def is_empty_change_set(change_set: Answer) -> bool:
    reason = change_set.get("StatusReason", "")
    return change_set["Status"] == "FAILED" and any(text in reason for text in EMPTY_CHANGE_SET)
