"""A person plays the partner: the example estate on the embedded AWS, every call judged by what was deployed.

Nothing here looks at a policy: the rendered templates went through plan, StackSets and stacks, and the answers
are those of `jumpcf local serve --enforce`.  A whole life is in test_a_life.py; here is what it does not meet.
"""

import ipaddress
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.functional.conftest import lasting
from tests.local.people import Clock, Device, Person, enrol, with_key
from tests.local.support import refused

JUMP = "111111111111"
DEV, PROD, VAULT = "441000000001", "443000000001", "333333333333"
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.200"
DECEMBER = 1_796_083_200.0  # 2026-12-01T00:00:00Z


def role(name: str, account: str) -> str:
    return f"arn:aws:iam::{account}:role/jump/{name}"


@dataclass
class Scene:
    """The embedded AWS under enforcement, and Yamada with an access key that the operator gave him."""

    folder: Path
    aws: LocalAws
    clock: Clock
    taro: Person

    def with_mfa(self) -> Device:
        """He enrols a device by himself, without MFA, from the office."""
        return enrol(self.taro, self.clock, name="taro.yamada")

    def session(self, name: str = "acme-prod-Read", account: str = PROD) -> Person:
        return self.taro.assume(role(name, account), **self.with_mfa().shown())

    def refused(self, call: Any, *arguments: Any, **given: Any) -> str:
        code, message = refused(call, *arguments, **given)
        assert code == "AccessDenied", message
        return message


@pytest.fixture
def scene(deployed_estate: Path, tmp_path: Path) -> Iterator[Scene]:
    folder, clock = tmp_path / "estate", Clock(DECEMBER)
    shutil.copytree(deployed_estate, folder)
    with LocalAws(folder, load(folder), speed=0, clock=clock, enforce=True) as aws:
        yield Scene(folder, aws, clock, with_key(aws, "taro.yamada", address=OFFICE))


def test_in_the_role_he_makes_no_identities(scene: Scene) -> None:
    """Read's policies do not allow it, and Power's boundary denies it whatever they allow."""
    device = scene.with_mfa()
    reader = scene.taro.assume(role("acme-prod-Read", PROD), **device.shown()).client("iam")
    assert "explicit deny" in scene.refused(reader.create_user, UserName="backdoor")
    builder = scene.taro.assume(role("acme-dev-Power", DEV), **device.shown()).client("iam")
    for call in (builder.create_user, builder.create_access_key):
        assert "explicit deny" in scene.refused(call, UserName="backdoor")
    mine = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert "explicit deny" in scene.refused(
        builder.attach_role_policy, RoleName="acme-dev-Power", PolicyArn=mine
    )


def test_the_fence_holds_outside_the_network(scene: Scene) -> None:
    """The trust has no address by default (live check 1); the session is worth nothing elsewhere."""
    session = scene.session()
    session.client("iam").list_roles()
    assert "explicit deny" in scene.refused(session.at(ELSEWHERE).client("iam").list_roles)
    assert "explicit deny" in scene.refused(scene.taro.at(ELSEWHERE).client("iam").get_user)
    session.at("2001:db8:10::7").client("iam").list_roles()


def test_neither_others_roles_nor_names_nor_excepted_accounts(scene: Scene) -> None:
    device = scene.with_mfa()
    scene.taro.assume(role("acme-prod-Read", PROD), **device.shown())
    for arn in (
        role("hinode-platform-Read", DEV),
        role("acme-prod-Read", VAULT),
        role("acme-dev-Power", PROD),
    ):
        scene.refused(scene.taro.assume, arn, **device.shown())
    message = scene.refused(
        scene.taro.assume, role("acme-prod-Read", PROD), **device.shown(), RoleSessionName="hanako.sato"
    )
    assert "no role trust policy allows" in message


def test_a_colleague_who_leaves_earlier_is_shut_out_alone(scene: Scene) -> None:
    hanako = with_key(scene.aws, "hanako.sato", address=OFFICE)
    hanako.client("iam").get_user()
    scene.clock.now = 1_830_265_200.0 + 60  # her last day is 2027-12-31
    assert "explicit deny" in scene.refused(hanako.client("iam").get_user)
    scene.taro.client("iam").get_user()


def test_an_initial_password_is_the_operators_to_read(scene: Scene) -> None:
    kms = scene.aws.client("kms", JUMP)
    key = next(one for one in kms.list_aliases()["Aliases"] if one["AliasName"] == "alias/jumpcf-example")
    scene.aws.client("ssm", JUMP).put_parameter(
        Name="/jump/acme/taro.yamada", Value="secret", Type="SecureString", KeyId=key["TargetKeyId"]
    )
    device = scene.with_mfa()
    given = scene.taro.client("sts").get_session_token(**device.shown())["Credentials"]
    taro = scene.taro.using(given)
    wanted = {"Name": "/jump/acme/taro.yamada", "WithDecryption": True}
    assert refused(taro.client("ssm").get_parameter, **wanted)[0] == "AccessDeniedException"
    assert refused(taro.client("kms").describe_key, KeyId=key["TargetKeyId"])[0] == "AccessDeniedException"


