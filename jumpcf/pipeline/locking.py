"""The deploy lock of an estate, for every verb that writes to AWS.

    with locked(folders, sessions, manifest, verb="repair", say=console.say) as lock:
        ...
        lock.confirm()  # before each write: LockLost where somebody broke it

It is an object in the estate's artifact bucket (`executor/lock.py`); beside it, a lock on a file in `.jumpcf/`
keeps two processes of one folder apart, and proves that one that held the former before is dead.
"""

import contextlib
import fcntl
import getpass
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jumpcf import __version__
from jumpcf.errors import AwsRefused, GateRefused
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.lease import Lease
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.aws.sessions import Clients
    from jumpcf.aws.state_bucket import StateBucket
    from jumpcf.executor.lock import Lock


@contextlib.contextmanager
def locked(
    folders: Folders,
    sessions: "Clients",
    manifest: "Manifest",
    *,
    verb: str,
    break_lock: bool = False,
    say: Say = silent,
) -> Iterator["Lock"]:
    """Hold the estate's lock within; it is renewed meanwhile and given back at the end.

    GateRefused G530: somebody else has it, and `break_lock` is False.  CallRefused A528: there is no bucket yet.
    """
    with untaken(folders, sessions, manifest, verb=verb, say=say) as lock:
        if told := lock.take(force=break_lock):
            say(told)
        yield lock


@contextlib.contextmanager
def untaken(
    folders: Folders, sessions: "Clients", manifest: "Manifest", *, verb: str, say: Say = silent
) -> Iterator["Lock"]:
    """The same, but taken by whoever gets it; given back at the end where it was."""
    from jumpcf.artifacts.lease import Lease
    from jumpcf.aws.identity import caller
    from jumpcf.executor.lock import Lock

    with _alone(folders.state) as workspace:
        claim = Lease(
            estate=manifest.estate,
            owner=f"{_user()}@{socket.gethostname()}",
            pid=os.getpid(),
            caller=caller(sessions),
            verb=verb,
            nonce=secrets.token_hex(8),
            workspace=workspace,
            version=__version__,
        )
        lock = Lock(bucket(sessions, manifest), claim, own_dead=True)
        try:
            yield lock
        finally:
            if not lock.release():
                say("The deploy lock could not be given back; it is free by itself within 15 minutes.")


def bucket(sessions: "Clients", manifest: "Manifest") -> "StateBucket":
    """Where the estate's lock, runs and deployments are."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.s3 import artifact_bucket
    from jumpcf.aws.state_bucket import StateBucket

    return StateBucket(Api(sessions, JUMP, "s3"), artifact_bucket(manifest))


@dataclass(frozen=True, slots=True)
class Seen:
    """The lock as it was read: its ETag ("" where it was never taken) and who has or had it.  `workspace` is ours."""

    etag: str
    lease: "Lease | None"
    workspace: str

    def held_by(self) -> "GateRefused | None":
        """Why a deploy would be refused now; None where the lock seems free, or was a dead one's of this folder."""
        from jumpcf.executor.lock import is_live, refused

        if self.lease is None or self.lease.workspace == self.workspace:
            return None
        return refused(self.lease) if is_live(self.lease, time.time()) else None


def seen(folders: Folders, sessions: "Clients", manifest: "Manifest") -> Seen | None:
    """Look at the lock; None where S3 refuses (whoever takes it will hear why)."""
    from jumpcf.executor.lock import look

    with _file(folders.state) as file:
        workspace = _workspace(folders.state, file)
    try:
        return Seen(*look(bucket(sessions, manifest)), workspace)
    except AwsRefused as refused:
        return Seen("", None, workspace) if refused.code == "A528" else None


@contextlib.contextmanager
def _alone(state: Path) -> Iterator[str]:
    """Keep other processes of this folder out; gives what names the folder on this machine and nowhere else.

    The lock ends with the process, whatever ended it.  A copy of `.jumpcf/` (a CI cache) has another inode.
    """
    with _file(state) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GateRefused(
                "G530",
                f"another jumpcf writes to AWS from {state.parent}; nothing was written",
                "wait for it to end",
            ) from None
        yield _workspace(state, file)


def _file(state: Path) -> IO[str]:
    state.mkdir(parents=True, exist_ok=True)
    return (state / "deploy.lock").open("a", encoding="utf-8")


def _workspace(state: Path, file: IO[str]) -> str:
    found = os.fstat(file.fileno())
    place = (socket.gethostname(), str(state.resolve()), found.st_dev, found.st_ino)
    return hashlib.sha256(repr(place).encode()).hexdigest()[:16]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return str(os.getuid())
