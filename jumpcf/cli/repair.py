"""`jumpcf repair`."""

import click

from jumpcf.cli import options, progress, repair_view
from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.deploy import interruptible, lock_gate, report
from jumpcf.cli.gates import Accepted, accepting, asks, gate
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, rollout, sandbox, upkeep


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
    yes: bool,
    accept_broadening: str,
    accept_deletion: str,
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
    accepted = Accepted(yes=yes, broadening=accept_broadening, deletion=accept_deletion)
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        found = upkeep.repair(
            folders, built.manifest, org, retain=retain, suspended=suspended, say=console.say
        )
        asking = asks(console, found.prepared.plan, accepted)
        if asking or not console.json:
            (console.ask if asking else console.say)(repair_view.text(found.repair))
        gate(console, found.prepared.plan, accepted)
        if found.prepared.plan.operations:
            lock_gate(console, found.prepared.lock, break_lock=break_lock)
        with progress.shown(console) as subscriber, interruptible(subscriber.notice) as stop:
            deployed = rollout.deploy(folders, found.prepared, subscriber, stop, break_lock=break_lock)
    return report(console, deployed)
