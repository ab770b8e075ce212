"""Auto-deployment of the embedded AWS: accounts that are created, moved and removed, with no other call."""

import json
from typing import Any

import pytest

from jumpcf.local.session import LocalAws
from tests.local.support import (
    CORP,
    DEV,
    EMPTY,
    OTHER,
    REGION,
    ROOT,
    SANDBOX,
    WORKLOADS,
    StackSets,
    role_template,
    roles,
)

MOVED = "300000000009"  # lives in SANDBOX


def move(organizations: Any, account: str, source: str, destination: str) -> None:
    organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=destination)


def test_an_account_moved_into_a_nested_ou_gains_its_roles(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    """UG stacksets-orgs-manage-auto-deployment."""
    sets.create("one")
    sets.add("one", WORKLOADS)
    move(organizations, MOVED, SANDBOX, EMPTY)
    assert roles(aws, MOVED) == ["one"]
    instance = sets.instances("one")[MOVED]
    assert (instance["Status"], instance["OrganizationalUnitId"]) == ("CURRENT", WORKLOADS)


def test_an_account_moved_out_loses_them(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    move(organizations, MOVED, SANDBOX, DEV)
    assert roles(aws, MOVED) == []
    assert MOVED not in sets.instances("one")


def test_a_new_account_gains_them_where_it_lands(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    sets.create("everywhere")
    sets.add("everywhere", ROOT)
    sets.create("dev")
    sets.add("dev", DEV)
    status = organizations.create_account(AccountName="new", Email="new@local.example")["CreateAccountStatus"]
    assert roles(aws, status["AccountId"]) == ["everywhere"]
    move(organizations, status["AccountId"], ROOT, DEV)
    assert roles(aws, status["AccountId"]) == ["dev", "everywhere"]


def test_an_account_that_leaves_the_organization_loses_its_stacks(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    organizations.remove_account_from_organization(AccountId=MOVED)
    assert sets.instances("one") == {}
    assert roles(aws, MOVED) == []


def test_a_move_within_one_target_does_nothing(sets: StackSets, organizations: Any) -> None:
    sets.create("one")
    sets.add("one", WORKLOADS)
    before = sets.instances("one")["300000000002"]["StackId"]
    move(organizations, "300000000002", DEV, EMPTY)
    assert sets.instances("one")["300000000002"]["StackId"] == before
    assert len(sets.client.list_stack_set_operations(StackSetName="one")["Summaries"]) == 1


def test_a_move_between_two_targets_deletes_and_creates(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    """UG stacksets-concepts: a delete operation, then a queued create: the role is another one afterwards."""
    sets.create("one")
    sets.add("one", SANDBOX, DEV)
    before = aws.client("iam", MOVED).get_role(RoleName="one")["Role"]["RoleId"]
    move(organizations, MOVED, SANDBOX, DEV)
    assert aws.client("iam", MOVED).get_role(RoleName="one")["Role"]["RoleId"] != before
    assert sets.instances("one")[MOVED]["OrganizationalUnitId"] == DEV
    actions = [
        row["Action"] for row in sets.client.list_stack_set_operations(StackSetName="one")["Summaries"]
    ]
    assert actions[:2] == ["CREATE", "DELETE"]


def test_account_filters_are_not_considered(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    """UG: "Automatic deployments do not consider account level targeting filters"."""
    sets.create("one")
    sets.add("one", DEV, targets={"Accounts": ["300000000002"], "AccountFilterType": "INTERSECTION"})
    move(organizations, MOVED, SANDBOX, DEV)
    assert sets.instances("one").keys() == {"300000000002", MOVED}


def test_overrides_do_not_reach_accounts_that_come_later(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    """bc UpdateStackInstances.DeploymentTargets: later accounts "won't use the overridden values"; facts 2.1."""
    template = json.loads(role_template("one"))
    template["Parameters"] = {"Note": {"Type": "String", "Default": "none"}}
    template["Resources"]["Role"]["Properties"]["Description"] = {"Ref": "Note"}
    sets.create("one", json.dumps(template))
    sets.add("one", DEV)
    sets.client.update_stack_instances(
        StackSetName="one",
        Regions=[REGION],
        DeploymentTargets={"OrganizationalUnitIds": [DEV]},
        ParameterOverrides=[{"ParameterKey": "Note", "ParameterValue": "here"}],
    )
    move(organizations, MOVED, SANDBOX, DEV)
    found = {
        account: aws.client("iam", account).get_role(RoleName="one")["Role"]["Description"]
        for account in ("300000000002", MOVED)
    }
    assert found == {"300000000002": "here", MOVED: "none"}


def test_without_auto_deployment_nothing_happens(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    sets.create("one", AutoDeployment={"Enabled": False})
    sets.add("one", DEV)
    move(organizations, MOVED, SANDBOX, DEV)
    assert roles(aws, MOVED) == []


def test_stacks_can_be_retained_on_removal(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    """bc AutoDeployment.RetainStacksOnAccountRemoval."""
    sets.create("one", AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True})
    sets.add("one", SANDBOX)
    move(organizations, MOVED, SANDBOX, DEV)
    assert sets.instances("one") == {}
    assert roles(aws, MOVED) == ["one"]


def test_a_removed_target_deploys_no_more(aws: LocalAws, sets: StackSets, organizations: Any) -> None:
    sets.create("one")
    sets.add("one", DEV)
    sets.remove("one", DEV)
    move(organizations, MOVED, SANDBOX, DEV)
    assert roles(aws, MOVED) == []


@pytest.mark.parametrize("account", ["300000000002"])
def test_a_failed_automatic_deployment_waits_for_somebody(
    aws: LocalAws, sets: StackSets, organizations: Any, account: str
) -> None:
    """CR#1208: no retry; the instance stays OUTDATED until a new operation runs."""
    sets.create("one")
    sets.add("one", SANDBOX)
    aws.fail(account=account, action="CREATE", times=1)
    move(organizations, account, DEV, SANDBOX)
    assert sets.instances("one")[account]["Status"] == "OUTDATED"
    assert roles(aws, account) == []
    sets.add("one", SANDBOX)
    assert roles(aws, account) == ["one"]


def test_closing_an_account_makes_later_operations_skip_it(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    organizations.close_account(AccountId=MOVED)
    sets.update("one")
    detailed = sets.instances("one")[MOVED]["StackInstanceStatus"]["DetailedStatus"]
    assert detailed == "SKIPPED_SUSPENDED_ACCOUNT"


def test_without_trusted_access_stacks_stay_and_nothing_more_is_deployed(aws: LocalAws) -> None:
    """UG stacksets-orgs-activate-trusted-access."""
    client = aws.client("cloudformation", OTHER)
    others = StackSets(client)
    others.create("one")
    others.add("one", "r-cd34")
    client.deactivate_organizations_access()
    account = aws.create_account("newcomer", "r-cd34")
    assert roles(aws, account) == []
    assert roles(aws, "500000000001") == ["one"]


def test_the_helpers_for_tests_make_the_real_calls(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", DEV)
    account = aws.create_account("newcomer", EMPTY)
    assert roles(aws, account) == ["one"]
    aws.move_account(account, SANDBOX)
    assert roles(aws, account) == []
    aws.move_account(account, DEV)
    aws.suspend_account(account)
    sets.update("one")
    assert (
        sets.instances("one")[account]["StackInstanceStatus"]["DetailedStatus"] == "SKIPPED_SUSPENDED_ACCOUNT"
    )
    aws.remove_account(account)
    assert account not in sets.instances("one")


def test_the_management_account_gets_nothing_when_it_moves(
    aws: LocalAws, sets: StackSets, organizations: Any
) -> None:
    sets.create("one")
    sets.add("one", DEV)
    move(organizations, CORP, ROOT, DEV)
    assert roles(aws, CORP) == []
    assert sets.client.describe_stack_set(StackSetName="one")["StackSet"]["Regions"] == [REGION]
