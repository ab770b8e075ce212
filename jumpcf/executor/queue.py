"""What of a plan may run now: needs and rings respected, places and StackSets kept from being overrun.

Pure bookkeeping without threads or clock.
"""

import itertools
from collections import Counter
from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.errors import GateRefused
from jumpcf.executor.rules import breaks_ring, stops

NOT_STARTED = "not started: "


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
        self._broken: dict[str, AnyOperation] = {}  # by place, the first operation that broke a ring there

    def startable(self) -> AnyOperation | None:
        """The next operation that may start now, in the plan's order; None where none may."""
        if len(self.running) >= self.parallel:
            return None
        places = Counter(operation.place for operation in self.running.values())
        busy = {operation.lane for operation in self.running.values()}
        rings = self._open_rings()
        for operation in self.waiting.values():
            if places[operation.place] >= self.per_place or operation.lane in busy:
                continue
            if operation.ring and operation.ring.number > rings[operation.place]:
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
        if operation.ring and breaks_ring(outcome):
            self._broken.setdefault(operation.place, operation)
        skipped: list[tuple[AnyOperation, Outcome]] = []
        # One pass is enough for chains too where the plan's order respects its needs; a plan from a file may
        # be written otherwise, so it goes on until nothing more is found.
        while found := [(one, why) for one in self.waiting.values() if (why := self._reason(one))]:
            for one, why in found:
                self.outcomes[one.id] = Outcome(state="skipped", reason=why)
                skipped.append((self.waiting.pop(one.id), self.outcomes[one.id]))
        return skipped

    def abandon(self, reason: str) -> list[tuple[AnyOperation, Outcome]]:
        """Skip everything that still waits."""
        skipped = [(one, Outcome(state="skipped", reason=reason)) for one in self.waiting.values()]
        self.outcomes.update({one.id: outcome for one, outcome in skipped})
        self.waiting.clear()
        return skipped

    def _open_rings(self) -> dict[str, int]:
        """The ring that each place is in: the lowest that has something left to do."""
        found: dict[str, int] = {}
        for operation in (*self.waiting.values(), *self.running.values()):
            if operation.ring:
                number = operation.ring.number
                found[operation.place] = min(number, found.get(operation.place, number))
        return found

    def _reason(self, operation: AnyOperation) -> str:
        """Why the operation is not to run any more, or "".  Names the operation that failed, not the ones between
        that were skipped for the same cause."""
        for need in operation.needs:
            if need in self.outcomes and stops(self.outcomes[need], operation):
                return self._because(need)
        before = self._broken.get(operation.place)
        if before is None or before.ring is None or operation.ring is None:
            return ""
        if before.ring.number >= operation.ring.number:
            return ""
        why = self.outcomes[before.id].reason
        return f"{NOT_STARTED}{before.ring.name} failed: {before.place}/{before.stack}: {why}"

    def _because(self, need: str) -> str:
        before, outcome = self._all[need], self.outcomes[need]
        if outcome.state == "skipped":
            return outcome.reason
        return f"not tried, because {before.work} of {before.place}/{before.stack} failed: {outcome.reason}"


def _check(operations: Collection[AnyOperation]) -> None:
    graph = {operation.id: set(operation.needs) for operation in operations}
    unknown = sorted({need for needs in graph.values() for need in needs} - graph.keys())
    if unknown:
        raise GateRefused("G504", f"the plan needs operations that it does not have: {', '.join(unknown)}")
    _add_rings(graph, operations)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise GateRefused("G504", f"operations of the plan wait for each other: {error.args[1]}") from None


def _add_rings(graph: dict[str, set[str]], operations: Collection[AnyOperation]) -> None:
    """The waiting of ring for ring, as one node for the end of each ring."""
    rings: dict[str, set[int]] = {}
    for one in operations:
        if one.ring:
            rings.setdefault(one.place, set()).add(one.ring.number)
    for place, numbers in rings.items():
        for before, number in itertools.pairwise(sorted(numbers)):
            graph.setdefault(f"{place} ring {number}", set()).add(f"{place} ring {before}")
    for one in operations:
        if one.ring:
            earlier = [number for number in rings[one.place] if number < one.ring.number]
            graph.setdefault(f"{one.place} ring {one.ring.number}", set()).add(one.id)
            graph[one.id] |= {f"{one.place} ring {max(earlier)}"} if earlier else set()
