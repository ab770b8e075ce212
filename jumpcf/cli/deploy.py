"""`jumpcf deploy`."""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.plan import Plan
from jumpcf.cli import options, plan_view, progress, status_view
from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.gates import ANY, Accepted, accepting, asks, gate
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit, Interrupted
from jumpcf.executor.run import INTERRUPTED
from jumpcf.pipeline import building, resuming, rollout, sandbox, stored
from jumpcf.pipeline.folders import Folders
from jumpcf.pipeline.locking import Seen
from jumpcf.pipeline.resuming import unfinished
from jumpcf.planner.words import count


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@organizations("deploy to", jump=True)
@local
@options.break_lock
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the last run that broke off: what was accepted then is not asked again.",
)
@accepting
@pass_console
def command(
    console: Console,
    file: Path | None,
    org: tuple[str, ...],
    local: bool,
    yes: bool,
    accept_broadening: str,
    accept_deletion: str,
    break_lock: bool,
    resume: bool,
) -> Exit:
    """Roll out: the jump account's stacks first, then the StackSets of every organization.

    \b
    Example: jumpcf deploy --org corp
             jumpcf deploy --yes --accept-broadening=0a1b2c3d4e5f
             jumpcf plan --out tonight.json; jumpcf deploy tonight.json

    FILE is what 'plan --out' wrote: exactly that is applied, or nothing, with the reason.
    What is broadened and what is taken away need a word each: typed, or as a flag.
    People who leave or change partner lose password, keys and MFA devices before all else.
    Ends with one line per wanted account; exit code 3 where one is not as wanted.

    One deploy at a time: it holds a lock in the artifact bucket (docs/recovery.md).

    Needs, in the jump account, the writes of its stacks, of its users where some leave
    (docs/plan-and-deploy.md, Leaving), and s3:GetObject, PutObject on the artifact bucket;
    in each organization's admin account cloudformation:*StackSet*, *StackInstances and
    organizations:Describe*, List*.
    """
    accepted = Accepted(yes=yes, broadening=accept_broadening, deletion=accept_deletion)
    plan_file = _loaded(file, org, resume)
    if resume:  # was accepted when the run began, and what is left is no more
        accepted = Accepted(yes=True, broadening=ANY, deletion=ANY)
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        prepared = (
            _left(console, folders, built.manifest, org, break_lock)
            if resume
            else _planned(console, folders, built.manifest, org, plan_file)
        )
        plan = prepared.plan
        _show(console, plan, accepted)
        gate(console, plan, accepted)
        if plan.operations:
            lock_gate(console, prepared.lock, break_lock=break_lock)
        deployed = _run(console, folders, prepared, break_lock=break_lock)
    return report(console, deployed)


def _show(console: Console, plan: Plan, accepted: Accepted) -> None:
    """Nobody is asked about a plan that was not shown, --quiet or not."""
    asking = asks(console, plan, accepted)
    if asking or not console.json:
        (console.ask if asking else console.say)(plan_view.text(plan, console.verbose, console.fold))


def _planned(
    console: Console, folders: Folders, manifest: Manifest, org: tuple[str, ...], file: stored.Loaded | None
) -> rollout.Prepared:
    """A new plan, or the file's where it still holds; says of a run that broke off before it."""
    if file:
        prepared = stored.plan(folders, manifest, file, say=console.say)
    else:
        prepared = rollout.plan(folders, manifest, org, say=console.say, deploying=True)
    if run := unfinished(prepared.lock):
        console.say(f"Run {run} broke off; this deploy does what is left of it and whatever is new.")
    return prepared


def _loaded(file: Path | None, org: tuple[str, ...], resume: bool) -> stored.Loaded | None:
    if file and resume:
        raise click.UsageError("--resume goes on with the run's own plan: it takes no FILE.")
    if file and org:
        raise click.UsageError("FILE says which organizations; --org does not go with it")
    return stored.load(file) if file else None


def _run(
    console: Console, folders: Folders, prepared: rollout.Prepared, *, break_lock: bool
) -> rollout.Deployed:
    """Deploy what was accepted, showing it as it goes."""
    with progress.shown(console) as subscriber, interruptible(subscriber.notice) as stop:
        return rollout.deploy(folders, prepared, subscriber, stop, break_lock=break_lock)


def _left(
    console: Console, folders: Folders, manifest: Manifest, org: tuple[str, ...], break_lock: bool
) -> rollout.Prepared:
    """What is left of the last run; its organizations are its own."""
    if org:
        raise click.UsageError("--resume goes on where the run was: it takes no --org.")
    found = resuming.resume(folders, manifest, break_lock=break_lock, say=console.say)
    console.say(f"Left of run {found.run}:")
    return found.prepared


def report(console: Console, deployed: rollout.Deployed) -> Exit:
    """The table of accounts and the exit code; or, where AWS could not be read again, what was done."""
    if deployed.status is None:
        assert deployed.unread is not None
        states = Counter(outcome.state for outcome in deployed.outcomes.values())
        told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        console.error(
            f"The operations ended ({told}), but their result could not be read; journal: {deployed.journal}"
        )
        raise deployed.unread
    status = deployed.status
    console.result(
        building.encode(status)
        if console.json
        else status_view.text(status, console.verbose, fold=console.fold)
    )
    left_out = sum(outcome.reason == INTERRUPTED for outcome in deployed.outcomes.values())
    if left_out:
        told = f"interrupted: what had started has ended, {count(left_out, 'operation')} not started"
        raise Interrupted("G505", told, "run deploy again to finish")
    return Exit.DONE if status.as_wanted else Exit.NOT_AS_WANTED


def lock_gate(console: Console, lock: Seen | None, *, break_lock: bool) -> None:
    """A lock that somebody holds stops here, before anything is taken; breaking it needs a word where a person is."""
    held = lock.held_by() if lock else None
    if held is None:
        return
    if not break_lock:
        raise held
    if not console.interactive:
        return
    console.ask(held.what)
    try:
        if console.typed("What it started goes on in AWS. Type 'break' to take the lock") != "break":
            raise held
    except click.Abort:
        raise Interrupted("G505", "interrupted; nothing was written") from None


@contextmanager
def interruptible(tell: Callable[[str], None]) -> Iterator[threading.Event]:
    """The first Ctrl-C starts nothing new and lets what runs be watched to its end; the second leaves at once,
    as do SIGTERM (how CI cancels) and SIGHUP (a dropped connection)."""
    stop = threading.Event()

    def first(_signal: int, _frame: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tell(
            "Stopping: nothing new is started, what runs is watched to its end. Ctrl-C again leaves at once."
        )

    handlers = {signal.SIGINT: first, signal.SIGTERM: signal.default_int_handler}
    if hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
