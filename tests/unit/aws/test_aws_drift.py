"""Drift detection at the seam: one operation for a StackSet with CallAs everywhere, one detection for a stack."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from typing import Any

import pytest
from aws_cloudformation import FakeStacks, FakeStackSets
from aws_world import TAGS, FakeClients, FakeClock, page

from jumpcf.artifacts.observed import ObservedStack, ObservedStackSet
from jumpcf.aws.api import Api
from jumpcf.aws.drift import Found, stack_drift, stack_set_drift
from jumpcf.aws.paging import Waiter
from jumpcf.aws.stacks import Stacks
from jumpcf.aws.stacksets import StackSets

NAME, TOKEN = "jump-acme-dev", "jumpcf-drift-0123456789ab"
ROW = {
    "LogicalResourceId": "RolePower",
    "PhysicalResourceId": "acme-dev-Power",
    "ResourceType": "AWS::IAM::Role",
    "StackResourceDriftStatus": "MODIFIED",
    "PropertyDifferences": [
        {
            "PropertyPath": "/MaxSessionDuration",
            "ExpectedValue": "1",
            "ActualValue": "2",
            "DifferenceType": "NOT_EQUAL",
        }
    ],
}


class DriftingSets(FakeStackSets):
    def detect_stack_set_drift(self, StackSetName: str, OperationId: str, **_: Any) -> dict[str, Any]:
        self.check("DetectStackSetDrift")
        return self._start(OperationId)

    def list_stack_instance_resource_drifts(self, NextToken: str | None = None, **_: Any) -> dict[str, Any]:
        return page("Summaries", [ROW], NextToken, end="")


def of_set(aws: DriftingSets) -> tuple[Found, FakeClients]:
    live = ObservedStackSet(
        name=NAME,
        template="d",
        tags=TAGS,
        capabilities=(),
        auto_deployment=True,
        retain_on_removal=False,
        managed_execution=True,
        permission_model="SERVICE_MANAGED",
        units=(),
        instances=(),
    )
    clients, clock = FakeClients({("corp", "cloudformation"): aws}), FakeClock()
    calls = StackSets(clients, "corp", "DELEGATED_ADMIN")
    found = stack_set_drift(calls, Waiter(clock.sleep, clock), "corp", live, TOKEN, lambda _: None)
    return found, clients


def instance(account: str, drift: str) -> dict[str, Any]:
    return {"Account": account, "Region": "ap-northeast-1", "DriftStatus": drift}


def test_only_accounts_that_drifted_are_asked_and_every_call_says_as_whom() -> None:
    aws = DriftingSets()
    aws.add(NAME, TAGS)
    aws.instances[NAME] = [instance("333333333333", "IN_SYNC"), instance("444444444444", "DRIFTED")]
    (found, unseen), clients = of_set(aws)
    assert [(one.account, one.resource, one.status) for one in found] == [
        ("444444444444", "RolePower", "MODIFIED")
    ]
    assert found[0].differences[0].path == "/MaxSessionDuration"
    assert unseen == []
    assert {one["CallAs"] for _, _, _, one in clients.calls} == {"DELEGATED_ADMIN"}
    assert clients.sent("DetectStackSetDrift")[0]["OperationId"] == TOKEN


def test_a_foreign_operation_is_awaited() -> None:
    aws = DriftingSets()
    aws.add(NAME, TAGS)
    aws.running("theirs", looks=3)
    aws.refuse(
        "DetectStackSetDrift",
        "OperationInProgressException",
        "Another Operation on StackSet arn is in progress: theirs",
    )
    (_, unseen), clients = of_set(aws)
    assert unseen == []
    assert len(clients.sent("DetectStackSetDrift")) == 2


def test_an_account_that_could_not_be_looked_at_is_said_and_a_suspended_one_is_not() -> None:
    aws = DriftingSets()
    aws.add(NAME, TAGS)
    aws.rows = [
        {"Account": "333333333333", "Status": "FAILED", "StatusReason": "no role"},
        {"Account": "444444444444", "Status": "FAILED", "StatusReason": "This account is suspended."},
    ]
    (_, unseen), _ = of_set(aws)
    assert [(one.account, one.reason) for one in unseen] == [("333333333333", "no role")]


class DriftingStacks(FakeStacks):
    ends = "DETECTION_COMPLETE"

    def detect_stack_drift(self, StackName: str) -> dict[str, Any]:
        self.check("DetectStackDrift")
        return {"StackDriftDetectionId": "d-1"}

    def describe_stack_drift_detection_status(self, StackDriftDetectionId: str) -> dict[str, Any]:
        self.looks += 1
        busy = self.looks < 3
        return {"DetectionStatus": "DETECTION_IN_PROGRESS" if busy else self.ends}

    def describe_stack_resource_drifts(self, NextToken: str | None = None, **_: Any) -> dict[str, Any]:
        return page("StackResourceDrifts", [ROW], NextToken)


def of_stack(aws: DriftingStacks) -> Found:
    live = ObservedStack(name="jump-base", id="arn:1", status="CREATE_COMPLETE", template="d", tags=TAGS)
    clock = FakeClock()
    calls = Stacks(Api(FakeClients({("jump", "cloudformation"): aws}), "jump", "cloudformation"))
    return stack_drift(calls, Waiter(clock.sleep, clock), "111111111111", live)


def test_a_stack_is_looked_at_to_the_end() -> None:
    found, unseen = of_stack(DriftingStacks())
    assert [(one.account, one.stack) for one in found] == [("111111111111", "jump-base")]
    assert unseen == []


def test_a_detection_that_failed_gives_what_it_has_and_says_so() -> None:
    aws = DriftingStacks()
    aws.ends = "DETECTION_FAILED"
    found, unseen = of_stack(aws)
    assert (len(found), len(unseen)) == (1, 1)


def test_a_stack_that_cannot_be_looked_at_now_is_said_and_a_refusal_is_a_refusal() -> None:
    aws = DriftingStacks()
    aws.refuse("DetectStackDrift", "ValidationError", "stack is in DELETE_FAILED state")
    _, unseen = of_stack(aws)
    assert "DELETE_FAILED" in unseen[0].reason
    aws.refuse("DetectStackDrift", "AccessDenied", "no")
    with pytest.raises(Exception, match="AccessDenied"):
        of_stack(aws)
