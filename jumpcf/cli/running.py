"""A plan that has passed its gates, run where people see it, and what it came to."""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from jumpcf.artifacts.status import Failed, gated
from jumpcf.cli import progress, status_view
from jumpcf.cli.console import Console
from jumpcf.errors import Exit, GateRefused, Interrupted
from jumpcf.executor.progress import Subscriber
from jumpcf.executor.run import INTERRUPTED
from jumpcf.pipeline import building, rollout
from jumpcf.pipeline.folders import Folders
from jumpcf.planner.words import count

Runner = Callable[[Folders, rollout.Prepared, Subscriber, threading.Event], rollout.Deployed]


def run(
    console: Console, folders: Folders, prepared: rollout.Prepared, *, break_lock: bool
) -> rollout.Deployed:
    """Run what was accepted, showing it as it goes."""
    return show(console, folders, prepared, partial(rollout.deploy, break_lock=break_lock))


def show(console: Console, folders: Folders, prepared: rollout.Prepared, by: Runner) -> rollout.Deployed:
    """The same by another way of running a plan than a deploy's."""
    with progress.shown(console) as subscriber, interruptible(subscriber.notice) as stop:
        return by(folders, prepared, subscriber, stop)


def report(console: Console, deployed: rollout.Deployed, earlier: Sequence[Failed] = ()) -> Exit:
    """The table of accounts and the exit code; or, where AWS could not be read again, what was done.  `earlier` is
    what failed in the run that was resumed and is not done again."""
    if deployed.status is None:
        assert deployed.unread is not None
        states = Counter(outcome.state for outcome in deployed.outcomes.values())
        told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        console.error(
            f"The operations ended ({told}), but their result could not be read; journal: {deployed.journal}"
        )
        failed = (one.reason for one in deployed.outcomes.values() if one.state == "failed" and one.reason)
        for reason in dict.fromkeys(failed):
            console.error(reason)
        raise deployed.unread
    status = replace(deployed.status, failed=(*earlier, *deployed.status.failed))
    console.result(
        building.encode(status)
        if console.json
        else status_view.text(status, console.verbose, fold=console.fold)
    )
    pass_interrupted(deployed, "run deploy again to finish")
    pass_unshown(gated(deployed.outcomes.values()))
    return Exit.DONE if status.as_wanted else Exit.NOT_AS_WANTED


def pass_interrupted(deployed: rollout.Deployed, hint: str) -> None:
    """Stop where Ctrl-C left something out."""
    left_out = sum(outcome.reason == INTERRUPTED for outcome in deployed.outcomes.values())
    if left_out:
        told = f"interrupted: what had started has ended, {count(left_out, 'operation')} not started"
        raise Interrupted("G505", told, hint)


def pass_unshown(reasons: Sequence[str]) -> None:
    """Stop at what a change set would have taken away and nobody was shown; the rest was done by then."""
    if reasons:
        raise GateRefused(
            "G523",
            "; ".join(one.removesuffix(" [G523]") for one in reasons),
            "somebody changed the stack or its template since the plan was made: run plan again, read it, deploy; "
            "if this comes again, put the stack back by hand (docs/plan-and-deploy.md, What the plan did not show); "
            "what does not need it was done",
        )


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
