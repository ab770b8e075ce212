"""`jumpcf status`."""

import click

from jumpcf.cli import status_view
from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, rollout, sandbox


@click.command()
@organizations("look at", jump=True)
@local
@pass_console
def command(console: Console, org: tuple[str, ...], local: bool) -> Exit:
    """Say of every wanted account whether its roles are as wanted.  Reads only.

    \b
    Example: jumpcf status --org corp

    What is not as wanted stands last; with -q before the verb, alone. Exit code 3 where a wanted account,
    StackSet or stack is not as params/ want it.
    Needs what plan needs.
    """
    folders = console.folders()
    built = building.build(folders, lint=False, say=console.say)
    with sandbox.world(folders, local=local, say=console.say):
        status = rollout.status(built.manifest, org)
    console.result(
        building.encode(status)
        if console.json
        else status_view.text(status, console.verbose, console.quiet, console.fold)
    )
    if status.as_wanted:
        return Exit.DONE
    # their names begin with the time
    if journal := max((folders.state / "journal").glob("*.jsonl"), default=None):
        console.say(f"Last run's journal: {journal}")
    return Exit.NOT_AS_WANTED
