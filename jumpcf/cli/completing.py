"""What a shell is told at Tab: verbs, options, and names out of params/; and never an error, which would land
in the line that somebody types."""

import contextlib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from jumpcf.estate.completing import Names

VARIABLE = "_JUMPCF_COMPLETE"
"""How the shell's script asks; click derives it from the program's name."""


def asked() -> bool:
    return VARIABLE in os.environ


def answer(group: click.Command, args: Sequence[str] | None) -> int:
    """Let click answer the shell.  Whatever goes wrong, the shell gets names or nothing."""
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            group.main(args=args, prog_name="jumpcf")
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        except BaseException:
            return 1


def organizations(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    return _matching(_names(ctx).stems("organizations"), incomplete)


def partners(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    return _matching(_names(ctx).stems("partners"), incomplete)


def users(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """The users of the partner that stands in the line already, or of all."""
    return _matching(_names(ctx).users(_partner(ctx)), incomplete)


def levels(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    return _matching(_names(ctx).levels(), incomplete)


def _partner(ctx: click.Context) -> str | None:
    told: str | None = ctx.params.get("partner")
    first = next((one.name for one in ctx.command.params if isinstance(one, click.Argument)), None)
    # behind an option that waits for its value, click has not dealt out the arguments
    return ctx.args[0] if told is None and first == "partner" and ctx.args else told


def _names(ctx: click.Context) -> "Names":
    from jumpcf.estate.completing import Names

    folder = ctx.find_root().params.get("chdir")
    return Names(Path(folder) if folder else None)


def _matching(names: list[str], incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
