"""Users under /partner/ whom no stack has: what is asked, and what counts as having."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from typing import Any

import pytest
from aws_world import FakeClients, Scripted

from jumpcf.artifacts.observed import ObservedStack
from jumpcf.aws.unstacked import unstacked
from jumpcf.errors import AwsRefused

ACME = ObservedStack(id="arn", name="jump-partner-acme", status="UPDATE_COMPLETE", template="0" * 64, tags={})


class FakeIam:
    def __init__(self, *names: str) -> None:
        self.users = [{"UserName": name, "Path": "/partner/acme/"} for name in names]

    def list_users(self, PathPrefix: str, MaxItems: int) -> dict[str, Any]:
        assert (PathPrefix, MaxItems) == ("/partner/", 1000)
        return {"Users": self.users, "IsTruncated": False}


class FakeStacks(Scripted):
    """Pages of one resource each."""

    def __init__(self, *resources: tuple[str, str, str]) -> None:
        super().__init__()
        self.resources = resources

    def list_stack_resources(self, StackName: str, NextToken: str = "0") -> dict[str, Any]:
        self.check("ListStackResources")
        number = int(NextToken)
        kind, name, status = self.resources[number]
        one = {"ResourceType": kind, "PhysicalResourceId": name, "ResourceStatus": status}
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.resources) else {}
        return {"StackResourceSummaries": [one], **more}


def clients(iam: FakeIam, stacks: FakeStacks) -> FakeClients:
    return FakeClients({("jump", "iam"): iam, ("jump", "cloudformation"): stacks})


def test_who_is_in_a_stack_is_none_whatever_page_he_is_on() -> None:
    stacks = FakeStacks(
        ("AWS::IAM::User", "ken", "CREATE_COMPLETE"),
        ("AWS::IAM::Group", "jun", "CREATE_COMPLETE"),
        ("AWS::IAM::User", "mio", "UPDATE_FAILED"),
    )
    found = unstacked(clients(FakeIam("mio", "jun", "ken", "ana"), stacks), [ACME])
    assert found == ("/partner/acme/ana", "/partner/acme/jun")


@pytest.mark.parametrize(
    ("stack", "resource", "loose"),
    [
        ("UPDATE_COMPLETE", "DELETE_FAILED", True),
        ("UPDATE_COMPLETE", "DELETE_COMPLETE", True),
        ("UPDATE_COMPLETE", "DELETE_SKIPPED", True),
        ("DELETE_FAILED", "DELETE_FAILED", False),
        ("DELETE_FAILED", "DELETE_SKIPPED", True),
    ],
)
def test_what_could_not_be_deleted_is_had_only_by_a_stack_whose_own_deletion_failed(
    stack: str, resource: str, loose: bool
) -> None:
    own = ObservedStack(id="arn", name="jump-partner-acme", status=stack, template="0" * 64, tags={})
    found = unstacked(clients(FakeIam("ken"), FakeStacks(("AWS::IAM::User", "ken", resource))), [own])
    assert bool(found) is loose


def test_where_there_are_no_people_no_stack_is_asked() -> None:
    aws = clients(FakeIam(), FakeStacks())
    assert unstacked(aws, [ACME]) == ()
    assert aws.names() == ["ListUsers"]


def test_a_refusal_is_one() -> None:
    stacks = FakeStacks()
    stacks.refuse("ListStackResources", "AccessDenied")
    with pytest.raises(AwsRefused):
        unstacked(clients(FakeIam("ken"), stacks), [ACME])
