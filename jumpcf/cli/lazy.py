"""A group of commands whose modules are imported when one is chosen: `--help` of the group needs none of them."""

import difflib
import importlib
from collections.abc import Mapping
from typing import Any

import click


class Lazy(click.Group):
    """`entries` has each command's module in `jumpcf.cli`, and what the group's --help says of it under `title`."""

    def __init__(self, *args: Any, entries: Mapping[str, tuple[str, str]], title: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.entries, self.title = entries, title

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.entries:
            return None
        module, _ = self.entries[cmd_name]
        command = importlib.import_module(f"jumpcf.cli.{module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        wrong = args[0] not in self.entries and not ctx.resilient_parsing  # who completes is told nothing
        if wrong and (near := difflib.get_close_matches(args[0], self.entries, n=1)):
            ctx.fail(f"No such command '{args[0]}'. Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(self.title):
            formatter.write_dl([(name, help_) for name, (_, help_) in self.entries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super(click.Group, self).shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=help_)
            for name, (_, help_) in self.entries.items()
            if name.startswith(incomplete)
        ]
