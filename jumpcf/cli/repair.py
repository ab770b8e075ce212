"""`jumpcf repair`."""

import click

from jumpcf.cli import options, repair_view
from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.gates import Accepted, accepting, pass_gates
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.cli.running import report, run
from jumpcf.errors import Exit
from jumpcf.pipeline import building, sandbox, upkeep


@click.command()
@organizations("repair", jump=True)
@local
@accepting
@click.option(
    "--retain",
    metavar="ACCOUNT",
    multiple=True,
    help="Leave this account's inoperable stack there, only take it off its StackSet (repeatable).",
)
@click.option("--suspended", is_flag=True, help="Take suspended accounts off as well; their stacks stay.")
@options.break_lock
@pass_console
def command(
    console: Console,
    org: tuple[str, ...],
    local: bool,
    accepted: Accepted,
    retain: tuple[str, ...],
    suspended: bool,
    break_lock: bool,
) -> Exit:
    """Mend what a deploy does not: failed, inoperable, stuck, left over.

    \b
    Example: jumpcf repair --org corp

    Says of each thing what is wrong, what is done and why that is safe, asks, and ends as
    status does. It gives nobody a new template: that is deploy's work.

    Needs what deploy needs, and in the jump account cloudformation:ListChangeSets,
    DeleteChangeSet and ContinueUpdateRollback (docs/upkeep.md).
    """
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        found = upkeep.repair(
            folders, built.manifest, org, retain=retain, suspended=suspended, say=console.say
        )
        text = repair_view.text(found.repair)
        pass_gates(console, found.prepared, accepted, text, break_lock=break_lock)
        deployed = run(console, folders, found.prepared, break_lock=break_lock)
    return report(console, deployed)
