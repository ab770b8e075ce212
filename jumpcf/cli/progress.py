"""A running deploy, shown: a live table on a terminal, one time-stamped line per event elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.cli.console import Console
from jumpcf.executor.progress import Subscriber
from jumpcf.planner.explain import sentence
from jumpcf.planner.words import count

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

MARKS = {"succeeded": "done", "failed": "FAILED", "skipped": "skipped"}
ROWS = 12  # running operations that the live table shows; a window of 24 lines stays readable


@contextmanager
def shown(console: Console) -> Iterator[Subscriber]:
    """Whoever suits this run: live on a terminal, silent with --quiet, lines elsewhere.

    However the run ends, the terminal gets its cursor back.
    """
    if not console.interactive or console.json or console.quiet:
        yield Lines(console.say)
        return
    table = Table(console)
    try:
        yield table
    finally:
        table.close()


@dataclass(slots=True)
class Lines:
    """One line per event, with the time; what a CI log wants."""

    say: Callable[[str], None]
    now: Callable[[], datetime] = datetime.now
    _told: dict[str, Progress] = field(default_factory=dict)

    def plan_started(self, plan: Plan) -> None:
        self._line(f"deploying {count(len(plan.operations), 'operation')}")

    def operation_started(self, operation: AnyOperation) -> None:
        self._line(f"start   {sentence(operation)}")

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None:
        if self._told.get(operation.id) != progress:
            self._told[operation.id] = progress
            self._line(f"running {_name(operation)}: {amount(progress)}")

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._line(f"{MARKS[outcome.state]:7} {_name(operation)}{reason}")
        for account, why in outcome.accounts:
            self._line(f"        {account}: {why}")

    def notice(self, text: str) -> None:
        self._line(text)

    def _line(self, text: str) -> None:
        self.say(f"{self.now():%H:%M:%S} {text}")


class Table:
    """What runs now, in a table that is drawn over itself; what has ended scrolls by above it."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console.rich()
        self._clock = clock
        self._began = clock()
        self._running: dict[str, tuple[AnyOperation, float, Progress | None]] = {}
        self._total = self._finished = 0
        self._live: Live | None = None

    def plan_started(self, plan: Plan) -> None:
        from rich.live import Live

        self._total = len(plan.operations)
        # transient: the table is gone when all is done, the lines of what ended stay
        self._live = Live(get_renderable=self.render, console=self._console, transient=True)
        self._live.start()

    def operation_started(self, operation: AnyOperation) -> None:
        self._running[operation.id] = (operation, self._clock(), None)

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None:
        _, since, _ = self._running[operation.id]
        self._running[operation.id] = (operation, since, progress)

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        _, since, _ = self._running.pop(operation.id, (operation, self._clock(), None))
        self._finished += 1
        colour = {"succeeded": "green", "failed": "red", "skipped": "yellow"}[outcome.state]
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._print(
            f"{MARKS[outcome.state]:7}", colour, f" {_name(operation)} {self._seconds(since)}{reason}"
        )
        for account, why in outcome.accounts:
            self._print("       ", colour, f" {account}: {why}")

    def notice(self, text: str) -> None:
        self._print("", "", text)

    def close(self) -> None:
        if self._live:
            self._live.stop()

    def render(self) -> "RenderableType":
        """The table of what runs now; rich asks for it four times a second."""
        from rich.table import Table as RichTable

        table = RichTable(box=None, pad_edge=False, show_header=False, expand=False)
        rows = list(self._running.values())
        for operation, since, progress in rows[:ROWS]:
            told = amount(progress) if progress else "started"
            table.add_row(_name(operation), told, self._seconds(since))
        if len(rows) > ROWS:
            table.add_row(f"and {len(rows) - ROWS} more", "", "")
        table.add_row(f"{self._finished} of {self._total} operations", "", self._seconds(self._began))
        return table

    def _print(self, mark: str, style: str, text: str) -> None:
        from rich.text import Text

        self._console.print(Text(mark, style=style) + Text(text))

    def _seconds(self, since: float) -> str:
        return f"{self._clock() - since:.0f} s"


def amount(progress: Progress) -> str:
    """How far an operation is: "12 of 24 accounts, 1 failed, RUNNING"."""
    if not progress.total:
        return progress.status
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{progress.done} of {progress.total} accounts{failed}, {progress.status}"


def _name(operation: AnyOperation) -> str:
    return f"{operation.place} {operation.stack} ({operation.work})"
