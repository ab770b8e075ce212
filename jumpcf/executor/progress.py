"""What a run tells while it goes on, to whoever shows it."""

from typing import Protocol

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress


class Subscriber(Protocol):
    """Hears of everything, always from the thread that called `execute`, one call at a time.

    Every operation is finished exactly once; one that was skipped was never started.
    """

    def plan_started(self, plan: Plan) -> None: ...

    def operation_started(self, operation: AnyOperation) -> None: ...

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None: ...

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None: ...

    def notice(self, text: str) -> None: ...


class Silent:
    """Nobody listens."""

    def plan_started(self, plan: Plan) -> None:
        pass

    def operation_started(self, operation: AnyOperation) -> None:
        pass

    def operation_progress(self, operation: AnyOperation, progress: Progress) -> None:
        pass

    def operation_finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        pass

    def notice(self, text: str) -> None:
        pass
