"""`jumpcf local serve` as an endpoint for other tools: the aws command line, and boto3 beside it.

A process for each command, some at a time; what one made the next ones see, also after a restart.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.functional.conftest import ROOT, environment

AWS = str(Path(sys.executable).parent / "aws")
DEV = "ou-ab12-22222222"
MEMBER = "441000000001"
TEMPLATE = json.dumps(
    {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "tool",
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    },
                },
            }
        }
    }
)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """What to put into the environment, while `jumpcf local serve` runs."""
    command = [sys.executable, "-m", "jumpcf", "-C", str(folder), "local", "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            yield exports(server)
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=60) == 0
        finally:
            server.kill()  # whatever failed, nothing runs on


def exports(server: subprocess.Popen[str]) -> dict[str, str]:
    """What it prints to export, once it listens."""
    assert server.stdout is not None
    assert server.stderr is not None
    told = server.stderr.readline()
    assert "listens on" in told, told
    lines = []
    while not lines or not lines[-1].startswith("export no_proxy"):
        lines.append(server.stdout.readline())
        assert lines[-1], "it ended before it had said everything"
    return dict(line.strip().removeprefix("export ").replace("'", "").split("=", 1) for line in lines)


def aws(exported: dict[str, str], *words: str) -> Any:
    """One command of the aws command line; gives its JSON, or its text where it is none."""
    given = {**os.environ, **exported, "AWS_PAGER": ""}
    done = subprocess.run([AWS, *words], capture_output=True, text=True, env=given, timeout=120, check=False)
    assert done.returncode == 0, (words, done.stderr)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return done.stdout.strip()


@pytest.fixture
def folder(built_estate: Path, tmp_path: Path) -> Path:
    (tmp_path / "estate").mkdir()
    (tmp_path / "estate" / "params").symlink_to(built_estate / "params")
    return tmp_path / "estate"


def test_the_aws_command_line_works_against_it(folder: Path, tmp_path: Path) -> None:
    body = tmp_path / "template.json"
    body.write_text(TEMPLATE)
    corp = ["--profile", "corp-stacksets"]
    sets = [*corp, "--call-as", "DELEGATED_ADMIN"]
    member = ["--profile", f"local-{MEMBER}"]
    with served(folder) as exported:
        root = aws(exported, "organizations", "list-roots", *corp)["Roots"][0]["Id"]
        units = aws(
            exported, "organizations", "list-organizational-units-for-parent", "--parent-id", root, *corp
        )["OrganizationalUnits"]
        unit = next(one["Id"] for one in units if one["Name"] == "Workloads")
        first: list[list[str]] = [
            ["sts", "get-caller-identity"],
            ["organizations", "describe-organization", *corp],
            ["organizations", "list-accounts", *corp],
            ["iam", "create-user", "--user-name", "taro", "--path", "/tools/"],
            ["kms", "create-key", "--description", "of a tool"],
            ["ssm", "put-parameter", "--name", "/tool/x", "--value", "1", "--type", "String"],
            ["s3", "mb", "s3://tool-bucket"],
            [
                *("cloudformation", "create-stack-set", "--stack-set-name", "tool", *sets),
                *("--template-body", f"file://{body}", "--permission-model", "SERVICE_MANAGED"),
                *("--auto-deployment", "Enabled=true,RetainStacksOnAccountRemoval=false"),
                *("--capabilities", "CAPABILITY_NAMED_IAM"),
            ],
        ]
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda words: aws(exported, *words), first))
        assert told[0]["Account"] == "111111111111"
        assert told[1]["Organization"]["Id"].startswith("o-")
        assert MEMBER in {one["Id"] for one in told[2]["Accounts"]}
        aws(
            exported,
            *("cloudformation", "create-stack-instances", "--stack-set-name", "tool", *sets),
            *("--deployment-targets", f"OrganizationalUnitIds={unit}", "--regions", "ap-northeast-1"),
        )
        deploy = ["cloudformation", "deploy", "--stack-name", "tool", "--template-file", str(body)]
        second: list[list[str]] = [
            ["s3", "cp", str(body), "s3://tool-bucket/a/template.json"],
            [*deploy, "--capabilities", "CAPABILITY_NAMED_IAM"],
            ["cloudformation", "list-stack-set-operations", "--stack-set-name", "tool", *sets],
            ["cloudformation", "describe-stack-set", "--stack-set-name", "tool", *sets],
            ["iam", "list-users", "--path-prefix", "/tools/"],
            ["ssm", "get-parameter", "--name", "/tool/x"],
            ["kms", "list-keys"],
        ]
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda words: aws(exported, *words), second))
        assert told[2]["Summaries"][0]["Action"] == "CREATE"
        assert told[3]["StackSet"]["StackSetName"] == "tool"
        assert [one["UserName"] for one in told[4]["Users"]] == ["taro"]
        assert told[5]["Parameter"]["Value"] == "1"
        assert len(told[6]["Keys"]) == 1
        assert "template.json" in aws(exported, "s3", "ls", "s3://tool-bucket/a/")
        instances = aws(exported, "cloudformation", "list-stack-instances", "--stack-set-name", "tool", *sets)
        assert {"CURRENT"} == {one["Status"] for one in instances["Summaries"] if one["Account"] == MEMBER}, (
            instances
        )
        assert aws(exported, "iam", "get-role", "--role-name", "tool", *member)["Role"]["RoleName"] == "tool"
    with served(folder) as exported, environment(exported):
        session = boto3.Session(profile_name=f"local-{MEMBER}")  # a new process, the same state
        assert session.client("iam").get_role(RoleName="tool")["Role"]["RoleName"] == "tool"
        jump = boto3.Session()  # not boto3's own one, which may be another test's
        assert jump.client("s3").list_objects_v2(Bucket="tool-bucket")["KeyCount"] == 1
        assert jump.client("cloudformation").describe_stacks(StackName="tool")["Stacks"]


def test_serve_begins_with_a_file_of_faults_and_takes_more_while_it_runs(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("latency: [{delay: 1ms}]\n")
    jumpcf = [sys.executable, "-m", "jumpcf", "-C", str(folder), "local", "fault"]

    def said(*words: str) -> str:
        run = subprocess.run([*jumpcf, *words], capture_output=True, text=True, cwd=ROOT, check=False)
        assert run.returncode == 0, run.stderr
        return run.stdout

    with served(folder, "--faults", str(file)) as exported, environment(exported):
        assert "answers take 1ms longer" in said("list")
        assert "2  account 441000000001 is suspended" in said("suspend", MEMBER)
        organizations = boto3.Session(profile_name="corp-stacksets").client("organizations")
        assert organizations.describe_account(AccountId=MEMBER)["Account"]["State"] == "SUSPENDED"
        said("clear")
        assert organizations.describe_account(AccountId=MEMBER)["Account"]["State"] == "ACTIVE"
