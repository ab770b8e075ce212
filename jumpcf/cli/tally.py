"""How far a run is: operations and accounts of each place, what runs now, and how long the rest may take.

Bookkeeping without a terminal; `live` draws it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import TOUCHED, Plan
from jumpcf.artifacts.status import Outcome, Progress

ENOUGH = 0.1  # of the work done: from then on the rest is expected to take as long as what was done
BRIEF = 10.0  # seconds: what was seen in less says nothing of the rest


@dataclass(slots=True)
class Place:
    """Operations and accounts of the jump account or an organization; `failed` counts accounts, or the operation
    itself where it has none."""

    name: str
    operations: int
    accounts: int
    ended: int = 0
    done: int = 0
    failed: int = 0


@dataclass(slots=True)
class Running:
    """An operation that runs, since when, and how far it is."""

    operation: AnyOperation
    since: float
    progress: Progress | None = None


@dataclass(slots=True)
class Tally:
    """Fed with a run's events.  Accounts are counted once for each StackSet that touches them."""

    clock: Callable[[], float]
    began: float = 0.0
    places: dict[str, Place] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    _wanted: Counter[tuple[str, str]] = field(default_factory=Counter)
    _left: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: dict[str, Progress] = field(default_factory=dict)

    def plan_started(self, plan: Plan) -> None:
        self.began = self.clock()
        self._left = Counter((one.place, one.stack) for one in plan.operations)
        for one in plan.stack_sets:
            if (one.organization, one.name) in self._left:
                touched = sum(account.effect in TOUCHED for account in one.accounts)
                self._wanted[one.organization, one.name] = touched
        for place, number in Counter(one.place for one in plan.operations).items():
            accounts = sum(wanted for (at, _), wanted in self._wanted.items() if at == place)
            self.places[place] = Place(place, number, accounts)

    def started(self, operation: AnyOperation) -> None:
        self.running[operation.id] = Running(operation, self.clock())

    def progress(self, operation: AnyOperation, progress: Progress) -> None:
        self.running[operation.id].progress = progress
        before = self._seen.get(operation.id)
        place = self.places[operation.place]
        done, failed = (before.done, before.failed) if before else (0, 0)
        self._count(operation, progress.done - done)
        place.failed += progress.failed - failed
        self._seen[operation.id] = progress

    def finished(self, operation: AnyOperation, outcome: Outcome) -> float:
        """Seconds that it ran."""
        running = self.running.pop(operation.id, None)
        place, key = self.places[operation.place], (operation.place, operation.stack)
        place.ended += 1
        self._left[key] -= 1
        told = self._seen[operation.id].failed if operation.id in self._seen else 0
        if outcome.state == "failed":
            place.failed += max(0, (len(outcome.accounts) or 1) - told)
        if not self._left[key]:
            self._count(operation, self._wanted[key])
        return self.clock() - running.since if running else 0.0

    def _count(self, operation: AnyOperation, accounts: int) -> None:
        """Accounts that are through with; never more of a StackSet than the plan touches."""
        key = operation.place, operation.stack
        through = min(accounts, self._wanted[key])
        self._wanted[key] -= through
        self.places[operation.place].done += through

    @property
    def elapsed(self) -> float:
        return self.clock() - self.began

    def expected(self) -> float | None:
        """Seconds that the rest may take at the rate so far; None while too little is known."""
        total = sum(one.accounts or one.operations for one in self.places.values())
        done = sum(one.done if one.accounts else one.ended for one in self.places.values())
        if not total or done < total * ENOUGH or self.elapsed < BRIEF:
            return None
        return self.elapsed * (total - done) / done
