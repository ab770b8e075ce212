"""Run a plan: independent operations side by side, each journalled before AWS hears of it.

It decides nothing; order and content are the plan's.  The calling thread keeps all state, writes the journal
and talks to the subscriber; one thread per running operation does nothing but `gateway.run`.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.errors import Exit, GateRefused, JumpcfError
from jumpcf.executor.journal import Journal
from jumpcf.executor.lock import LockLost
from jumpcf.executor.progress import Subscriber
from jumpcf.executor.queue import Queue

if TYPE_CHECKING:
    from jumpcf.aws.gateway import Gateway

LOOK = 0.1  # seconds between looks at `stop` while nothing is heard of the running operations
MOMENT = 0.5  # seconds that leaving waits for ends that AWS has told already and nobody has heard

INTERRUPTED = "not started: interrupted"  # the reason of operations that a stop left out
UNJOURNALLED = "not started: the journal cannot be written"
UNLOCKED = "not started: the deploy lock is somebody else's"

Message = tuple[AnyOperation, Progress | Outcome]


class JournalLost(JumpcfError):
    """The journal could not be written, so the run ended early; what it did is in AWS."""

    exit_code = Exit.NOT_AS_WANTED


def execute(
    plan: Plan,
    gateway: "Gateway",
    journal: Journal,
    subscriber: Subscriber,
    *,
    parallel: int = 8,
    per_place: int = 4,
    stop: threading.Event,
) -> dict[str, Outcome]:
    """Run every operation of the plan; gives an outcome for each, by id.

    At most `parallel` run at once, at most `per_place` in one organization or the jump account, and never
    two on one stack or StackSet.  A failure skips what needs it and nothing else (`rules`).  Once `stop` is
    set nothing new starts, and what runs is watched to its end.  A KeyboardInterrupt, or whatever else breaks
    the loop, ends the watching too: it is journalled and told which operations AWS goes on with, and raised
    again.  GateRefused: the plan is blocked or not whole; nothing was started.  JournalLost: the journal could
    not be written; LockLost, GateRefused: the lock is somebody else's; from then on nothing new was started, and
    what ran was watched to its end.
    """
    work = Queue(plan, parallel=parallel, per_place=per_place)
    run = _Run(work, gateway, journal, subscriber)
    subscriber.plan_started(plan)
    try:
        while work.waiting or work.running:
            if run.lost:
                run.skip(work.abandon(UNJOURNALLED if isinstance(run.lost, JournalLost) else UNLOCKED))
            elif stop.is_set():
                run.skip(work.abandon(INTERRUPTED))
            else:
                run.start_what_can(stop)
            if work.running:
                run.hear()
    except BaseException:
        run.leave()
        raise
    left_out = {one.reason for one in work.outcomes.values()} & {INTERRUPTED, UNJOURNALLED, UNLOCKED}
    run.end(", ".join(sorted(left_out)))
    if run.lost:
        raise run.lost
    return work.outcomes


class _Run:
    """The parts of one run; every method but `_work` belongs to the calling thread."""

    def __init__(self, work: Queue, gateway: "Gateway", journal: Journal, subscriber: Subscriber) -> None:
        self._work_left, self._gateway = work, gateway
        self._journal, self._subscriber = journal, subscriber
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.lost: JumpcfError | None = None

    def start_what_can(self, stop: threading.Event) -> None:
        while not stop.is_set() and (operation := self._work_left.startable()) is not None:
            self._note(partial(self._journal.started, operation))
            if self.lost:  # a line before the call is a promise: without it there is no call
                return
            self._subscriber.operation_started(operation)
            self._work_left.start(operation)
            # Daemons: after a second Ctrl-C nobody waits for AWS any more.
            name = f"{operation.place}/{operation.stack}"
            threading.Thread(target=self._work, args=(operation,), name=name, daemon=True).start()

    def hear(self) -> None:
        """Take one message of a running operation, or none within LOOK seconds."""
        try:
            operation, message = self._messages.get(timeout=LOOK)
        except queue.Empty:
            return
        if isinstance(message, Progress):
            self._subscriber.operation_progress(operation, message)
            return
        skipped = self._work_left.finish(operation, message)
        self._finished(operation, message)
        self.skip(skipped)

    def skip(self, skipped: list[tuple[AnyOperation, Outcome]]) -> None:
        for operation, outcome in skipped:
            self._finished(operation, outcome)

    def end(self, reason: str) -> None:
        """The journal's last line; where it cannot be written, the next run asks AWS what became of this one."""
        with contextlib.suppress(OSError, JumpcfError):
            self._journal.ended(reason)

    def leave(self) -> None:
        """Say what goes on without us; nothing that fails here hides why we leave."""
        self._hear_what_ended()
        running = list(self._work_left.running.values())
        for operation in running:
            with contextlib.suppress(Exception):
                self._journal.left(operation)
        for operation in running:
            token = self._journal.token(operation)
            with contextlib.suppress(Exception):
                self._subscriber.notice(
                    f"{operation.place}/{operation.stack}: left running in AWS as {token}"
                )

    def _hear_what_ended(self) -> None:
        """Note the operations whose end AWS has told already, waiting a moment for those that are about to."""
        end = time.monotonic() + MOMENT
        with contextlib.suppress(Exception, KeyboardInterrupt):
            while self._work_left.running and (left := end - time.monotonic()) > 0:
                operation, message = self._messages.get(timeout=left)
                if isinstance(message, Outcome):
                    self._work_left.finish(operation, message)
                    self._finished(operation, message)

    def _finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        self._note(partial(self._journal.finished, operation, outcome))
        self._subscriber.operation_finished(operation, outcome)

    def _note(self, write: Callable[[], None]) -> None:
        """Write to the journal; the first failure is told once and ends the starting of new operations."""
        try:
            write()
        except (OSError, JumpcfError) as error:
            if self.lost:
                return
            self.lost = self._why_lost(error)
            self._subscriber.notice(f"{self.lost.what}; what runs is watched to its end")

    def _why_lost(self, error: OSError | JumpcfError) -> JumpcfError:
        if isinstance(error, LockLost | GateRefused):
            return error
        path = self._journal.path
        if isinstance(error, JumpcfError):
            what, why, hint = "the journal's copy in the artifact bucket", error.what, error.hint
        else:
            what, why, hint = f"the journal {path}", error.strerror or str(error), "make room"
        return JournalLost(
            "G506",
            f"{what} cannot be written ({why}); nothing new was started after that",
            f"{hint}; then run deploy again: it does only the rest" if hint else "run deploy again",
            where=str(path),
        )

    def _work(self, operation: AnyOperation) -> None:
        def report(progress: Progress) -> None:
            self._messages.put((operation, progress))

        try:
            outcome = self._gateway.run(operation, self._journal.token(operation), report)
        except JumpcfError as error:
            outcome = Outcome(state="failed", reason=_told(error))
        # Whatever it is, a thread that ends without a word would leave the run waiting for ever.
        except BaseException as error:
            outcome = Outcome(state="failed", reason=f"unexpected {type(error).__name__}: {error}")
        self._messages.put((operation, outcome))


def _told(error: JumpcfError) -> str:
    hint = f" ({error.hint})" if error.hint else ""
    return f"{error.what} [{error.code}]{hint}"
