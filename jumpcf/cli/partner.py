"""`jumpcf partner …`: the group; each command's module is imported when it is chosen."""

import importlib

import click

# command: (module, what --help says of it)
COMMANDS = {
    "freeze": (
        "partner_freeze",
        "Deny a partner, or one user, everything: new sessions at once, then old ones.",
    ),
    "thaw": ("partner_thaw", "Open again what freeze closed."),
    "kit": ("partner_kit", "Make the folder and the zip that a partner, or one user, is given."),
}


class Commands(click.Group):
    """A group that knows its commands' one-line help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"jumpcf.cli.{COMMANDS[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.command(cls=Commands)
def command() -> None:
    """Partners.

    \b
    Example: jumpcf partner kit acme
    """
