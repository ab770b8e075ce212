"""Completion, by the protocol that the shells' scripts speak with click: names out of params/, or nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jumpcf.cli.main import VERBS, main
from jumpcf.estate.levels import NAMES
from tests.conftest import absent

ROOT = Path(__file__).parents[3]
PARTNERS = {
    "acme": "partner: acme\nusers:\n  - {name: taro.yamada}\n  - name: ken.mori\n",
    "globex": "users: [{name: ana.lopez}]\n",
}


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    for kind in ("organizations", "partners", "levels"):
        (tmp_path / "params" / kind).mkdir(parents=True)
    for name, text in PARTNERS.items():
        (tmp_path / f"params/partners/{name}.yaml").write_text(text)
    for path in ("organizations/corp", "organizations/lab", "levels/DbOperator"):
        (tmp_path / f"params/{path}.yaml").write_text("")
    return tmp_path


@pytest.fixture
def ask(estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Ask":
    monkeypatch.chdir(estate)
    monkeypatch.setenv("_JUMPCF_COMPLETE", "bash_complete")
    return Ask(monkeypatch, capsys)


class Ask:
    """A shell's question: the line up to the cursor; what stands after its last blank is being typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, line: str) -> list[str]:
        self.monkeypatch.setenv("COMP_WORDS", line)
        self.monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        main([])
        told = self.capsys.readouterr()
        assert told.err == ""
        lines = told.out.split()  # click ends nothing at all by a line as well
        assert all(one.startswith("plain,") for one in lines)
        return [one.removeprefix("plain,") for one in lines]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("jumpcf comp", ["completion"]),
        ("jumpcf completion ", ["bash", "zsh", "fish"]),
        ("jumpcf plan --org ", ["corp", "lab"]),
        ("jumpcf deploy --org corp --org l", ["lab"]),
        ("jumpcf destroy --org ", ["corp", "lab"]),
        ("jumpcf destroy --partner ", ["acme", "globex"]),
        ("jumpcf expiring --partner g", ["globex"]),
        ("jumpcf access matrix --partner a", ["acme"]),
        ("jumpcf user list --partner ", ["acme", "globex"]),
        ("jumpcf user status ", ["acme", "globex"]),
        ("jumpcf user status acme ", ["ken.mori", "taro.yamada"]),
        ("jumpcf user password globex ", ["ana.lopez"]),
        ("jumpcf user offboard nobody ", []),
        ("jumpcf partner freeze ", ["acme", "globex"]),
        ("jumpcf partner freeze acme --user t", ["taro.yamada"]),
        ("jumpcf partner thaw globex --user ", ["ana.lopez"]),
        ("jumpcf partner kit acme --user ", ["ken.mori", "taro.yamada"]),
        ("jumpcf local sign-in ", ["ana.lopez", "ken.mori", "taro.yamada"]),
        ("jumpcf access why ", ["ana.lopez", "ken.mori", "taro.yamada"]),
        ("jumpcf access why ken.mori shop-dev ", sorted((*NAMES, "DbOperator"))),
    ],
)
def test_names_come_from_params(ask: Ask, line: str, names: list[str]) -> None:
    assert ask(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("jumpcf depoly --org ", list(VERBS)),  # no such verb: elsewhere it is told which one was meant
        ("jumpcf -C nowhere plan --org ", []),  # not the names of the folder that we are in
        ("jumpcf -C nowhere access why a b ", []),
        ("jumpcf plan --org ' ", []),
        ("jumpcf --nonsense plan --org ", list(VERBS)),
        ("jumpcf expiring --within soon --partner g", ["globex"]),
    ],
)
def test_a_line_with_a_mistake_brings_no_error(ask: Ask, line: str, names: list[str]) -> None:
    assert ask(line) == names


@pytest.mark.parametrize(
    "text",
    [b"users: [", b"\xff\xfe\x00", b"- a\n", b"users: {name: x}", b"users: [1, {name: 2}, {}]", b"[" * 5000],
)
def test_a_file_that_is_being_edited_has_no_users_and_the_others_have_theirs(
    ask: Ask, estate: Path, text: bytes
) -> None:
    (estate / "params/partners/acme.yaml").write_bytes(text)
    assert ask("jumpcf access why ") == ["ana.lopez"]
    assert ask("jumpcf user status acme ") == []


def test_another_folder_is_read_where_the_line_names_it(
    ask: Ask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "params/organizations").mkdir(parents=True)
    (other / "params/organizations/moon.yaml").touch()
    assert ask(f"jumpcf -C {other} plan --org ") == ["moon"]


@pytest.mark.parametrize("told", ["", "nonsense", "bash_nonsense", "nonsense_complete"])
def test_an_unknown_question_is_answered_by_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: str
) -> None:
    monkeypatch.setenv("_JUMPCF_COMPLETE", told)
    main(["status", "--org", "corp", "--nonsense"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr()
    assert f"_JUMPCF_COMPLETE={shell}_complete" in told.out
    assert told.err == ""


IN_SHELL = {
    # what bash does at Tab: the words, the one at the cursor, and the function that `complete` was told
    "bash": """
        source script
        complete -p jumpcf >/dev/null || exit 1
        COMP_WORDS=(jumpcf partner kit "")
        COMP_CWORD=3
        _jumpcf_completion jumpcf
        echo "${COMPREPLY[@]}"
    """,
    # compadd and compdef are only there while zsh completes
    "zsh": """
        compdef() { [ "$2" = jumpcf ] || exit 1; }
        compadd() { echo $completions; }
        source script
        words=(jumpcf partner kit "")
        CURRENT=4
        _jumpcf_completion
    """,
    "fish": """
        source script
        string join ' ' (complete -C 'jumpcf partner kit ')
    """,
}
PLAIN = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}


@pytest.mark.parametrize("shell", IN_SHELL)
def test_the_shell_itself_completes_by_its_script(estate: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        absent(shell, f"apt-get install {shell}")
    command = estate / "jumpcf"  # as pip makes one
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jumpcf "$@"\n')
    command.chmod(0o755)
    (estate / "home").mkdir()
    path = f"{estate}{os.pathsep}{os.environ['PATH']}"
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "HOME": str(estate / "home")}
    made = subprocess.run(
        [command, "completion", shell], capture_output=True, text=True, cwd=estate, check=True, env=own
    )
    (estate / "script").write_text(made.stdout)
    run = subprocess.run(
        [shell, *PLAIN[shell], "-c", IN_SHELL[shell]], cwd=estate, env=own, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "acme globex\n", "")
