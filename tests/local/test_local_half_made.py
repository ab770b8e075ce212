"""What a resource provider could not finish leaves everything as it was: nothing half made, nothing half changed.

Source: CloudFormation User Guide, "Stack failure options": after a rollback the resources are what they were
before.  The whole state of every service is compared, so that nothing can hide.
"""

import json
from typing import Any

import pytest

from jumpcf.local import snapshot
from jumpcf.local.graph import dump
from jumpcf.local.session import LocalAws
from tests.local.people import allow, policy, trust
from tests.local.support import JUMP

TRUST, OTHER_TRUST = json.loads(trust()), json.loads(trust(account="222222222222"))
SOME, MORE = json.loads(policy(allow("s3:Get*"))), json.loads(policy(allow("s3:*")))
BROKEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}
INLINE = [{"PolicyName": "p", "PolicyDocument": SOME}]
ENCRYPTED = {
    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}
CASES = {  # type, what it is, and what it is to become and cannot
    "a role's inline policy": (
        "AWS::IAM::Role",
        {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, "Policies": INLINE},
        {
            "RoleName": "r",
            "AssumeRolePolicyDocument": OTHER_TRUST,
            "MaxSessionDuration": 7200,
            "Policies": [*INLINE, {"PolicyName": "q", "PolicyDocument": BROKEN}],
        },
    ),
    "a role's managed policy": (
        "AWS::IAM::Role",
        {"RoleName": "r", "AssumeRolePolicyDocument": TRUST},
        {
            "RoleName": "r",
            "AssumeRolePolicyDocument": OTHER_TRUST,
            "ManagedPolicyArns": [f"arn:aws:iam::{JUMP}:policy/none"],
        },
    ),
    "a role's duration": (
        "AWS::IAM::Role",
        {"RoleName": "r", "AssumeRolePolicyDocument": TRUST},
        {"RoleName": "r", "AssumeRolePolicyDocument": OTHER_TRUST, "MaxSessionDuration": 1},
    ),
    "a group": (
        "AWS::IAM::Group",
        {"GroupName": "g", "Policies": INLINE},
        {
            "GroupName": "g",
            "Path": "/x/",
            "Policies": [
                {"PolicyName": "p", "PolicyDocument": MORE},
                {"PolicyName": "q", "PolicyDocument": BROKEN},
            ],
        },
    ),
    "a user's group": (
        "AWS::IAM::User",
        {"UserName": "u", "Tags": [{"Key": "a", "Value": "1"}]},
        {"UserName": "u", "Path": "/x/", "Tags": [{"Key": "a", "Value": "2"}], "Groups": ["none"]},
    ),
    "a user's policy": (
        "AWS::IAM::User",
        {"UserName": "u", "Policies": INLINE},
        {"UserName": "u", "Groups": ["there"], "Policies": [{"PolicyName": "p", "PolicyDocument": BROKEN}]},
    ),
    "a managed policy's holder": (
        "AWS::IAM::ManagedPolicy",
        {"ManagedPolicyName": "p", "PolicyDocument": SOME, "Groups": ["there"]},
        {"ManagedPolicyName": "p", "PolicyDocument": MORE, "Groups": [], "Roles": ["none"]},
    ),
    "a bucket's encryption": (
        "AWS::S3::Bucket",
        {"BucketName": "b-of-a-test", "BucketEncryption": ENCRYPTED},
        {
            "BucketName": "b-of-a-test",
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": []},
        },
    ),
    "a key's kind": (
        "AWS::KMS::Key",
        {"Description": "one"},
        {"Description": "two", "KeySpec": "RSA_2048"},
    ),
    "an alias": (
        "AWS::KMS::Alias",
        None,
        {"AliasName": "alias/a", "TargetKeyId": "00000000-0000-0000-0000-000000000000"},
    ),
    "a parameter": (
        "AWS::SSM::Parameter",
        {"Name": "/a", "Type": "String", "Value": "1"},
        {"Name": "/a", "Type": "SecureString", "Value": "2", "Description": "x"},
    ),
}


def everything(aws: LocalAws) -> dict[str, str]:
    """What every service has, attribute by attribute, but for the use of keys, and Parameter Store's list."""
    rows = snapshot.take(aws.world)["services"]
    found = {
        f"{service} {account} {region} {name}": json.dumps(dump(kept, snapshot.TABLE), default=str)
        for service, backends in rows.items()
        for account, region, attributes in backends
        for name, kept in attributes.items()
        if name != "access_keys"
    }
    found["ssm"] = json.dumps(aws.client("ssm", JUMP).describe_parameters()["Parameters"], default=str)
    return found


def deploy(aws: LocalAws, kind: str, properties: dict[str, Any]) -> str:
    client = aws.client("cloudformation", JUMP)
    body = json.dumps({"Resources": {"One": {"Type": kind, "Properties": properties}}})
    known = client.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    call = client.update_stack if known else client.create_stack
    made = call(StackName="one", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    return str(client.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"])


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_made_or_changed_leaves_everything_as_it_was(aws: LocalAws, case: str) -> None:
    kind, first, then = CASES[case]
    aws.client("iam", JUMP).create_group(GroupName="there")
    before = everything(aws)
    assert deploy(aws, kind, then) == "ROLLBACK_COMPLETE"
    assert everything(aws) == before
    if first is None:
        return
    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert deploy(aws, kind, first) == "CREATE_COMPLETE"
    before = everything(aws)
    assert deploy(aws, kind, then) == "UPDATE_ROLLBACK_COMPLETE"
    assert everything(aws) == before
