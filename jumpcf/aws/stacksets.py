"""Service-managed StackSets of one organization (CloudFormation API reference).

Every call of a delegated administrator has to say so by `CallAs`, reads too: without it AWS looks among the
account's own StackSets and answers StackSetNotFound.  It is added here, once for all of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from jumpcf.artifacts.manifest import Rollout
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.identity import DELEGATED_ADMIN
from jumpcf.aws.paging import Answer
from jumpcf.aws.sessions import Clients

PAGE = 100  # the most that MaxResults allows
UNITS_IN_A_CALL = 50  # OUs in one Create-, Update- or DeleteStackInstances call
UNDER_WAY = ("RUNNING", "STOPPING", "QUEUED")


class StackSets:
    """The StackSet calls of one organization; raises CallRefused."""

    def __init__(self, clients: Clients, place: str, call_as: str) -> None:
        always = {"CallAs": call_as} if call_as == DELEGATED_ADMIN else None
        self._api = Api(clients, place, "cloudformation", always)

    def names(self) -> list[str]:
        """All that are not deleted, other teams' as well (they live in the management account)."""
        listed = self._api.pages("ListStackSets", "Summaries", Status="ACTIVE", MaxResults=PAGE)
        return [summary["StackSetName"] for summary in listed]

    def describe(self, name: str) -> Answer | None:
        """The StackSet with template, tags and settings; None where there is none."""
        try:
            found: Answer = self._api.call("DescribeStackSet", StackSetName=name)["StackSet"]
        except CallRefused as refused:
            if refused.aws_code == "StackSetNotFoundException":
                return None
            raise
        return None if found.get("Status") == "DELETED" else found

    def instances(self, name: str) -> Iterator[Answer]:
        return self._api.pages("ListStackInstances", "Summaries", StackSetName=name, MaxResults=PAGE)

    def auto_deployment_targets(self, name: str) -> list[str]:
        """Ids of the OUs (or the root) whose new accounts get the stack by themselves."""
        listed = self._api.pages(
            "ListStackSetAutoDeploymentTargets", "Summaries", StackSetName=name, MaxResults=PAGE
        )
        return [summary["OrganizationalUnitId"] for summary in listed]

    def under_way(self, name: str) -> str | None:
        """The id of the operation that runs, or else of one that is queued.

        The latest hundred are looked at; that AWS lists the latest first is assumed, not verified on AWS.  The
        list may be behind (API reference, ListStackSetOperations), so what it shows is asked after one by one.
        """
        answer = self._api.call("ListStackSetOperations", StackSetName=name, MaxResults=PAGE)
        operations = [each for each in answer.get("Summaries", []) if each["Status"] in UNDER_WAY]
        operations.sort(key=lambda each: UNDER_WAY.index(each["Status"]))
        for identity in (each["OperationId"] for each in operations):
            now = self.operation(name, identity)
            if now is None or now["Status"] in UNDER_WAY:
                return str(identity)
        return None

    def operation(self, name: str, operation_id: str) -> Answer | None:
        """A strongly consistent read; None where AWS does not know the operation."""
        try:
            found: Answer = self._api.call(
                "DescribeStackSetOperation", StackSetName=name, OperationId=operation_id
            )["StackSetOperation"]
        except CallRefused as refused:
            if refused.aws_code == "OperationNotFoundException":
                return None
            raise
        return found

    def results(self, name: str, operation_id: str) -> list[Answer]:
        """One row for each account; eventually consistent."""
        return list(
            self._api.pages(
                "ListStackSetOperationResults",
                "Summaries",
                StackSetName=name,
                OperationId=operation_id,
                MaxResults=PAGE,
            )
        )

    def create(self, name: str, token: str, **definition: Any) -> None:
        """The container only: service-managed, auto-deployed, managed execution on from the start."""
        self._api.call(
            "CreateStackSet",
            StackSetName=name,
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment=AUTO_DEPLOYMENT,
            ManagedExecution={"Active": True},
            ClientRequestToken=token,
            **definition,
        )

    def update(self, name: str, operation_id: str, **definition: Any) -> None:
        self._api.call("UpdateStackSet", StackSetName=name, OperationId=operation_id, **definition)

    def create_instances(self, name: str, operation_id: str, **parameters: Any) -> None:
        self._api.call("CreateStackInstances", StackSetName=name, OperationId=operation_id, **parameters)

    def delete_instances(self, name: str, operation_id: str, **parameters: Any) -> None:
        self._api.call("DeleteStackInstances", StackSetName=name, OperationId=operation_id, **parameters)

    def detect_drift(self, name: str, operation_id: str) -> None:
        """Look at all instances at once; an account that cannot be looked at ends nothing."""
        at_once = {"MaxConcurrentPercentage": 100, "FailureTolerancePercentage": 100}
        self._api.call(
            "DetectStackSetDrift", StackSetName=name, OperationId=operation_id, OperationPreferences=at_once
        )

    def resource_drifts(self, name: str, account: str, region: str, operation_id: str) -> list[Answer]:
        """What a detection found changed or gone in one account."""
        return list(
            self._api.pages(
                "ListStackInstanceResourceDrifts",
                "Summaries",
                StackSetName=name,
                StackInstanceAccount=account,
                StackInstanceRegion=region,
                OperationId=operation_id,
                StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
                MaxResults=PAGE,
            )
        )

    def delete(self, name: str) -> None:
        self._api.call("DeleteStackSet", StackSetName=name)


AUTO_DEPLOYMENT = {"Enabled": True, "RetainStacksOnAccountRemoval": False}


def preferences(rollout: Rollout) -> dict[str, Any]:
    """OperationPreferences of a rollout.  They hold for one operation and never for auto-deployment.

    STRICT keeps concurrency within the tolerance + 1, SOFT keeps it whatever fails (StackSets concurrency mode).
    """
    return {
        **_amount("MaxConcurrent", rollout.max_concurrent),
        **_amount("FailureTolerance", rollout.failure_tolerance),
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE" if rollout.mode == "soft" else "STRICT_FAILURE_TOLERANCE",
    }


def _amount(name: str, value: str) -> dict[str, int]:
    if value.endswith("%"):
        return {f"{name}Percentage": int(value.removesuffix("%"))}
    return {f"{name}Count": int(value)}


def batches(units: Sequence[str], size: int = UNITS_IN_A_CALL) -> list[tuple[str, ...]]:
    """The OUs in calls of at most 50."""
    return [tuple(units[start : start + size]) for start in range(0, len(units), size)]
