"""A stack whose update is complete though something of it could not be deleted: AWS shows nothing that is not as
wanted, and every verb says that it failed."""

from pathlib import Path

import pytest

from tests.functional.conftest import World
from tests.functional.killing import killed
from tests.functional.wire import Call, wired

JUMP = "111111111111"
STAYS = "UPDATE_COMPLETE, but something stays that no stack knows any more: GroupExtra"
TOLD = f"FAILED jump jump-partner-acme (deploy-stack)  ({STAYS}"


def members(world: World) -> None:
    """Somebody made by hand is in a group of acme's, which IAM therefore keeps (IAM API reference, DeleteGroup)."""
    iam = world.client("iam", JUMP)
    iam.create_user(UserName="by.hand")
    iam.add_user_to_group(UserName="by.hand", GroupName="acme-extra")


@pytest.fixture
def lost(deployed: World) -> World:
    """The group is in params no more, and the next deploy takes it away."""
    deployed.edit("partners/acme.yaml", lambda acme: acme["grants"]["dev"]["groups"].append("extra"))
    assert deployed.deploy().code == 0
    members(deployed)
    deployed.edit("partners/acme.yaml", lambda acme: acme["grants"]["dev"]["groups"].remove("extra"))
    return deployed


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_deploy_says_so_last_and_ends_with_3(lost: World, quiet: tuple[str, ...]) -> None:
    said = lost.run(*quiet, "deploy", "--yes", "--accept-broadening", "--accept-deletion")
    assert said.code == 3, said.out + said.err
    failed, verdict = said.out.splitlines()[-2:]
    assert failed.startswith(TOLD)
    assert verdict.startswith("NOT everything is as wanted:")
    assert verdict.endswith("; 1 operation failed.")
    assert "acme-extra" in {one["GroupName"] for one in lost.client("iam", JUMP).list_groups()["Groups"]}
    assert lost.run("status").code == 0


def test_doctor_names_who_is_in_no_stack_until_he_is_gone_and_says_where_it_may_not_ask(
    deployed: World,
) -> None:
    iam = deployed.client("iam", JUMP)
    iam.create_user(
        UserName="by.hand", Path="/partner/acme/", Tags=[{"Key": "jump-partner", "Value": "acme"}]
    )
    said = deployed.run("-q", "doctor")
    assert (said.code, said.out.count("D723")) == (1, 1), said.out
    assert "D723 error: jump/partner/acme/by.hand: " in said.out

    def refuse(call: Call) -> tuple[int, str] | None:
        return (403, "AccessDenied") if call.operation == "ListStackResources" else None

    with wired(deployed, refuse):
        said = deployed.run("-q", "doctor")
    assert (said.code, said.out.count("D701"), "ListStackResources was refused" in said.out) == (1, 1, True)

    assert deployed.run("user", "offboard", "acme", "by.hand", "--yes").code == 0
    for one in iam.list_attached_user_policies(UserName="by.hand")["AttachedPolicies"]:
        assert one["PolicyName"] == "jump-freeze"
        iam.detach_user_policy(UserName="by.hand", PolicyArn=one["PolicyArn"])
    iam.delete_user(UserName="by.hand")
    assert deployed.run("-q", "doctor").code == 0


def test_json_says_so(lost: World) -> None:
    said = lost.run("-o", "json", "deploy", "--yes", "--accept-broadening", "--accept-deletion")
    assert said.code == 3
    (failed,) = said.json["failed"]
    assert (failed["place"], failed["stack"], failed["work"]) == ("jump", "jump-partner-acme", "deploy-stack")
    assert failed["reason"].startswith(STAYS)
    assert lost.run("-o", "json", "deploy", "--yes").json["failed"] == []


def test_what_goes_on_with_a_run_that_broke_off_says_it_of_that_run(lost: World, tmp_path: Path) -> None:
    words = ("--accept-broadening", "--accept-deletion", "--org", "corp")
    # lock, plan, header, started, the change set, its execution
    assert killed(lost.folder, tmp_path / "killed.txt", 5, "after", *words) == -9
    said = lost.run("deploy", "--resume")
    assert f"jump/jump-partner-acme: failed, {STAYS}" in said.err
    assert said.code == 3, said.out + said.err
    assert said.out.splitlines()[-2].startswith(TOLD)
    again = lost.run("deploy", "--resume")
    assert (again.code, "nothing to resume" in again.err) == (5, True)


def test_a_freeze_that_takes_it_along_is_not_called_whole(lost: World) -> None:
    freeze = ("partner", "freeze", "acme", "--reason", "INC-7", "--accept-broadening", "--accept-deletion")
    said = lost.run(*freeze)
    assert said.code == 3, said.out + said.err
    assert f"deploy-stack of jump-partner-acme failed: {STAYS}" in said.out
    assert lost.run(*freeze).code == 0
