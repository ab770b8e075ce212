"""Counts the calls to AWS, and tells the request ids of those that write.

Knows nothing of botocore, so that a verb which makes no call loads none; `Sessions` hangs it on its clients.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jumpcf.artifacts.calls import CallStats, Stats

READS = ("Get", "List", "Describe", "Head")
SUBJECTS = ("StackSetName", "StackName", "ChangeSetName", "UserName", "GroupName", "RoleName", "Name", "Key")


@dataclass(slots=True)
class _Count:
    calls: int = 0
    attempts: int = 0
    throttled: int = 0
    seconds: float = 0.0
    held: float = 0.0


@dataclass(slots=True)
class Meter:
    """Safe to use from many threads.  `tell` gets a line for each answer to a call that writes."""

    tell: Callable[[str], None] | None = None
    clock: Callable[[], float] = time.monotonic
    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, place: str, service: str, *, throttled: bool) -> None:
        """One attempt was answered."""
        with self._lock:
            count = self._count(place, service)
            count.attempts += 1
            count.throttled += throttled

    def held(self, place: str, service: str, seconds: float) -> None:
        """An attempt waited for its turn."""
        with self._lock:
            self._count(place, service).held += seconds

    def ended(self, place: str, service: str, seconds: float) -> None:
        """A call ended, well or not, after all of its attempts."""
        with self._lock:
            count = self._count(place, service)
            count.calls += 1
            count.seconds += seconds

    def wrote(self, place: str, operation: str, parameters: dict[str, Any], request_id: str) -> None:
        """Tell the request id of a write, by which AWS's support and CloudTrail find it."""
        if self.tell and not operation.startswith(READS):
            subject = next((f" {parameters[name]}" for name in SUBJECTS if parameters.get(name)), "")
            self.tell(f"request {place} {operation}{subject}: {request_id or 'no id'}")

    def stats(self) -> Stats:
        with self._lock:
            counts = sorted(self._counts.items(), key=lambda item: (item[0][0] != "jump", item[0]))
            return Stats(
                calls=tuple(
                    CallStats(
                        place=place,
                        service=service,
                        calls=count.calls,
                        retries=max(0, count.attempts - count.calls),
                        throttled=count.throttled,
                        seconds=round(count.seconds, 3),
                        held=round(count.held, 3),
                    )
                    for (place, service), count in counts
                )
            )

    def _count(self, place: str, service: str) -> _Count:
        return self._counts.setdefault((place, service), _Count())