def test_the_aws_command_line_plays_him_too(scene: Scene) -> None:
    """boto3's environment: the endpoint, his keys, and AWS_SDK_UA_APP_ID for his address."""
    device = scene.with_mfa()
    base = {**os.environ, **scene.aws.environment(), "AWS_SDK_UA_APP_ID": OFFICE}
    base |= {"AWS_ACCESS_KEY_ID": scene.taro.key, "AWS_SECRET_ACCESS_KEY": scene.taro.secret}
    shown = device.shown()
    named = ["--role-arn", role("acme-prod-Read", PROD), "--role-session-name", "taro.yamada"]
    code = ["--serial-number", shown["SerialNumber"], "--token-code", shown["TokenCode"]]
    assert _cli(base, "sts", "assume-role", *named).returncode != 0
    taken = _cli(base, "sts", "assume-role", *named, *code)
    assert taken.returncode == 0, taken.stderr
    given = json.loads(taken.stdout)["Credentials"]
    session = base | {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    assert "acme-prod-Read" in _cli(session, "iam", "list-roles").stdout
    outside = _cli(session | {"AWS_SDK_UA_APP_ID": ELSEWHERE}, "iam", "list-roles")
    assert "explicit deny" in outside.stderr


def test_the_kits_profiles_let_people_in(scene: Scene, tmp_path: Path) -> None:
    """`jumpcf partner kit` for two users, and their aws-config as it is.  Lopez has a key and types a code; what
    `aws login` would give Yamada is here a session with MFA, under the name of the profile that signs in."""
    lasting(scene.folder / "params")  # a kit is made by the real clock
    for user in ("acme --user taro.yamada", "globex --user ana.lopez"):
        assert (
            main(["-q", "-C", str(scene.folder), "partner", "kit", *user.split(), "--out", str(tmp_path)])
            == 0
        )
    office = "192.0.2.7"
    lopez = with_key(scene.aws, "ana.lopez", address=office)
    code = enrol(lopez, scene.clock, name="ana.lopez").shown()["TokenCode"]
    whoami = ("sts", "get-caller-identity", "--profile")
    theirs = _with_kit(scene, tmp_path / "globex.ana.lopez", lopez)
    assert _cli(theirs, *whoami, "example-course-a-Admin", typed="000000").returncode != 0
    taken = _cli(theirs, *whoami, "example-course-a-Admin", typed=code)
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout)["Arn"].endswith(":assumed-role/globex-lab-Admin/ana.lopez")
    his = _with_kit(scene, tmp_path / "acme.taro.yamada", _signed_in(scene, "taro.yamada", OFFICE))
    taken = _cli(his, *whoami, "example-shop-dev-Power")
    assert taken.returncode == 0, taken.stderr
    wanted = f"arn:aws:sts::{DEV}:assumed-role/acme-dev-Power/taro.yamada"
    assert json.loads(taken.stdout)["Arn"] == wanted


def _with_kit(scene: Scene, kit: Path, person: Person) -> dict[str, str]:
    """The environment of somebody who put the kit's profiles into the configuration, and credentials beside it."""
    keys = {"aws_access_key_id": person.key, "aws_secret_access_key": person.secret}
    keys |= {"aws_session_token": person.token} if person.token else {}
    lines = ["[example]", *(f"{key} = {value}" for key, value in keys.items())]
    (kit / "credentials").write_text("\n".join(lines), encoding="utf-8")
    files = {
        "AWS_CONFIG_FILE": str(kit / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(kit / "credentials"),
        "HOME": str(kit),  # the command line keeps the sessions of roles there
    }
    return {**os.environ, **scene.aws.environment(), "AWS_SDK_UA_APP_ID": str(person.address), **files}


def test_it_lets_in_exactly_whom_the_matrix_names(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """`jumpcf access matrix` reads the compiled templates, the embedded AWS judges what was deployed of them: two
    ways to one answer, for a sample of all users and all roles that are there."""
    folder = str(scene.folder)
    assert main(["-C", folder, "access", "matrix", "--at", "2026-12-01T00:00:00Z", "-o", "json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    named = {(one["user"], one["account"], one["role"].rpartition("/")[2]) for one in entries}
    estate, wrong, let_in = load(scene.folder), [], 0
    there = [(account, name) for account in scene.aws.regions() for name in _roles(scene.aws, account)]
    for partner in estate.partners.values():
        for user in partner.users:
            office = str(ipaddress.ip_network(partner.networks[0])[1])
            person = _signed_in(scene, user.name, office)
            for account, name in random.Random(user.name).sample(there, 20):
                taken = _may(person, role(name, account))
                let_in += taken
                if taken != ((user.name, account, name) in named):
                    wrong.append((user.name, account, name, taken))
    assert wrong == []
    assert let_in > 20


def _roles(aws: LocalAws, account: str) -> list[str]:
    found = aws.client("iam", account).list_roles(PathPrefix="/jump/")["Roles"]
    return [str(one["RoleName"]) for one in found]


def _signed_in(scene: Scene, name: str, office: str) -> Person:
    """A user with a key from the operator, in a session with MFA."""
    key = scene.taro if name == "taro.yamada" else with_key(scene.aws, name, address=office)
    shown = enrol(key, scene.clock, name=name).shown()
    return key.using(key.client("sts").get_session_token(**shown)["Credentials"])


def _may(person: Person, arn: str) -> bool:
    try:
        person.assume(arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return False
        raise
    return True


def _cli(environment: dict[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The AWS command line, without a terminal: what it asks for is read from its input."""
    command = [str(Path(sys.executable).parent / "aws"), *arguments, "--output", "json"]
    return subprocess.run(
        command,
        input=f"{typed}\n",
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        start_new_session=True,
    )
