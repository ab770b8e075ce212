"""`jumpcf plan`."""

import click

from jumpcf.cli import plan_view
from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, rollout, sandbox


@click.command()
@organizations("plan", jump=True)
@local
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where something would change.")
@pass_console
def command(console: Console, org: tuple[str, ...], local: bool, detailed_exitcode: bool) -> Exit:
    """Show what a deploy would change, by name: StackSets, accounts, stacks.  Reads only.

    \b
    Example: jumpcf plan --org corp

    Needs read access: cloudformation:Describe*, List*, Get*; organizations:Describe*, List*.
    """
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        plan = rollout.plan(folders, built.manifest, org, say=console.say).plan
    console.result(building.encode(plan) if console.json else plan_view.text(plan, console.verbose))
    if plan.blockers:
        return Exit.GATE
    return Exit.CHANGES if plan.operations and detailed_exitcode else Exit.DONE
