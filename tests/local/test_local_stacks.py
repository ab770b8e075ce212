"""Plain stacks and change sets of the embedded AWS, through boto3.

bc = the CloudFormation API reference (botocore's model); UG = the CloudFormation User Guide.
"""

import json
from typing import Any

import pytest

from jumpcf.local.documents import open_role
from jumpcf.local.session import LocalAws
from tests.local.support import JUMP, refused, role_template

NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
TRUST = json.loads(role_template())["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]


@pytest.fixture
def stacks(aws: LocalAws) -> Any:
    return aws.client("cloudformation", JUMP)


def change_set(client: Any, kind: str, body: str, name: str = "one", **more: Any) -> dict[str, Any]:
    """Create a change set named after its kind; returns its description with property values."""
    given = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "TemplateBody": body} | more
    made = client.create_change_set(StackName=name, ChangeSetName=kind.lower(), ChangeSetType=kind, **given)
    return dict(client.describe_change_set(ChangeSetName=made["Id"], IncludePropertyValues=True))


def deploy(client: Any, kind: str, body: str, name: str = "one", **more: Any) -> str:
    """Create and run a change set; returns the stack's status."""
    described = change_set(client, kind, body, name, **more)
    client.execute_change_set(ChangeSetName=described["ChangeSetId"])
    return status(client, described["StackId"])


def status(client: Any, name: str) -> str:
    return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def template(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def role(name: str | None = None, **more: Any) -> dict[str, Any]:
    named = {"RoleName": name} if name else {}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **named, **more}}


def test_a_stack_is_made_by_a_change_set(aws: LocalAws, stacks: Any) -> None:
    described = change_set(stacks, "CREATE", role_template("one"))
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    change = described["Changes"][0]["ResourceChange"]
    assert (change["Action"], change["LogicalResourceId"]) == ("Add", "Role")
    assert status(stacks, "one") == "REVIEW_IN_PROGRESS"
    stacks.execute_change_set(ChangeSetName=described["ChangeSetId"])
    assert status(stacks, "one") == "CREATE_COMPLETE"
    assert aws.client("iam", JUMP).get_role(RoleName="one")["Role"]["Path"] == "/jump/"


