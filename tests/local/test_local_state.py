"""The state between commands: kept as JSON, whole in a new process, and refused where it cannot be trusted."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from jumpcf.artifacts.lock import StoredParameter
from jumpcf.errors import JumpcfError
from jumpcf.estate.model import Estate, Organization
from jumpcf.local.accounts import access_key_id
from jumpcf.local.saver import Saver
from jumpcf.local.session import STATE, LocalAws, reset, serve
from tests.local.support import (
    ADMIN,
    CORP,
    DEV,
    JUMP,
    PRINCIPAL,
    REGION,
    SANDBOX,
    WORKLOADS,
    StackSets,
    make_corp,
    make_estate,
    make_organization,
    make_other,
    role_template,
    roles,
)

ROOT = Path(__file__).parents[2]
EVERYTHING = json.dumps(
    {
        "Resources": {
            "Group": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "acme-members"}},
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "UserName": "taro",
                    "Groups": [{"Ref": "Group"}],
                    "Tags": [{"Key": "jump-partner", "Value": "acme"}],
                },
            },
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}},
            "Alias": {
                "Type": "AWS::KMS::Alias",
                "Properties": {"AliasName": "alias/jumpcf", "TargetKeyId": {"Ref": "Key"}},
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": "jumpcf-example",
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
                },
            },
            "Parameter": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Name": "/jump/acme/networks",
                    "Type": "StringList",
                    "Value": "203.0.113.0/24",
                },
            },
        }
    }
)


def in_a_new_process(folder: Path, body: str) -> str:
    """Run Python lines with `aws`, the embedded AWS of the estate, in a process of their own."""
    code = (
        "import gc, pathlib\n"
        "gc.set_threshold(100_000, 50, 100)\n"  # as the `jumpcf` command does
        "from jumpcf.local.session import LocalAws\n"
        "from tests.local.support import *\n"
        "estate = make_estate(make_corp(), make_other())\n"
        f"with LocalAws(pathlib.Path({str(folder)!r}), estate, speed=0) as aws:\n"
    ) + textwrap.indent(textwrap.dedent(body), "    ")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_deployed_estate_lives_on_in_a_new_process(tmp_path: Path, estate: Estate) -> None:
    with LocalAws(tmp_path, estate, speed=0) as aws:
        sets = StackSets(aws.client("cloudformation", CORP))
        sets.create("one", role_template("one", ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]))
        sets.add("one", WORKLOADS)
    told = in_a_new_process(
        tmp_path,
        """
        sets = StackSets(aws.client("cloudformation", CORP))
        print(roles(aws, "300000000002"), sets.instances("one")["300000000002"]["Status"])
        sets.update("one", role_template("one", MaxSessionDuration=7200))
        print(aws.client("iam", "300000000002").get_role(RoleName="one")["Role"]["MaxSessionDuration"])
        organizations = aws.client("organizations", CORP)
        organizations.move_account(AccountId="300000000009", SourceParentId=SANDBOX, DestinationParentId=DEV)
        print(roles(aws, "300000000009"))
        sets.remove("one", WORKLOADS)
        print(roles(aws, "300000000002"))
        """,
    )
    assert told.split("\n")[:4] == ["['one'] CURRENT", "7200", "['one']", "[]"]
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert roles(aws, "300000000002") == []


def test_every_service_is_kept(tmp_path: Path, estate: Estate) -> None:
    with LocalAws(tmp_path, estate, speed=0) as aws:
        client = aws.client("cloudformation", JUMP)
        given = {"StackName": "base", "Capabilities": ["CAPABILITY_NAMED_IAM"], "TemplateBody": EVERYTHING}
        made = client.create_change_set(ChangeSetName="first", ChangeSetType="CREATE", **given)
        client.execute_change_set(ChangeSetName=made["Id"])
        for body in (b"one", b"two"):
            aws.client("s3", JUMP).put_object(Bucket="jumpcf-example", Key="templates/x", Body=body)
    told = in_a_new_process(
        tmp_path,
        """
        s3 = aws.client("s3", JUMP)
        print(s3.get_object(Bucket="jumpcf-example", Key="templates/x")["Body"].read())
        theirs = aws.client("s3", CORP, "us-east-1")
        print(refused(theirs.create_bucket, Bucket="jumpcf-example")[0])
        print(len(s3.list_object_versions(Bucket="jumpcf-example")["Versions"]))
        iam = aws.client("iam", JUMP)
        print([user["UserName"] for user in iam.get_group(GroupName="acme-members")["Users"]])
        print(iam.list_user_tags(UserName="taro")["Tags"])
        kms = aws.client("kms", JUMP)
        cipher = kms.encrypt(KeyId="alias/jumpcf", Plaintext=b"secret")["CiphertextBlob"]
        print(kms.decrypt(CiphertextBlob=cipher)["Plaintext"])
        client = aws.client("cloudformation", JUMP)
        print(client.describe_stacks(StackName="base")["Stacks"][0]["StackStatus"])
        """,
    )
    assert told.splitlines() == [
        "b'two'",
        "BucketAlreadyExists",
        "2",
        "['taro']",
        "[{'Key': 'jump-partner', 'Value': 'acme'}]",
        "b'secret'",
        "CREATE_COMPLETE",
    ]
    last = in_a_new_process(
        tmp_path,
        """
        print(aws.client("ssm", JUMP).get_parameter(Name="/jump/acme/networks")["Parameter"]["Value"])
        s3 = aws.client("s3", JUMP)
        for row in s3.list_object_versions(Bucket="jumpcf-example")["Versions"]:
            s3.delete_object(Bucket="jumpcf-example", Key="templates/x", VersionId=row["VersionId"])
        aws.client("cloudformation", JUMP).delete_stack(StackName="base")
        print(aws.client("iam", JUMP).list_users()["Users"], s3.list_buckets()["Buckets"])
        """,
    )
    assert last.splitlines() == ["203.0.113.0/24", "[] []"]


def test_an_operation_under_way_goes_on_later(tmp_path: Path, estate: Estate) -> None:
    now = [1_800_000_000.0]
    with LocalAws(tmp_path, estate, speed=10, clock=lambda: now[0]) as aws:
        sets = StackSets(aws.client("cloudformation", CORP))
        sets.create("one")
        operation = sets.add("one", SANDBOX)
        assert sets.operation("one", operation)["Status"] == "RUNNING"
    now[0] += 60
    with LocalAws(tmp_path, estate, speed=10, clock=lambda: now[0]) as aws:
        sets = StackSets(aws.client("cloudformation", CORP))
        assert sets.operation("one", operation)["Status"] == "SUCCEEDED"


def test_the_estate_is_added_to_and_what_moved_stays(
    tmp_path: Path, estate: Estate, other: Organization
) -> None:
    with LocalAws(tmp_path, estate, speed=0) as aws:
        client = aws.client("organizations", CORP)
        client.move_account(AccountId="300000000009", SourceParentId=SANDBOX, DestinationParentId=DEV)
        client.remove_account_from_organization(AccountId="300000000007")
    corp = estate.organizations["corp"]
    more = {account.id: account.unit for account in corp.accounts} | {"300000000011": SANDBOX}
    bigger = make_organization(
        "corp",
        (corp.id, corp.root, CORP),
        {unit.id: (unit.path, unit.parent) for unit in corp.units}
        | {"ou-ab12-55555555": ("/New", corp.root)},
        more,
        ADMIN,
    )
    with LocalAws(tmp_path, make_estate(bigger, other), speed=0) as aws:
        client = aws.client("organizations", CORP)
        parents = {
            account: client.list_parents(ChildId=account)["Parents"][0]["Id"]
            for account in ("300000000009", "300000000011")
        }
        assert parents == {"300000000009": DEV, "300000000011": SANDBOX}
        units = client.list_organizational_units_for_parent(ParentId=corp.root)["OrganizationalUnits"]
        assert "New" in {unit["Name"] for unit in units}
        assert "300000000007" not in {row["Id"] for row in client.list_accounts()["Accounts"]}
        found = client.list_delegated_administrators(ServicePrincipal=PRINCIPAL)["DelegatedAdministrators"]
        assert [row["Id"] for row in found] == [ADMIN]


def write_estate(folder: Path) -> None:
    (folder / "params").mkdir()
    (folder / "params" / "estate.yaml").write_text("estate: example\n")


def test_reset_in_a_folder_without_an_estate_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(JumpcfError, match=r"params/estate\.yaml") as caught:
        reset(tmp_path)
    assert caught.value.code == "A596"
    assert list(tmp_path.iterdir()) == []


def too_large(function: Callable[[], Any]) -> Any:
    """Call it while no file may grow over 100 bytes: a full disk, in the small."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        return function()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_save_that_fails_leaves_what_was_there_and_nothing_else(aws: LocalAws, tmp_path: Path) -> None:
    aws.save()
    before = (tmp_path / STATE / "state.json").read_bytes()
    files = sorted(path.name for path in (tmp_path / STATE).iterdir())
    with pytest.raises(OSError, match="too large"):
        too_large(aws.save)
    assert (tmp_path / STATE / "state.json").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / STATE).iterdir()) == files


