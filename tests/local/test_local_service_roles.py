"""With --enforce: a stack's service role must be allowed what the stack does in IAM, property for property.

Source: CloudFormation User Guide, "CloudFormation service role"; IAM API reference, the call of each property.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local.enforce import stack_work
from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.session import LocalAws
from tests.local.people import allow, deny, make_role, policy
from tests.local.support import JUMP

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
BODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
SERVICE = json.dumps(TRUST).replace("ec2.", "cloudformation.")
INLINE = [{"PolicyName": "own", "PolicyDocument": BODY}]
PASSWORD = {"Password": "Xk9!long-enough-for-any"}
U, G, P, R = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role")
USER = f"arn:aws:iam::{JUMP}:user/a/x"
POLICY = f"arn:aws:iam::{JUMP}:policy/a/x"
GROUP = f"arn:aws:iam::{JUMP}:group/a/base"


@pytest.fixture
def aws(tmp_path: Path, estate: Estate) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, enforce=True) as started:
        yield started


class Bench:
    """A stack with a group, and beside it the resource X as each case has it."""

    def __init__(self, aws: LocalAws) -> None:
        self.stacks, self.iam = aws.client("cloudformation", JUMP), aws.client("iam", JUMP)
        self.role = make_role(aws, JUMP, "cfn", SERVICE, allow("iam:*"))

    def deny(self, *statements: dict[str, Any]) -> None:
        self.iam.put_role_policy(
            RoleName="cfn", PolicyName="rights", PolicyDocument=policy(allow("iam:*"), *statements)
        )

    def deploy(self, verb: str, kind: str, properties: dict[str, Any] | None) -> str:
        """The stack's status then."""
        base = {"Type": G, "Properties": {"GroupName": "base", "Path": "/a/"}}
        resources: dict[str, Any] = {"Base": base}
        if properties is not None:
            resources["X"] = {"Type": kind, "Properties": properties, "DependsOn": "Base"}
        call = self.stacks.create_stack if verb == "create" else self.stacks.update_stack
        call(
            StackName="s",
            TemplateBody=json.dumps({"Resources": resources}),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            RoleARN=self.role,
        )
        return str(self.stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"])

    def refusals(self) -> list[str]:
        events = self.stacks.describe_stack_events(StackName="s")["StackEvents"]
        return [
            one["ResourceStatusReason"]
            for one in events
            if one["ResourceStatus"].endswith("_FAILED") and "ResourceStatusReason" in one
        ]


@pytest.fixture
def bench(aws: LocalAws) -> Bench:
    return Bench(aws)


def user(**more: Any) -> dict[str, Any]:
    return {"UserName": "x", "Path": "/a/", **more}


def managed(**more: Any) -> dict[str, Any]:
    return {"ManagedPolicyName": "x", "Path": "/a/", "PolicyDocument": BODY, **more}


def role(**more: Any) -> dict[str, Any]:
    return {"RoleName": "x", "Path": "/a/", "AssumeRolePolicyDocument": TRUST, **more}


def group(**more: Any) -> dict[str, Any]:
    return {"GroupName": "x", "Path": "/a/", **more}


IS_READ = {"ArnEquals": {"iam:PolicyARN": READ}}
CASES: list[tuple[str, dict[str, Any] | None, dict[str, Any], dict[str, Any]]] = [
    # (type, before, after, what is denied)
    (U, None, user(), deny("iam:CreateUser", USER)),
    (U, None, user(Tags=[{"Key": "t", "Value": "1"}]), deny("iam:TagUser", USER)),
    (
        U,
        None,
        user(Tags=[{"Key": "t", "Value": "1"}]),
        deny("iam:CreateUser", StringEquals={"aws:RequestTag/t": "1"}),
    ),
    (U, None, user(ManagedPolicyArns=[READ]), deny("iam:AttachUserPolicy", USER, **IS_READ)),
    (U, None, user(Policies=INLINE), deny("iam:PutUserPolicy", USER)),
    (U, None, user(Groups=["base"]), deny("iam:AddUserToGroup", GROUP)),
    (U, None, user(LoginProfile=PASSWORD), deny("iam:CreateLoginProfile", USER)),
    (
        U,
        None,
        user(PermissionsBoundary=READ),
        deny("iam:CreateUser", StringEquals={"iam:PermissionsBoundary": READ}),
    ),
    (U, user(), user(PermissionsBoundary=READ), deny("iam:PutUserPermissionsBoundary", USER)),
    (U, user(PermissionsBoundary=READ), user(), deny("iam:DeleteUserPermissionsBoundary", USER)),
    (U, user(LoginProfile=PASSWORD), user(), deny("iam:DeleteLoginProfile", USER)),
    (U, user(Groups=["base"]), user(), deny("iam:RemoveUserFromGroup", GROUP)),
    (U, user(ManagedPolicyArns=[READ]), user(), deny("iam:DetachUserPolicy", USER, **IS_READ)),
    (U, user(Policies=INLINE), user(), deny("iam:DeleteUserPolicy", USER)),
    (
        U,
        user(Policies=INLINE),
        user(Policies=[{"PolicyName": "own", "PolicyDocument": OTHER}]),
        deny("iam:PutUserPolicy", USER),
    ),
    (U, user(Tags=[{"Key": "t", "Value": "1"}]), user(), deny("iam:UntagUser", USER)),
    (U, user(), user(Path="/b/"), deny("iam:UpdateUser", USER)),
    (U, user(), user(Path="/b/"), deny("iam:UpdateUser", USER.replace("/a/", "/b/"))),
    (G, None, group(ManagedPolicyArns=[READ]), deny("iam:AttachGroupPolicy", **IS_READ)),
    (G, group(Policies=INLINE), group(), deny("iam:DeleteGroupPolicy")),
    (P, None, managed(), deny("iam:CreatePolicy", POLICY)),
    (P, managed(), managed(PolicyDocument=OTHER), deny("iam:CreatePolicyVersion", POLICY)),
    (
        P,
        managed(),
        managed(Groups=["base"]),
        deny("iam:AttachGroupPolicy", GROUP, ArnEquals={"iam:PolicyARN": POLICY}),
    ),
    (R, None, role(), deny("iam:CreateRole")),
    (R, role(), role(MaxSessionDuration=7200), deny("iam:UpdateRole")),
    (
        R,
        role(),
        role(AssumeRolePolicyDocument=json.loads(SERVICE)),
        deny("iam:UpdateAssumeRolePolicy"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[3]['Action']}")
def test_a_resource_is_refused_where_the_service_role_may_not_make_one_of_its_calls(
    bench: Bench, case: tuple[str, dict[str, Any] | None, dict[str, Any], dict[str, Any]]
) -> None:
    kind, before, after, denied = case
    assert bench.deploy("create", kind, before) == "CREATE_COMPLETE"
    bench.deny(denied)
    assert bench.deploy("update", kind, after) == "UPDATE_ROLLBACK_COMPLETE"
    (told,) = [one for one in bench.refusals() if "HandlerErrorCode" in one]
    assert "assumed-role/cfn/AWSCloudFormation is not authorized to perform: " in told
    assert f"perform: {denied['Action']} on resource: " in told
    assert "(HandlerErrorCode: AccessDenied)" in told
    bench.deny()
    assert bench.deploy("update", kind, after) == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("kind", "properties", "action"),
    [
        (U, user(), "iam:DeleteUser"),
        (U, user(Groups=["base"]), "iam:RemoveUserFromGroup"),
        (U, user(ManagedPolicyArns=[READ]), "iam:DetachUserPolicy"),
        (G, group(), "iam:DeleteGroup"),
        (P, managed(), "iam:DeletePolicy"),
        (R, role(), "iam:DeleteRole"),
    ],
)
def test_a_stack_stays_where_its_service_role_may_not_delete(
    bench: Bench, kind: str, properties: dict[str, Any], action: str
) -> None:
    assert bench.deploy("create", kind, properties) == "CREATE_COMPLETE"
    bench.deny(deny(action))
    bench.stacks.delete_stack(StackName="s")
    assert bench.stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "DELETE_FAILED"
    assert any(f"perform: {action} on resource: " in one for one in bench.refusals())
    bench.deny()
    bench.stacks.delete_stack(StackName="s")
    assert bench.stacks.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"] == []


def test_a_service_role_that_is_gone_makes_nothing(bench: Bench) -> None:
    assert bench.deploy("create", U, None) == "CREATE_COMPLETE"
    bench.iam.delete_role_policy(RoleName="cfn", PolicyName="rights")
    bench.iam.delete_role(RoleName="cfn")
    bench.stacks.delete_stack(StackName="s")
    assert any("is invalid or cannot be assumed" in one for one in bench.refusals())


def test_without_enforcement_and_without_a_service_role_nothing_is_judged(
    tmp_path: Path, estate: Estate, aws: LocalAws
) -> None:
    body = json.dumps({"Resources": {"X": {"Type": U, "Properties": user()}}})
    stacks = aws.client("cloudformation", JUMP)
    stacks.create_stack(StackName="bare", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert stacks.describe_stacks(StackName="bare")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_every_property_of_the_types_that_are_judged_has_its_call() -> None:
    """What has none would refuse its stack, and nobody would know before somebody uses it."""
    known = {*stack_work.CHANGED, *stack_work.LISTS, *stack_work.WHOLE, *stack_work.NAMES, "Tags"}
    for kind in stack_work.WORDS:
        more = stack_work.HOLDERS if kind == P else ()
        assert PROVIDERS[kind].properties <= {*known, *more}, kind
