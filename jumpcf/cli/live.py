"""The live table: what runs now, how far each place is, and one line for the whole, drawn over itself.

It keeps its height however much there is, so that what stands above does not jump, and takes its width from the
terminal each time it is drawn.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.cli.harmless import plain
from jumpcf.cli.tally import Place, Running, Tally
from jumpcf.planner.words import count

if TYPE_CHECKING:
    import rich.console
    from rich.live import Live
    from rich.text import Text

MARKS = {"succeeded": "done", "failed": "FAILED", "skipped": "skipped"}
COLOURS = {"succeeded": "green", "failed": "red", "skipped": "yellow"}
ROWS = 8  # running operations that are shown; as many run at once (rollout.PARALLEL)
PLACES = 6  # places that are shown; with the line for the whole 16 of a window's 24 lines
NAMED = 8  # accounts of a failure that are named; the status has them all
FAILED = len(" 999 failed")
NARROW = 60  # columns: below that the kind of an operation is left out


class Table:
    """A subscriber that shows a run on a terminal; what has ended scrolls by above the table."""

    def __init__(self, console: "rich.console.Console", clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._tally = Tally(clock)
        self._rows = 0
        self._live: Live | None = None

    def plan_started(self, plan: Plan) -> None:
        from rich.live import Live

        self._tally.plan_started(plan)
        self._rows = min(ROWS, len(plan.operations))
        # transient: the table is gone when all is done, the lines of what ended stay
        self._live = Live(get_renderable=self.render, console=self._console, transient=True)
        self._live.start()

    def operation_started(self, operation: AnyOperation) -> None:
        self._tally.started(operation)

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None:
        self._tally.progress(operation, progress)

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        took = f" {spell(self._tally.finished(operation, outcome))}" if outcome.state != "skipped" else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._print(f"{MARKS[outcome.state]:7}", COLOURS[outcome.state], f" {name(operation)}{took}{reason}")
        for line in failures(outcome):
            self._print("       ", "", f" {line}")

    def notice(self, text: str) -> None:
        self._print("", "", text)

    def close(self) -> None:
        if self._live:
            self._live.stop()

    def render(self) -> "Text":
        """What stands there now; rich asks for it four times a second."""
        from rich.text import Text

        width = self._console.width
        running = list(self._tally.running.values())
        rows = [self._row(one, width) for one in running[: self._rows]]
        rows += [Text("")] * (self._rows - len(rows))
        places = list(self._tally.places.values())
        rows += [_place(one, width) for one in places[:PLACES]]
        if len(places) > PLACES:
            rows.append(Text(f"and {len(places) - PLACES} more organizations"))
        rows.append(Text(self._whole(len(running)), style="bold"))
        for row in rows:
            row.truncate(width, overflow="ellipsis")
        return Text("\n").join(rows)

    def _row(self, one: Running, width: int) -> "Text":
        from rich.text import Text

        place = shortened(one.operation.place, 12)
        work = f" {one.operation.kind.partition('-')[0]:9}" if width >= NARROW else ""
        how = f" {_amount(one.progress):>9} {spell(self._clock() - one.since):>7}"
        failed = f" {one.progress.failed:,} failed" if one.progress and one.progress.failed else ""
        room = max(8, width - 13 - len(work) - len(how) - FAILED)
        text = Text(f"{place:12} {_stack(one.operation.stack, room):{room}}{work}{how}")
        return text.append(failed, style="red")

    def _whole(self, running: int) -> str:
        places = self._tally.places.values()
        ended, operations = sum(one.ended for one in places), sum(one.operations for one in places)
        expected = self._tally.expected()
        rest = f", expected {spell(expected)} more" if expected is not None else ""
        waiting = operations - ended - running
        return (
            f"{spell(self._tally.elapsed)} elapsed{rest}; {running} running, {waiting} waiting, {ended} ended"
        )

    def _print(self, mark: str, style: str, text: str) -> None:
        from rich.text import Text

        # rich leaves escape sequences in a text as they are
        self._console.print(Text(mark, style=style) + Text(plain(text)))


def _place(one: Place, width: int) -> "Text":
    from rich.text import Text

    accounts = f"  {one.done:,} of {one.accounts:,} accounts" if one.accounts else ""
    text = Text(
        f"{shortened(one.name, 12):12} {one.ended:,} of {count(one.operations, 'operation')}{accounts}"
    )
    return text.append(f"  {one.failed:,} failed" if one.failed else "", style="red")


def _amount(progress: Progress | None) -> str:
    if progress is None:
        return "started"
    if not progress.total or progress.status != "RUNNING":
        return shortened(progress.status.lower(), 9)
    return f"{progress.done:,}/{progress.total:,}"


def _stack(stack: str, most: int) -> str:
    """Our names all begin alike: where there is little room, that goes first."""
    return stack if len(stack) <= most else shortened(stack.removeprefix("jump-"), most)


def failures(outcome: Outcome) -> list[str]:
    """Accounts that failed, with the reason; of many that failed alike the first few, and how many more."""
    alike: dict[str, list[str]] = {}
    for account, why in outcome.accounts:
        alike.setdefault(why, []).append(account)
    lines = []
    for why, accounts in alike.items():
        lines += [f"{account}: {why}" for account in accounts[:NAMED]]
        if len(accounts) > NAMED:
            lines.append(f"and {len(accounts) - NAMED} more: {why}")
    return lines


def name(operation: AnyOperation) -> str:
    return f"{operation.place} {operation.stack} ({operation.work})"


def shortened(text: str, most: int) -> str:
    """With its middle left out where it is longer; names differ at their ends."""
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def spell(seconds: float) -> str:
    """A span of time: "12 s", "3:07", "1:03:07"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
