"""What a person at a terminal sees: the plan before the question, a live table, a typed confirmation."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

from jumpcf.cli.main import main

SECONDS = 60
OF_THE_RUNNER = ("CI", "GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR")  # of whatever runs these tests


class Terminal:
    """A command line in a terminal of 80 columns: type into it, wait for text."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        here = {name: value for name, value in os.environ.items() if name not in OF_THE_RUNNER}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jumpcf", *arguments],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**here, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", **environment},
            close_fds=True,
        )
        os.close(theirs)
        self.seen = ""

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + SECONDS
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} never came; seen: {self.seen[-2000:]}"
            self._read()

    def type(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def close(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 1)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # Linux ends a terminal whose other side is closed with an error
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


def plain(text: str) -> str:
    """Without what moves the cursor or colours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def copied(source: Path, tmp_path: Path) -> Path:
    shutil.copytree(source, tmp_path / "estate")
    return tmp_path / "estate"


def test_a_person_sees_the_plan_then_the_question_then_the_live_table(
    built_estate: Path, tmp_path: Path
) -> None:
    terminal = Terminal(copied(built_estate, tmp_path), "deploy", "--local", "--org", "corp")
    terminal.wait_for("Type 'broaden' to go on: ")
    before = plain(terminal.seen)
    terminal.type("broaden")
    terminal.wait_for("Deploy this? [y/N]")
    assert "+ jump-acme-dev" in before
    assert "Plan: " in before
    terminal.type("y")
    terminal.wait_for(" operations  ")  # the table counts operations, then accounts
    assert terminal.close() == 0
    assert re.search(r"corp +\d of \d+ operations  \d+ of \d+ accounts", plain(terminal.seen))
    assert re.search(r"\d s elapsed.*; \d running, \d+ waiting, \d+ ended", plain(terminal.seen))
    assert re.search(r"\x1b\[3[0-9]m", terminal.seen), "no colour"
    assert "Everything is as wanted" in plain(terminal.seen)
    assert terminal.seen.rfind("\x1b[?25h") > terminal.seen.rfind("\x1b[?25l"), "the cursor stayed hidden"


def test_no_is_the_default_answer_and_writes_nothing(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    terminal = Terminal(folder, "deploy", "--local", "--accept-broadening", "--org", "lab")
    terminal.wait_for("Deploy this? [y/N]")
    terminal.type("")
    assert terminal.close() == 5
    assert "nothing was written" in plain(terminal.seen)
    assert not (folder / ".jumpcf" / "journal").exists()


def test_quiet_shows_the_plan_all_the_same_before_it_asks(built_estate: Path, tmp_path: Path) -> None:
    terminal = Terminal(
        copied(built_estate, tmp_path),
        "-q",
        "deploy",
        "--local",
        "--yes",
        "--org",
        "lab",
    )
    terminal.wait_for("Type 'broaden' to go on: ")
    assert "+ jump-globex-lab" in plain(terminal.seen)
    terminal.type("n")
    assert terminal.close() == 5


def test_a_deletion_is_confirmed_by_typing_the_word(deployed_estate: Path, tmp_path: Path) -> None:
    folder = copied(deployed_estate, tmp_path)
    (folder / "params" / "partners" / "initech.yaml").unlink()
    refused = Terminal(folder, "deploy", "--local", "--org", "corp")
    refused.wait_for("Type 'delete'")
    refused.type("yes")
    assert refused.close() == 5
    left = Terminal(folder, "deploy", "--local", "--org", "corp")
    left.wait_for("Type 'delete' to go on: ")
    left.type("\x04")
    assert left.close() == 130
    assert "interrupted; nothing was written" in plain(left.seen)
    agreed = Terminal(folder, "deploy", "--local", "--yes", "--accept-broadening", "--org", "corp")
    agreed.wait_for("Type 'delete' to go on: ")
    agreed.type("delete")
    assert agreed.close() == 0, plain(agreed.seen)


def test_what_another_build_wrote_while_a_person_read_is_not_deployed(
    deployed_estate: Path, tmp_path: Path
) -> None:
    folder = copied(deployed_estate, tmp_path)
    file = folder / "params/partners/acme.yaml"
    before = file.read_bytes()
    file.write_bytes(before.replace(b"until: 2028-03-31", b"until: 2028-02-29"))
    terminal = Terminal(folder, "deploy", "--local", "--org", "lab")
    terminal.wait_for("Deploy this?")
    file.write_bytes(before.replace(b"until: 2028-03-31", b"until: 2029-03-31"))
    assert main(["-q", "-C", str(folder), "build", "--no-lint"]) == 0
    terminal.type("y")
    assert terminal.close() == 5
    assert "G528 " in plain(terminal.seen)
    file.write_bytes(before)
    assert main(["-q", "-C", str(folder), "plan", "--local", "--detailed-exitcode"]) == 0


def test_no_color_leaves_the_table_and_takes_the_colours(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    terminal = Terminal(
        folder, "deploy", "--local", "--yes", "--accept-broadening", "--org", "lab", NO_COLOR="1"
    )
    assert terminal.close() == 0
    assert "elapsed" in plain(terminal.seen)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", terminal.seen)


def test_in_ci_a_terminal_gets_plain_lines_with_the_time_and_no_escape(
    built_estate: Path, tmp_path: Path
) -> None:
    folder = copied(built_estate, tmp_path)
    terminal = Terminal(
        folder,
        "deploy",
        "--local",
        "--yes",
        "--accept-broadening",
        "--org",
        "lab",
        CI="true",
        FORCE_COLOR="1",
    )
    assert terminal.close() == 0
    assert "\x1b" not in terminal.seen
    assert re.search(r"^\d\d:\d\d:\d\d done    lab jump-globex-lab ", terminal.seen, re.MULTILINE)
    assert "elapsed" not in terminal.seen
    assert "::group::" not in terminal.seen


def test_verbose_request_ids_stand_above_the_table(built_estate: Path, tmp_path: Path) -> None:
    terminal = Terminal(
        copied(built_estate, tmp_path),
        "-v",
        "deploy",
        "--local",
        "--yes",
        "--accept-broadening",
        "--org",
        "lab",
    )
    assert terminal.close() == 0
    assert re.search(r"\d\d:\d\d:\d\d request lab CreateStackSet jump-globex-lab: \S+", plain(terminal.seen))
