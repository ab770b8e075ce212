"""Plan, journal and result in the artifact bucket: each object made once, and nothing called that is not written."""

import datetime
import threading

import pytest
from fake_store import FakeStore
from fakes import RecordingSubscriber

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.deployment import Deployment
from jumpcf.artifacts.operation import DeleteStack
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.aws.errors import CallRefused
from jumpcf.errors import AwsRefused
from jumpcf.executor.journal import Journal
from jumpcf.executor.keeping import DEPLOYED, BucketCopy, deployed, make, note_deployed
from jumpcf.executor.run import JournalLost, execute

NOON = datetime.datetime(2026, 5, 4, 12, 0, 0, tzinfo=datetime.UTC)
RUN = "state/runs/20260504T120000Z-abcd1234/"


def operation(key: str) -> DeleteStack:
    return DeleteStack(id=key, place="jump", stack=f"stack-{key}", reason="why")


PLAN = Plan(
    estate="example",
    organizations=("corp",),
    manifest="m",
    stacks=(),
    stack_sets=(),
    operations=tuple(operation(key) for key in ("0a", "0b")),
)


class Gateway:
    def __init__(self) -> None:
        self.ran: list[str] = []

    def run(self, operation, token, report):
        self.ran.append(operation.id)
        return Outcome(state="succeeded")


def journal(folder, copy: BucketCopy) -> Journal:
    return Journal.start(folder, PLAN, now=NOON, run="abcd1234", copy=copy)


def run(folder, bucket: FakeStore, gateway: Gateway, subscriber: RecordingSubscriber | None = None):
    copy = BucketCopy(bucket, "20260504T120000Z-abcd1234", PLAN)
    copy.open()
    with journal(folder, copy) as written:
        execute(
            PLAN, gateway, written, subscriber or RecordingSubscriber(), parallel=1, stop=threading.Event()
        )
    return written


def lines(bucket: FakeStore) -> bytes:
    keys = [f"{RUN}header.json", *bucket.keys(f"{RUN}journal/")]
    return b"".join(bucket.objects[key].body for key in keys)


def test_the_bucket_holds_the_plan_and_the_lines_of_the_file(tmp_path):
    bucket = FakeStore()
    written = run(tmp_path, bucket, Gateway())
    assert decode(Plan, bucket.objects[f"{RUN}plan.json"].body) == PLAN
    assert lines(bucket) == written.path.read_bytes()
    assert bucket.keys(f"{RUN}journal/")[0] == f"{RUN}journal/000001.jsonl"


def test_no_object_of_a_run_is_written_twice(tmp_path):
    calls = []
    bucket = FakeStore(lambda name, key: calls.append((name, key)))
    run(tmp_path, bucket, Gateway())
    assert {name for name, _ in calls} == {"create"}
    assert len(calls) == len(set(calls))


def test_a_started_line_that_the_bucket_does_not_take_is_no_call(tmp_path):
    def away(_name: str, key: str) -> None:
        if key.endswith("journal/000003.jsonl"):  # started 0a, succeeded 0a, started 0b
            raise CallRefused("A505", "no network", "check it")

    gateway, subscriber, bucket = Gateway(), RecordingSubscriber(), FakeStore(away)
    with pytest.raises(JournalLost) as lost:
        run(tmp_path, bucket, gateway, subscriber)
    assert gateway.ran == ["0a"]
    assert "copy in the artifact bucket" in lost.value.what
    assert "no network" in lost.value.what
    assert any("what runs is watched" in text for text in subscriber.subjects("notice"))
    assert b'"skipped"' in (tmp_path / "20260504T120000Z-abcd1234.jsonl").read_bytes()  # the disk goes on


def test_lines_before_there_is_a_bucket_are_kept_until_there_is_one(tmp_path):
    bucket = FakeStore()
    copy = BucketCopy(bucket, "20260504T120000Z-abcd1234", PLAN)
    with journal(tmp_path, copy) as written:
        written.started(operation("0a"))
        assert bucket.objects == {}
        copy.open()
        written.finished(operation("0a"), Outcome(state="succeeded"))
        assert lines(bucket) == written.path.read_bytes()


def test_an_object_that_is_there_with_our_bytes_is_ours_and_with_others_is_not():
    bucket = FakeStore()
    make(bucket, "state/x", b"1")
    make(bucket, "state/x", b"1")
    with pytest.raises(AwsRefused, match="somebody else's"):
        make(bucket, "state/x", b"2")


def test_what_is_deployed_is_kept_for_each_place():
    def done(run: str) -> Deployment:
        return Deployment(manifest="m", run=run, at="2026-05-04T12:00:00Z", as_wanted=True, version="1")

    bucket = FakeStore()
    note_deployed(bucket, "example", canonical({"a": 1}), {"jump": done("1"), "corp": done("1")})
    record = note_deployed(bucket, "example", canonical({"a": 2}), {"jump": done("2"), "lab": done("2")})
    assert record == bucket.objects[DEPLOYED].body
    found = deployed(bucket.objects[DEPLOYED])
    assert found is not None
    assert {place: one.run for place, one in found.places.items()} == {"jump": "2", "corp": "1", "lab": "2"}
    assert len(bucket.keys("state/manifests/")) == 2
