"""All printing: results on stdout; talk, problems and progress on stderr."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

import click

from jumpcf.errors import Interrupted, JumpcfError, Problem
from jumpcf.pipeline.folders import Folders

if TYPE_CHECKING:
    import rich.console


Output = Literal["table", "json", "markdown"]


def in_ci() -> bool:
    """CI=true is what every CI sets; CI=false and CI=0 switch it off."""
    return bool(os.environ.get("GITHUB_ACTIONS")) or os.environ.get("CI", "").lower() not in (
        "",
        "0",
        "false",
    )


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # no file descriptor behind it
        return False


@contextlib.contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except click.Abort:  # Ctrl-C or Ctrl-D in place of an answer
        raise Interrupted("G505", "interrupted; nothing was written") from None


def _harmless(text: str, *, json: bool = False) -> str:
    from jumpcf.cli.harmless import escaped, plain  # help and version print without it

    return escaped(text) if json else plain(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """How this run prints, from the global options; every verb gets it as the click context's object."""

    folder: Path = field(default_factory=Path)
    output: Output = "table"
    verbose: bool = False
    quiet: bool = False
    no_color: bool = False
    debug: bool = False

    @property
    def json(self) -> bool:
        return self.output == "json"

    def form(self, chosen: str | None) -> str:
        """The form of a result: what the verb's own option says, else the global one."""
        return chosen or ("json" if self.json else "table")

    def folders(self, out: Path | None = None) -> Folders:
        return Folders(root=self.folder, build=out or self.folder / "build")

    @property
    def color(self) -> bool | None:
        """False where colours are off; None leaves it to click, which asks whether this is a terminal."""
        plain = self.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        if plain or in_ci():
            return False
        return True if os.environ.get("FORCE_COLOR") else None

    @property
    def live(self) -> bool:
        """True where a table may be drawn over itself: a terminal that is not a CI's, for a person."""
        return self.interactive and not self.json and not in_ci()

    def fold(self, title: str, lines: list[str]) -> list[str]:
        """Lines that belong together; on GitHub they can be folded up (workflow commands, "Grouping log lines").

        Groups do not nest there, and whatever is printed meanwhile falls into one: so only a text that is printed
        at once has them.  A result that goes to a file has none.
        """
        if not lines or not os.environ.get("GITHUB_ACTIONS") or _is_file(sys.stdout):
            return lines
        return [f"::group::{title}", *lines, "::endgroup::"]

    def result(self, text: str | bytes) -> None:
        """A result: stdout.  Bytes are JSON, whichever option asked for it."""
        json = self.json or isinstance(text, bytes)
        data = text.decode() if isinstance(text, bytes) else text
        try:
            click.echo(_harmless(data, json=json).rstrip("\n"), color=self.color)
        except BrokenPipeError:
            # The reader went away (`jumpcf plan | head`): the verb's own exit code still tells how it went,
            # and python must not complain when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def say(self, text: str, *, always: bool = False) -> None:
        """Talk: stderr, silent with --quiet, unless it is said `always`."""
        if always or not self.quiet:
            self._talk(text)

    def ask(self, text: str) -> None:
        """What a person must have read before answering."""
        self.say(text, always=True)

    def error(self, text: str) -> None:
        self._talk(text, colour="red")

    def _talk(self, text: str, colour: str | None = None) -> None:
        """stderr; a reader who went away or a full disk behind it never stops a deploy."""
        with contextlib.suppress(OSError):
            shown = _harmless(text)
            shown = click.style(shown, fg=colour) if colour else shown
            click.echo(shown, err=True, color=self.color)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Every problem with its place, and at the end how many there are."""
        found = list(problems)
        for problem in found:
            self._talk(str(problem))
        errors = sum(problem.severity == "error" for problem in found)
        if errors:
            self.error(f"{errors} problem{'s' if errors > 1 else ''}; nothing was changed.")

    def refusal(self, error: JumpcfError) -> None:
        where = f"{error.where}: " if error.where and error.where not in error.what else ""
        self.error(f"{error.code} {where}{error.what}")
        if error.hint:
            self._talk(f"    hint: {error.hint}")

    @property
    def interactive(self) -> bool:
        """True where a person can be asked: terminals on both sides."""
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    def confirm(self, question: str) -> bool:
        """Whether a person says yes before anything is written; Interrupted (G505) where he leaves instead."""
        with _answered():
            return click.confirm(_harmless(question), default=False, err=True)

    def typed(self, question: str) -> str:
        """What a person types before anything is written; "" where only Enter is pressed; Interrupted as above."""
        with _answered():
            return str(click.prompt(_harmless(question), default="", show_default=False, err=True))

    def rich(self) -> "rich.console.Console":
        """Rich on stderr, for live progress; loaded only when something is drawn."""
        import rich.console

        return rich.console.Console(stderr=True, no_color=self.color is False, highlight=False)
