"""Runs an operator's commands against `jumpcf local serve` and keeps what they printed, as a page."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

TOOLS = {
    "jumpcf": [sys.executable, "-m", "jumpcf"],
    "aws": [str(Path(sys.executable).parent / "aws")],
}
CUT = "[…]"
SHOWN = 4  # lines of one kind
WIDTH = 160  # letters of a line
SECONDS = 300.0  # no command of the night takes so long

# What differs from one night to the next: clock, run, process, machine, port, request.
PASSING = (
    (re.compile(r"\b\d{2}:\d{2}:\d{2} "), ""),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"), "<time>"),
    (re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{8}\b"), "<run>"),
    (re.compile(r"\b(jumpcf-[0-9a-f]{12})-[0-9a-f]{8}\b"), r"\1-<run>"),
    (re.compile(r"\b[\w.-]+@[\w.-]+(?= \((pid|process) \d+)"), "<user>@<host>"),
    (re.compile(r"\b(pid|process) \d+"), r"\1 <pid>"),
)


@dataclass
class Said:
    """What a command printed, stdout and stderr as a terminal shows them, and its exit code."""

    code: int
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Page:
    """A night as it is read: words, commands, and of their output the lines that matter."""

    blocks: list[str] = field(default_factory=list)

    def words(self, text: str) -> None:
        self.blocks.append(" ".join(text.split()))

    def heading(self, text: str) -> None:
        self.blocks.append(f"## {text}")

    def shown(self, command: str, said: Said, keep: Iterable[str]) -> None:
        code = f"exit code {said.code}" if said.code >= 0 else "killed"
        body = excerpt(said.lines, keep)
        self.blocks.append("\n".join(["```", f"$ {command}", *body, f"[{code}]", "```"]))

    @property
    def text(self) -> str:
        """The page in Markdown."""
        return "\n\n".join(self.blocks) + "\n"


@dataclass
class Desk:
    """One machine of an operator: a clone of the estate's repository, and the endpoint's environment."""

    folder: Path
    environment: dict[str, str]
    page: Page

    def run(self, command: str, *keep: str) -> Said:
        """Run a command to its end and put it on the page with the lines that match `keep`."""
        said = self.quietly(command)
        self.page.shown(command, said, keep)
        return said

    def quietly(self, command: str) -> Said:
        done = subprocess.run(
            self._arguments(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self._environment(),
            timeout=SECONDS,
            check=False,
        )
        return Said(done.returncode, done.stdout.splitlines())

    def killed(self, command: str, when: str, *keep: str) -> Said:
        """Run a command and kill it, with no chance to tidy up, at the first line that matches `when`."""
        with subprocess.Popen(
            self._arguments(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self._environment(),
        ) as process:
            timer = threading.Timer(SECONDS, process.kill)
            timer.start()
            lines: list[str] = []
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if re.search(when, line):
                    process.send_signal(signal.SIGKILL)
                    break
            timer.cancel()
            assert process.wait(timeout=SECONDS) == -signal.SIGKILL, f"never saw {when!r} in {lines}"
        said = Said(-signal.SIGKILL, lines)
        self.page.shown(command, said, keep)
        return said

    def _arguments(self, command: str) -> list[str]:
        tool, *arguments = shlex.split(command)
        return [*TOOLS[tool], *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "JUMPCF_"))}
        calm = {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}
        return kept | calm | self.environment


def excerpt(lines: Iterable[str], keep: Iterable[str]) -> list[str]:
    """The lines that match a pattern, at most SHOWN for each, without what passes; a mark where others stood."""
    left = {re.compile(one): SHOWN for one in keep}
    found: list[str] = []
    for line in lines:
        pattern = next((one for one in left if left[one] and one.search(line)), None)
        if pattern:
            left[pattern] -= 1
            found.append(steady(line))
        elif found and found[-1] != CUT:
            found.append(CUT)
    return found


def steady(line: str) -> str:
    """A line without what differs from night to night."""
    for pattern, instead in PASSING:
        line = pattern.sub(instead, line)
    line = line.rstrip()
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def played(page: str) -> list[str]:
    """The commands of a page and how each ended: what must be the same whenever the night is played."""
    return [line for line in page.splitlines() if line.startswith(("$ ", "[exit code", "[killed]"))]
