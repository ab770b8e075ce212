"""Signing in by password, in two shells: `jumpcf local serve --enforce` in one, sign-in and other tools in the other.

What a person may do with such a session is in test_a_life.py.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3

from jumpcf.cli.main import main
from tests.conftest import standard_input
from tests.functional.conftest import ROOT, environment
from tests.functional.test_endpoint import aws, served
from tests.functional.test_playing_the_partner import JUMP, OFFICE

OWN = "Known-to-Yamada-2"
WORDS = ("local", "sign-in", "taro.yamada")
ME = "user/partner/acme/taro.yamada"


def test_the_session_is_a_profile_and_is_exported_where_somebody_asks_for_it(
    lasting_estate: Path, tmp_path: Path, capsys: Any
) -> None:
    folder = tmp_path / "estate"
    shutil.copytree(lasting_estate, folder)

    def sign_in(*more: str) -> tuple[int, str, str]:
        with standard_input(f"{OWN}\n"):
            code = main(["-C", str(folder), *WORDS, *more])
        return code, *capsys.readouterr()

    with served(folder, "--enforce") as exported:
        own = {"UserName": "taro.yamada", "Password": OWN, "PasswordResetRequired": False}
        with environment(exported):
            boto3.Session(profile_name=f"local-{JUMP}").client("iam").update_login_profile(**own)
        keyless = exported | {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}

        code, out, err = sign_in("--address", OFFICE)
        assert (code, out, "without MFA" in err, OWN in err) == (0, "", True, False)
        seen = aws(keyless, "sts", "get-caller-identity", "--profile", "taro.yamada")
        assert seen["Arn"].endswith(ME)

        code, out, _ = sign_in("--address", OFFICE, "--export")
        lines = [line.removeprefix("export ").partition("=") for line in out.splitlines()]
        given = {name: value.strip("'") for name, _, value in lines}
        assert code == 0
        assert aws(given, "sts", "get-caller-identity")["Arn"].endswith(ME)

        command = [sys.executable, "-m", "jumpcf", "-C", str(folder), "-o", "json", *WORDS, "--export"]
        whole = subprocess.run(
            command, input=f"{OWN}\n", capture_output=True, text=True, cwd=ROOT, check=True
        )
        assert set(json.loads(whole.stdout)) == {
            *("Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
        }  # what a credential_process answers
        code, _, err = sign_in("--profile", "corp-stacksets")
        assert (code, "account's own" in err) == (4, True)


def test_without_a_server_there_is_nowhere_to_sign_in(lasting_estate: Path, capsys: Any) -> None:
    with standard_input(f"{OWN}\n"):
        assert main(["-C", str(lasting_estate), *WORDS]) == 4
    told = capsys.readouterr().err
    assert ("A588" in told, "local serve --enforce" in told) == (True, True)
