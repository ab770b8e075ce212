"""What of a plan may run now: needs respected, places and StackSets kept from being overrun.

Pure bookkeeping without threads or clock.
"""

from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.errors import GateRefused
from jumpcf.executor.rules import stops


class Queue:
    """The operations of a plan on their way from waiting over running to an outcome."""

    def __init__(self, plan: Plan, *, parallel: int, per_place: int) -> None:
        """Raises GateRefused for a plan that is blocked or not whole."""
        if plan.blockers:
            raise GateRefused("G501", "the plan is blocked; nothing was written", plan.blockers[0])
        _check(plan.operations)
        self.parallel, self.per_place = parallel, per_place
        self.waiting = {operation.id: operation for operation in plan.operations}
        self.running: dict[str, AnyOperation] = {}
        self.outcomes: dict[str, Outcome] = {}
        self._all = dict(self.waiting)

    def startable(self) -> AnyOperation | None:
        """The next operation that may start now, in the plan's order; None where none may."""
        if len(self.running) >= self.parallel:
            return None
        places = Counter(operation.place for operation in self.running.values())
        busy = {(operation.place, operation.stack) for operation in self.running.values()}
        for operation in self.waiting.values():
            if places[operation.place] >= self.per_place or (operation.place, operation.stack) in busy:
                continue
            if all(need in self.outcomes for need in operation.needs):
                return operation
        return None

    def start(self, operation: AnyOperation) -> None:
        self.running[operation.id] = self.waiting.pop(operation.id)

    def finish(self, operation: AnyOperation, outcome: Outcome) -> list[tuple[AnyOperation, Outcome]]:
        """Note an outcome; gives the operations that are skipped because of it, directly or further on."""
        self.running.pop(operation.id, None)
        self.outcomes[operation.id] = outcome
        skipped: list[tuple[AnyOperation, Outcome]] = []
        # One pass is enough for chains too where the plan's order respects its needs; a plan from a file may
        # be written otherwise, so it goes on until nothing more is found.
        while found := [one for one in self.waiting.values() if self._stopper(one) is not None]:
            for one in found:
                why = self._reason(one)
                self.outcomes[one.id] = Outcome(state="skipped", reason=why)
                skipped.append((self.waiting.pop(one.id), self.outcomes[one.id]))
        return skipped

    def abandon(self, reason: str) -> list[tuple[AnyOperation, Outcome]]:
        """Skip everything that still waits."""
        skipped = [(one, Outcome(state="skipped", reason=reason)) for one in self.waiting.values()]
        self.outcomes.update({one.id: outcome for one, outcome in skipped})
        self.waiting.clear()
        return skipped

    def _stopper(self, operation: AnyOperation) -> str | None:
        for need in operation.needs:
            if need in self.outcomes and stops(self.outcomes[need], operation):
                return need
        return None

    def _reason(self, operation: AnyOperation) -> str:
        """Names the operation that failed, not the ones between that were skipped for the same cause."""
        need = self._stopper(operation)
        if need is None:
            return ""
        before, outcome = self._all[need], self.outcomes[need]
        if outcome.state == "skipped":
            return outcome.reason
        return f"not tried, because {before.work} of {before.place}/{before.stack} failed: {outcome.reason}"


def _check(operations: Iterable[AnyOperation]) -> None:
    graph = {operation.id: operation.needs for operation in operations}
    unknown = sorted({need for needs in graph.values() for need in needs} - graph.keys())
    if unknown:
        raise GateRefused("G504", f"the plan needs operations that it does not have: {', '.join(unknown)}")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise GateRefused("G504", f"operations of the plan wait for each other: {error.args[1]}") from None
