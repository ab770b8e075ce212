"""The embedded AWS's own state and its time: everything that is not in moto.

One per process, because moto's backends are per process.  Time is a function that is handed in; nothing
sleeps and nothing runs in the background: operations advance when somebody asks (`operations.advance`).
"""

import datetime
import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from jumpcf.local.records import Arrival, Fault, Home, Place, StackSet, Work, key
from jumpcf.local.sessions import Sessions


@dataclass(slots=True)
class World:
    """`speed` is the seconds that a batch of a StackSet operation or a plain stack's operation takes; 0
    finishes it inside the call.  `delay` is the seconds until auto-deployment notices an account, `lag` those by
    which the lists of instances, operations and results are behind.  `moment` is the time while the past is
    caught up (`timeline`).  The names in `overtaken` are StackSets whose next request is answered StaleRequest.

    With `enforce` every call is judged by the caller's policies; with `paths` Organizations answers with the
    paths of accounts and OUs, as since March 2026.  `reports` are the accounts' credential
    reports, with the second of each; they and `sessions` end with the process.

    `ahead` is how many seconds the clock was put forward, which `clock` adds by itself; `fault_files` maps
    each file of faults that was taken in to its digest; `begun` is called when an operation has begun.
    """

    clock: Callable[[], float]
    speed: float = 0.0
    delay: float = 0.0
    lag: float = 0.0
    moment: float | None = None
    places: dict[str, Place] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    seeded: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    history: dict[str, list[tuple[float, StackSet]]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    enforce: bool = False
    paths: bool = True
    ahead: float = 0.0
    fault_files: dict[str, str] = field(default_factory=dict)
    begun: Callable[["World", StackSet], None] = lambda world, stack_set: None
    sessions: Sessions = field(default_factory=dict)
    reports: dict[str, tuple[float, str]] = field(default_factory=dict)

    def time(self) -> float:
        """Seconds since the epoch: now, or the moment that is being caught up."""
        return self.clock() if self.moment is None else self.moment

    def now(self) -> datetime.datetime:
        return self.instant(self.time())

    def instant(self, second: float) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(second, datetime.UTC)

    def place(self, account: str, region: str) -> Place:
        return self.places.setdefault(key(account, region), Place(account, region))

    def home(self, management: str, region: str) -> Home:
        return self.homes.setdefault(key(management, region), Home(management, region))

    def keep(self, body: str) -> str:
        """Keep a template body once; returns its key."""
        name = hashlib.sha256(body.encode()).hexdigest()
        self.templates.setdefault(name, body)
        return name

    def fault(self, account: str, stack_set: str, action: str) -> str | None:
        """Why a StackSet's work in an account is to fail, which uses the fault up once; None where it is not."""
        for fault in self.faults:
            named = (fault.account, account), (fault.stack_set, stack_set), (fault.action, action)
            fits = all(want in ("", have) for want, have in named)
            if fault.kind in ("account", "scp") and fits and strike(fault):
                return fault.reason
        return None


def strike(fault: Fault) -> bool:
    """Whether a fault still strikes; counts it where it does."""
    if fault.over:
        return False
    fault.fired += 1
    if fault.times is not None:
        fault.times -= 1
        fault.over = fault.times <= 0
    return True


def new_id() -> str:
    return str(uuid.uuid4())
