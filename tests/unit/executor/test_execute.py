"""Runs of plans against gateways that behave: order, limits, failures, Ctrl-C."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import RecordingSubscriber

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import (
    AnyOperation,
    CreateInstances,
    DeleteInstances,
    DeleteStackSet,
    DeployStack,
)
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.errors import AwsRefused, Exit, GateRefused
from jumpcf.executor.journal import Journal, read
from jumpcf.executor.run import JournalLost, execute

DONE = Outcome(state="succeeded")
FAILED = Outcome(state="failed", reason="no bucket")
PARTLY = Outcome(state="failed", reason="1 failed", accounts=(("402000000000", "held"),))
PATIENCE = 10  # seconds until a test that hangs fails


def deploy(key: str, *needs: str, place: str = "jump") -> DeployStack:
    return DeployStack(
        id=key,
        place=place,
        stack=f"stack-{key}",
        reason="r",
        needs=needs,
        template="t",
        create=True,
        capabilities=(),
        tags={},
    )


def instances(kind: type, key: str, *needs: str, stack: str = "set", place: str = "corp") -> AnyOperation:
    return kind(
        id=key,
        place=place,
        stack=stack,
        reason="r",
        needs=needs,
        units=(),
        region="r",
        rollout=Rollout(),
    )


def delete_set(key: str, *needs: str) -> DeleteStackSet:
    return DeleteStackSet(id=key, place="corp", stack="set", reason="r", needs=needs)


def plan(*operations: AnyOperation, blockers: tuple[str, ...] = ()) -> Plan:
    return Plan(
        estate="example",
        organizations=("corp",),
        manifest="m",
        stacks=(),
        stack_sets=(),
        operations=operations,
        blockers=blockers,
    )


class Scripted:
    """A gateway with an answer for each operation (succeeded where none is given), which remembers how many
    ran at once in each place.  `gate` is awaited inside every call."""

    def __init__(
        self, answers: dict[str, Outcome | BaseException] | None = None, *, together: int = 1
    ) -> None:
        self.answers = answers or {}
        self.calls: list[tuple[str, str]] = []
        self.most: dict[str, int] = {}
        self._now: dict[str, int] = {}
        self._lock = threading.Lock()
        self._together = threading.Semaphore(0) if together > 1 else None
        self._wanted = together

    def run(self, operation: AnyOperation, token: str, report: Callable[[Progress], None]) -> Outcome:
        with self._lock:
            self.calls.append((operation.id, token))
            for key in ("all", operation.place, f"{operation.place}/{operation.stack}"):
                self._now[key] = self._now.get(key, 0) + 1
                self.most[key] = max(self.most.get(key, 0), self._now[key])
            if self._together and len(self.calls) == self._wanted:
                self._together.release(self._wanted)
        if self._together:
            assert self._together.acquire(timeout=PATIENCE)
            self._together.release()
        report(Progress(done=1, failed=0, total=1, status="RUNNING"))
        with self._lock:
            for key in ("all", operation.place, f"{operation.place}/{operation.stack}"):
                self._now[key] -= 1
        answer = self.answers.get(operation.id, DONE)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def go(tmp_path: Path):
    def run(made: Plan, gateway: Scripted, ear: RecordingSubscriber | None = None, **more):
        with Journal.start(tmp_path, made, run="abcd1234") as journal:
            stop = more.pop("stop", threading.Event())
            return execute(made, gateway, journal, ear or RecordingSubscriber(), stop=stop, **more)

    return run


@pytest.fixture
def journal(tmp_path: Path):
    """The journal of the run, read back."""
    return lambda: read(next(tmp_path.glob("*.jsonl")))


def test_everything_runs_after_what_it_needs(go):
    gateway = Scripted()
    outcomes = go(plan(deploy("c", "b"), deploy("b", "a"), deploy("a")), gateway)
    assert [call[0] for call in gateway.calls] == ["a", "b", "c"]
    assert set(outcomes.values()) == {DONE}


def test_independent_work_runs_side_by_side_up_to_the_limits(go):
    operations = [deploy(f"{place}{n}", place=place) for place in ("corp", "lab") for n in range(6)]
    gateway = Scripted(together=5)
    go(plan(*operations), gateway, parallel=5, per_place=3)
    assert gateway.most["all"] == 5
    assert max(gateway.most["corp"], gateway.most["lab"]) == 3


def test_two_operations_never_run_on_one_stack_set_at_once(go):
    operations = [instances(CreateInstances, f"i{n}") for n in range(4)]
    gateway = Scripted()
    go(plan(*operations), gateway)
    assert gateway.most["corp/set"] == 1
    assert [call[0] for call in gateway.calls] == ["i0", "i1", "i2", "i3"]


def test_a_failure_skips_only_what_needs_it_and_names_the_first_cause(go):
    made = plan(deploy("a"), deploy("b", "a"), deploy("c", "b"), deploy("d"))
    outcomes = go(made, Scripted({"a": FAILED}))
    assert {key: outcome.state for key, outcome in outcomes.items()} == {
        "a": "failed",
        "b": "skipped",
        "c": "skipped",
        "d": "succeeded",
    }
    assert outcomes["c"].reason == "not tried, because deploy-stack of jump/stack-a failed: no bucket"


def test_a_failed_organization_does_not_stop_the_others(go):
    made = plan(deploy("a", place="corp"), deploy("b", "a", place="corp"), deploy("c", place="lab"))
    outcomes = go(made, Scripted({"a": FAILED}))
    assert outcomes["c"] == DONE


def test_after_a_deletion_that_failed_in_some_accounts_the_others_are_filled_again(go):
    made = plan(instances(DeleteInstances, "d"), instances(CreateInstances, "c", "d"))
    assert go(made, Scripted({"d": PARTLY}))["c"] == DONE


def test_a_stack_set_is_not_deleted_unless_every_account_is_empty(go):
    made = plan(instances(DeleteInstances, "d"), delete_set("s", "d"))
    outcome = go(made, Scripted({"d": PARTLY}))["s"]
    assert (outcome.state, outcome.reason) == (
        "skipped",
        "not tried, because delete-instances of corp/set failed: 1 failed",
    )


def test_a_deletion_that_was_refused_as_a_whole_stops_what_comes_after(go):
    made = plan(instances(DeleteInstances, "d"), instances(CreateInstances, "c", "d"))
    assert go(made, Scripted({"d": FAILED}))["c"].state == "skipped"


def test_a_refusal_and_even_a_bug_fail_the_operation_and_not_the_run(go):
    refusal = AwsRefused("A504", "access is denied", "ask for it")
    made = plan(deploy("a"), deploy("b"), deploy("c"))
    outcomes = go(made, Scripted({"a": refusal, "b": KeyError("StackId")}))
    assert outcomes["a"].reason == "access is denied [A504] (ask for it)"
    assert outcomes["b"] == Outcome(state="failed", reason="unexpected KeyError: 'StackId'")
    assert outcomes["c"] == DONE


def test_a_thread_that_is_torn_down_fails_its_operation(go):
    assert go(plan(deploy("a")), Scripted({"a": SystemExit(3)}))["a"].state == "failed"


def test_the_subscriber_hears_everything_from_the_callers_thread(go):
    threads = set()
    ear = RecordingSubscriber(on=lambda event, subject: threads.add(threading.get_ident()))
    go(plan(deploy("a"), deploy("b", "a")), Scripted({"a": FAILED}), ear)
    assert threads == {threading.get_ident()}
    assert [event for event, _ in ear.events] == ["plan", "started", "progress", "finished", "finished"]
    assert [operation.id for operation, _ in ear.subjects("finished")] == ["a", "b"]


def test_every_call_is_in_the_journal_before_it_is_made(tmp_path, journal):
    made = plan(deploy("a"))

    class Looking(Scripted):
        def run(self, operation, token, report):
            (entry,) = journal().entries
            assert (entry.event, entry.token) == ("started", token)
            return super().run(operation, token, report)

    with Journal.start(tmp_path, made, run="abcd1234") as book:
        outcomes = execute(made, Looking(), book, RecordingSubscriber(), stop=threading.Event())
    assert outcomes["a"] == DONE
    assert [entry.event for entry in journal().entries] == ["started", "succeeded", "ended"]
    assert journal().finished


@pytest.mark.parametrize("parallel", [1, 8])
def test_after_a_stop_nothing_new_starts_and_what_runs_is_watched_to_its_end(go, journal, parallel):
    stop = threading.Event()

    def on(event, subject):
        if event == "started":
            stop.set()

    made = plan(deploy("a"), deploy("b"), deploy("c", "a"))
    outcomes = go(made, Scripted(), RecordingSubscriber(on=on), stop=stop, parallel=parallel)
    assert outcomes["a"] == DONE
    assert outcomes["b"] == outcomes["c"] == Outcome(state="skipped", reason="not started: interrupted")
    assert [entry.event for entry in journal().entries] == [
        "started",
        "skipped",
        "skipped",
        "succeeded",
        "ended",
    ]
    assert not journal().finished


def test_a_second_interrupt_leaves_at_once_and_says_what_goes_on_in_aws(go, journal):
    release = threading.Event()

    class Endless(Scripted):
        def run(self, operation, token, report):
            report(Progress(done=0, failed=0, total=9, status="RUNNING"))
            release.wait(PATIENCE)
            return DONE

    def on(event, subject):
        if event == "progress":
            raise KeyboardInterrupt

    ear = RecordingSubscriber(on=on)
    with pytest.raises(KeyboardInterrupt):
        go(plan(deploy("a")), Endless(), ear)
    release.set()
    assert ear.subjects("notice") == ["jump/stack-a: left running in AWS as jumpcf-a-abcd1234"]
    assert journal().open == {"a": "jumpcf-a-abcd1234"}


def test_what_ended_while_leaving_is_not_said_to_run_on(go, journal):
    class Ending(Scripted):
        def run(self, operation, token, report):
            report(Progress(done=0, failed=0, total=0, status="UPDATE_COMPLETE"))
            return DONE

    def on(event, subject):
        if event == "progress":
            raise KeyboardInterrupt

    ear = RecordingSubscriber(on=on)
    with pytest.raises(KeyboardInterrupt):
        go(plan(deploy("a")), Ending(), ear)
    assert ear.subjects("notice") == []
    assert [entry.event for entry in journal().entries] == ["started", "succeeded"]
    assert not journal().finished


def test_whatever_breaks_a_run_it_is_told_and_journalled_what_goes_on_in_aws(go, journal):
    release = threading.Event()

    class Endless(Scripted):
        def run(self, operation, token, report):
            report(Progress(done=0, failed=0, total=9, status="RUNNING"))
            release.wait(PATIENCE)
            return DONE

    def on(event, subject):
        if event == "progress":
            raise ValueError("the terminal is gone")

    ear = RecordingSubscriber(on=on)
    with pytest.raises(ValueError, match="terminal"):
        go(plan(deploy("a")), Endless(), ear)
    release.set()
    assert ear.subjects("notice") == ["jump/stack-a: left running in AWS as jumpcf-a-abcd1234"]
    assert journal().open == {"a": "jumpcf-a-abcd1234"}


def test_an_ear_that_fails_again_hides_neither_the_reason_nor_the_journal(go, journal):
    release = threading.Event()

    class Endless(Scripted):
        def run(self, operation, token, report):
            report(Progress(done=0, failed=0, total=9, status="RUNNING"))
            release.wait(PATIENCE)
            return DONE

    def on(event, subject):
        if event in ("progress", "notice"):
            raise ValueError(event)

    with pytest.raises(ValueError, match="progress"):
        go(plan(deploy("a")), Endless(), RecordingSubscriber(on=on))
    release.set()
    assert journal().open == {"a": "jumpcf-a-abcd1234"}


class Full(Journal):
    """A journal on a disk with room for so many lines more."""

    room = 0

    def _write(self, record):
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        super()._write(record)


@pytest.mark.parametrize(("room", "called"), [(0, []), (1, ["a"]), (2, ["a"])])
def test_a_journal_that_cannot_be_written_starts_nothing_new_and_is_told_once(tmp_path, room, called):
    Full.room = 1  # the first line
    made = plan(deploy("a"), deploy("b"), deploy("c", "a"))
    gateway, ear = Scripted(), RecordingSubscriber()
    with Full.start(tmp_path, made, run="abcd1234") as book:
        book.room = room
        with pytest.raises(JournalLost, match="No space left") as caught:
            execute(made, gateway, book, ear, parallel=1, stop=threading.Event())
    assert [call[0] for call in gateway.calls] == called
    assert str(book.path) in caught.value.what
    assert caught.value.exit_code == Exit.NOT_AS_WANTED
    assert len(ear.subjects("notice")) == 1
    ended = {operation.id: outcome for operation, outcome in ear.subjects("finished")}
    assert ended.keys() == {"a", "b", "c"}
    assert {key for key, outcome in ended.items() if outcome == DONE} == set(called)


def test_a_blocked_plan_starts_nothing(go):
    gateway = Scripted()
    with pytest.raises(GateRefused, match="blocked"):
        go(plan(deploy("a"), blockers=("not ours",)), gateway)
    assert gateway.calls == []


@pytest.mark.parametrize("operations", [(deploy("a", "gone"),), (deploy("a", "b"), deploy("b", "a"))])
def test_a_plan_that_is_not_whole_starts_nothing(go, operations):
    gateway = Scripted()
    with pytest.raises(GateRefused):
        go(plan(*operations), gateway)
    assert gateway.calls == []


def test_an_empty_plan_ends_at_once(go):
    assert go(plan(), Scripted()) == {}