def test_a_state_that_cannot_be_written_is_told_once_and_requests_go_on(
    tmp_path: Path, estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalAws(tmp_path, estate, speed=0, save_every=0) as aws:
        client = aws.client("sts", JUMP)
        client.get_caller_identity()  # so that nothing is left to be written but the state
        caplog.clear()
        answers = too_large(lambda: [client.get_caller_identity()["Account"] for _ in range(3)])
        assert answers == [JUMP] * 3
        told = [record for record in caplog.records if record.name.startswith("jumpcf")]
        assert [record.exc_info for record in told] == [None]
        assert "cannot be written" in told[0].getMessage()
        client.get_caller_identity()
        assert (tmp_path / STATE / "state.json").exists()
        too_large(client.get_caller_identity)
        assert len([record for record in caplog.records if record.name.startswith("jumpcf")]) == 2


def test_a_taken_port_is_told_in_one_way(
    tmp_path: Path, estate: Estate, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(JumpcfError) as caught, LocalAws(tmp_path, estate, port=port):
            pass
    assert caught.value.code == "A590"
    assert capfd.readouterr() == ("", "")


def test_reset_forgets(tmp_path: Path, estate: Estate) -> None:
    with LocalAws(tmp_path, estate, speed=0) as aws:
        StackSets(aws.client("cloudformation", CORP)).create("one")
    write_estate(tmp_path)
    reset(tmp_path)
    with LocalAws(tmp_path, estate, speed=0) as aws:
        assert aws.client("cloudformation", CORP).list_stack_sets()["Summaries"] == []


def test_one_at_a_time_in_a_process(aws: LocalAws, tmp_path: Path, estate: Estate) -> None:
    with pytest.raises(JumpcfError, match="already open"), LocalAws(tmp_path / "elsewhere", estate):
        pass
    assert aws.client("sts", JUMP).get_caller_identity()["Account"] == JUMP


def test_one_process_at_a_time(aws: LocalAws, tmp_path: Path) -> None:
    write_estate(tmp_path)
    with pytest.raises(JumpcfError, match="Another jumpcf command"):
        reset(tmp_path)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda document: document | {"format": 99}, "another version"),
        (lambda document: document | {"moto": "4.0"}, "another version"),
        (lambda document: document | {"shape": "of another jumpcf"}, "another version of jumpcf"),
        (lambda document: {"format": 1}, "cannot be read"),
        (
            lambda document: document | {"state": {"fields": {}, "texts": [], "objects": [], "root": {}}},
            "read",
        ),
        (
            lambda document: (
                document
                | {"state": document["state"] | {"objects": [["subprocess.Popen", {"args": "true"}]]}}
            ),
            "subprocess.Popen is not a class that may be loaded",
        ),
    ],
)
def test_a_state_that_is_not_ours_is_refused(tmp_path: Path, estate: Estate, change: Any, what: str) -> None:
    with LocalAws(tmp_path, estate, speed=0):
        pass
    path = tmp_path / STATE / "state.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(JumpcfError) as caught, LocalAws(tmp_path, estate, speed=0):
        pass
    assert what in caught.value.what
    assert caught.value.hint == "Run: jumpcf local reset"