def test_the_waiters_of_boto3_are_content(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    stacks.get_waiter("stack_create_complete").wait(StackName="one", WaiterConfig={"MaxAttempts": 1})


def test_a_change_set_tells_each_property(stacks: Any) -> None:
    """bc ResourceTargetDefinition: BeforeValue, AfterValue, RequiresRecreation."""
    deploy(stacks, "CREATE", role_template("one"))
    described = change_set(stacks, "UPDATE", role_template("one", MaxSessionDuration=7200))
    change = described["Changes"][0]["ResourceChange"]
    assert (change["Action"], change["Replacement"], change["Scope"]) == ("Modify", "False", ["Properties"])
    (detail,) = change["Details"]
    assert detail["Target"]["Name"] == "MaxSessionDuration"
    assert (detail["Target"]["AfterValue"], detail["Target"]["RequiresRecreation"]) == ("7200", "Never")


def test_values_are_shown_only_when_asked_for(stacks: Any) -> None:
    change_set(stacks, "CREATE", role_template("one"))
    plain = stacks.describe_change_set(StackName="one", ChangeSetName="create")
    assert "AfterContext" not in plain["Changes"][0]["ResourceChange"]


def test_a_changed_path_is_a_replacement(stacks: Any) -> None:
    deploy(stacks, "CREATE", template(Role=role(Path="/a/")))
    described = change_set(stacks, "UPDATE", template(Role=role(Path="/b/")))
    assert described["Changes"][0]["ResourceChange"]["Replacement"] == "True"


def row(described: dict[str, Any], name: str) -> tuple[Any, Any]:
    found = {
        one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in described["Changes"]
    }
    return found[name].get("Replacement"), found[name].get("PolicyAction")


def test_a_replacement_is_told_after_the_change_with_the_most_impact(stacks: Any) -> None:
    """bc: ResourceChange, Replacement ("the change with the most impact") and PolicyAction."""

    def made(name: str, path: str, group: Any, more: Any, **policy: str) -> str:
        return template(
            Role={**role(name, Path=path), **policy},
            Follows={
                "Type": "AWS::IAM::Group",
                "Properties": {"GroupName": group, "Path": {"Fn::Sub": "/${Role}/"}},
            },
            Last={"Type": "AWS::IAM::Group", "Properties": {"GroupName": more}},
        )

    link = {"Fn::Sub": "${Role}-g"}
    deploy(
        stacks, "CREATE", made("a", "/a/", link, {"Fn::Sub": "${Follows}-h"}, UpdateReplacePolicy="Retain")
    )
    described = change_set(stacks, "UPDATE", made("b", "/b/", link, {"Fn::Sub": "${Follows}-h"}))
    assert row(described, "Role") == ("True", "ReplaceAndRetain")
    assert row(described, "Follows") == ("Conditional", "ReplaceAndDelete")
    assert row(described, "Last") == ("Conditional", "ReplaceAndDelete")
    stacks.delete_change_set(ChangeSetName=described["ChangeSetId"])
    described = change_set(stacks, "UPDATE", made("b", "/b/", "g", "h"))
    assert row(described, "Follows") == ("True", "ReplaceAndDelete")


def test_a_removed_resource_is_listed(stacks: Any) -> None:
    deploy(stacks, "CREATE", template(One=role("one"), Two=role("two")))
    described = change_set(stacks, "UPDATE", template(One=role("one")))
    (row,) = described["Changes"]
    assert (row["ResourceChange"]["Action"], row["ResourceChange"]["LogicalResourceId"]) == ("Remove", "Two")


def test_an_empty_change_set_fails_in_the_words_of_aws(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    described = change_set(stacks, "UPDATE", role_template("one"))
    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert described["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create a change set."
    )
    spaced = json.dumps(json.loads(role_template("one")), indent=1)
    stacks.create_change_set(
        StackName="one", ChangeSetName="again", TemplateBody=spaced, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    second = stacks.describe_change_set(StackName="one", ChangeSetName="again")
    assert second["StatusReason"] == "No updates are to be performed."
    assert refused(stacks.execute_change_set, StackName="one", ChangeSetName="again")[0] == (
        "InvalidChangeSetStatus"
    )


def test_the_kind_of_a_change_set_has_to_fit(stacks: Any) -> None:
    code, message = refused(change_set, stacks, "UPDATE", role_template("one"))
    assert (code, message) == ("ValidationError", "Stack [one] does not exist")
    deploy(stacks, "CREATE", role_template("one"))
    code, message = refused(change_set, stacks, "CREATE", role_template("one"))
    assert code == "ValidationError"
    assert "already exists and cannot be created again with the changeSet [create]" in message


def test_named_roles_need_the_capability(stacks: Any) -> None:
    code, message = refused(
        change_set, stacks, "CREATE", role_template("one"), Capabilities=["CAPABILITY_IAM"]
    )
    assert code == "InsufficientCapabilitiesException"
    assert message == "Requires capabilities : [CAPABILITY_NAMED_IAM]"
    assert stacks.list_stacks()["StackSummaries"] == []
    assert change_set(stacks, "CREATE", template(Role=role()), Capabilities=["CAPABILITY_IAM"])


def test_a_failed_creation_is_rolled_back_and_can_only_be_deleted(aws: LocalAws, stacks: Any) -> None:
    """UG: "only a delete operation can be performed" on ROLLBACK_COMPLETE."""
    body = template(Good=role("good"), Bad=role("bad", MaxSessionDuration=1) | {"DependsOn": "Good"})
    assert deploy(stacks, "CREATE", body) == "ROLLBACK_COMPLETE"
    assert aws.client("iam", JUMP).list_roles()["Roles"] == []
    assert stacks.get_template(StackName="one")["TemplateBody"] == json.loads(body)
    code, message = refused(change_set, stacks, "UPDATE", role_template("one"))
    assert code == "ValidationError"
    assert message.endswith("is in ROLLBACK_COMPLETE state and can not be updated.")
    stacks.delete_stack(StackName="one")
    assert deploy(stacks, "CREATE", role_template("one")) == "CREATE_COMPLETE"


def test_a_creation_that_was_rolled_back_keeps_its_tags(stacks: Any) -> None:
    """Assumed, not verified on AWS: by them a tool knows its own remains."""
    tags = [{"Key": "jumpcf-estate", "Value": "example"}]
    assert deploy(stacks, "CREATE", template(Bad=role("bad", MaxSessionDuration=1)), Tags=tags) == (
        "ROLLBACK_COMPLETE"
    )
    assert stacks.describe_stacks(StackName="one")["Stacks"][0]["Tags"] == tags


def test_events_tell_every_resource_the_newest_first(stacks: Any) -> None:
    body = template(Good=role("good"), Bad=role("bad", MaxSessionDuration=1) | {"DependsOn": "Good"})
    deploy(stacks, "CREATE", body)
    events = stacks.describe_stack_events(StackName="one")["StackEvents"]
    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events]
    assert told == [
        ("one", "ROLLBACK_COMPLETE"),
        ("Good", "DELETE_COMPLETE"),
        ("Good", "DELETE_IN_PROGRESS"),
        ("one", "ROLLBACK_IN_PROGRESS"),
        ("Bad", "CREATE_FAILED"),
        ("Bad", "CREATE_IN_PROGRESS"),
        ("Good", "CREATE_COMPLETE"),
        ("Good", "CREATE_IN_PROGRESS"),
        ("one", "CREATE_IN_PROGRESS"),
        ("one", "REVIEW_IN_PROGRESS"),
    ]
    reason = next(event["ResourceStatusReason"] for event in events if event["LogicalResourceId"] == "Bad")
    assert "maxSessionDuration" in reason


def test_a_failed_update_is_rolled_back_to_what_was(aws: LocalAws, stacks: Any) -> None:
    deploy(stacks, "CREATE", template(One=role("one"), Two=role("two")))
    body = template(
        One=role("one", MaxSessionDuration=7200),
        Two=role("two", MaxSessionDuration=1) | {"DependsOn": ["One", "New"]},
        New=role("new"),
    )
    assert deploy(stacks, "UPDATE", body) == "UPDATE_ROLLBACK_COMPLETE"
    iam = aws.client("iam", JUMP)
    found = {
        row["RoleName"]: iam.get_role(RoleName=row["RoleName"])["Role"] for row in iam.list_roles()["Roles"]
    }
    assert found.keys() == {"one", "two"}
    assert found["one"]["MaxSessionDuration"] == 3600
    assert stacks.get_template(StackName="one")["TemplateBody"]["Resources"].keys() == {"One", "Two"}
    assert deploy(stacks, "UPDATE", template(One=role("one"))) == "UPDATE_COMPLETE"


def test_on_stack_failure_delete_leaves_no_stack(stacks: Any) -> None:
    body = template(Bad=role("bad", MaxSessionDuration=1))
    described = change_set(stacks, "CREATE", body, OnStackFailure="DELETE")
    stacks.execute_change_set(ChangeSetName=described["ChangeSetId"])
    assert status(stacks, described["StackId"]) == "DELETE_COMPLETE"


def test_a_custom_named_resource_cannot_be_replaced_in_place(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    assert deploy(stacks, "UPDATE", role_template("one", Path="/other/")) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in stacks.describe_stack_events(StackName="one")["StackEvents"]
    ]
    assert any("custom-named resource requires replacing" in reason for reason in reasons)


def test_deleting_takes_resources_away_in_order(aws: LocalAws, stacks: Any) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "jumpcf-example"}}
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Bucket"},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
        },
    }
    deploy(stacks, "CREATE", template(Policy=policy, Bucket=bucket))
    stacks.delete_stack(StackName="one")
    assert aws.client("s3", JUMP).list_buckets()["Buckets"] == []
    assert refused(stacks.describe_stacks, StackName="one") == (
        "ValidationError",
        "Stack with id one does not exist",
    )
    deleted = stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert [row["StackName"] for row in deleted] == ["one"]


