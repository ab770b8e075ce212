"""`jumpcf repair`: what a deploy does not mend by itself, broken on the embedded AWS and mended."""

import json
from typing import Any

import pytest

from tests.functional.conftest import Said, World, calls
from tests.functional.test_auto_deployment import MANAGEMENT, move, unit
from tests.functional.test_main_path import CORP_ADMIN

JUMP = "111111111111"
ACCOUNT = "441000000002"  # one of /Workloads/Dev, where jump-acme-dev goes
SET, REGION = "jump-acme-dev", "ap-northeast-1"
ROLE = "acme-dev-Power"
TAKEN = {"GroupName": "acme-members"}
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}'


def repair(world: World, *arguments: str) -> Said:
    return world.run(
        "repair", "--org", "corp", "--yes", "--accept-broadening", "--accept-deletion", *arguments
    )


def clean(world: World) -> None:
    """Nothing is left to repair, and a repair then writes nothing."""
    with calls() as made:
        said = repair(world)
    assert (said.code, "Nothing to repair" in said.err) == (0, True), said.err + said.out
    assert made.writes == []


def hold(world: World, account: str = ACCOUNT) -> str:
    """A policy that somebody attached by hand: IAM refuses to delete the role."""
    iam = world.client("iam", account)
    arn: str = iam.create_policy(PolicyName="by-hand", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    return arn


def let_go(world: World, arn: str, account: str = ACCOUNT) -> None:
    world.client("iam", account).detach_role_policy(RoleName=ROLE, PolicyArn=arn)


def instances(world: World) -> dict[str, Any]:
    client = world.client("cloudformation", CORP_ADMIN)
    listed = client.list_stack_instances(StackSetName=SET, CallAs="DELEGATED_ADMIN")["Summaries"]
    return {one["Account"]: one for one in listed}


def inoperable(world: World) -> str:
    """A deletion in one account that failed; gives what holds its role."""
    arn = hold(world)
    world.client("cloudformation", CORP_ADMIN).delete_stack_instances(
        StackSetName=SET,
        CallAs="DELEGATED_ADMIN",
        DeploymentTargets={
            "OrganizationalUnitIds": [unit(world, "/Workloads/Dev")],
            "Accounts": [ACCOUNT],
            "AccountFilterType": "INTERSECTION",
        },
        Regions=[REGION],
        RetainStacks=False,
    )
    assert instances(world)[ACCOUNT]["Status"] == "INOPERABLE"
    return arn


def stack(world: World, name: str) -> Any:
    """The latest stack of this name, as the embedded AWS keeps it."""
    place = world.aws.world.place(JUMP, REGION)
    return [one for one in place.stacks.values() if one.name == name][-1]


def test_a_healthy_estate_needs_no_repair(deployed: World) -> None:
    said = deployed.run("repair")  # nobody is asked, for there is nothing to ask
    assert (said.code, "Nothing to repair" in said.err) == (0, True), said.err
    clean(deployed)


def test_an_auto_deployment_that_failed_is_filled(deployed: World) -> None:
    account = "444000000001"
    fault = (
        "local",
        "fault",
        "account",
        account,
        "--action",
        "create",
        "--times",
        "1",
        "--reason",
        "not ready",
    )
    assert deployed.run(*fault).code == 0
    move(deployed, account, "/Workloads/Prod")
    assert "acme-prod-Read" not in deployed.roles_in(account)
    said = repair(deployed)
    assert said.code == 0, said.err + said.out
    assert f"{account} (shop-staging)" in said.err
    assert "wrong: without the right stack: tried again: not ready" in " ".join(said.err.split())
    assert "acme-prod-Read" in deployed.roles_in(account)
    clean(deployed)


def test_an_inoperable_stack_is_deleted_and_made_anew(deployed: World) -> None:
    arn = inoperable(deployed)
    assert deployed.deploy().code == 3, "a deploy alone does not mend it"
    said = repair(deployed)  # what held the role still holds it
    assert said.code == 3
    assert "must detach all policies first" in said.out
    let_go(deployed, arn)
    said = repair(deployed)
    assert said.code == 0, said.err + said.out
    assert ROLE in deployed.roles_in(ACCOUNT)
    assert instances(deployed)[ACCOUNT]["Status"] == "CURRENT"
    clean(deployed)


def test_an_inoperable_stack_is_left_behind_only_where_a_person_names_the_account(deployed: World) -> None:
    inoperable(deployed)
    said = repair(deployed, "--retain", ACCOUNT)
    assert "only if you delete the stack StackSet-jump-acme-dev-… in each" in " ".join(said.err.split())
    assert said.code == 3
    assert "already exists" in said.out, "the roles that were left stand in the way of new ones"
    assert instances(deployed)[ACCOUNT]["Status"] == "OUTDATED"


def test_an_account_that_left_the_organization_is_taken_off(deployed: World) -> None:
    hold(deployed)
    organizations = deployed.client("organizations", MANAGEMENT)
    organizations.remove_account_from_organization(AccountId=ACCOUNT)
    assert instances(deployed)[ACCOUNT]["Status"] == "INOPERABLE"
    said = repair(deployed)
    assert said.code == 0, said.err + said.out
    assert "left the organization" in said.err
    assert ACCOUNT not in instances(deployed)
    clean(deployed)


def test_suspended_accounts_are_left_until_a_person_asks(deployed: World) -> None:
    assert deployed.run("local", "fault", "suspend", ACCOUNT).code == 0
    said = repair(deployed)
    assert said.code == 0, said.err
    assert "done:  nothing; --suspended takes them off" in said.err
    assert ACCOUNT in instances(deployed)
    said = repair(deployed, "--suspended")
    assert said.code == 0, said.err + said.out
    assert ACCOUNT not in instances(deployed)
    assert ROLE in deployed.roles_in(ACCOUNT)


def test_a_stack_whose_creation_was_rolled_back_is_made_anew(deployed: World) -> None:
    client = deployed.client("cloudformation", JUMP)
    iam = deployed.client("iam", JUMP)
    for user in iam.list_users(PathPrefix="/partner/globex/")["Users"]:
        iam.delete_login_profile(UserName=user["UserName"])
    client.update_termination_protection(StackName="jump-partner-globex", EnableTerminationProtection=False)
    client.delete_stack(StackName="jump-partner-globex")
    client.create_stack(
        StackName="jump-partner-globex",
        TemplateBody=json.dumps({"Resources": {"Taken": {"Type": "AWS::IAM::Group", "Properties": TAKEN}}}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "jumpcf-estate", "Value": "example"}],
    )
    remains = client.describe_stacks(StackName="jump-partner-globex")["Stacks"][0]
    assert remains["StackStatus"] == "ROLLBACK_COMPLETE"
    said = repair(deployed)
    assert said.code == 3, said.err + said.out
    assert "no-password     globex/" in said.out
    assert "it holds nothing" in said.err
    assert stack(deployed, "jump-partner-globex").status == "CREATE_COMPLETE"
    assert deployed.deploy().code == 0, "its people get a password again, which repair does not give"
    clean(deployed)


