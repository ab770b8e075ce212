"""`jumpcf partner …`: the group; each command's module is imported when it is chosen."""

import click

from jumpcf.cli.lazy import Lazy

# command: (module, what --help says of it)
COMMANDS = {
    "freeze": (
        "partner_freeze",
        "Deny a partner, or one user, everything: new sessions at once, then old ones.",
    ),
    "thaw": ("partner_thaw", "Open again what freeze closed."),
    "kit": ("partner_kit", "Make the folder and the zip that a partner, or one user, is given."),
}


@click.command(cls=Lazy, entries=COMMANDS, title="Commands")
def command() -> None:
    """Partners.

    \b
    Example: jumpcf partner kit acme
    """
