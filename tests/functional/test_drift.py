"""`jumpcf drift`: what somebody changed by hand is found, told in IAM's words, and nothing is written."""

import json

from tests.functional.conftest import World, calls
from tests.functional.test_repair import ACCOUNT, JUMP, POLICY, ROLE

DETECTIONS = {"DetectStackSetDrift", "DetectStackDrift"}


def test_what_is_as_it_was_made_has_no_drift(deployed: World) -> None:
    with calls() as made:
        said = deployed.run("drift")
    assert said.code == 0, said.err + said.out
    assert "No drift: 14 stacks and StackSets looked at." in said.out
    assert set(made.writes) == DETECTIONS


def test_a_widened_trust_in_one_account_is_told_as_broadened(deployed: World) -> None:
    iam = deployed.client("iam", ACCOUNT)
    trust = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    for statement in trust["Statement"]:
        statement.pop("Condition", None)
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(trust))
    said = deployed.run("drift", "--org", "corp")
    assert said.code == 3
    assert f"modified RolePower (AWS::IAM::Role)  in {ACCOUNT}" in said.out
    assert "broadened acme-dev-Power: trust" in said.out
    assert "AssumeRolePolicyDocument" not in said.out
    found = deployed.run("-o", "json", "drift", "--org", "corp").json
    (one,) = found["drifted"]
    assert one["drift"]["account"] == ACCOUNT
    assert one["changes"][0]["mark"] == "broadened"


def test_a_policy_that_somebody_attached_is_told_as_broadened(deployed: World) -> None:
    iam = deployed.client("iam", ACCOUNT)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    said = deployed.run("drift", "--org", "corp")
    assert said.code == 3, said.out
    assert "broadened acme-dev-Power: policies AdministratorAccess added" in said.out


def test_a_role_and_a_group_that_somebody_deleted_are_told(deployed: World) -> None:
    iam = deployed.client("iam", ACCOUNT)
    for policy in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=policy)
    for one in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=one["PolicyArn"])
    iam.delete_role(RoleName=ROLE)
    said = deployed.run("drift", "--org", "corp")
    assert said.code == 3
    assert "deleted RolePower (AWS::IAM::Role)" in said.out
    assert "narrowed  acme-dev-Power: role removed" in said.out


def test_a_loosened_policy_of_the_jump_account_is_told(deployed: World) -> None:
    iam = deployed.client("iam", JUMP)
    (group,) = (one for one in iam.list_groups()["Groups"] if one["GroupName"] == "acme-members")
    attached = iam.list_attached_group_policies(GroupName=group["GroupName"])["AttachedPolicies"]
    arn = attached[0]["PolicyArn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY, SetAsDefault=True)
    said = deployed.run("drift", "--org", "lab")
    assert said.code == 3
    assert "jump/jump-partner-acme" in said.out
    assert "broadened acme-members" in said.out


def test_a_stack_that_was_given_another_template_by_hand_is_named(deployed: World) -> None:
    cloudformation = deployed.client("cloudformation", JUMP)
    body = cloudformation.get_template(StackName="jump-partner-acme")["TemplateBody"]
    by_hand = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "by-hand"}}
    assert "NOT AS" not in deployed.run("drift", "--org", "lab").out
    cloudformation.update_stack(
        StackName="jump-partner-acme",
        TemplateBody=json.dumps({**body, "Resources": {**body["Resources"], "ByHand": by_hand}}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    said = deployed.run("drift", "--org", "lab")
    assert said.code == 0, said.err + said.out
    assert "No drift from what the stacks made: " in said.out
    assert "NOT AS params COMPILE TO: jump/jump-partner-acme; a deploy puts that back:\n" in said.out
    assert "      broadened by-hand: group added\n" in said.out
    (one,) = deployed.run("-o", "json", "drift", "--org", "lab").json["otherwise"]
    assert (one["place"], one["stack"], one["changes"][0]["subject"]) == (
        "jump",
        "jump-partner-acme",
        "by-hand",
    )


def test_what_drift_detection_never_sees_is_said(deployed: World) -> None:
    said = deployed.run("drift", "--org", "lab")
    assert "Drift detection never sees:" in said.out
    assert "Suspended accounts." in said.out
