"""Service-managed StackSets: what AWS documents, asked through boto3.

facts = the notes on StackSets, by section; bc = the API reference (botocore's model); UG = the User Guide.
"""

import json
from typing import Any

import pytest

from tests.local.conformance.ground import FAST, Ground
from tests.local.support import refused

NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}


@pytest.fixture
def name(ground: Ground) -> str:
    """A StackSet with one role and no instance."""
    made = ground.name()
    ground.create(made)
    return made


def fill(ground: Ground, name: str, unit: str = "target", **more: Any) -> str:
    return ground.ended(name, ground.sets.add(name, ground.units[unit], OperationPreferences=FAST, **more))


def test_lists_lag_and_the_operation_itself_does_not(ground: Ground, name: str) -> None:
    """bc ListStackSetOperations, ListStackSetOperationResults: eventually consistent; facts 1.1: poll
    DescribeStackSetOperation, "re-read results until counts agree"."""
    one = ground.members["one"]
    operation = ground.sets.add(name, ground.units["target"], OperationPreferences=FAST)
    assert ground.sets.operation(name, operation)["Status"] in ("RUNNING", "QUEUED")
    assert ground.ended(name, operation) == "SUCCEEDED"
    ground.until(lambda: ground.sets.results(name, operation).get(one) == "SUCCEEDED")
    ground.until(lambda: ground.sets.instances(name).get(one, {}).get("Status") == "CURRENT")
    listed = ground.until(
        lambda: ground.sets.client.list_stack_set_operations(StackSetName=name)["Summaries"]
    )
    assert [row["OperationId"] for row in listed] == [operation]


def test_an_account_that_is_moved_in_gets_its_roles_after_a_while(ground: Ground, name: str) -> None:
    """UG stacksets-orgs-manage-auto-deployment."""
    spare = ground.members["spare"]
    fill(ground, name)
    ground.move(spare, ground.units["empty"])
    assert name not in ground.roles(spare)
    ground.until(lambda: name in ground.roles(spare))
    instance = ground.until(lambda: ground.sets.instances(name).get(spare))
    assert instance["OrganizationalUnitId"] == ground.units["target"]


def test_an_account_that_is_moved_out_loses_them_after_a_while(ground: Ground, name: str) -> None:
    """bc AutoDeployment: "StackSets deletes stack instances"."""
    spare = ground.members["spare"]
    fill(ground, name, "apart")
    assert name in ground.roles(spare)
    ground.move(spare, ground.units["empty"])
    assert name in ground.roles(spare)
    ground.until(lambda: name not in ground.roles(spare))


