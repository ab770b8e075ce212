"""The deploy lock: one holder at a time, whoever dies, loses an answer or has a wrong clock."""

import threading
import time
from dataclasses import replace

import pytest
from fake_store import FakeStore
from fakes import FakeClock

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.lease import Lease
from jumpcf.artifacts.stored import LOCK
from jumpcf.aws.errors import CallRefused
from jumpcf.errors import Exit, GateRefused
from jumpcf.executor.lock import LEASE, Lock, LockLost, look

NOON = 1_777_896_000.0  # 2026-05-04T12:00:00Z


class Room:
    """A bucket and a clock that several holders share."""

    def __init__(self) -> None:
        self.bucket, self.clock = FakeStore(), FakeClock(NOON)

    def lock(self, name: str, *, own_dead: bool = False, workspace: str = "", beat: float = 3600.0) -> Lock:
        claim = Lease(
            estate="example",
            owner=f"{name}@desk",
            pid=7,
            caller=f"arn:aws:iam::111111111111:user/{name}",
            verb="deploy",
            nonce=name,
            workspace=workspace or name,
            version="1",
        )
        return Lock(self.bucket, claim, own_dead=own_dead, clock=self.clock, beat=beat)

    @property
    def lease(self) -> Lease:
        return decode(Lease, self.bucket.objects[LOCK].body)


@pytest.fixture
def room() -> Room:
    return Room()


def test_the_first_gets_it_and_the_second_hears_who_has_it_since_when_until_when(room):
    room.lock("ann").take()
    with pytest.raises(GateRefused) as refused:
        room.lock("ben").take()
    assert refused.value.code == "G530"
    assert "ann@desk (pid 7, arn:aws:iam::111111111111:user/ann) for jumpcf deploy" in refused.value.what
    assert "since 2026-05-04T12:00:00Z, until 2026-05-04T12:15:00Z" in refused.value.what
    assert "--break-lock" in refused.value.hint
    assert room.lease.nonce == "ann"


def test_it_is_free_when_it_was_given_back(room):
    first = room.lock("ann")
    first.take()
    assert first.release()
    assert room.lease.released
    assert room.lock("ben").take() == ""


def test_it_is_taken_over_when_it_has_expired_and_that_is_told(room):
    room.lock("ann").take()
    room.clock.sleep(LEASE - 1)
    with pytest.raises(GateRefused):
        room.lock("ben").take()
    room.clock.sleep(1)
    told = room.lock("ben").take()
    assert "ann@desk" in told
    assert "expired" in told


def test_a_dead_process_of_the_same_folder_holds_nobody_up(room):
    room.lock("ann", workspace="here").take()
    with pytest.raises(GateRefused):
        room.lock("ben", own_dead=True, workspace="there").take()
    assert "which is gone" in room.lock("ann2", own_dead=True, workspace="here").take()


def test_whose_lock_is_broken_hears_of_it_before_the_next_write_and_gives_nothing_back(room):
    first, second = room.lock("ann"), room.lock("ben")
    first.take()
    assert "taken from ann@desk" in second.take(force=True)
    with pytest.raises(LockLost) as lost:
        first.confirm()
    assert lost.value.exit_code == Exit.NOT_AS_WANTED
    assert "ben@desk" in lost.value.what
    assert not first.release()
    assert (room.lease.nonce, room.lease.released) == ("ben", False)
    second.confirm()


def test_a_holder_who_slept_over_the_end_goes_on_where_nobody_took_it(room):
    lock = room.lock("ann")
    lock.take()
    room.clock.sleep(2 * LEASE)
    lock.confirm()
    assert room.lease.until == "2026-05-04T12:45:00Z"


def test_it_is_renewed_while_its_holder_lives(room):
    lock = room.lock("ann", beat=0.01)
    lock.take()
    room.clock.sleep(600)
    end = time.monotonic() + 10
    while room.lease.until != "2026-05-04T12:25:00Z" and time.monotonic() < end:
        time.sleep(0.01)
    assert room.lease.until == "2026-05-04T12:25:00Z"
    assert lock.release()
    body = room.bucket.objects[LOCK].body
    time.sleep(0.05)
    assert room.bucket.objects[LOCK].body == body


def test_a_plan_is_stale_when_somebody_deployed_since_it_was_made(room):
    seen, _ = look(room.bucket)
    other = room.lock("ben")
    other.take()
    other.release()
    with pytest.raises(GateRefused) as refused:
        room.lock("ann").take(seen=seen)
    assert refused.value.code == "G532"
    room.lock("ann").take(seen=look(room.bucket)[0])


def test_an_answer_that_is_lost_is_found_again(room):
    """boto sends the put again, and S3 says that its condition is not met: by our own first attempt."""
    real = room.bucket.create
    room.bucket.create = lambda key, body: (real(key, body), None)[1]
    lock = room.lock("ann")
    lock.take()
    lock.confirm()
    real_replace = room.bucket.replace
    room.bucket.replace = lambda key, body, etag: (real_replace(key, body, etag), None)[1]
    room.clock.sleep(LEASE * 0.75)
    lock.confirm()  # renews
    assert lock.release()


def test_many_at_once_and_exactly_one_gets_it(room):
    locks = [room.lock(f"user{number}") for number in range(8)]
    got, barrier = [], threading.Barrier(len(locks))

    def go(lock: Lock) -> None:
        barrier.wait()
        try:
            lock.take()
        except GateRefused:
            return
        got.append(lock)

    threads = [threading.Thread(target=go, args=(lock,)) for lock in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_lock_that_cannot_be_read_is_somebodys(room):
    room.bucket.create(LOCK, b'{"schema":2}')
    with pytest.raises(GateRefused):
        room.lock("ann").take()
    room.lock("ann").take(force=True)
    room.bucket.replace(LOCK, canonical(replace(room.lease, nonce="other")), room.bucket.objects[LOCK].etag)


def test_a_bucket_that_cannot_be_reached_keeps_nobody_from_leaving(room):
    lock = room.lock("ann")
    lock.take()

    def away(_name: str, _key: str) -> None:
        raise CallRefused("A505", "no network")

    room.bucket.on = away
    assert not lock.release()


def test_the_latest_run_is_remembered_whoever_holds_the_lock(room):
    first = room.lock("ann")
    first.take(run="20260504T120000Z-abcd")
    first.release()
    second = room.lock("ben")
    second.take()
    assert room.lease.run == "20260504T120000Z-abcd"
