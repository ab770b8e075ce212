"""Service-managed StackSets of the embedded AWS, through boto3; each fact with its source.

bc = the CloudFormation API reference (botocore's model); UG = the CloudFormation User Guide.
"""

import json

import pytest

from jumpcf.local.session import LocalAws
from tests.local.support import (
    ADMIN,
    CORP,
    DEV,
    EMPTY,
    JUMP,
    OTHER,
    REGION,
    ROOT,
    SANDBOX,
    SUSPENDED,
    WORKLOADS,
    StackSets,
    refused,
    role_template,
    roles,
)

IN_WORKLOADS = {f"30000000000{number}" for number in range(1, 8)}


def test_an_ou_includes_the_ous_below_it_at_any_depth(aws: LocalAws, sets: StackSets) -> None:
    """UG stacksets-orgs-associate-stackset-with-org."""
    sets.create("one")
    sets.add("one", WORKLOADS)
    assert sets.instances("one").keys() == IN_WORKLOADS
    assert roles(aws, "300000000002") == ["one"]


def test_the_root_means_every_account_but_the_management_account(aws: LocalAws, sets: StackSets) -> None:
    """bc DeploymentTargets: "doesn't deploy ... to the organization management account"."""
    sets.create("one")
    sets.add("one", ROOT)
    assert sets.instances("one").keys() == IN_WORKLOADS | {"300000000009"}
    assert roles(aws, CORP) == []


