"""People who leave or go to another partner, with all that they have enrolled by then."""

from typing import Any

from tests.functional.conftest import World, calls
from tests.functional.test_users_between_partners import move, user_of
from tests.local.people import deny, policy

JUMP, ACME = "111111111111", "jump-partner-acme"
PASSWORD = "Of-his-own-choice-1"
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}  # not looked at for passkeys
TAKING = {
    "DeleteLoginProfile",
    "UpdateAccessKey",
    "DeleteAccessKey",
    "DeactivateMFADevice",
    "DeleteVirtualMFADevice",
    "DeleteServiceSpecificCredential",
    "DetachUserPolicy",
    "DeleteUserPolicy",
    "RemoveUserFromGroup",
}


def iam_of(world: World) -> Any:
    return world.client("iam", JUMP)


def enrol(world: World, name: str) -> None:
    """What a person gathers: a password, a virtual device and a passkey, an access key, a Git credential; and
    what an administrator may have added by hand."""
    iam = iam_of(world)
    iam.update_login_profile(UserName=name, Password=PASSWORD, PasswordResetRequired=False)
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{name}-phone")["VirtualMFADevice"]
    iam.enable_mfa_device(UserName=name, SerialNumber=made["SerialNumber"], **CODES)
    iam.create_access_key(UserName=name)
    by_hand(world, name)


def by_hand(world: World, name: str) -> None:
    """A passkey, a Git credential, and what an administrator may have added."""
    iam = iam_of(world)
    passkey = f"arn:aws:iam::{JUMP}:u2f/user/{name}/passkey-ABC"
    iam.enable_mfa_device(UserName=name, SerialNumber=passkey, **CODES)
    iam.create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    iam.put_user_policy(UserName=name, PolicyName="by-hand", PolicyDocument=policy(deny("s3:*")))
    iam.create_group(GroupName=f"{name}-by-hand")
    iam.add_user_to_group(UserName=name, GroupName=f"{name}-by-hand")


def held(world: World, name: str) -> dict[str, int]:
    """What the user has that is not the stack's, by number."""
    iam = iam_of(world)
    try:
        profile = iam.get_login_profile(UserName=name)["LoginProfile"]
        password = 0 if profile["PasswordResetRequired"] else 1  # an initial one is not his own
    except iam.exceptions.NoSuchEntityException:
        password = 0
    git = iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]
    groups = [one["GroupName"] for one in iam.list_groups_for_user(UserName=name)["Groups"]]
    return {
        "password": password,
        "devices": len(iam.list_mfa_devices(UserName=name)["MFADevices"]),
        "keys": len(iam.list_access_keys(UserName=name)["AccessKeyMetadata"]),
        "git": len(git),
        "policies": len(iam.list_user_policies(UserName=name)["PolicyNames"]),
        "groups": groups.count(f"{name}-by-hand"),
    }


ALL = {"password": 1, "devices": 2, "keys": 1, "git": 1, "policies": 1, "groups": 1}
NOTHING = dict.fromkeys(ALL, 0)


def users(world: World) -> set[str]:
    return {one["UserName"] for one in iam_of(world).list_users()["Users"]}


def leave(world: World, name: str, partner: str = "acme") -> None:
    def take(content: dict[str, Any]) -> None:
        content["users"] = [user for user in content["users"] if user["name"] != name]

    world.edit(f"partners/{partner}.yaml", take)


def failures(world: World, stack: str) -> list[str]:
    events = world.client("cloudformation", JUMP).describe_stack_events(StackName=stack)["StackEvents"]
    return [one["ResourceStatusReason"] for one in events if one["ResourceStatus"] == "DELETE_FAILED"]