def test_auto_deployment_honours_the_templates_conditions(ground: Ground) -> None:
    """facts 2.1: filters do not hold for auto-deployment, so a Condition on AWS::AccountId has to."""
    name, spare = ground.name(), ground.members["spare"]
    body = json.loads(ground.template(name))
    body["Conditions"] = {"Free": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, spare]}]}}
    body["Resources"]["Role"]["Condition"] = "Free"
    body["Resources"]["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    ground.sets.create(name, json.dumps(body))
    fill(ground, name)
    assert name in ground.roles(ground.members["one"])
    ground.move(spare, ground.units["target"])
    ground.until(lambda: ground.sets.instances(name).get(spare, {}).get("Status") == "CURRENT")
    assert name not in ground.roles(spare)


def test_a_failed_auto_deployment_is_not_tried_again_until_somebody_does(ground: Ground, name: str) -> None:
    """facts 2.6 (CR#1208): no documented retry; 1.4: "retries all stack instances whose status is OUTDATED"."""
    spare = ground.members["spare"]
    iam = ground.client("iam", spare)
    trust = json.dumps(
        json.loads(ground.template("any"))["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
    )
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    fill(ground, name)
    ground.move(spare, ground.units["target"])
    instance = ground.until(
        lambda: (
            found
            if (found := ground.sets.instances(name).get(spare, {}))
            .get("StackInstanceStatus", {})
            .get("DetailedStatus")
            == "FAILED"
            else None
        )
    )
    assert instance["Status"] == "OUTDATED"
    assert "already exists" in instance["StatusReason"]
    iam.delete_role(RoleName=name)
    ground.pause(300)
    assert name not in ground.roles(spare)
    fill(ground, name)
    assert name in ground.roles(spare)


def test_the_last_page_of_auto_deployment_targets_ends_with_an_empty_token(ground: Ground, name: str) -> None:
    """bc ListStackSetAutoDeploymentTargetsOutput.NextToken: "set to an empty string"; facts 1.1."""
    fill(ground, name)
    fill(ground, name, "apart")
    first = ground.sets.client.list_stack_set_auto_deployment_targets(StackSetName=name, MaxResults=1)
    assert (len(first["Summaries"]), bool(first["NextToken"])) == (1, True)
    last = ground.sets.client.list_stack_set_auto_deployment_targets(
        StackSetName=name, MaxResults=1, NextToken=first["NextToken"]
    )
    assert (len(last["Summaries"]), last.get("NextToken")) == (1, "")
    assert {row["OrganizationalUnitId"] for row in first["Summaries"] + last["Summaries"]} == {
        ground.units["target"],
        ground.units["apart"],
    }
    assert last["Summaries"][0]["Regions"] == [ground.region]


@pytest.mark.parametrize("bad", ["-begins-with-a-hyphen", "has space", "x" * 129])
def test_an_operation_id_has_a_form(ground: Ground, name: str, bad: str) -> None:
    """bc ClientRequestToken: [a-zA-Z0-9][-a-zA-Z0-9]*, 1 to 128; facts 2.8."""
    code, message = refused(ground.sets.add, name, ground.units["target"], OperationId=bad)
    assert code == "ValidationError"
    assert "'operationId' failed to satisfy constraint: Member must" in message


@pytest.mark.parametrize(
    "targets",
    [
        {"OrganizationalUnitIds": ["ou-x"]},
        {"OrganizationalUnitIds": ["ou-ab12-11111111"], "Accounts": ["12"], "AccountFilterType": "NONE"},
        {"OrganizationalUnitIds": ["ou-ab12-11111111"], "AccountFilterType": "SOME"},
    ],
)
def test_targets_have_a_form(ground: Ground, name: str, targets: dict[str, Any]) -> None:
    """bc DeploymentTargets; facts 1.8."""
    code, message = refused(
        ground.sets.client.create_stack_instances,
        StackSetName=name,
        Regions=[ground.region],
        DeploymentTargets=targets,
    )
    assert code == "ValidationError"
    assert "failed to satisfy constraint: Member must satisfy" in message


def test_an_operation_id_is_taken_once_and_for_one_request(ground: Ground, name: str) -> None:
    """bc OperationId: "performs the StackSet operation only once, even if you retry the request"; facts 2.8."""
    token = f"{name}-op"
    assert ground.sets.add(name, ground.units["target"], OperationId=token) == token
    ground.ended(name, token)
    assert ground.sets.add(name, ground.units["target"], OperationId=token) == token
    code, _ = refused(ground.sets.remove, name, ground.units["target"], OperationId=token)
    assert code == "OperationIdAlreadyExistsException"


def test_a_targeted_update_leaves_the_others_outdated_and_pending(ground: Ground, name: str) -> None:
    """bc UpdateStackSet; facts 2.7 (CR#1751): OUTDATED/PENDING "though nothing is pending"."""
    one, spare = ground.members["one"], ground.members["spare"]
    fill(ground, name)
    fill(ground, name, "apart")
    operation = ground.sets.update(
        name,
        ground.template(name, MaxSessionDuration=7200),
        DeploymentTargets={"OrganizationalUnitIds": [ground.units["apart"]]},
        Regions=[ground.region],
    )
    assert ground.ended(name, operation) == "SUCCEEDED"
    rows = ground.until(
        lambda: (
            found
            if (found := ground.sets.instances(name)).get(spare, {}).get("LastOperationId") == operation
            else None
        )
    )
    ground.until(lambda: ground.sets.instances(name)[spare]["Status"] == "CURRENT")
    assert (rows[one]["Status"], rows[one]["StackInstanceStatus"]["DetailedStatus"]) == (
        "OUTDATED",
        "PENDING",
    )


def test_a_targeted_update_of_settings_only_leaves_the_others_current(ground: Ground, name: str) -> None:
    """bc UpdateStackSet: only "if template or Parameters are in the call" are all marked OUTDATED; facts 1.3."""
    one = ground.members["one"]
    fill(ground, name)
    fill(ground, name, "apart")
    operation = ground.sets.update(
        name,
        Description="other words",
        DeploymentTargets={"OrganizationalUnitIds": [ground.units["apart"]]},
        Regions=[ground.region],
    )
    ground.ended(name, operation)
    ground.pause(10)
    assert ground.sets.instances(name)[one]["Status"] == "CURRENT"


def test_termination_protection_makes_a_deletion_fail_and_retaining_is_the_way_out(
    ground: Ground, name: str
) -> None:
    """UG stacksets-troubleshooting; facts 2.4: INOPERABLE, excluded from updates, RetainStacks removes it."""
    spare = ground.members["spare"]
    fill(ground, name, "apart")
    stack = ground.until(lambda: ground.sets.instances(name).get(spare, {}).get("StackId"))
    client = ground.client("cloudformation", spare)
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    operation = ground.sets.remove(name, ground.units["apart"])
    assert ground.ended(name, operation) == "FAILED"
    instance = ground.until(
        lambda: found if (found := ground.sets.instances(name)[spare])["Status"] == "INOPERABLE" else None
    )
    assert "TerminationProtection" in instance["StatusReason"]
    update = ground.sets.update(name, ground.template(name, MaxSessionDuration=7200))
    ground.ended(name, update)
    ground.pause(10)
    assert spare not in ground.sets.results(name, update)
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    ground.ended(name, ground.sets.remove(name, ground.units["apart"], retain=True))
    ground.until(lambda: spare not in ground.sets.instances(name))
    client.delete_stack(StackName=stack)
    ground.until(lambda: name not in ground.roles(spare))


@pytest.mark.parametrize(
    ("addition", "what"),
    [
        ({"Transform": "AWS::Serverless-2016-10-31"}, "transform"),
        ({"Resources": {"In": {"Type": "AWS::CloudFormation::Stack", "Properties": {}}}}, "Nested"),
        ({"Resources": {"In": {"Type": "AWS::CloudFormation::StackSet", "Properties": {}}}}, "Nested"),
    ],
)
def test_transforms_and_nested_stacks_are_refused(
    ground: Ground, addition: dict[str, Any], what: str
) -> None:
    """UG stacksets-orgs-associate-stackset-with-org; facts 2.10, 1.7."""
    name = ground.name()
    body = json.dumps(json.loads(ground.template(name)) | addition)
    code, message = refused(ground.sets.create, name, body)
    assert code == "ValidationError"
    assert what in message
    ground.made.remove(name)


def test_an_unused_name_of_an_update_is_refused_in_awss_words(ground: Ground, name: str) -> None:
    """facts 2.14: texts that tools map."""
    apart = ground.units["apart"]
    fill(ground, name)
    assert refused(ground.sets.remove, name, apart) == (
        "ValidationError",
        f"Organizational unit {apart} not found in StackSet",
    )
    code, message = refused(
        ground.sets.client.delete_stack_instances,
        StackSetName=name,
        Accounts=[ground.members["one"]],
        Regions=[ground.region],
        RetainStacks=False,
    )
    assert (code, message) == (
        "ValidationError",
        "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target",
    )
    assert refused(ground.sets.update, name, ground.template(name), ManagedExecution={"Active": True}) == (
        "InvalidOperationException",
        "Cannot update ManagedExecution while updating StackSet Template or Parameters",
    )
    code, _ = refused(
        ground.sets.update,
        name,
        AutoDeployment={"Enabled": False},
        DeploymentTargets={"OrganizationalUnitIds": [ground.units["target"]]},
        Regions=[ground.region],
    )
    assert code == "ValidationError"


def test_a_deleted_set_stays_in_the_list(ground: Ground) -> None:
    """bc StackSetStatus; facts 1.6: "always filter Status=ACTIVE"."""
    name = ground.name()
    identity = ground.create(name)
    ground.sets.client.delete_stack_set(StackSetName=name)
    ground.made.remove(name)

    def listed(status: str) -> set[str]:
        pages = ground.sets.client.get_paginator("list_stack_sets").paginate(Status=status)
        return {row["StackSetId"] for page in pages for row in page["Summaries"]}

    assert identity in listed("DELETED")
    assert identity not in listed("ACTIVE")
    assert refused(ground.sets.instances, name)[0] == "StackSetNotFoundException"


def test_overrides_are_shown_by_the_description_of_one_instance_only(ground: Ground) -> None:
    """facts 1.7: StackInstanceSummary has no ParameterOverrides (CR#304); 1.5: what a list leaves out is reset."""
    name, one = ground.name(), ground.members["one"]
    body = json.loads(ground.template(name))
    body["Parameters"] = {key: {"Type": "String", "Default": "none"} for key in ("Note", "Other")}
    body["Resources"]["Role"]["Properties"]["Description"] = {"Fn::Sub": "${Note} ${Other}"}
    ground.sets.create(name, json.dumps(body))
    fill(ground, name)
    update = {
        "StackSetName": name,
        "Regions": [ground.region],
        "DeploymentTargets": {"OrganizationalUnitIds": [ground.units["target"]]},
        "OperationPreferences": FAST,
    }

    def override(*given: dict[str, Any]) -> dict[str, str]:
        made = ground.sets.client.update_stack_instances(ParameterOverrides=list(given), **update)
        ground.ended(name, made["OperationId"])
        found = ground.sets.client.describe_stack_instance(
            StackSetName=name, StackInstanceAccount=one, StackInstanceRegion=ground.region
        )["StackInstance"]
        return {row["ParameterKey"]: row["ParameterValue"] for row in found["ParameterOverrides"]}

    assert override({"ParameterKey": "Note", "ParameterValue": "a"}) == {"Note": "a"}
    kept = override(
        {"ParameterKey": "Note", "UsePreviousValue": True},
        {"ParameterKey": "Other", "ParameterValue": "b"},
    )
    assert kept == {"Note": "a", "Other": "b"}
    role = ground.client("iam", one).get_role(RoleName=name)["Role"]
    assert role["Description"] == "a b"
    assert override({"ParameterKey": "Other", "UsePreviousValue": True}) == {"Other": "b"}
    assert "ParameterOverrides" not in ground.sets.instances(name)[one]


def test_the_summary_of_a_set_asks_for_the_administrator_too(ground: Ground, name: str) -> None:
    """facts 1.7: GetTemplateSummary takes StackSetName, and CallAs with it."""
    found = ground.sets.client.get_template_summary(StackSetName=name, CallAs="SELF")
    assert found["ResourceTypes"] == ["AWS::IAM::Role"]
    code, _ = refused(ground.sets.client.get_template_summary, StackSetName="conformance-nobody")
    assert code == "StackSetNotFoundException"