def test_organizations_are_apart(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    others = StackSets(aws.client("cloudformation", OTHER))
    others.create("one")
    others.add("one", "r-cd34")
    assert others.instances("one").keys() == {"500000000001", "500000000002"}
    assert sets.instances("one") == {}
    code, message = refused(others.add, "one", WORKLOADS)
    assert code == "ValidationError"
    assert WORKLOADS in message


def test_a_suspended_account_is_skipped_and_is_no_failure(aws: LocalAws, sets: StackSets) -> None:
    """AWS, June 2023: stack sets skip suspended accounts; the instance stays OUTDATED without a stack."""
    sets.create("one")
    operation = sets.add("one", WORKLOADS)
    assert sets.operation("one", operation)["Status"] == "SUCCEEDED"
    instance = sets.instances("one")[SUSPENDED]
    assert instance["Status"] == "OUTDATED"
    assert instance["StackInstanceStatus"]["DetailedStatus"] == "SKIPPED_SUSPENDED_ACCOUNT"
    assert "RetainStacks" in instance["StatusReason"]
    assert "StackId" not in instance
    assert roles(aws, SUSPENDED) == []


def test_only_deleting_with_retain_stacks_empties_a_set_with_a_suspended_account(sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", WORKLOADS)
    sets.remove("one", WORKLOADS)
    assert sets.instances("one").keys() == {SUSPENDED}
    assert refused(sets.client.delete_stack_set, StackSetName="one")[0] == "StackSetNotEmptyException"
    sets.remove("one", WORKLOADS, retain=True)
    assert sets.instances("one") == {}
    sets.client.delete_stack_set(StackSetName="one")
    assert [row["StackSetName"] for row in sets.client.list_stack_sets(Status="ACTIVE")["Summaries"]] == []
    assert len(sets.client.list_stack_sets(Status="DELETED")["Summaries"]) == 1


def test_an_empty_ou_becomes_a_target(sets: StackSets) -> None:
    """The operation succeeds with no instance, and the OU is registered for auto-deployment."""
    sets.create("one")
    operation = sets.add("one", EMPTY)
    assert sets.operation("one", operation)["Status"] == "SUCCEEDED"
    assert sets.instances("one") == {}
    assert sets.units("one") == [EMPTY]
    assert sets.client.describe_stack_set(StackSetName="one")["StackSet"]["OrganizationalUnitIds"] == [EMPTY]


def test_creating_instances_again_fills_gaps_and_touches_nothing_else(aws: LocalAws, sets: StackSets) -> None:
    """UG stackinstances-create: "creates new stacks in any accounts in the OU that don't already have stacks"."""
    sets.create("one")
    sets.add("one", DEV)
    before = aws.client("iam", "300000000002").get_role(RoleName="one")["Role"]["RoleId"]
    sets.add("one", WORKLOADS)
    assert sets.instances("one").keys() == IN_WORKLOADS
    assert aws.client("iam", "300000000002").get_role(RoleName="one")["Role"]["RoleId"] == before


def test_an_account_filter_chooses_accounts_of_the_ous(sets: StackSets) -> None:
    """bc DeploymentTargets.AccountFilterType."""
    sets.create("one")
    sets.add("one", WORKLOADS, targets={"Accounts": ["300000000002"], "AccountFilterType": "INTERSECTION"})
    assert sets.instances("one").keys() == {"300000000002"}
    sets.create("two")
    sets.add("two", DEV, targets={"Accounts": ["300000000002"], "AccountFilterType": "DIFFERENCE"})
    assert sets.instances("two").keys() == {"300000000004", "300000000006", SUSPENDED}


def test_deleting_one_account_leaves_the_ou_a_target(sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", DEV)
    sets.remove("one", DEV, targets={"Accounts": ["300000000002"], "AccountFilterType": "INTERSECTION"})
    assert "300000000002" not in sets.instances("one")
    assert "300000000004" in sets.instances("one")
    assert sets.units("one") == [DEV]


@pytest.mark.parametrize(
    ("targets", "what"),
    [
        ({}, "can only have OrganizationalUnit as target"),
        ({"Accounts": ["300000000002"]}, "can only have OrganizationalUnit as target"),
        ({"OrganizationalUnitIds": [f"ou-ab12-{n:08}" for n in range(51)]}, "50 organizational units"),
        ({"OrganizationalUnitIds": ["ou-ab12-99999999"]}, "ou-ab12-99999999 not found"),
        (
            {"OrganizationalUnitIds": [DEV], "Accounts": ["300000000002"]},
            "AccountFilterType should be specified",
        ),
        (
            {"OrganizationalUnitIds": [DEV], "Accounts": ["300000000002"], "AccountFilterType": "UNION"},
            "UNION is not supported",
        ),
    ],
)
def test_wrong_targets_are_refused(sets: StackSets, targets: dict[str, list[str]], what: str) -> None:
    sets.create("one")
    code, message = refused(
        sets.client.create_stack_instances, StackSetName="one", Regions=[REGION], DeploymentTargets=targets
    )
    assert code == "ValidationError"
    assert what in message
    assert sets.instances("one") == {}
    assert sets.units("one") == []


def test_deleting_by_ou_removes_roles_and_the_target(aws: LocalAws, sets: StackSets) -> None:
    """UG stackinstances-delete: the OU is a target no more."""
    sets.create("one")
    sets.add("one", SANDBOX, DEV)
    sets.remove("one", SANDBOX)
    assert roles(aws, "300000000009") == []
    assert roles(aws, "300000000002") == ["one"]
    assert sets.units("one") == [DEV]


def test_an_ou_that_the_set_does_not_know_is_refused_in_updates_and_deletions(sets: StackSets) -> None:
    """hashicorp/terraform-provider-aws#27877: "Organizational unit ou-x not found in StackSet"."""
    sets.create("one")
    sets.add("one", DEV)
    code, message = refused(sets.remove, "one", SANDBOX)
    assert (code, message) == ("ValidationError", f"Organizational unit {SANDBOX} not found in StackSet")


def test_retained_stacks_stay_and_later_collide_by_name(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    sets.remove("one", SANDBOX, retain=True)
    assert roles(aws, "300000000009") == ["one"]
    operation = sets.add("one", SANDBOX)
    assert sets.results("one", operation) == {"300000000009": "FAILED"}
    assert "already exists" in sets.instances("one")["300000000009"]["StatusReason"]


def test_an_update_reaches_every_instance_and_keeps_the_role(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", DEV)
    iam = aws.client("iam", "300000000002")
    before = iam.get_role(RoleName="one")["Role"]
    sets.update(
        "one", role_template("one", MaxSessionDuration=7200), Tags=[{"Key": "jumpcf-grant", "Value": "g"}]
    )
    after = iam.get_role(RoleName="one")["Role"]
    assert (after["MaxSessionDuration"], after["RoleId"]) == (7200, before["RoleId"])
    assert after["Tags"] == [{"Key": "jumpcf-grant", "Value": "g"}]
    assert {row["Status"] for account, row in sets.instances("one").items() if account != SUSPENDED} == {
        "CURRENT"
    }


def test_a_targeted_update_leaves_the_others_outdated_and_pending(sets: StackSets) -> None:
    """bc UpdateStackSet: with a new template "marks all stack instances ... OUTDATED prior to updating"."""
    sets.create("one")
    sets.add("one", SANDBOX, DEV)
    body = role_template("one", MaxSessionDuration=7200)
    sets.update("one", body, DeploymentTargets={"OrganizationalUnitIds": [SANDBOX]}, Regions=[REGION])
    instances = sets.instances("one")
    assert instances["300000000009"]["Status"] == "CURRENT"
    assert instances["300000000002"]["Status"] == "OUTDATED"
    assert instances["300000000002"]["StackInstanceStatus"]["DetailedStatus"] == "PENDING"


def test_an_update_that_changes_nothing_still_runs_and_succeeds(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    stack = sets.instances("one")["300000000009"]["StackId"]
    before = aws.client("cloudformation", "300000000009").describe_stack_events(StackName=stack)[
        "StackEvents"
    ]
    operation = sets.update("one")
    assert sets.results("one", operation) == {"300000000009": "SUCCEEDED"}
    after = aws.client("cloudformation", "300000000009").describe_stack_events(StackName=stack)["StackEvents"]
    assert len(after) == len(before)


def test_managed_execution_is_changed_by_a_call_of_its_own(sets: StackSets) -> None:
    """hashicorp/terraform-provider-aws#35031."""
    sets.create("one")
    code, message = refused(sets.update, "one", role_template("one"), ManagedExecution={"Active": True})
    assert code == "InvalidOperationException"
    assert message == "Cannot update ManagedExecution while updating StackSet Template or Parameters"
    sets.update("one", ManagedExecution={"Active": True})
    assert sets.client.describe_stack_set(StackSetName="one")["StackSet"]["ManagedExecution"]["Active"]


def test_auto_deployment_and_targets_do_not_go_together(sets: StackSets) -> None:
    """bc UpdateStackSet.AutoDeployment: "don't specify DeploymentTargets or Regions"."""
    sets.create("one")
    sets.add("one", DEV)
    code, _ = refused(
        sets.update,
        "one",
        AutoDeployment={"Enabled": False},
        DeploymentTargets={"OrganizationalUnitIds": [DEV]},
        Regions=[REGION],
    )
    assert code == "ValidationError"


def test_a_set_tells_all_that_a_comparison_needs(sets: StackSets) -> None:
    body = role_template("one")
    tags = [{"Key": "jumpcf-estate", "Value": "example"}]
    sets.create("one", body, Tags=tags, Description="Roles of acme", ManagedExecution={"Active": True})
    sets.add("one", DEV)
    found = sets.client.describe_stack_set(StackSetName="one")["StackSet"]
    assert json.loads(found["TemplateBody"]) == json.loads(body)
    assert found["Tags"] == tags
    assert found["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert found["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert found["ManagedExecution"] == {"Active": True}
    assert (found["PermissionModel"], found["Regions"]) == ("SERVICE_MANAGED", [REGION])
    summary = sets.client.list_stack_sets(Status="ACTIVE")["Summaries"][0]
    assert "Tags" not in summary
    assert "StackSetARN" not in summary


def test_names_are_unique_and_the_same_request_gives_the_same_set(sets: StackSets) -> None:
    first = sets.create("one", ClientRequestToken="once")
    assert sets.create("one", ClientRequestToken="once") == first
    assert refused(sets.create, "one", ClientRequestToken="twice")[0] == "NameAlreadyExistsException"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Capabilities": []}, "InsufficientCapabilitiesException"),
        ({"AutoDeployment": {"Enabled": False, "RetainStacksOnAccountRemoval": False}}, "ValidationError"),
        ({"PermissionModel": "SELF_MANAGED"}, "NotImplemented"),
    ],
)
def test_a_wrong_definition_is_refused(sets: StackSets, more: dict[str, object], code: str) -> None:
    assert refused(sets.create, "one", **more)[0] == code


def test_a_parameter_without_default_needs_a_value_at_the_set(sets: StackSets) -> None:
    """cdklabs/cdk-stacksets#115: "Parameters: [X] must have values"."""
    template = json.loads(role_template("one"))
    template["Parameters"] = {"Who": {"Type": "String"}}
    code, message = refused(sets.create, "one", json.dumps(template))
    assert (code, message) == ("ValidationError", "Parameters: [Who] must have values")


def test_overrides_reach_their_instances_only(aws: LocalAws, sets: StackSets) -> None:
    template = json.loads(role_template("one"))
    template["Parameters"] = {"Note": {"Type": "String", "Default": "none"}}
    template["Resources"]["Role"]["Properties"]["Description"] = {"Ref": "Note"}
    sets.create("one", json.dumps(template))
    sets.add("one", SANDBOX, DEV)
    sets.client.update_stack_instances(
        StackSetName="one",
        Regions=[REGION],
        DeploymentTargets={"OrganizationalUnitIds": [SANDBOX]},
        ParameterOverrides=[{"ParameterKey": "Note", "ParameterValue": "here"}],
    )
    described = {
        account: aws.client("iam", account).get_role(RoleName="one")["Role"]["Description"]
        for account in ("300000000009", "300000000002")
    }
    assert described == {"300000000009": "here", "300000000002": "none"}
    instance = sets.client.describe_stack_instance(
        StackSetName="one", StackInstanceAccount="300000000009", StackInstanceRegion=REGION
    )["StackInstance"]
    assert instance["ParameterOverrides"] == [{"ParameterKey": "Note", "ParameterValue": "here"}]


def test_instances_are_filtered_and_paged(sets: StackSets) -> None:
    sets.create("one")
    operation = sets.add("one", WORKLOADS)
    skipped = sets.client.list_stack_instances(
        StackSetName="one", Filters=[{"Name": "DETAILED_STATUS", "Values": "SKIPPED_SUSPENDED_ACCOUNT"}]
    )["Summaries"]
    assert [row["Account"] for row in skipped] == [SUSPENDED]
    last = sets.client.list_stack_instances(
        StackSetName="one", Filters=[{"Name": "LAST_OPERATION_ID", "Values": operation}], MaxResults=3
    )
    assert len(last["Summaries"]) == 3
    assert last["NextToken"]
    assert len(sets.instances("one")) == len(IN_WORKLOADS)


def test_the_stack_is_seen_in_the_member_account(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    stacks = aws.client("cloudformation", "300000000009").describe_stacks()["Stacks"]
    assert [row["StackId"] for row in stacks] == [sets.instances("one")["300000000009"]["StackId"]]
    assert stacks[0]["StackName"].startswith("StackSet-one-")


def test_the_delegated_administrator_says_so_on_every_call(aws: LocalAws) -> None:
    """UG stacksets-orgs-delegated-admin; aws-cloudformation/rain#585: without CallAs a read finds nothing."""
    admin = StackSets(aws.client("cloudformation", ADMIN), "DELEGATED_ADMIN")
    admin.create("one")
    admin.add("one", DEV)
    assert len(admin.instances("one")) == 4
    assert "one" in [
        row["StackSetName"] for row in aws.client("cloudformation", CORP).list_stack_sets()["Summaries"]
    ]
    forgetful = StackSets(admin.client)
    assert refused(forgetful.instances, "one")[0] == "StackSetNotFoundException"
    assert forgetful.client.list_stack_sets()["Summaries"] == []
    code, message = refused(forgetful.create, "two")
    assert code == "ValidationError"
    assert message.startswith("You must be the management account or delegated admin account")


@pytest.mark.parametrize("account", [CORP, "300000000002", JUMP])
def test_who_is_not_a_delegated_administrator_may_not_say_so(aws: LocalAws, account: str) -> None:
    """cdklabs/cdk-stacksets#265."""
    stranger = StackSets(aws.client("cloudformation", account), "DELEGATED_ADMIN")
    assert refused(stranger.create, "one") == (
        "ValidationError",
        "Account used is not a delegated administrator",
    )


def test_trusted_access_is_needed(aws: LocalAws) -> None:
    """pepperize/cdk-organizations#1718."""
    client = aws.client("cloudformation", OTHER)
    assert client.describe_organizations_access()["Status"] == "ENABLED"
    client.deactivate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "DISABLED"
    code, message = refused(StackSets(client).create, "one")
    assert code == "ValidationError"
    assert message == "You must enable organizations access to operate a service managed stack set"
    client.activate_organizations_access()
    assert StackSets(client).create("one")


def test_a_set_of_wait_handles_only_may_be_empty_of_roles(aws: LocalAws, sets: StackSets) -> None:
    """A Condition on AWS::AccountId keeps the role out of one account, under auto-deployment too."""
    template = json.loads(role_template("one"))
    template["Conditions"] = {
        "Unprotected": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, ADMIN]}]}
    }
    template["Resources"]["Role"]["Condition"] = "Unprotected"
    template["Resources"]["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    sets.create("one", json.dumps(template))
    sets.add("one", WORKLOADS)
    assert sets.instances("one")[ADMIN]["Status"] == "CURRENT"
    assert roles(aws, ADMIN) == []
    assert roles(aws, "300000000003") == ["one"]


def test_the_summary_names_types_and_capabilities(sets: StackSets) -> None:
    sets.create("one")
    found = sets.client.get_template_summary(StackSetName="one")
    assert found["ResourceTypes"] == ["AWS::IAM::Role"]
    assert found["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_a_list_of_accounts_elsewhere_is_refused_by_name(sets: StackSets) -> None:
    """bc DeploymentTargets.AccountsUrl."""
    sets.create("one")
    code, message = refused(sets.add, "one", DEV, targets={"AccountsUrl": "s3://bucket/accounts.csv"})
    assert (code, "AccountsUrl" in message) == ("NotImplemented", True)


def test_what_is_not_implemented_says_so_by_name(sets: StackSets) -> None:
    sets.create("one")
    code, message = refused(sets.client.import_stacks_to_stack_set, StackSetName="one", StackIds=["x"])
    assert code == "NotImplemented"
    assert "import_stacks_to_stack_set" in message