def test_a_state_that_is_no_json_is_refused(tmp_path: Path, estate: Estate) -> None:
    (tmp_path / STATE).mkdir(parents=True)
    (tmp_path / STATE / "state.json").write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(JumpcfError, match="cannot be read"), LocalAws(tmp_path, estate, speed=0):
        pass


def test_the_state_and_the_keys_are_for_the_owner_only(aws: LocalAws, tmp_path: Path) -> None:
    aws.environment()
    aws.save()
    for name in ("state.json", "aws-credentials", "aws-config"):
        assert (tmp_path / STATE / name).stat().st_mode & 0o077 == 0


def test_a_moto_account_id_in_the_environment_is_refused(
    tmp_path: Path, estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", JUMP)
    with pytest.raises(JumpcfError, match="MOTO_ACCOUNT_ID"), LocalAws(tmp_path, estate):
        pass


def test_the_environment_points_every_profile_at_its_account(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of another account")
    monkeypatch.setenv("AWS_PROFILE", "real-world")
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    wanted = {
        "jump-admin": JUMP,
        "corp-stacksets": ADMIN,
        "local-300000000004": "300000000004",
        None: JUMP,
    }
    for profile, account in wanted.items():
        session = boto3.Session(profile_name=profile)
        assert session.client("sts").get_caller_identity()["Account"] == account
        assert session.region_name == REGION


def test_serve_prints_what_to_export_and_keeps_the_state(tmp_path: Path, estate: Estate) -> None:
    lines: list[str] = []
    said: list[str] = []
    end = threading.Event()

    def announce(line: str) -> None:
        lines.append(line)

    def say(line: str) -> None:
        said.append(line)
        end.set()

    serve(tmp_path, estate, 0, announce=announce, say=say, stopped=end)
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert exported["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert exported["AWS_DEFAULT_REGION"] == REGION
    assert exported["AWS_ENDPOINT_URL"] in said[0]
    assert (tmp_path / STATE / "state.json").exists()


def until(look: Callable[[], bool]) -> None:
    """Wait until it is so, twenty seconds at most."""
    end = time.monotonic() + 20
    while not look():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_many_requests_are_written_together_and_the_last_one_soon() -> None:
    saved: list[int] = []
    asked = [0]
    saver = Saver(lambda: saved.append(asked[0]), 0.05)
    saver.start()
    for number in range(1, 201):
        asked[0] = number
        saver.wanted()
    until(lambda: saved[-1:] == [200])
    assert len(saved) < 100
    saver.stop()
    saver.wanted()
    time.sleep(0.1)
    assert saved[-1] == 200


def test_serve_ends_on_a_signal_and_a_killed_one_loses_little(tmp_path: Path) -> None:
    """What was asked is written soon without a further request, so that a kill later on forgets nothing."""
    state = tmp_path / STATE / "state.json"
    code = (
        "import pathlib\n"
        "from jumpcf.local.session import serve\n"
        "from tests.local.support import *\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "told = lambda line: print(line, flush=True)\n"
        "serve(folder, make_estate(make_corp(), make_other()), 0, announce=told, say=told)\n"
    )
    for number, wanted in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        with process:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            while lines[-1] and "Ctrl-C" not in lines[-1]:
                lines.append(process.stdout.readline())
            endpoint = next(line for line in lines if "AWS_ENDPOINT_URL=" in line).strip().split("=", 1)[1]
            client = boto3.client(
                "cloudformation",
                region_name=REGION,
                endpoint_url=endpoint,
                aws_access_key_id=access_key_id(CORP),
                aws_secret_access_key="any",
            )
            StackSets(client).create(f"before-{number.name.lower()}")
            if number == signal.SIGKILL:
                until(lambda: "before-sigkill" in state.read_text())
            process.send_signal(number)
            process.wait(timeout=20)
        assert process.returncode == wanted
    with LocalAws(tmp_path, make_estate(make_corp(), make_other()), speed=0) as aws:
        found = aws.client("cloudformation", CORP).list_stack_sets()["Summaries"]
    assert [row["StackSetName"] for row in found] == ["before-sigterm", "before-sigkill"]


def test_the_aws_command_line_lists_the_stack_sets(
    aws: LocalAws, sets: StackSets, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets.create("one")
    sets.add("one", DEV)
    command = [
        str(Path(sys.executable).parent / "aws"),
        *["cloudformation", "list-stack-sets", "--status", "ACTIVE", "--call-as", "DELEGATED_ADMIN"],
        *["--profile", "corp-stacksets", "--query", "Summaries[].StackSetName", "--output", "text"],
    ]
    environment = {**os.environ, **aws.environment()}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "one"), done.stderr


def test_writing_the_state_puts_no_parameter_into_it(tmp_path: Path, estate: Estate) -> None:
    """It would be there without standing in the list of what was put in, and be put in once more."""
    import moto.ssm.models  # noqa: F401 - loaded, as by another embedded AWS of this process

    estate = replace(estate, parameters={"/jump/a": StoredParameter(value="192.0.2.0/25", version=1)})
    with LocalAws(tmp_path, estate, speed=0) as aws:
        aws.save()
        assert not [one for one in aws.world.seeded if one.startswith("parameter")]
        assert aws.client("ssm", JUMP).get_parameter(Name="/jump/a")["Parameter"]["Version"] == 1


def test_the_locked_parameters_are_there_once_and_what_was_changed_stays(
    tmp_path: Path, estate: Estate
) -> None:
    locked = {
        "/jump/a": StoredParameter(value="192.0.2.0/25", version=7),
        "/jump/b": StoredParameter(value="192.0.2.0/25", version=1),
        "/jump/c": StoredParameter(value=("203.0.113.0/26", "203.0.113.64/26"), version=3),
    }
    estate = replace(estate, parameters=locked)

    def values(aws: LocalAws) -> dict[str, tuple[str, str, int]]:
        found = aws.client("ssm", JUMP).get_parameters(Names=sorted(locked))["Parameters"]
        return {one["Name"]: (one["Type"], one["Value"], one["Version"]) for one in found}

    with LocalAws(tmp_path, estate, speed=0):
        pass  # nobody asked for a parameter: they must not be lost
    with LocalAws(tmp_path, estate, speed=0) as aws:
        before = values(aws)
        aws.client("ssm", JUMP).put_parameter(Name="/jump/b", Value="198.51.100.0/24", Overwrite=True)
        aws.client("ssm", JUMP).delete_parameter(Name="/jump/a")
    with LocalAws(tmp_path, estate, speed=0) as aws:
        after = values(aws)
    listed = ("StringList", "203.0.113.0/26,203.0.113.64/26", 3)
    assert before == {
        "/jump/a": ("String", "192.0.2.0/25", 7),
        "/jump/b": ("String", "192.0.2.0/25", 1),
        "/jump/c": listed,
    }
    assert after == {"/jump/b": ("String", "198.51.100.0/24", 2), "/jump/c": listed}
