"""One StackSet operation, from its submission to its verdict.

Submitted once under an id of our own, then only looked at: an operation that runs long is never sent again.
A StackSet does one operation at a time unless managed execution queues it, so a foreign one is awaited.
"""

from collections.abc import Callable

from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.results import ENDED, is_complete, operation_in_progress, progress, verdict
from jumpcf.aws.stacksets import PAGE, StackSets

Report = Callable[[Progress], None]

LIMIT = 24 * 3600.0  # seconds; AWS's own resource handler gives up after as long
SUBMISSIONS = 30  # refusals in a row that mean "not now"
UNKNOWN_LOOKS = 10  # looks at an accepted operation that AWS does not know yet
RESULT_LOOKS = 6  # looks until the rows agree with the operation's count
FEW_PAGES = 3  # above this, rows are read at every fifth look only


class Runner:
    """Runs operations of one organization's StackSets."""

    def __init__(self, stack_sets: StackSets, waiter: Waiter) -> None:
        self._stack_sets, self._waiter = stack_sets, waiter

    def run(self, name: str, token: str, submit: Callable[[str], None], report: Report) -> Outcome:
        """Submit under `token`, wait to the end, and judge by the accounts' results."""
        self.submit(name, token, submit, report)
        return self._watch(name, token, report)

    def settle(self, name: str, token: str, report: Report) -> Outcome | None:
        """What became of an operation that an earlier run sent under `token`, awaited where it still runs; None
        where AWS does not know it."""
        if self._stack_sets.operation(name, token) is None:
            return None
        return self._watch(name, token, report)

    def _watch(self, name: str, token: str, report: Report) -> Outcome:
        operation = self._end(name, token, report)
        return verdict(operation, self._results(name, token, operation))

    def submit(self, name: str, token: str, submit: Callable[[str], None], report: Report) -> None:
        """Send a request until AWS takes it; raises CallRefused where it never will."""
        for _ in self._waiter.tries(SUBMISSIONS):
            try:
                return submit(token)
            except CallRefused as refused:
                if refused.aws_code == "OperationIdAlreadyExistsException":
                    return None  # an earlier attempt got through before the line went dead
                if refused.aws_code not in ("OperationInProgressException", "StaleRequestException"):
                    raise
                last = refused
                if refused.aws_code == "OperationInProgressException":
                    other = operation_in_progress(refused.message)
                    if other == token:
                        return None
                    self.quiet(name, report, other)
        raise last

    def quiet(self, name: str, report: Report, operation_id: str | None = None) -> None:
        """Wait for a foreign operation: the one that is named, or whatever is under way."""
        operation_id = operation_id or self._stack_sets.under_way(name)
        if operation_id is None:
            return
        waiting = Progress(done=0, failed=0, total=0, status=f"waiting for operation {operation_id}")

        def look() -> bool | None:
            operation = self._stack_sets.operation(name, operation_id)
            if operation is None or operation["Status"] in ENDED:
                return True
            report(waiting)
            return None

        self._waiter.until(look, f"operation {operation_id} on {name}", limit=LIMIT)

    def _end(self, name: str, token: str, report: Report) -> Answer:
        looks = _Looks()

        def look() -> Answer | None:
            looks.number += 1
            operation = self._stack_sets.operation(name, token)
            if operation is None:
                if looks.number < UNKNOWN_LOOKS:
                    return None
                return {"Status": "FAILED", "StatusReason": f"AWS does not know operation {token}"}
            if operation["Status"] in ENDED:
                return operation
            if looks.wants_rows():
                looks.rows = self._stack_sets.results(name, token)
            report(progress(looks.rows, operation["Status"]))
            return None

        return self._waiter.until(look, f"operation {token} on {name}", limit=LIMIT)

    def _results(self, name: str, token: str, operation: Answer) -> list[Answer]:
        """The rows, read again until they agree with the operation, which is consistent; a few times at most."""
        rows: list[Answer] = []
        if "OperationId" not in operation:
            return rows
        for _ in self._waiter.tries(RESULT_LOOKS):
            rows = self._stack_sets.results(name, token)
            if is_complete(operation, rows):
                break
        return rows


class _Looks:
    """How often was looked, and the rows that were seen last."""

    def __init__(self) -> None:
        self.number = 0
        self.rows: list[Answer] = []

    def wants_rows(self) -> bool:
        return len(self.rows) <= FEW_PAGES * PAGE or self.number % 5 == 0