def test_a_person_who_enrolled_goes_to_another_partner_in_one_deploy(deployed: World) -> None:
    enrol(deployed, "ken.mori")
    before = user_of(deployed, "ken.mori")
    assert held(deployed, "ken.mori") == ALL
    move(deployed, "ken.mori", "acme", "globex")
    said = deployed.deploy("--accept-deletion", "--accept-open-sessions")
    assert said.code == 0, said.out + said.err
    after = user_of(deployed, "ken.mori")
    assert after["UserId"] != before["UserId"]
    assert after["Path"] == "/partner/globex/"
    assert {"Key": "jump-partner", "Value": "globex"} in after["Tags"]
    assert held(deployed, "ken.mori") == NOTHING
    assert iam_of(deployed).list_virtual_mfa_devices()["VirtualMFADevices"] == []
    groups = iam_of(deployed).list_groups_for_user(UserName="ken.mori")["Groups"]
    assert [one["GroupName"] for one in groups] == ["globex-members"]
    assert failures(deployed, ACME) == []
    with calls() as made:
        again = deployed.deploy()
    assert (again.code, made.writes) == (0, [])


def test_without_offboarding_the_same_stack_update_leaves_him_behind_and_the_other_partner_fails(
    deployed: World,
) -> None:
    """The proof that the test above can fail: CloudFormation alone, with the templates of the same move."""
    enrol(deployed, "ken.mori")
    move(deployed, "ken.mori", "acme", "globex")
    assert deployed.run("build", "--no-lint").code == 0
    stacks = deployed.client("cloudformation", JUMP)
    for partner, status in (("acme", "UPDATE_COMPLETE"), ("globex", "UPDATE_ROLLBACK_COMPLETE")):
        body = (deployed.folder / f"build/templates/jump/jump-partner-{partner}.json").read_text("utf-8")
        name = f"jump-partner-{partner}"
        stacks.update_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        assert stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == status
    (reason,) = failures(deployed, ACME)
    assert "Cannot delete entity, must" in reason
    assert held(deployed, "ken.mori") == ALL


def test_a_partner_who_goes_takes_his_enrolled_people_along(deployed: World) -> None:
    enrol(deployed, "ana.lopez")
    (deployed.folder / "params" / "partners" / "globex.yaml").unlink()
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.out + said.err
    assert users(deployed) & {"ana.lopez", "tom.becker"} == set()


def test_with_one_organization_chosen_people_are_offboarded_all_the_same(deployed: World) -> None:
    enrol(deployed, "jun.ito")
    leave(deployed, "jun.ito")
    said = deployed.deploy("--accept-deletion", "--accept-open-sessions", "--org", "lab")
    assert said.code == 0, said.out + said.err
    assert "jun.ito" not in users(deployed)


def test_an_offboarding_that_fails_leaves_the_stack_alone_and_the_next_deploy_converges(
    deployed: World,
) -> None:
    enrol(deployed, "ken.mori")
    move(deployed, "ken.mori", "acme", "globex")
    iam = iam_of(deployed)
    iam.tag_user(UserName="ken.mori", Tags=[{"Key": "jump-partner", "Value": "somebody-else"}])
    before = user_of(deployed, "ken.mori")
    said = deployed.deploy("--accept-deletion", "--accept-open-sessions")
    text = " ".join((said.out + said.err).split())
    assert said.code == 3
    assert "nobody else is touched [A531]" in text
    assert "not tried, because offboard-user ken.mori of jump/jump-partner-acme failed" in text
    assert user_of(deployed, "ken.mori") == before
    assert held(deployed, "ken.mori") == ALL

    iam.tag_user(UserName="ken.mori", Tags=[{"Key": "jump-partner", "Value": "acme"}])
    assert deployed.deploy("--accept-deletion", "--accept-open-sessions").code == 0
    assert user_of(deployed, "ken.mori")["Path"] == "/partner/globex/"
    assert held(deployed, "ken.mori") == NOTHING


def test_a_name_written_in_other_case_is_refused_before_any_write(deployed: World) -> None:
    def rename(partner: dict[str, Any]) -> None:
        next(user for user in partner["users"] if user["name"] == "ken.mori")["name"] = "Ken.Mori"

    deployed.edit("partners/acme.yaml", rename)
    with calls() as made:
        said = deployed.deploy("--accept-deletion")
    assert (said.code, made.writes) == (5, [])
    assert "which IAM takes for the same name" in " ".join(said.err.split())
