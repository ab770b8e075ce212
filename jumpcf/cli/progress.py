"""A running deploy, shown: a live table on a terminal, one time-stamped line per event elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.cli.console import Console
from jumpcf.cli.live import MARKS, Table, failures, name
from jumpcf.executor.progress import Subscriber
from jumpcf.planner.explain import sentence
from jumpcf.planner.words import count


@contextmanager
def shown(console: Console) -> Iterator[Subscriber]:
    """Whoever suits this run: live on a terminal, lines elsewhere and in CI, with --quiet only what went wrong.

    However the run ends, the terminal gets its cursor back.
    """
    if console.quiet:
        yield Quiet(console.ask)
        return
    if not console.live:
        yield Lines(console.say)
        return
    table = Table(console.rich())
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
            self._line(f"running {name(operation)}: {amount(progress)}")

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._line(f"{MARKS[outcome.state]:7} {name(operation)}{reason}")
        for line in failures(outcome):
            self._line(f"        {line}")

    def notice(self, text: str) -> None:
        self._line(text)

    def _line(self, text: str) -> None:
        self.say(f"{self.now():%H:%M:%S} {text}")


class Quiet(Lines):
    """Only what went wrong, and what a person who interrupts must know."""

    __slots__ = ()

    def plan_started(self, plan: Plan) -> None:
        pass

    def operation_started(self, operation: AnyOperation) -> None:
        pass

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None:
        pass

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        if outcome.state == "failed":
            Lines.operation_finished(self, operation, outcome)


def amount(progress: Progress) -> str:
    """How far an operation is: "12 of 24 accounts, 1 failed, RUNNING"."""
    if not progress.total:
        return progress.status
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{progress.done} of {progress.total} accounts{failed}, {progress.status}"