def test_a_deletion_that_a_service_refuses_is_told(aws: LocalAws, stacks: Any) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "jumpcf-example"}}
    deploy(stacks, "CREATE", template(Bucket=bucket))
    aws.client("s3", JUMP).put_object(Bucket="jumpcf-example", Key="k", Body=b"v")
    stacks.delete_stack(StackName="one")
    assert status(stacks, "one") == "DELETE_FAILED"
    aws.client("s3", JUMP).delete_object(Bucket="jumpcf-example", Key="k")
    stacks.delete_stack(StackName="one")
    assert refused(stacks.describe_stacks, StackName="one")[0] == "ValidationError"


def test_termination_protection_holds(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    stacks.update_termination_protection(StackName="one", EnableTerminationProtection=True)
    code, message = refused(stacks.delete_stack, StackName="one")
    assert (code, "TerminationProtection is enabled" in message) == ("ValidationError", True)
    stacks.update_termination_protection(StackName="one", EnableTerminationProtection=False)
    stacks.delete_stack(StackName="one")


def test_deletion_policy_retain_keeps_the_resource(aws: LocalAws, stacks: Any) -> None:
    deploy(stacks, "CREATE", template(Role=role("one") | {"DeletionPolicy": "Retain"}, Other=role("two")))
    deploy(stacks, "UPDATE", template(Other=role("two")))
    names = {row["RoleName"] for row in aws.client("iam", JUMP).list_roles()["Roles"]}
    assert names == {"one", "two"}
    events = stacks.describe_stack_events(StackName="one")["StackEvents"]
    assert ("Role", "DELETE_SKIPPED") in [
        (event["LogicalResourceId"], event["ResourceStatus"]) for event in events
    ]


def test_what_is_retained_outlives_a_failed_creation_too(aws: LocalAws, stacks: Any) -> None:
    """UG "DeletionPolicy attribute": only RetainExceptOnCreate gives way when its own creation is rolled back."""
    body = template(
        Kept=role("kept") | {"DeletionPolicy": "Retain"},
        Gone=role("gone") | {"DeletionPolicy": "RetainExceptOnCreate"},
        Bad=role("bad", MaxSessionDuration=1) | {"DependsOn": ["Kept", "Gone"]},
    )
    assert deploy(stacks, "CREATE", body) == "ROLLBACK_COMPLETE"
    assert [row["RoleName"] for row in aws.client("iam", JUMP).list_roles()["Roles"]] == ["kept"]


def test_stack_tags_reach_resources_which_win(aws: LocalAws, stacks: Any) -> None:
    """UG "Resource tags": stack-level tags propagate to resources that take tags."""
    own = [{"Key": "grant", "Value": "own"}]
    tags = [{"Key": "grant", "Value": "stack"}, {"Key": "estate", "Value": "example"}]
    deploy(stacks, "CREATE", role_template("one", Tags=own), Tags=tags)
    found = aws.client("iam", JUMP).list_role_tags(RoleName="one")["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in found} == {"grant": "own", "estate": "example"}
    assert stacks.describe_stacks(StackName="one")["Stacks"][0]["Tags"] == tags


def test_a_template_comes_from_s3_by_its_url(aws: LocalAws, stacks: Any) -> None:
    s3 = aws.client("s3", JUMP)
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    padding = "x" * 60_000
    body = json.dumps({**json.loads(role_template("one")), "Metadata": {"Padding": padding}})
    s3.put_object(Bucket="templates", Key="templates/one.json", Body=body.encode())
    code, _ = refused(change_set, stacks, "CREATE", body)
    assert code == "ValidationError"
    for url in (
        "https://templates.s3.ap-northeast-1.amazonaws.com/templates/one.json",
        "https://s3.ap-northeast-1.amazonaws.com/templates/templates/one.json",
        f"{aws.endpoint}/templates/templates/one.json",
    ):
        found = stacks.get_template_summary(TemplateURL=url)
        assert found["ResourceTypes"] == ["AWS::IAM::Role"]
    code, message = refused(
        stacks.validate_template, TemplateURL="https://templates.s3.amazonaws.com/nothing.json"
    )
    assert (code, "is not accessible" in message) == ("ValidationError", True)


def test_outputs_parameters_and_conditions_are_resolved(stacks: Any) -> None:
    body = json.dumps(
        {
            "Parameters": {"Stage": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}},
            "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
            "Resources": {
                "Role": role(Description={"Fn::If": ["Prod", "careful", {"Ref": "AWS::NoValue"}]}),
                "Extra": role() | {"Condition": "Prod"},
            },
            "Outputs": {
                "Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "role-arn"}},
                "Extra": {"Value": {"Ref": "Extra"}, "Condition": "Prod"},
            },
        }
    )
    deploy(stacks, "CREATE", body)
    found = stacks.describe_stacks(StackName="one")["Stacks"][0]
    assert [row["OutputKey"] for row in found["Outputs"]] == ["Arn"]
    assert found["Outputs"][0]["OutputValue"].startswith(f"arn:aws:iam::{JUMP}:role/one-Role-")
    assert [row["Name"] for row in stacks.list_exports()["Exports"]] == ["role-arn"]
    deploy(stacks, "UPDATE", body, Parameters=[{"ParameterKey": "Stage", "ParameterValue": "prod"}])
    resources = stacks.list_stack_resources(StackName="one")["StackResourceSummaries"]
    assert sorted(row["LogicalResourceId"] for row in resources) == ["Extra", "Role"]
    code, _ = refused(
        change_set, stacks, "UPDATE", body, Parameters=[{"ParameterKey": "Stage", "ParameterValue": "x"}]
    )
    assert code == "ValidationError"


def test_stacks_of_another_account_are_not_seen(aws: LocalAws, stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    assert aws.client("cloudformation", "300000000002").describe_stacks()["Stacks"] == []


def test_update_stack_without_a_change_is_refused(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    assert refused(
        stacks.update_stack,
        StackName="one",
        TemplateBody=role_template("one"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    ) == ("ValidationError", "No updates are to be performed.")


def test_executing_deletes_the_other_change_sets(stacks: Any) -> None:
    deploy(stacks, "CREATE", role_template("one"))
    for name in ("first", "second"):
        stacks.create_change_set(
            StackName="one",
            ChangeSetName=name,
            TemplateBody=role_template("one", MaxSessionDuration=7200),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    stacks.execute_change_set(StackName="one", ChangeSetName="first")
    assert (
        refused(stacks.describe_change_set, StackName="one", ChangeSetName="second")[0] == "ChangeSetNotFound"
    )


def test_a_service_role_stays_for_all_that_follows(stacks: Any) -> None:
    """facts 6: `RoleARN` sticks: used "for all future operations on the stack"."""
    arn = f"arn:aws:iam::{JUMP}:role/cloudformation"
    code, message = refused(deploy, stacks, "CREATE", role_template("one"), RoleARN=arn)
    assert (code, message) == ("ValidationError", f"Role {arn} is invalid or cannot be assumed")
    open_role(arn, "us-east-1", trusted=JUMP)
    deploy(stacks, "CREATE", role_template("one"), RoleARN=arn)
    deploy(stacks, "UPDATE", role_template("one", MaxSessionDuration=7200))
    assert stacks.describe_stacks(StackName="one")["Stacks"][0]["RoleARN"] == arn
    other = f"arn:aws:iam::{JUMP}:role/other"
    stacks.update_stack(StackName="one", TemplateBody=role_template("one"), RoleARN=other, **NAMED)
    assert stacks.describe_stacks(StackName="one")["Stacks"][0]["RoleARN"] == other


@pytest.mark.parametrize(
    "more",
    [
        {"ImportExistingResources": True},
        {"DeploymentMode": "REVERT_DRIFT"},
        {"ResourceTypes": ["AWS::IAM::*"]},
        {"ChangeSetType": "IMPORT"},
    ],
)
def test_what_change_sets_cannot_do_here_is_refused_by_name(stacks: Any, more: dict[str, Any]) -> None:
    """bc CreateChangeSet; docs/local.md says what is missing."""
    given = {"ChangeSetType": "CREATE", "TemplateBody": role_template("one")} | NAMED | more
    code, message = refused(stacks.create_change_set, StackName="one", ChangeSetName="x", **given)
    assert code == "NotImplemented"
    assert next(iter(more)) in message or str(next(iter(more.values()))) in message
    assert stacks.describe_stacks()["Stacks"] == []


def test_stack_policies_are_refused_by_name(stacks: Any) -> None:
    """bc SetStackPolicy, CreateStack.StackPolicyBody."""
    body = role_template("one")
    code, message = refused(
        stacks.create_stack, StackName="one", TemplateBody=body, StackPolicyBody="{}", **NAMED
    )
    assert (code, "StackPolicyBody" in message) == ("NotImplemented", True)
    deploy(stacks, "CREATE", body)
    assert refused(stacks.set_stack_policy, StackName="one", StackPolicyBody="{}")[0] == "NotImplemented"


def test_on_failure_is_said_once_and_delete_only_where_a_stack_is_new(stacks: Any) -> None:
    """facts 6: `OnStackFailure` DELETE only with CREATE; "then Execute must not carry DisableRollback"."""
    described = change_set(stacks, "CREATE", role_template("one"), OnStackFailure="DO_NOTHING")
    code, message = refused(
        stacks.execute_change_set, ChangeSetName=described["ChangeSetId"], DisableRollback=True
    )
    assert (code, "DisableRollback" in message) == ("ValidationError", True)
    stacks.execute_change_set(ChangeSetName=described["ChangeSetId"])
    code, message = refused(
        change_set, stacks, "UPDATE", role_template("one", MaxSessionDuration=7200), OnStackFailure="DELETE"
    )
    assert (code, "OnStackFailure" in message) == ("ValidationError", True)


def test_a_change_set_that_does_nothing_on_failure_leaves_the_stack_as_it_failed(
    aws: LocalAws, stacks: Any
) -> None:
    """bc CreateChangeSet.OnStackFailure DO_NOTHING; facts 6, recovery table: a new change set is the way out."""
    body = template(Good=role("good"), Bad=role("bad", MaxSessionDuration=1) | {"DependsOn": "Good"})
    assert deploy(stacks, "CREATE", body, OnStackFailure="DO_NOTHING") == "CREATE_FAILED"
    assert [row["RoleName"] for row in aws.client("iam", JUMP).list_roles()["Roles"]] == ["good"]
    mended = template(Good=role("good"), Bad=role("bad") | {"DependsOn": "Good"})
    assert deploy(stacks, "UPDATE", mended) == "UPDATE_COMPLETE"
    stacks.delete_stack(StackName="one")
    assert aws.client("iam", JUMP).list_roles()["Roles"] == []


def test_a_stack_that_failed_to_be_made_goes_with_all_that_was_made(aws: LocalAws, stacks: Any) -> None:
    body = template(Good=role("good"), Bad=role("bad", MaxSessionDuration=1) | {"DependsOn": "Good"})
    deploy(stacks, "CREATE", body, OnStackFailure="DO_NOTHING")
    stacks.delete_stack(StackName="one")
    assert aws.client("iam", JUMP).list_roles()["Roles"] == []
    assert stacks.describe_stacks()["Stacks"] == []


def test_a_rolled_back_creation_can_be_asked_for_again_only_after_its_deletion(stacks: Any) -> None:
    """facts 2.14: "is in ROLLBACK_COMPLETE state and can not be updated"; UpdateStack says so as well."""
    deploy(stacks, "CREATE", template(Bad=role("bad", MaxSessionDuration=1)))
    code, message = refused(stacks.update_stack, StackName="one", TemplateBody=role_template("one"), **NAMED)
    assert (code, message.endswith("is in ROLLBACK_COMPLETE state and can not be updated.")) == (
        "ValidationError",
        True,
    )


def test_a_replacement_is_told_before_and_after(stacks: Any) -> None:
    """bc ResourceChange.Replacement, ResourceTargetDefinition.BeforeValue and AfterValue."""
    deploy(stacks, "CREATE", template(Role=role(Path="/a/")))
    described = change_set(stacks, "UPDATE", template(Role=role(Path="/b/")))
    change = described["Changes"][0]["ResourceChange"]
    assert change["Replacement"] == "True"
    (detail,) = change["Details"]
    target = detail["Target"]
    assert (target["Path"], target["BeforeValue"], target["AfterValue"]) == ("/Properties/Path", "/a/", "/b/")
    assert target["RequiresRecreation"] == "Always"
