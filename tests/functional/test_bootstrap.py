"""A pipeline from nothing: bootstrap makes its roles, and with them alone everything is planned and deployed."""

import configparser
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.accounts import access_key_id
from jumpcf.local.session import LocalAws
from tests.functional.conftest import World, environment
from tests.functional.wire import Call, wired

JUMP, CORP, MANAGEMENT = "111111111111", "222222222222", "400000000001"
REPOSITORY = ("--repository", "example-corp/jump-estate")
PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


@pytest.fixture
def enforced(built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """The estate on an embedded AWS that judges every call by its caller's policies."""
    folder = tmp_path / "estate"
    shutil.copytree(built_estate, folder)
    with LocalAws(folder, load(folder), speed=0, enforce=True) as aws, environment(aws.environment()):
        yield World(folder, aws, capsys)


def role(world: World, kind: str) -> str:
    return f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-{kind}"


@contextmanager
def job(world: World, kind: str, folder: Path) -> Iterator[None]:
    """As a job of the repository: a session of the jump account's role, and from it the admin accounts' roles."""
    made = world.client("sts", JUMP).assume_role(RoleArn=role(world, kind), RoleSessionName="job")
    session = made["Credentials"]
    keys = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    config, secrets = configparser.RawConfigParser(), configparser.RawConfigParser()
    secrets["jump-admin"] = keys
    config["profile jump-admin"] = {"region": "ap-northeast-1"}
    for name, organization in load(world.folder).organizations.items():
        way = organization.connection
        config[f"profile {way.profile}"] = {
            "region": way.region,
            "source_profile": "jump-admin",
            "role_arn": f"arn:aws:iam::{way.account}:role/jump/pipeline/jump-{kind}-{name}",
        }
    paths = {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": secrets}
    values = {}
    for variable, content in paths.items():
        path = folder / variable.lower()
        with path.open("w", encoding="utf-8") as file:
            content.write(file)
        values[variable] = str(path)
    nobody = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"), "")
    with environment(values | nobody):
        for name in nobody:
            del os.environ[name]
        yield


def test_a_pipeline_plans_and_deploys_with_its_roles_and_nothing_else(
    enforced: World, tmp_path: Path
) -> None:
    world = enforced
    said = world.run("bootstrap", "--yes", "--org", "corp", *REPOSITORY)
    assert (said.code, said.out) == (0, "Bootstrapped.\n"), said.err
    with job(world, "plan", tmp_path):
        with wired(world) as wire:
            assert world.run("plan", "--org", "corp").code == 0
            well = world.run("doctor", "--org", "corp")
            assert well.code == 0, well.out
        refused = world.run("deploy", "--yes", "--accept-broadening", "--org", "corp")
    assert [call.name for call in wire.calls if not call.is_read and call.service != "sts"] == []
    assert (refused.code, "A504" in refused.err) == (4, True)
    assert (
        "no identity-based policy allows the s3:GetObject action" in refused.err
    )  # not even the deploy lock
    with job(world, "deploy", tmp_path):
        said = world.deploy("--org", "corp")
        assert said.code == 0, said.out + said.err
        assert world.run("drift", "--org", "corp").code == 0
    stacks = world.client("cloudformation", JUMP).describe_stacks()["Stacks"]
    passed = {one["StackName"]: one.get("RoleARN") for one in stacks}
    assert passed.pop("jump-pipeline") is None
    assert set(passed.values()) == {f"arn:aws:iam::{JUMP}:role/jump/pipeline/jump-cloudformation"}


def test_a_pipeline_makes_changes_and_takes_away_all_that_a_partners_stack_can_hold(
    enforced: World, tmp_path: Path
) -> None:
    """Judged by the service role's own policies, resource for resource."""
    world = enforced
    instant = {"at": "2026-01-02T03:04:05Z", "reason": "INC-7"}
    assert world.run("bootstrap", "--yes", *REPOSITORY).code == 0

    def deployed(file: str, change: Callable[[Any], Any]) -> None:
        world.edit(file, change)
        with job(world, "deploy", tmp_path):
            said = world.deploy("--accept-deletion")
        assert said.code == 0, said.out + said.err

    def attached(user: str) -> list[str]:
        there = world.client("iam", JUMP).list_attached_user_policies(UserName=user)["AttachedPolicies"]
        return [one["PolicyName"] for one in there]

    deployed("partners/acme.yaml", lambda acme: acme["users"][4].update(frozen=instant))
    assert attached("mio.kato") == ["jump-freeze"]

    def changed(acme: Any) -> None:
        del acme["users"][4]["frozen"], acme["users"][5]
        acme["left"] = [{"name": "jun.ito", "day": "2026-11-02"}]
        acme["users"][0]["groups"] = ["ops"]
        acme["users"].append({"name": "new.one", "email": "new.one@acme.example", "frozen": {**instant}})
        acme.update(frozen=instant, networks=["198.51.100.0/24"])

    deployed("partners/acme.yaml", changed)
    assert (attached("mio.kato"), attached("new.one")) == ([], ["jump-freeze"])

    def thawed(acme: Any) -> None:
        del acme["frozen"], acme["grants"]["ops"], acme["grants"]["data"]
        for user in acme["users"]:
            user.pop("frozen", None)
            user["groups"] = [name for name in user.get("groups", ()) if name != "ops"]

    deployed("partners/acme.yaml", thawed)
    (world.folder / "params/partners/hinode.yaml").unlink()
    deployed("estate.yaml", lambda estate: None)
    users = {one["UserName"] for one in world.client("iam", JUMP).list_users()["Users"]}
    assert ("new.one" in users, "jun.ito" in users, "aoi.tanaka" in users) == (True, False, False)


def test_a_second_bootstrap_writes_nothing(world: World) -> None:
    before = (world.folder / "params/estate.yaml").read_text(encoding="utf-8")
    assert world.run("bootstrap", "--yes", "--org", "corp", *REPOSITORY).code == 0
    after = (world.folder / "params/estate.yaml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before) == (
        "\npipeline:\n  repository: example-corp/jump-estate\n  environment: production\n"
    )
    with wired(world) as wire:
        again = world.run("bootstrap", "--org", "corp", *REPOSITORY)
    assert (again.code, again.out) == (0, "Nothing to do.\n")
    assert {call.operation for call in wire.calls if not call.is_read} == set()
    other = world.run("bootstrap", "--yes", "--repository", "somebody/else")
    assert (other.code, "G597" in other.err) == (5, True)
    # a change of the module is an update, and names what differs
    module = world.folder / "stacks/pipeline.py"
    module.write_text(
        module.read_text(encoding="utf-8").replace(
            "=SESSION", "=SESSION if kind == 'plan' or organization else 7200"
        ),
        encoding="utf-8",
    )
    changed = world.run("bootstrap", "--org", "corp")
    assert (changed.code, "G594" in changed.err) == (5, True)
    assert "jump (account 111111111111): update the stack jump-pipeline: Deploy\n" in changed.err
    assert world.run("bootstrap", "--org", "corp", "--yes").code == 0
    # whoever merged another repository is seen by whoever runs bootstrap the next time
    world.edit("estate.yaml", lambda estate: estate["pipeline"].update(repository="somebody@7/else@8"))
    taken = world.run("bootstrap", "--org", "corp")
    assert taken.code == 5
    assert (
        "jump-deploy is for repo:somebody@7/else@8:environment:production, "
        "no longer repo:example-corp/jump-estate:environment:production" in taken.err
    )
    assert "jump-plan is for repo:somebody@7/else@8:pull_request" in taken.err
    world.edit("estate.yaml", lambda estate: estate["pipeline"].update(repository=REPOSITORY[1]))
    # the pipeline's stacks are no leftovers of a deploy
    plan = world.run("-o", "json", "plan", "--org", "corp").json
    assert not [one for one in plan["operations"] if "pipeline" in one["stack"]]


def test_only_the_management_account_opens_an_organization(world: World) -> None:
    cloudformation = world.client("cloudformation", MANAGEMENT)
    organizations = world.client("organizations", MANAGEMENT)
    organizations.deregister_delegated_administrator(AccountId=CORP, ServicePrincipal=PRINCIPAL)
    cloudformation.deactivate_organizations_access()
    with wired(world) as wire:
        refused = world.run("bootstrap", "--org", "corp", "--yes")
    assert refused.code == 5
    assert f"G596 corp: only the management account {MANAGEMENT} may turn on trusted access" in refused.err
    assert f"--account-id {CORP} --service-principal {PRINCIPAL}" in refused.err
    assert {call.operation for call in wire.calls if not call.is_read} == set()
    wrong = world.run("bootstrap", "--org", "corp", "--yes", "--management-profile", "lab-admin")
    assert (wrong.code, "A507" in wrong.err) == (4, True)
    with wired(world) as wire:
        done = world.run("bootstrap", "--org", "corp", "--yes", "--management-profile", f"local-{MANAGEMENT}")
    assert (done.code, done.out) == (0, "Bootstrapped.\n"), done.err
    assert [call.operation for call in wire.calls if not call.is_read] == [
        "ActivateOrganizationsAccess",
        "RegisterDelegatedAdministrator",
    ]
    assert world.run("bootstrap", "--org", "corp").out == "Nothing to do.\n"
    (world.folder / "params/lock/corp.json").unlink()
    unlocked = world.run("bootstrap", "--org", "corp")
    assert (unlocked.code, "run jumpcf sync" in unlocked.err) == (0, True)
    assert "names no repository" not in unlocked.err


def test_params_with_problems_are_left_as_they_were(world: World) -> None:
    world.edit("partners/acme.yaml", lambda acme: acme["grants"]["dev"].update(ous=["/Nowhere"]))
    before = (world.folder / "params/estate.yaml").read_bytes()
    said = world.run("bootstrap", "--yes", "--org", "corp", *REPOSITORY)
    assert (said.code, "nothing was changed" in said.err) == (1, True)
    assert (world.folder / "params/estate.yaml").read_bytes() == before


def test_a_profile_that_is_not_the_management_accounts_is_told_as_what_it_is(world: World) -> None:
    for profile, words in (
        ("nobody", "A501 corp's management account: opening sts: The config profile (nobody)"),
        (
            "corp-stacksets",
            f"A507 corp's management account is {MANAGEMENT}, and the credentials belong to account {CORP}",
        ),
    ):
        said = world.run("bootstrap", "--org", "corp", "--management-profile", profile)
        assert (said.code, words in said.err) == (4, True), said.err
        assert f"hint: --management-profile takes a profile of account {MANAGEMENT}" in said.err


def test_what_is_somebody_elses_is_left_alone(world: World) -> None:
    nothing = '{"Resources": {"Empty": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}'
    world.client("cloudformation", CORP).create_stack(StackName="jump-pipeline-corp", TemplateBody=nothing)
    world.client("iam", JUMP).create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )
    with wired(world) as wire:
        refused = world.run("bootstrap", "--org", "corp", "--yes", *REPOSITORY)
    assert refused.code == 5
    assert (
        "G598 corp: the stack jump-pipeline-corp in account 222222222222 does not carry our tag"
        in refused.err
    )
    assert "G595" in refused.err
    assert {call.operation for call in wire.calls if not call.is_read} == set()
    world.client("cloudformation", CORP).delete_stack(StackName="jump-pipeline-corp")
    world.edit("estate.yaml", lambda estate: estate["pipeline"].update(provider="existing"))
    assert world.run("bootstrap", "--org", "corp", "--yes").out == "Bootstrapped.\n"


def test_the_policies_are_printed_without_aws(world: World) -> None:
    with wired(world) as wire:
        refused = world.run("bootstrap", "--print-policy")
        printed = world.run("bootstrap", "--print-policy", *REPOSITORY)
        bad = world.run("bootstrap", "--print-policy", "--repository", "https://github.com/a/b")
    assert (refused.code, "G597" in refused.err) == (5, True)
    assert (bad.code, "G597" in bad.err) == (5, True)
    assert sorted(printed.json[JUMP]) == ["jump-cloudformation", "jump-deploy", "jump-plan"]
    assert sorted(printed.json[CORP]) == ["jump-deploy-corp", "jump-plan-corp"]
    deploy = printed.json[JUMP]["jump-deploy"]
    assert "NoPasswords" in {one["Sid"] for one in deploy["policies"]["deploy"]["Statement"]}
    assert "repo:example-corp/jump-estate:environment:production" in str(deploy["trust"])
    assert wire.calls == []
    assert "pipeline:" not in (world.folder / "params/estate.yaml").read_text(encoding="utf-8")


def test_doctor_is_content_with_a_deployed_estate_and_tells_what_is_broken(deployed: World) -> None:
    world = deployed
    with wired(world) as wire:
        well = world.run("-o", "json", "doctor")
    assert (well.code, {one["severity"] for one in well.json["findings"]}) == (0, {"hint"}), well.out
    assert [call.name for call in wire.calls if not call.is_read] == []
    organizations = world.client("organizations", MANAGEMENT)
    organizations.deregister_delegated_administrator(AccountId=CORP, ServicePrincipal=PRINCIPAL)
    world.edit("organizations/lab.yaml", lambda lab: lab.update(id="o-other00example"))
    ill = world.run("-q", "doctor")
    assert ill.code == 1
    assert [line.split()[0] for line in ill.out.splitlines() if line.startswith("D")] == [
        "D703",
        "D705",
        "D710",
    ]


def test_doctor_tells_of_the_others_where_an_organization_does_not_let_itself_be_read(
    deployed: World,
) -> None:
    deployed.edit("partners/acme.yaml", lambda acme: acme["grants"].pop("trial") and None)

    def refuse(call: Call) -> tuple[int, str] | None:
        return (
            (403, "AccessDenied")
            if (call.key, call.operation) == (access_key_id(CORP), "ListStackSets")
            else None
        )

    with wired(deployed, refuse):
        said = deployed.run("-o", "json", "doctor")
    assert said.code == 1
    found = {(one["code"], one["where"]) for one in said.json["findings"]}
    assert {("D701", "corp"), ("D716", "lab/jump-acme-trial")} <= found, found


@pytest.mark.parametrize("operation", ["ListAccounts", "DescribeOrganizationsAccess"])
def test_doctor_tells_whatever_it_was_not_let_read(deployed: World, operation: str) -> None:
    def refuse(call: Call) -> tuple[int, str] | None:
        mine = (call.key, call.operation) == (access_key_id(CORP), operation)
        return (403, "AccessDenied") if mine else None

    with wired(deployed, refuse):
        said = deployed.run("-q", "doctor", "--org", "corp")
    assert (said.code, said.out.count("D701"), f"{operation} was refused" in said.out) == (1, 1, True)


def test_doctor_says_that_the_clock_is_wrong_where_aws_takes_no_signature_of_it(deployed: World) -> None:
    assert deployed.run("local", "fault", "skew", "10m").code == 0
    said = deployed.run("-q", "doctor")
    assert (said.code, said.out.count("error:"), "seconds behind AWS" in said.out) == (1, 1, True), said.out


def test_a_deploy_before_the_bootstrap_says_what_makes_the_service_role(world: World) -> None:
    world.edit(
        "estate.yaml", lambda estate: estate.update(pipeline={"repository": "example-corp/jump-estate"})
    )
    said = world.deploy("--org", "lab")
    assert said.code == 3
    assert "A583" in said.out + said.err
    assert "jumpcf bootstrap makes the service role" in said.out + said.err


def test_a_rehearsal_takes_the_service_role_as_made(built_estate: Path, tmp_path: Path) -> None:
    folder = tmp_path / "estate"
    shutil.copytree(built_estate, folder)
    with (folder / "params/estate.yaml").open("a", encoding="utf-8") as file:
        file.write("pipeline: {repository: example-corp/jump-estate}\n")
    assert main(["-q", "-C", str(folder), "rehearse", "--org", "lab"]) == 0
