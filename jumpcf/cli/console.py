"""All printing: results on stdout; talk, problems and progress on stderr."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jumpcf.errors import JumpcfError, Problem
from jumpcf.pipeline import Folders

if TYPE_CHECKING:
    import rich.console


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """How this run prints, from the global options; every verb gets it as the click context's object."""

    folder: Path = field(default_factory=Path)
    json: bool = False
    verbose: bool = False
    quiet: bool = False
    no_color: bool = False
    debug: bool = False

    def folders(self, out: Path | None = None) -> Folders:
        return Folders(root=self.folder, build=out or self.folder / "build")

    @property
    def color(self) -> bool | None:
        """False where colours are off; None leaves it to click, which asks whether this is a terminal."""
        if self.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return True if os.environ.get("FORCE_COLOR") else None

    def result(self, text: str | bytes) -> None:
        """A result: stdout."""
        data = text.decode() if isinstance(text, bytes) else text
        click.echo(data.rstrip("\n"), color=self.color)

    def say(self, text: str) -> None:
        """Talk: stderr, silent with --quiet."""
        if not self.quiet:
            click.echo(text, err=True, color=self.color)

    def error(self, text: str) -> None:
        click.echo(click.style(text, fg="red"), err=True, color=self.color)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Every problem with its place, and at the end how many there are."""
        found = list(problems)
        for problem in found:
            click.echo(str(problem), err=True, color=self.color)
        errors = sum(problem.severity == "error" for problem in found)
        if errors:
            self.error(f"{errors} problem{'s' if errors > 1 else ''}; nothing was changed.")

    def refusal(self, error: JumpcfError) -> None:
        where = f"{error.where}: " if error.where else ""
        self.error(f"{where}{error.code} {error.what}")
        if error.hint:
            click.echo(f"    hint: {error.hint}", err=True, color=self.color)

    @property
    def interactive(self) -> bool:
        """True where a person can be asked: terminals on both sides."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: str) -> bool:
        return click.confirm(question, default=False, err=True)

    def rich(self) -> "rich.console.Console":
        """Rich on stderr, for live progress; loaded only when something is drawn."""
        import rich.console

        return rich.console.Console(stderr=True, no_color=self.color is False, highlight=False)
