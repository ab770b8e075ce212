"""Drift: what somebody changed by hand is seen, in a stack and in a StackSet.

UG = CloudFormation User Guide; bc = the API reference (botocore's model).
"""

import json
from typing import Any

import pytest

from tests.local.conformance.ground import FAST, Ground
from tests.local.support import refused

NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}


def detected(ground: Ground, account: str, stack: str) -> dict[str, Any]:
    """Detect a stack's drift; the description of the detection at its end."""
    client = ground.client("cloudformation", account)
    detection = client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]

    def look() -> dict[str, Any] | None:
        found = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        return None if found["DetectionStatus"] == "DETECTION_IN_PROGRESS" else dict(found)

    return ground.until(look)


def make(ground: Ground, body: str) -> tuple[str, str]:
    account = ground.members["one"]
    name = ground.stack(account)
    client = ground.client("cloudformation", account)
    client.create_stack(StackName=name, TemplateBody=body.replace("NAME", name), **NAMED)
    assert ground.settled(account, name) == "CREATE_COMPLETE"
    return account, name


def test_what_nobody_touched_is_in_sync(ground: Ground) -> None:
    """bc DescribeStackDriftDetectionStatusOutput: a detection takes its time, then says IN_SYNC."""
    account, name = make(ground, ground.template("NAME", ManagedPolicyArns=[READ], MaxSessionDuration=7200))
    client = ground.client("cloudformation", account)
    before = client.describe_stacks(StackName=name)["Stacks"][0]["DriftInformation"]
    assert before["StackDriftStatus"] == "NOT_CHECKED"
    found = detected(ground, account, name)
    assert (found["DetectionStatus"], found["StackDriftStatus"]) == ("DETECTION_COMPLETE", "IN_SYNC")
    assert found["DriftedStackResourceCount"] == 0
    after = client.describe_stacks(StackName=name)["Stacks"][0]["DriftInformation"]
    assert after["StackDriftStatus"] == "IN_SYNC"


