"""What a night operator meets: failed creations, full disks, organizations that go."""

import copy
from typing import Any

from tests.functional.conftest import World, calls

JUMP = "111111111111"


def test_a_failed_first_creation_is_told_and_the_next_deploy_mends_it(world: World) -> None:
    iam = world.client("iam", JUMP)
    other = "ACME-members"  # IAM's names differ by more than their letters' case; early validation misses this one
    iam.create_group(GroupName=other)
    said = world.deploy()
    assert said.code == 3, said.err
    assert "rollback_complete jump-partner-acme" in " ".join(said.out.split())
    assert "acme-members" in said.err
    with calls() as made:
        assert world.run("plan").code == 0
        status = world.run("status")
    assert (status.code, made.writes) == (3, [])
    iam.delete_group(GroupName=other)
    again = world.deploy()
    assert again.code == 0, again.err + again.out
    assert world.run("plan", "--detailed-exitcode").code == 0


def test_a_name_that_exists_is_found_before_anything_is_made(world: World) -> None:
    """CloudFormation validates a change set's names; the shell of the stack does not stay."""
    iam = world.client("iam", JUMP)
    iam.create_group(GroupName="acme-members")
    said = world.deploy()
    assert said.code == 3, said.err
    told = " ".join(said.err.split())
    assert "Resource of type 'AWS::IAM::Group' with identifier 'acme-members' already exists" in told
    names = {row["StackName"] for row in world.client("cloudformation", JUMP).describe_stacks()["Stacks"]}
    assert "jump-partner-acme" not in names
    iam.delete_group(GroupName="acme-members")
    assert world.deploy().code == 0


def test_a_strangers_user_is_never_called_a_thing_to_delete(deployed: World) -> None:
    """The reason and what to do stand at the stack that failed; accounts not tried for its sake have no hint."""
    iam = deployed.client("iam", JUMP)
    iam.create_user(UserName="LATE.one")  # early validation misses a name that differs by its letters' case

    def with_late_one(partner: dict[str, Any]) -> None:
        partner["users"].append({"name": "late.one", "email": "late.one@acme.example"})
        partner["grants"]["late"] = copy.deepcopy(partner["grants"]["dev"])

    deployed.edit("partners/acme.yaml", with_late_one)
    said = deployed.deploy()
    assert said.code == 3, said.err
    stack = next(line for line in said.out.splitlines() if "jump-partner-acme  (" in line)
    assert "already exists" in stack
    assert "what has this name is not this stack's" in stack
    assert "remove it once its owner agrees" in stack
    assert "not-attempted" in said.out
    assert "hint:" not in said.out
    assert "delete it" not in said.out + said.err
    assert iam.get_user(UserName="LATE.one")


def test_an_organization_that_goes_with_its_grants_is_not_forgotten(deployed: World) -> None:
    params = deployed.folder / "params"
    for path in (params / "partners").glob("*.yaml"):
        deployed.edit(f"partners/{path.name}", _without_lab)
    kept = {name: (params / name).read_bytes() for name in ("organizations/lab.yaml", "lock/lab.json")}
    for name in kept:
        (params / name).unlink()
    for verb, code in ((["plan"], 5), (["deploy", "--yes", "--accept-deletion"], 5), (["status"], 3)):
        with calls() as made:
            said = deployed.run(*verb)
        assert (said.code, made.writes) == (code, []), said.err
        assert "params/organizations/lab.yaml" in said.out + said.err
    for name, content in kept.items():
        (params / name).write_bytes(content)
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.err + said.out
    for name in kept:
        (params / name).unlink()
    assert deployed.run("plan").code == 0
    said = deployed.deploy()  # the bucket policy admits one account less
    assert said.code == 0, said.err + said.out
    assert deployed.run("status").code == 0


def test_a_role_that_was_deleted_by_hand_is_mended_by_excepting_the_account_for_a_while(
    deployed: World,
) -> None:
    account, name = "441000000001", "acme-dev-Power"
    iam = deployed.client("iam", account)
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)
    assert deployed.run("status").code == 0  # said in docs/plan-and-deploy.md: drift is not seen

    deployed.edit("organizations/corp.yaml", lambda it: it["rollout"].update(failure_tolerance="100%"))
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["dev"].update(session="2h"))
    said = deployed.deploy()
    assert said.code == 3
    assert f"failed          {account}" in said.out
    assert "deleted by hand" in said.out

    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["dev"].update(except_accounts=[account]))
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.out
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["dev"].pop("except_accounts") and None)
    said = deployed.deploy("--accept-deletion")
    assert said.code == 0, said.out
    assert deployed.roles_in(account)[name]["session"] == 7200


def _without_lab(partner: dict[str, Any]) -> None:
    grants = partner.get("grants", {})
    partner["grants"] = {name: one for name, one in grants.items() if one["organization"] != "lab"}
