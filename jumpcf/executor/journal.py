"""The journal of a run: JSON lines, each on the disk before the run goes on.

The first line says which plan of which estate is run; then one line per event.  A `started` line is
written before AWS is called and holds the token that becomes the OperationId, so that whoever finds the
journal of a killed run can ask AWS what became of it.  The last line says that the run ended.
"""

import contextlib
import datetime
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import orjson

from jumpcf import __version__
from jumpcf.artifacts.codec import canonical, content_digest, decode
from jumpcf.artifacts.instants import utc
from jumpcf.artifacts.operation import AnyOperation, Operation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome

SCHEMA = 1
Event = Literal["started", "succeeded", "failed", "skipped", "left", "ended"]

_TOKEN = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,99}")  # OperationId allows 128; the gateway adds a suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line.  `plan` is the digest of the plan's canonical form, `run` the nonce of its tokens,
    `at` the start in UTC, `verb` whose run it is ("" in journals that are older than this field)."""

    estate: str
    plan: str
    run: str
    at: str
    version: str
    verb: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of one operation.  "left" means that nobody watches it any more and AWS may be at work; "ended" is
    the run's own, with the reason where it ended before its time.
    `work` is the operation's kind, and whom it is about ("" in journals that are older than this field)."""

    event: Event
    operation: str
    place: str
    stack: str
    work: str = ""
    token: str = ""
    reason: str = ""
    accounts: tuple[tuple[str, str], ...] = ()


class Copy(Protocol):
    """A second place that gets every line after the file has it; raises where it cannot be had."""

    def line(self, data: bytes) -> None: ...


class Journal:
    """Appends to one file; `start` makes a new one, readable only by its owner.

    `copy` gets every line too.  `before` is called before an operation's `started` line is written, and raises
    where nothing may be started.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        copy: Copy | None = None,
        before: Callable[[AnyOperation], None] | None = None,
    ) -> None:
        self.path, self.header = path, header
        self._copy, self._before = copy, before
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: FileIO = os.fdopen(descriptor, "ab", buffering=0)
        self._write(header)

    @classmethod
    def start(
        cls,
        folder: Path,
        plan: Plan,
        *,
        now: datetime.datetime | None = None,
        run: str | None = None,
        verb: str = "",
        copy: Copy | None = None,
        before: Callable[[AnyOperation], None] | None = None,
    ) -> Self:
        """A new journal in the folder, named after the start (UTC) and the run.  `run` is a nonce: a new run
        sends new OperationIds, because AWS does the work of one OperationId only once."""
        now = (now or datetime.datetime.now(datetime.UTC)).astimezone(datetime.UTC)
        run = run or secrets.token_hex(4)
        header = Header(
            estate=plan.estate,
            plan=content_digest(plan),
            run=run,
            at=utc(now),
            version=__version__,
            verb=verb,
        )
        return cls(folder / f"{run_name(now, run)}.jsonl", header, copy=copy, before=before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def token(self, operation: Operation) -> str:
        """What distinguishes this attempt at the operation from every other; becomes the OperationId."""
        token = f"jumpcf-{operation.id}-{self.header.run}"
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{token!r} cannot be an OperationId")
        return token

    def started(self, operation: AnyOperation) -> None:
        if self._before:
            self._before(operation)
        self._event("started", operation, token=self.token(operation))

    def finished(self, operation: AnyOperation, outcome: Outcome) -> None:
        self._event(outcome.state, operation, reason=outcome.reason, accounts=outcome.accounts)

    def left(self, operation: AnyOperation) -> None:
        """Only on the disk: who leaves at once waits for no bucket, where "started" without an end says the same."""
        self._copy = None
        self._event("left", operation, token=self.token(operation))

    def ended(self, reason: str = "") -> None:
        """The run ended; `reason` where something of its plan was left out."""
        self._write(Entry(event="ended", operation="", place="", stack="", reason=reason))

    def _event(self, event: Event, operation: AnyOperation, **more: Any) -> None:
        self._write(entry(event, operation, **more))

    def _write(self, record: Header | Entry) -> None:
        """A whole line or none: half a line (a full disk) would spoil the next one."""
        end = os.fstat(self._file.fileno()).st_size
        line = canonical(record)
        try:
            left = line
            while left:
                left = left[self._file.write(left) or 0 :]
            os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(end)
            raise
        if self._copy:
            self._copy.line(line)


def entry(event: Event, operation: AnyOperation, **more: Any) -> Entry:
    """A line about an operation."""
    return Entry(
        event=event,
        operation=operation.id,
        place=operation.place,
        stack=operation.stack,
        work=operation.work,
        **more,
    )


def append(path: Path, one: Entry) -> None:
    """One more line in a journal that an earlier process left, after a torn one if there is any."""
    torn = not path.read_bytes().endswith(b"\n")
    with path.open("r+b" if torn else "ab", buffering=0) as file:
        if torn:  # what nobody can read is left out, as a reader leaves it out
            file.truncate(path.read_bytes().rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
        file.write(canonical(one))
        os.fsync(file.fileno())


def run_name(now: datetime.datetime, run: str) -> str:
    """The name of a run's files, by which runs sort as they began."""
    return f"{now.astimezone(datetime.UTC).strftime('%Y%m%dT%H%M%SZ')}-{run}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A journal as read back.  `whole` is False where the last line was torn."""

    header: Header
    entries: tuple[Entry, ...]
    whole: bool

    @property
    def succeeded(self) -> frozenset[str]:
        """Ids of the operations that need not run again."""
        return frozenset(entry.operation for entry in self.entries if entry.event == "succeeded")

    @property
    def finished(self) -> bool:
        """False where the run was killed, or left something of its plan out."""
        return bool(self.entries) and self.entries[-1].event == "ended" and not self.entries[-1].reason

    @property
    def open(self) -> dict[str, str]:
        """Operations that started and of whose end nothing is known: id to token."""
        found: dict[str, str] = {}
        for entry in self.entries:
            if entry.event in ("started", "left"):
                found[entry.operation] = entry.token
            else:
                found.pop(entry.operation, None)
        return found


def read(path: Path) -> Recorded:
    """Read a journal back.  A torn last line (the process or the machine died) is left out; ValueError where
    another line, or the first, is not what a journal holds."""
    return parse(path.name, path.read_bytes())


def parse(name: str, data: bytes) -> Recorded:
    """A journal from its bytes; `name` is what it is called where it is none."""
    lines = data.split(b"\n")
    torn = lines.pop()  # empty where the file ends as it should
    if not lines:
        raise ValueError(f"{name} is no journal: it has no first line")
    header = decode(Header, lines[0])
    if header.schema != SCHEMA:
        raise ValueError(f"{name} has schema {header.schema}; this jumpcf reads {SCHEMA}")
    entries = []
    for number, line in enumerate(lines[1:], 2):
        try:
            entries.append(decode(Entry, line))
        except (orjson.JSONDecodeError, ValueError) as error:
            raise ValueError(f"{name}, line {number}: {error}") from None
    return Recorded(header=header, entries=tuple(entries), whole=not torn)