def test_a_role_that_was_changed_by_hand_is_told_property_by_property(ground: Ground) -> None:
    """bc PropertyDifference: ADD, REMOVE, NOT_EQUAL; a property that the template does not set is no drift."""
    inline = [{"PolicyName": "read", "PolicyDocument": DOCUMENT}]
    account, name = make(ground, ground.template("NAME", Policies=inline, ManagedPolicyArns=[READ]))
    iam = ground.client("iam", account)
    iam.update_role(RoleName=name, Description="by hand", MaxSessionDuration=3600)
    assert detected(ground, account, name)["StackDriftStatus"] == "IN_SYNC"
    arn = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_role_policy(RoleName=name, PolicyName="read")
    iam.update_assume_role_policy(
        RoleName=name,
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )
    found = detected(ground, account, name)
    assert (found["StackDriftStatus"], found["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    client = ground.client("cloudformation", account)
    (row,) = client.describe_stack_resource_drifts(StackName=name)["StackResourceDrifts"]
    assert (row["LogicalResourceId"], row["StackResourceDriftStatus"]) == ("Role", "MODIFIED")
    kinds = {
        item["PropertyPath"].split("/")[1]: item["DifferenceType"] for item in row["PropertyDifferences"]
    }
    assert kinds == {
        "AssumeRolePolicyDocument": "NOT_EQUAL",
        "ManagedPolicyArns": "ADD",
        "Policies": "REMOVE",
    }
    assert json.loads(row["ExpectedProperties"])["Policies"] == inline
    assert "Policies" not in json.loads(row["ActualProperties"])


def test_a_role_that_was_deleted_by_hand_is_told(ground: Ground) -> None:
    """bc StackResourceDriftStatus DELETED."""
    account, name = make(ground, ground.template("NAME"))
    ground.client("iam", account).delete_role(RoleName=name)
    assert detected(ground, account, name)["StackDriftStatus"] == "DRIFTED"
    client = ground.client("cloudformation", account)
    rows = client.describe_stack_resource_drifts(StackName=name, StackResourceDriftStatusFilters=["DELETED"])[
        "StackResourceDrifts"
    ]
    assert [row["LogicalResourceId"] for row in rows] == ["Role"]
    filtered = client.describe_stack_resource_drifts(
        StackName=name, StackResourceDriftStatusFilters=["IN_SYNC"]
    )
    assert filtered["StackResourceDrifts"] == []


def test_one_resource_can_be_looked_at(ground: Ground) -> None:
    """bc DetectStackResourceDrift."""
    account, name = make(ground, ground.template("NAME", MaxSessionDuration=7200))
    ground.client("iam", account).update_role(RoleName=name, MaxSessionDuration=3600)
    client = ground.client("cloudformation", account)
    found = client.detect_stack_resource_drift(StackName=name, LogicalResourceId="Role")["StackResourceDrift"]
    (difference,) = found["PropertyDifferences"]
    assert difference == {
        "PropertyPath": "/MaxSessionDuration",
        "ExpectedValue": "7200",
        "ActualValue": "3600",
        "DifferenceType": "NOT_EQUAL",
    }
    assert refused(client.detect_stack_resource_drift, StackName=name, LogicalResourceId="Other")[0] == (
        "ValidationError"
    )


RESOURCES: dict[str, dict[str, Any]] = {
    "AWS::IAM::Group": {"GroupName": "NAME", "Policies": [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]},
    "AWS::IAM::User": {"UserName": "NAME", "Path": "/partner/x/", "Tags": [{"Key": "partner", "Value": "x"}]},
    "AWS::IAM::ManagedPolicy": {"ManagedPolicyName": "NAME", "PolicyDocument": DOCUMENT},
    "AWS::IAM::OIDCProvider": {
        "Url": "https://NAME.example.com",
        "ClientIdList": ["sts.amazonaws.com"],
        "ThumbprintList": ["a" * 40],
    },
    "AWS::S3::Bucket": {
        "BucketName": "NAME",
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
            ]
        },
    },
    "AWS::KMS::Key": {"Description": "a key", "EnableKeyRotation": True, "PendingWindowInDays": 7},
    "AWS::SSM::Parameter": {"Name": "/NAME/one", "Type": "String", "Value": "x", "Description": "d"},
}


def by_hand(ground: Ground, account: str, kind: str, name: str, physical: str) -> None:
    """Change one property that the template sets."""
    iam, s3 = ground.client("iam", account), ground.client("s3", account)
    match kind:
        case "AWS::IAM::Group":
            iam.delete_group_policy(GroupName=name, PolicyName="p")
        case "AWS::IAM::User":
            iam.tag_user(UserName=name, Tags=[{"Key": "partner", "Value": "y"}])
        case "AWS::IAM::ManagedPolicy":
            other = json.dumps(DOCUMENT).replace("s3:Get*", "s3:*")
            iam.create_policy_version(PolicyArn=physical, PolicyDocument=other, SetAsDefault=True)
        case "AWS::IAM::OIDCProvider":
            iam.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=physical, ThumbprintList=["b" * 40]
            )
        case "AWS::S3::Bucket":
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
        case "AWS::KMS::Key":
            ground.client("kms", account).disable_key_rotation(KeyId=physical)
        case "AWS::SSM::Parameter":
            ground.client("ssm", account).put_parameter(
                Name=physical, Value="y", Type="String", Overwrite=True
            )


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_type_of_our_templates_is_looked_at(ground: Ground, kind: str) -> None:
    """UG "Resource type support": in sync when made, drifted when one property was changed by hand."""
    body = json.dumps({"Resources": {"It": {"Type": kind, "Properties": RESOURCES[kind]}}})
    account, name = make(ground, body)
    client = ground.client("cloudformation", account)
    assert detected(ground, account, name)["StackDriftStatus"] == "IN_SYNC"
    (resource,) = client.describe_stack_resources(StackName=name)["StackResources"]
    by_hand(ground, account, kind, name, resource["PhysicalResourceId"])
    assert detected(ground, account, name)["StackDriftStatus"] == "DRIFTED"


