"""A run that broke off: found here or in the bucket, asked about, noted."""

import datetime
from dataclasses import replace

import pytest
from fake_store import FakeStore

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.operation import DeleteStack
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.sealed import seal
from jumpcf.artifacts.status import Outcome
from jumpcf.errors import AwsRefused
from jumpcf.executor.journal import Entry, Journal, append, read
from jumpcf.executor.keeping import BucketCopy
from jumpcf.executor.unfinished import Notes, latest_here, load, settle

NOON = datetime.datetime(2026, 5, 4, 12, 0, 0, tzinfo=datetime.UTC)
NAME = "20260504T120000Z-abcd1234"
ENDED = Entry(event="ended", operation="", place="", stack="")


def operation(key: str) -> DeleteStack:
    return DeleteStack(id=key, place="jump", stack=f"stack-{key}", reason="why")


PLAN = Plan(
    estate="example",
    organizations=("corp",),
    manifest="m",
    stacks=(),
    stack_sets=(),
    operations=tuple(operation(key) for key in ("0a", "0b", "0c")),
)


@pytest.fixture
def bucket() -> FakeStore:
    return FakeStore()


@pytest.fixture
def state(tmp_path, bucket):
    """0a is done, 0b and 0c were begun, and the process died."""
    copy = BucketCopy(bucket, NAME, PLAN)
    copy.open()
    with Journal.start(tmp_path / "journal", PLAN, now=NOON, run="abcd1234", copy=copy) as journal:
        for key in ("0a", "0b", "0c"):
            journal.started(operation(key))
        journal.finished(operation("0a"), Outcome(state="succeeded"))
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / f"{NAME}.json").write_bytes(canonical(PLAN))
    seal(tmp_path / "plans" / f"{NAME}.json", canonical(PLAN))
    return tmp_path


def test_the_same_run_is_found_here_and_in_the_bucket(state, bucket, tmp_path_factory):
    here = load(state, bucket, NAME)
    there = load(tmp_path_factory.mktemp("nothing"), bucket, NAME)
    assert here is not None
    assert there is not None
    assert here.journal == there.journal
    assert [(one.id, token) for one, token in there.open] == [
        ("0b", "jumpcf-0b-abcd1234"),
        ("0c", "jumpcf-0c-abcd1234"),
    ]
    assert there.file is None
    assert latest_here(state) == NAME
    assert load(state, bucket, "20200101T000000Z-0") is None


def test_a_run_without_a_plan_is_none_to_go_on_with(state):
    """What `jumpcf user withdraw` leaves, later than a deploy that broke off."""
    later = NOON + datetime.timedelta(hours=1)
    with Journal.start(state / "journal", PLAN, now=later, run="beef") as journal:
        journal.ended("")
    assert latest_here(state) == NAME


def test_a_plan_that_somebody_committed_was_accepted_by_nobody(state, bucket):
    """It would say what is left of a run without a question: the bucket's plan counts, or there is none."""
    planted = replace(PLAN, notices=("planted",))
    (state / "plans" / f"{NAME}.json").write_bytes(canonical(planted))
    found = load(state, bucket, NAME)
    assert found is not None
    assert found.plan == PLAN
    assert load(state, None, NAME) is None


def test_a_plan_that_jumpcf_kept_needs_no_bucket(state):
    found = load(state, None, NAME)
    assert found is not None
    assert (found.plan, found.copied) == (PLAN, None)


def test_what_aws_says_is_noted_and_what_it_does_not_know_stays_open(state, bucket):
    class Aws:
        def settle(self, operation, token, report):
            if operation.id == "0b":
                return Outcome(state="failed", reason="1 failed", accounts=(("402000000000", "held"),))
            raise AwsRefused("A504", "denied")

    run = load(state, bucket, NAME)
    assert run is not None
    notes, told = Notes(run, bucket), []
    settle(run, Aws(), notes.add, told.append)
    again = load(state, bucket, NAME)
    assert again is not None
    assert [one.id for one, _ in again.open] == ["0c"]
    assert again.journal.entries[-1].accounts == (("402000000000", "held"),)
    assert any("denied" in text for text in told)
    keys = bucket.keys(f"state/runs/{NAME}/journal/")
    assert bucket.objects[keys[-1]].body == canonical(again.journal.entries[-1])
    notes.add(ENDED)
    last = load(state, bucket, NAME)
    assert last is not None
    assert last.journal.finished


@pytest.mark.parametrize("torn", [b"", b'{"event":"succ'])
def test_a_line_is_added_after_a_torn_one(state, torn):
    path = state / "journal" / f"{NAME}.jsonl"
    whole = read(path).entries
    with path.open("ab") as file:
        file.write(torn)
    append(path, ENDED)
    assert read(path).entries == (*whole, ENDED)
    assert read(path).whole
