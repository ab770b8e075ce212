"""`jumpcf destroy`: by organization, by partner, and everything; only what is ours, and again after a failure."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functional.conftest import Said, World, calls
from tests.functional.killing import killed_in
from tests.functional.test_main_path import CORP_ADMIN

JUMP, REGION = "111111111111", "ap-northeast-1"
ACCOUNT = "441000000002"
BUCKET = f"jumpcf-example-{JUMP}-{REGION}"


def destroy(world: World, *arguments: str, name: str = "") -> Said:
    confirmed = ("--confirm", name, "--accept-deletion") if name else ()
    return world.run("destroy", *arguments, *confirmed)


def stacks(world: World) -> set[str]:
    listed = world.client("cloudformation", JUMP).describe_stacks()["Stacks"]
    return {one["StackName"] for one in listed}


def roles(world: World) -> set[str]:
    return {name for each in world.roles().values() for name in each}


def users(world: World) -> set[str]:
    listed = world.client("iam", JUMP).list_users(PathPrefix="/partner/")["Users"]
    return {one["UserName"] for one in listed}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--partner", "acme"), 5, "--confirm acme and --accept-deletion"),
        (("--partner", "acme", "--confirm", "acme"), 5, "add --accept-deletion"),
        (("--partner", "acme", "--confirm", "globex", "--accept-deletion"), 5, "is not acme"),
        (("--all", "--confirm", "all", "--accept-deletion"), 5, "is not example"),
        (("--partner", "nobody", "--confirm", "nobody", "--accept-deletion"), 5, "G542"),
        (("--partner", "hinoda", "--confirm", "hinoda", "--accept-deletion"), 5, "did you mean hinode?"),
        (("--org", "nowhere", "--confirm", "nowhere", "--accept-deletion"), 252, "nowhere"),
        (("--all", "--partner", "acme"), 252, "name one of"),
        ((), 252, "name one of"),
    ],
)
def test_nothing_goes_unless_its_name_is_written(
    deployed: World, arguments: tuple[str, ...], code: int, said: str
) -> None:
    with calls() as made:
        told = destroy(deployed, *arguments)
    assert (told.code, said in told.err) == (code, True), told.err
    assert made.writes == []


def test_a_partner_goes_everywhere_and_the_others_stay(deployed: World) -> None:
    iam = deployed.client("iam", JUMP)
    assert iam.get_login_profile(UserName="ken.mori"), "the deploy gave him a password"
    others = {name for name in roles(deployed) if not name.startswith("acme-")}
    said = destroy(deployed, "--partner", "acme", name="acme")
    assert said.code == 0, said.err + said.out
    assert "Nothing of the partner acme is there any more." in said.out
    assert "aws iam list-policies --scope Local --path-prefix /jump/acme/dev/Power/" in said.out
    assert "params/partners/acme.yaml is still there" in said.err
    assert "jump-partner-acme" not in stacks(deployed)
    assert roles(deployed) == others
    assert "ken.mori" not in users(deployed)
    assert users(deployed)
    with calls() as made:
        again = destroy(deployed, "--partner", "acme", name="acme")
    assert (again.code, again.out) == (0, "Nothing of the partner acme is there.\n")
    assert made.writes == []


def test_a_destruction_that_was_killed_is_finished_by_the_same_command(
    deployed: World, tmp_path: Path
) -> None:
    """Some way in; a deploy then says what it would give again, and destroy does what is left."""
    command = ("destroy", "--org", "lab", "--confirm", "lab", "--accept-deletion")
    assert killed_in(deployed.folder, tmp_path / "killed.txt", 6, "after", *command) == -9
    held = deployed.client("s3", JUMP).get_object(Bucket=BUCKET, Key="state/lock.json")["Body"].read()
    assert (json.loads(held)["verb"], json.loads(held)["released"]) == ("destroy", False)
    said = deployed.run("deploy", "--org", "corp")
    assert "of jumpcf destroy broke off; this deploy gives again" in said.err
    assert destroy(deployed, "--org", "lab", name="lab").code == 0
    assert destroy(deployed, "--org", "lab", name="lab").out == "Nothing of the organization lab is there.\n"


def test_an_organization_goes_and_its_file_may_then_go_too(deployed: World) -> None:
    said = destroy(deployed, "--org", "lab", name="lab")
    assert said.code == 0, said.err + said.out
    base = deployed.client("cloudformation", JUMP).describe_stacks(StackName="jump-base")["Stacks"][0]
    remembered = {tag["Key"] for tag in base["Tags"] if tag["Key"].startswith("jumpcf-organization/")}
    assert "jumpcf-organization/lab" not in remembered
    assert remembered
    for partner in ("acme", "globex", "hinode", "initech"):
        deployed.edit(
            f"partners/{partner}.yaml",
            lambda it: it.update(
                grants={name: one for name, one in it["grants"].items() if one["organization"] != "lab"}
            ),
        )
    (deployed.folder / "params/organizations/lab.yaml").unlink()
    (deployed.folder / "params/lock/lab.json").unlink()
    said = deployed.run("plan")
    assert said.code == 0, said.err + said.out
    assert "BLOCKED" not in said.out


def test_an_organization_whose_file_is_gone_must_be_destroyed_first(deployed: World) -> None:
    for partner in ("acme", "globex", "hinode", "initech"):
        deployed.edit(
            f"partners/{partner}.yaml",
            lambda it: it.update(
                grants={name: one for name, one in it["grants"].items() if one["organization"] != "lab"}
            ),
        )
    (deployed.folder / "params/organizations/lab.yaml").unlink()
    (deployed.folder / "params/lock/lab.json").unlink()
    said = deployed.run("plan")
    assert said.code == 5
    assert (
        "destroy it first: put params/organizations/lab.yaml back, then jumpcf destroy --org lab" in said.out
    )
    assert destroy(deployed, "--all", name="example").code == 5


def test_an_orphan_is_shown_and_goes_only_with_its_own_word(deployed: World) -> None:
    deployed.edit("partners/acme.yaml", lambda it: it["grants"].pop("trial") and None)
    said = deployed.run("plan")
    assert "- jump-acme-trial  delete: no grant names it any more" in said.out
    with calls() as made:
        said = deployed.deploy()
    assert (said.code, made.writes) == (5, [])
    assert destroy(deployed, "--partner", "acme", name="acme").code == 0, "an orphan is the partner's as well"


def test_everything_goes_with_what_is_in_the_bucket(deployed: World) -> None:
    s3 = deployed.client("s3", JUMP)
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("jumpcf-"))
    for number in range(3):
        s3.put_object(Bucket=bucket, Key="templates/x.json", Body=f"{number}".encode())
    s3.delete_object(Bucket=bucket, Key="templates/x.json")
    said = destroy(deployed, "--all", name="example")
    assert said.code == 0, said.err + said.out
    assert stacks(deployed) == set()
    assert roles(deployed) == set()
    assert users(deployed) == set()
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == []
    assert "aws kms cancel-key-deletion" in said.out
    client = deployed.client("cloudformation", CORP_ADMIN)
    listed = client.list_stack_sets(Status="ACTIVE", CallAs="DELEGATED_ADMIN")["Summaries"]
    assert listed == []
    assert destroy(deployed, "--all", name="example").out == "Nothing of the estate example is there.\n"


def test_what_is_not_ours_stays_whatever_its_name(deployed: World) -> None:
    """A StackSet and a stack of our names without our tags, a bucket of our name with another's tag."""
    client, sets = deployed.client("cloudformation", JUMP), deployed.client("cloudformation", CORP_ADMIN)
    template = json.dumps({"Resources": {"W": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})
    client.create_stack(StackName="jump-partner-theirs", TemplateBody=template)
    sets.create_stack_set(
        StackSetName="jump-acme-theirs",
        TemplateBody=template,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": False},
        CallAs="DELEGATED_ADMIN",
    )
    s3 = deployed.client("s3", JUMP)
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("jumpcf-"))
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "jumpcf-estate", "Value": "another"}]})
    said = destroy(deployed, "--all", name="example")
    assert said.code == 0, said.err + said.out
    assert stacks(deployed) == {"jump-partner-theirs"}
    listed = sets.list_stack_sets(Status="ACTIVE", CallAs="DELEGATED_ADMIN")["Summaries"]
    assert [one["StackSetName"] for one in listed] == ["jump-acme-theirs"]
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [bucket]


def test_a_destruction_that_failed_in_an_account_goes_on_when_run_again(deployed: World) -> None:
    deployed.run("local", "fault", "account", ACCOUNT, "--stackset", "jump-acme-dev", "--reason", "busy")
    said = destroy(deployed, "--all", name="example")
    assert said.code == 3, said.err + said.out
    assert "NOT everything of the estate example is gone" in said.out
    left = stacks(deployed)
    assert "jump-base" in left, "what all share is kept for what is still there"
    assert "jump-partner-acme" not in left, "access went all the same"
    said = destroy(deployed, "--all", name="example")
    assert said.code == 0, said.err + said.out
    assert stacks(deployed) == set()


def test_json_says_what_is_left(deployed: World) -> None:
    said = deployed.run(
        "-o", "json", "destroy", "--partner", "globex", "--confirm", "globex", "--accept-deletion"
    )
    assert said.code == 0, said.err
    found: Any = said.json
    assert (found["scope"]["name"], found["plan"]["operations"]) == ("globex", [])