def test_a_set_tells_which_account_drifted_and_how(ground: Ground) -> None:
    """bc DetectStackSetDrift, StackSetDriftDetectionDetails, ListStackInstanceResourceDrifts; facts 1.12."""
    sets, name = ground.sets, ground.name()
    one, two = ground.members["one"], ground.members["two"]
    sets.create(name, ground.template(name, MaxSessionDuration=7200))
    assert (
        ground.ended(name, sets.add(name, ground.units["target"], OperationPreferences=FAST)) == "SUCCEEDED"
    )
    ground.client("iam", one).update_role(RoleName=name, MaxSessionDuration=3600)
    operation = sets.client.detect_stack_set_drift(StackSetName=name, OperationPreferences=FAST)[
        "OperationId"
    ]
    assert sets.operation(name, operation)["Action"] == "DETECT_DRIFT"
    assert ground.ended(name, operation) == "SUCCEEDED"
    details = sets.operation(name, operation)["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftedStackInstancesCount"]) == ("DRIFTED", 1)
    assert details["DriftDetectionStatus"] == "COMPLETED"
    found = sets.client.describe_stack_set(StackSetName=name)["StackSet"]["StackSetDriftDetectionDetails"]
    assert found["DriftStatus"] == "DRIFTED"
    instances = ground.until(
        lambda: rows if (rows := sets.instances(name)).get(one, {}).get("DriftStatus") == "DRIFTED" else None
    )
    assert instances[two]["DriftStatus"] == "IN_SYNC"
    assert instances[one]["Status"] == "CURRENT"
    (row,) = sets.client.list_stack_instance_resource_drifts(
        StackSetName=name,
        StackInstanceAccount=one,
        StackInstanceRegion=ground.region,
        OperationId=operation,
        StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
    )["Summaries"]
    assert row["PropertyDifferences"][0]["PropertyPath"] == "/MaxSessionDuration"
    only = sets.client.list_stack_instances(
        StackSetName=name, Filters=[{"Name": "DRIFT_STATUS", "Values": "DRIFTED"}]
    )["Summaries"]
    assert [row["Account"] for row in only] == [one]


def test_a_change_through_cloudformation_is_no_drift(ground: Ground) -> None:
    """UG23 stacksets-drift; facts 1.12: changes made through CloudFormation to the instance's stack."""
    sets, name, one = ground.sets, ground.name(), ground.members["one"]
    ground.create(name)
    ground.ended(name, sets.add(name, ground.units["target"], OperationPreferences=FAST))
    stack = ground.until(lambda: sets.instances(name).get(one, {}).get("StackId"))
    client = ground.client("cloudformation", one)
    client.update_stack(StackName=stack, TemplateBody=ground.template(name, MaxSessionDuration=7200), **NAMED)
    ground.settled(one, stack)
    operation = sets.client.detect_stack_set_drift(StackSetName=name, OperationPreferences=FAST)[
        "OperationId"
    ]
    ground.ended(name, operation)
    details = sets.operation(name, operation)["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftedStackInstancesCount"]) == ("IN_SYNC", 0)


def test_only_one_drift_detection_at_a_time_and_it_takes_the_sets_turn(ground: Ground) -> None:
    """facts 1.12: "only run a single drift detection operation on a given StackSet at one time"."""
    sets, name = ground.sets, ground.name()
    ground.create(name)
    ground.ended(name, sets.add(name, ground.units["target"], OperationPreferences=FAST))
    operation = sets.client.detect_stack_set_drift(StackSetName=name)["OperationId"]
    for call in (lambda: sets.client.detect_stack_set_drift(StackSetName=name), lambda: sets.update(name)):
        code, message = refused(call)
        assert (code, message.endswith(f"is in progress: {operation}")) == (
            "OperationInProgressException",
            True,
        )
    ground.ended(name, operation)
