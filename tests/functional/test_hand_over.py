"""`jumpcf user password`: an initial password shown to a person at a terminal, once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.conftest import World
from tests.functional.test_passwords import JUMP, TARO, iam, profile, ssm, stored
from tests.functional.test_terminal import Terminal, copied, plain

ASK = ("user", "password", "acme", "taro.yamada")
SHOWN = re.compile(r"Password  (\S+)")
QUESTION = "Delete it from Parameter Store now?"


def show(folder: Path, *more: str, answer: str) -> tuple[int, str]:
    terminal = Terminal(folder, *ASK, *more)
    terminal.wait_for(QUESTION)
    terminal.type(answer)
    return terminal.close(), plain(terminal.seen)


def shown(text: str) -> str:
    (found,) = SHOWN.findall(text)
    return str(found)


def refusal(folder: Path, *more: str) -> tuple[int, str]:
    terminal = Terminal(folder, *ASK, *more)
    return terminal.close(), " ".join(plain(terminal.seen).split())


def test_it_is_shown_once_and_a_new_one_on_demand_as_long_as_his_was_not_used(
    deployed_estate: Path, tmp_path: Path
) -> None:
    folder = copied(deployed_estate, tmp_path)
    code, text = show(folder, "--local", answer="")  # nobody deletes by pressing Enter
    assert "Deleted." not in text
    first = shown(text)
    assert (code, len(first)) == (0, 20)
    assert f"https://{JUMP}.signin.aws.amazon.com/console" in text
    assert "User      taro.yamada" in text
    code, text = refusal(folder, "--local")
    assert (code, "A564" in text, first in text) == (5, True, False)
    code, text = show(folder, "--new", "--local", answer="y")
    second = shown(text)
    assert (code, "Deleted." in text, second == first) == (0, True, False)
    code, text = refusal(folder, "--local")
    assert (code, "A563 no initial password is kept for taro.yamada" in text) == (3, True)
    kept = [path.read_text("utf-8") for path in folder.rglob("*.jsonl")]
    assert kept
    assert not any(secret in text for text in kept for secret in (first, second))


@pytest.mark.parametrize("more", [(), ("--new",)])
def test_a_password_that_was_used_is_neither_shown_nor_reset(deployed: World, more: tuple[str, ...]) -> None:
    own = {"Password": "Of-his-own-choice-1", "PasswordResetRequired": False}
    iam(deployed).update_login_profile(UserName="taro.yamada", **own)
    before = (stored(deployed), profile(deployed, "taro.yamada"))
    code, text = refusal(deployed.folder, *more)
    assert (code, "A562" in text) == (5, True)
    assert (stored(deployed), profile(deployed, "taro.yamada")) == before


def test_the_hand_over_is_noted_with_who_and_when(deployed: World) -> None:
    code, text = show(deployed.folder, answer="n")
    assert (code, shown(text)) == (0, stored(deployed)[TARO])
    answer = ssm(deployed).list_tags_for_resource(ResourceType="Parameter", ResourceId=TARO)
    tags = {one["Key"]: one["Value"] for one in answer["TagList"]}
    assert tags["jumpcf-handed-by"].startswith("arn:aws:")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", tags["jumpcf-handed-at"])


def test_a_pipe_a_file_or_a_pipeline_is_shown_nothing(deployed: World) -> None:
    command = [sys.executable, "-m", "jumpcf", "-C", str(deployed.folder), *ASK]
    said = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (said.returncode, said.stdout, "G559" in said.stderr) == (5, "", True)
    assert deployed.run(*ASK).code == 5


def test_a_name_that_params_do_not_have_is_wrong_usage(deployed: World) -> None:
    terminal = Terminal(deployed.folder, "user", "password", "acme", "taro.yamanda")
    assert terminal.close() == 252
    text = " ".join(plain(terminal.seen).split())
    assert "G561 acme has no user taro.yamanda" in text
    assert "did you mean taro.yamada?" in text
