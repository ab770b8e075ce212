"""`jumpcf deploy`."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from jumpcf import pipeline
from jumpcf.artifacts.plan import Plan
from jumpcf.cli import plan_view, progress, status_view
from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit, GateRefused, Interrupted


@click.command()
@organizations("deploy to")
@local
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--accept-deletion", is_flag=True, help="Without a terminal: let stacks and roles be taken away."
)
@pass_console
def command(
    console: Console, organizations: tuple[str, ...], local: bool, yes: bool, accept_deletion: bool
) -> Exit:
    """Roll out: the jump account's stacks first, then the StackSets of every organization.

    \b
    Example: jumpcf deploy --org corp
    Ends with one line per wanted account; exit code 3 where one is not as wanted.
    Needs, in the jump account, the writes of its stacks; in each organization's admin account
    cloudformation:*StackSet*, *StackInstances and organizations:Describe*, List*.
    """
    folders = console.folders()
    built = pipeline.build(folders, say=console.say)
    with pipeline.world(folders, local=local, say=console.say):
        prepared = pipeline.plan(folders, built.manifest, organizations, say=console.say)
        plan = prepared.plan
        if not console.json:
            console.say(plan_view.text(plan, console.verbose))
        gate(console, plan, yes=yes, accept_deletion=accept_deletion)
        with interruptible(console) as stop, progress.shown(console) as subscriber:
            status = pipeline.deploy(folders, prepared, subscriber, stop)
    console.result(pipeline.encode(status) if console.json else status_view.text(status, console.verbose))
    if stop.is_set():
        raise Interrupted(
            "A501", "interrupted; what had started goes on in AWS", "run deploy again to finish"
        )
    return Exit.DONE if status.as_wanted else Exit.NOT_AS_WANTED


def gate(console: Console, plan: Plan, *, yes: bool, accept_deletion: bool) -> None:
    """Let a plan pass, or say why not: blockers never pass, deletion needs a word of its own."""
    if plan.blockers:
        raise GateRefused("G501", "the plan is blocked; nothing was written", plan.blockers[0])
    if not plan.operations:
        return
    if plan.deletions and not accept_deletion:
        names = ", ".join(plan.deletions)
        if not console.interactive:
            raise GateRefused(
                "G502", f"the plan takes away: {names}", "if this is wanted, add --accept-deletion"
            )
        if click.prompt(f"This takes away {names}. Type 'delete' to go on", err=True, default="") != "delete":
            raise GateRefused("G502", "deletion was not confirmed; nothing was written")
    if not yes and not console.interactive:
        raise GateRefused("G503", "nobody is there to ask", "add --yes to deploy without a terminal")
    if not yes and not console.confirm("Deploy this?"):
        raise GateRefused("G503", "not confirmed; nothing was written")


@contextmanager
def interruptible(console: Console) -> Iterator[threading.Event]:
    """The first Ctrl-C starts nothing new and lets what runs be watched to its end; the second leaves at once."""
    stop = threading.Event()

    def first(_signal: int, _frame: Any) -> None:
        console.error("Stopping: nothing new is started. Press Ctrl-C again to leave at once.")
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
