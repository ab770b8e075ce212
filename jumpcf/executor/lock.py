"""The deploy lock: one object in the artifact bucket, taken, renewed and given back by conditional puts.

It is never deleted: who gives it back writes that down, so its ETag changes with every holder and its versions
say who held it.  A holder who is killed stops renewing; after LEASE the lock is free, and at once for who can
prove that the holder is gone.  It keeps two jumpcf apart and nobody else: AWS knows nothing of it.
"""

import contextlib
import datetime
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.instants import instant, utc
from jumpcf.artifacts.lease import Lease
from jumpcf.artifacts.stored import LOCK, Stored
from jumpcf.errors import AwsRefused, Exit, GateRefused, JumpcfError

# S3 refuses clocks that are as far off, so no holder seems dead by a wrong clock alone.
LEASE = 900.0  # seconds
BEAT = 60.0  # seconds between renewals
TRIES = 5  # of a put that met another's


class Store(Protocol):
    """What is needed of `aws.state_bucket.StateBucket`."""

    def read(self, key: str) -> Stored | None: ...

    def create(self, key: str, body: bytes) -> str | None: ...

    def replace(self, key: str, body: bytes, etag: str) -> str | None: ...


class LockLost(JumpcfError):
    """Somebody else has the lock now."""

    exit_code = Exit.NOT_AS_WANTED


def look(store: Store) -> tuple[str, Lease | None]:
    """The ETag of the lock ("" where it was never taken), and who has or had it (None where that cannot be read)."""
    found = store.read(LOCK)
    if found is None:
        return "", None
    with contextlib.suppress(ValueError):
        return found.etag, decode(Lease, found.body)
    return found.etag, None


class Lock:
    """One holder's lock.  `claim` says who we are; `own_dead` is true where no other process of our workspace can
    be alive, so that what it held is free at once.  `clock` gives seconds since the epoch.

    Raises GateRefused where somebody else holds it, AwsRefused where S3 refuses.
    """

    def __init__(
        self,
        store: Store,
        claim: Lease,
        *,
        own_dead: bool = False,
        clock: Callable[[], float] = time.time,
        beat: float = BEAT,
    ) -> None:
        self._store, self._claim, self._own_dead = store, claim, own_dead
        self._clock, self._beat = clock, beat
        self._mutex = threading.Lock()
        self._end = threading.Event()
        self._lease: Lease | None = None
        self._etag = ""
        self._lost: LockLost | None = None

    @property
    def held(self) -> bool:
        return self._lease is not None

    def take(self, *, force: bool = False, seen: str | None = None, run: str = "") -> str:
        """Take it, and renew it from then on; gives what is to be told about the one who had it, or "".

        `force` takes it from whoever has it.  `seen` is the ETag at the time of the plan: where it is another by
        now, somebody deployed in between and the plan may be stale.  `run` names the run that is about to begin.
        """
        for _ in range(TRIES):
            etag, held = look(self._store)
            told = "" if not etag else self._free(held, force)
            if seen is not None and etag != seen and not force:
                raise stale()
            lease = self._timed(replace(self._claim, run=run or (held.run if held else "")))
            body = canonical(lease)
            got = self._store.replace(LOCK, body, etag) if etag else self._store.create(LOCK, body)
            if got:
                self._began(lease, got)
                return told
            etag, held = look(self._store)
            if held and held.nonce == lease.nonce:  # the answer to our first attempt was lost
                self._began(held, etag)
                return told
        raise GateRefused(
            "G530", "the deploy lock changes hands all the time; nothing was written", "run it again"
        )

    def confirm(self) -> None:
        """LockLost where it is ours no more; renews it where that is due."""
        with self._mutex:
            if self._lost:
                raise self._lost
            lease = self._lease
            assert lease is not None, "the lock was not taken"
            etag, held = look(self._store)
            if held is None or held.nonce != lease.nonce:
                raise self._gone(held)
            self._etag = etag
            if seconds(held.until) - self._clock() < LEASE / 2:
                self._renew(held)

    def release(self) -> bool:
        """Give it back; False where that could not be done or it was not ours any more."""
        self._end.set()
        with self._mutex:
            if self._lease is None or self._lost:
                return not self._lost
            body = canonical(replace(self._lease, released=True, until=self._stamp(0)))
            self._lease, etag = None, self._etag
            try:
                return self._store.replace(LOCK, body, etag) is not None or self._is_released()
            except AwsRefused:
                return False

    def _is_released(self) -> bool:
        _, held = look(self._store)
        return held is not None and held.nonce == self._claim.nonce and held.released

    def _free(self, held: Lease | None, force: bool) -> str:
        """What is told where it may be taken; GateRefused where it may not."""
        if held is not None and held.released:
            return ""
        if held is not None and self._own_dead and held.workspace == self._claim.workspace:
            return f"The deploy lock was held by {held.holder}, which is gone; it is taken over."
        if held is not None and seconds(held.until) <= self._clock():
            return f"The deploy lock of {held.holder} has expired at {held.until}; it is taken over."
        who = held.holder if held else "somebody, in a form that this version cannot read"
        if force:
            return f"The deploy lock is taken from {who}."
        raise refused(held)

    def _began(self, lease: Lease, etag: str) -> None:
        with self._mutex:
            self._lease, self._etag = lease, etag
        threading.Thread(target=self._keep, name="jumpcf-lock", daemon=True).start()

    def _keep(self) -> None:
        while not self._end.wait(self._beat):
            with self._mutex, contextlib.suppress(JumpcfError):
                # Where S3 cannot be reached, `confirm` will tell before anything new is started.
                if self._lease is not None and not self._lost:
                    self._renew(self._lease)

    def _renew(self, held: Lease) -> None:
        lease = replace(held, until=self._stamp(LEASE))
        etag = self._store.replace(LOCK, canonical(lease), self._etag)
        if etag is None:
            etag, now = look(self._store)
            if now is None or now.nonce != held.nonce:
                raise self._gone(now)
            lease = now  # the answer to an earlier attempt was lost
        self._lease, self._etag = lease, etag

    def _gone(self, held: Lease | None) -> LockLost:
        who = f"{held.holder} has it since {held.started}" if held else "it is gone, or cannot be read"
        self._lost = LockLost(
            "G531",
            f"the deploy lock was taken away: {who}; nothing new was started after that",
            "find out who broke it; when they are done, run deploy again: it does only the rest",
        )
        return self._lost

    def _timed(self, lease: Lease) -> Lease:
        return replace(lease, started=self._stamp(0), until=self._stamp(LEASE))

    def _stamp(self, ahead: float) -> str:
        return utc(datetime.datetime.fromtimestamp(self._clock() + ahead, datetime.UTC))


def is_live(held: Lease | None, now: float) -> bool:
    """Does somebody hold it at this time (seconds since the epoch)?"""
    return held is not None and not held.released and seconds(held.until) > now


def refused(held: Lease | None) -> GateRefused:
    """Somebody else has it: who, since when, until when, and the way out."""
    if held is None:
        what = "the deploy lock cannot be read by this version of jumpcf"
    else:
        what = f"{held.holder} has the deploy lock since {held.started}, until {held.until} if not renewed"
    hint = "wait for it to end; if it is dead for certain, take the lock with --break-lock"
    return GateRefused("G530", f"{what}; nothing was written", hint)


def stale() -> GateRefused:
    what = "somebody else deployed since this plan was made; nothing was written"
    return GateRefused("G532", what, "run it again")


def seconds(at: str) -> float:
    """Since the epoch; 0 for what is no time."""
    try:
        return instant(at).timestamp()
    except ValueError:
        return 0.0