def test_a_shell_without_a_template_is_made_a_stack(deployed: World) -> None:
    gone = stack(deployed, "jump-partner-globex")
    gone.status = "REVIEW_IN_PROGRESS"
    gone.resources.clear()
    said = repair(deployed)
    assert "a change set was made for it and never run" in said.err, said.err


def test_a_rollback_that_failed_is_gone_on_with(deployed: World) -> None:
    stack(deployed, "jump-partner-globex").status = "UPDATE_ROLLBACK_FAILED"
    assert deployed.deploy().code == 5, "a deploy is blocked by it"
    said = repair(deployed)
    assert said.code == 0, said.err + said.out
    assert "CloudFormation goes on with the rollback" in said.err
    assert stack(deployed, "jump-partner-globex").status == "UPDATE_ROLLBACK_COMPLETE"
    clean(deployed)


def test_a_change_set_that_was_never_run_is_deleted_and_somebody_elses_stays(deployed: World) -> None:
    client = deployed.client("cloudformation", JUMP)
    for name in ("jumpcf-0123456789ab-old", "by-hand"):
        client.create_change_set(
            StackName="jump-partner-globex",
            ChangeSetName=name,
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "jumpcf-estate", "Value": "other"}],
        )
    said = repair(deployed)
    assert said.code == 0, said.err + said.out
    left = client.list_change_sets(StackName="jump-partner-globex")["Summaries"]
    names = [one["ChangeSetName"] for one in left if one["ExecutionStatus"] == "AVAILABLE"]
    assert names == ["by-hand"]
    clean(deployed)


def test_what_is_taken_away_needs_its_own_word(deployed: World) -> None:
    inoperable(deployed)
    with calls() as made:
        said = deployed.run("repair", "--yes", "--accept-broadening")
    assert (said.code, "G502" in said.err) == (5, True)
    assert made.writes == []


@pytest.mark.parametrize("output", ["json"])
def test_json_says_the_status_after_it(deployed: World, output: str) -> None:
    said = deployed.run("-o", output, "repair", "--yes", "--accept-broadening")
    assert (said.code, json.loads(said.out)["estate"]) == (0, "example")
