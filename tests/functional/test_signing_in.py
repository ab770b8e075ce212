"""A person's whole life at the embedded AWS, by password and with processes of their own.

`jumpcf local serve --enforce` in one shell, `jumpcf local sign-in` and boto3 in another: refused without MFA, let
in with it, shut out elsewhere and at the end of the contract.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from jumpcf.local import control, mfa
from jumpcf.local.records import Fault
from jumpcf.local.session import STATE
from tests.functional.conftest import ROOT, environment
from tests.functional.test_endpoint import aws, served
from tests.local.support import refused

JUMP, PROD = "111111111111", "443000000001"
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.200"
FIRST, OWN = "From-the-operator-1", "Known-to-Yamada-2"
READ = {"RoleArn": f"arn:aws:iam::{PROD}:role/jump/acme-prod-Read", "RoleSessionName": "taro.yamada"}
YEARS = 3 * 365 * 86400  # after which the example contract is over


class Shell:
    """The second shell: the exports of `serve`, and a clock that the faults put forward."""

    def __init__(self, folder: Path, exported: dict[str, str]) -> None:
        self.folder, self.exported, self.ahead = folder, exported, 0.0

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jumpcf", "-C", str(self.folder), "local", *words]
        return subprocess.run(command, input=typed, capture_output=True, text=True, cwd=ROOT, check=False)

    def sign_in(self, *words: str, typed: str) -> subprocess.CompletedProcess[str]:
        return self.run("sign-in", "taro.yamada", *words, typed=typed)

    def wait(self, seconds: float) -> None:
        """As `jumpcf local fault clock` does, without a process for it."""
        control.ask(self.folder / STATE, control.Request(add=(Fault("clock", seconds=seconds),)))
        self.ahead += seconds

    def code(self, seed: str) -> str:
        return mfa.code(seed, time.time() + self.ahead)

    def client(self, service: str) -> Any:
        return boto3.Session(profile_name="taro.yamada").client(service)

    @property
    def operator(self) -> Any:
        return boto3.Session(profile_name=f"local-{JUMP}").client("iam")


@pytest.fixture
def shell(deployed_estate: Path, tmp_path: Path) -> Iterator[Shell]:
    folder = tmp_path / "estate"
    shutil.copytree(deployed_estate, folder)
    with served(folder, "--enforce") as exported:
        keyless = {
            name: value for name, value in exported.items() if not name.startswith(("AWS_ACC", "AWS_SEC"))
        }
        with environment(keyless):
            yield Shell(folder, exported)


def test_a_partners_life_by_password(shell: Shell) -> None:
    """Reset, refused without MFA, enrolled, let in with it, shut out elsewhere, over at the end."""
    login = {"UserName": "taro.yamada", "Password": FIRST}
    shell.operator.update_login_profile(**login, PasswordResetRequired=True)

    wrong = shell.sign_in("--address", OFFICE, typed="wrong\n")
    assert (wrong.returncode, wrong.stdout) == (4, "")
    assert "A589 Your authentication information is incorrect" in wrong.stderr
    outside = shell.sign_in("--address", ELSEWHERE, typed=f"{FIRST}\n{OWN}\n")
    assert (outside.returncode, "explicit deny" in outside.stderr) == (4, True)
    alone = shell.sign_in("--address", OFFICE, typed=f"{FIRST}\n")
    assert (alone.returncode, "New password" in alone.stderr) == (4, True)

    first = shell.sign_in("--address", OFFICE, typed=f"{FIRST}\n{OWN}\n")
    assert first.returncode == 0, first.stderr
    assert "without MFA" in first.stderr
    assert OWN not in first.stdout + first.stderr
    assert "explicit deny" in refused(shell.client("sts").assume_role, **READ)[1]

    seed = enrolled(shell)
    asked = shell.sign_in("--address", OFFICE, typed=f"{OWN}\n")
    assert (asked.returncode, "MFA code" in asked.stderr) == (4, True)
    known = shell.sign_in("--address", OFFICE, typed=f"{OWN}\n{shell.code(seed)}\n")
    assert known.returncode == 0, known.stderr
    assert "with MFA" in known.stderr
    keyless = shell.exported | {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    role = ["--role-arn", READ["RoleArn"], "--role-session-name", "taro.yamada"]
    taken = aws(keyless, "sts", "assume-role", "--profile", "taro.yamada", *role)
    assert taken["AssumedRoleUser"]["Arn"].endswith("acme-prod-Read/taro.yamada")

    shell.wait(60)
    away = shell.sign_in("--address", ELSEWHERE, "--code", shell.code(seed), typed=f"{OWN}\n")
    assert away.returncode == 0, away.stderr  # no policy of ours can stop the sign-in itself
    assert "explicit deny" in refused(shell.client("iam").get_user)[1]

    shell.wait(YEARS)
    late = shell.sign_in("--address", OFFICE, "--code", shell.code(seed), typed=f"{OWN}\n")
    assert late.returncode == 0, late.stderr
    assert "explicit deny" in refused(shell.client("sts").assume_role, **READ)[1]
    assert "explicit deny" in refused(shell.client("iam").get_user)[1]
    shell.operator.update_login_profile(UserName="taro.yamada", PasswordResetRequired=True)
    shell.wait(60)
    over = shell.sign_in("--address", OFFICE, "--code", shell.code(seed), typed=f"{OWN}\n{FIRST}\n")
    assert (over.returncode, "explicit deny" in over.stderr) == (4, True)


def test_the_session_is_exported_where_somebody_asks_for_it(shell: Shell) -> None:
    shell.operator.update_login_profile(UserName="taro.yamada", Password=OWN, PasswordResetRequired=False)
    quiet = shell.sign_in("--address", OFFICE, typed=f"{OWN}\n")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    told = shell.sign_in("--address", OFFICE, "--export", typed=f"{OWN}\n")
    lines = [line.removeprefix("export ").partition("=") for line in told.stdout.splitlines()]
    exported = {name: value.strip("'") for name, _, value in lines}
    assert aws(exported, "sts", "get-caller-identity")["Arn"].endswith("user/partner/acme/taro.yamada")
    command = [sys.executable, "-m", "jumpcf", "-C", str(shell.folder), "-o", "json"]
    whole = subprocess.run(
        [*command, "local", "sign-in", "taro.yamada", "--export"],
        input=f"{OWN}\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert set(json.loads(whole.stdout)) == {
        *("Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
    }  # what a credential_process answers
    taken = shell.sign_in("--profile", "corp-stacksets", typed=f"{OWN}\n")
    assert (taken.returncode, "account's own" in taken.stderr) == (4, True)


def test_without_a_server_there_is_nowhere_to_sign_in(deployed_estate: Path) -> None:
    command = [sys.executable, "-m", "jumpcf", "-C", str(deployed_estate), "local", "sign-in", "taro.yamada"]
    done = subprocess.run(command, input="x\n", capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, "A588" in done.stderr, "local serve --enforce" in done.stderr) == (4, True, True)


def enrolled(shell: Shell) -> str:
    """The seed of the device that he enrols by himself; its next code counts."""
    iam = shell.client("iam")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="taro.yamada")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    now = time.time() + shell.ahead
    codes = {
        "AuthenticationCode1": mfa.code(seed, now),
        "AuthenticationCode2": mfa.code(seed, now + mfa.STEP),
    }
    iam.enable_mfa_device(UserName="taro.yamada", SerialNumber=made["SerialNumber"], **codes)
    shell.wait(3 * mfa.STEP)
    return seed
