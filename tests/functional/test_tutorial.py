"""docs/tutorial.md, read and done from top to bottom: every command as it stands there, in one folder.

jumpcf's verbs run in this process; what needs a terminal, a server or typed answers runs in one of its own.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from jumpcf.local import control, mfa
from jumpcf.local.records import Fault
from jumpcf.local.session import STATE
from tests.functional.conftest import ROOT, environment
from tests.functional.test_endpoint import AWS, served
from tests.functional.test_hand_over import QUESTION, shown
from tests.functional.test_terminal import Terminal, plain

PAGE = ROOT / "docs" / "tutorial.md"
OWN = "Known-to-Yamada-2"
NOT_RUN = ("python3 -m venv ", "pip install ")  # tests/wheel.py installs


def blocks() -> Iterator[tuple[str, str]]:
    """The language and the text of every fenced block."""
    yield from re.findall(
        r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


class Reader:
    """Somebody who does what the page says, and types what it tells to type."""

    def __init__(
        self,
        folder: Path,
        stack: ExitStack,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self.stack, self.monkeypatch, self.capsys = folder, stack, monkeypatch, capsys
        self.password, self.ahead, self.said = "", 0.0, dict[str, str]()
        monkeypatch.chdir(folder)

    def do(self, line: str) -> None:
        command, _, refused = (part.strip() for part in line.partition("#"))
        words = shlex.split(command)
        match words:
            case ["cd", name]:
                self.folder /= name
                self.monkeypatch.chdir(self.folder)
            case ["jumpcf", "local", "serve", *options]:
                self.stack.enter_context(environment(self.stack.enter_context(served(self.folder, *options))))
            case ["jumpcf", "user", "password", *_]:
                self.is_shown(words[1:])
            case ["jumpcf", "local", "sign-in", *_]:
                self.signs_in(words)
            case ["jumpcf", *arguments]:
                self.capsys.readouterr()
                assert main(arguments) == 0, line
                self.said[command] = self.capsys.readouterr().out
            case ["aws", *arguments]:
                self.calls(arguments, refused)
            case _:
                pytest.fail(f"nobody knows how to do this: {line}")

    def is_shown(self, words: list[str]) -> None:
        terminal = Terminal(self.folder, *words)
        terminal.wait_for(QUESTION)
        terminal.type("y")
        assert terminal.close() == 0
        self.password = shown(plain(terminal.seen))

    def signs_in(self, words: list[str]) -> None:
        """First with the initial password and a new one; then with the new one and a code."""
        seed = self.folder / "seed.txt"
        typed = [OWN, self.code(seed.read_text())] if seed.exists() else [self.password, OWN]
        command = [sys.executable, "-m", *words]
        told = "".join(f"{one}\n" for one in typed)
        done = subprocess.run(
            command, input=told, capture_output=True, text=True, cwd=self.folder, check=False
        )
        assert done.returncode == 0, done.stderr

    def calls(self, arguments: list[str], refused: str) -> None:
        if "CODE" in arguments:
            seed = (self.folder / "seed.txt").read_text()
            codes = {"CODE": self.code(seed), "NEXT": self.code(seed, mfa.STEP)}
            arguments = [codes.get(one, one) for one in arguments]
        given = {**os.environ, "AWS_PAGER": ""}
        done = subprocess.run(
            [AWS, *arguments], cwd=self.folder, env=given, capture_output=True, text=True, check=False
        )
        assert refused in done.stderr
        assert (done.returncode == 0) != bool(refused), (arguments, done.stderr)
        if "enable-mfa-device" in arguments:  # as somebody waits for the third code
            self.wait(3 * mfa.STEP)

    def wait(self, seconds: float) -> None:
        control.ask(self.folder / STATE, control.Request(add=(Fault("clock", seconds=seconds),)))
        self.ahead += seconds

    def code(self, seed: str, later: float = 0) -> str:
        return mfa.code(seed.strip(), time.time() + self.ahead + later)

    def edit(self, change: str) -> None:
        """A block of - and + lines: what stands in params/partners/acme.yaml, and what instead."""
        path = self.folder / "params" / "partners" / "acme.yaml"
        old, new = (next(one[1:] for one in change.splitlines() if one[0] == sign) for sign in "-+")
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_command_of_the_tutorial_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack:
        reader = Reader(tmp_path, stack, monkeypatch, capsys)
        for language, text in blocks():
            if language == "diff":
                reader.edit(text)
                continue
            for line in text.splitlines():
                if language == "bash":
                    reader.do(line)
                else:
                    assert line.startswith(NOT_RUN)
        assert "example-1  Read" in reader.said["jumpcf access matrix"]
        assert "acme-start-SSM: role added" in reader.said["jumpcf plan --local"]
        assert "acme-start-Read" not in reader.said["jumpcf plan --local"]
        assert "Everything is as wanted" in reader.said["jumpcf status --local"]
