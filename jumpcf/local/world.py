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

from jumpcf.local.records import Fault, Home, Place, StackSet, key


@dataclass(slots=True)
class World:
    """`speed` is the seconds a batch of a StackSet operation takes; 0 finishes it inside the call.

    `ahead` is how many seconds the clock was put forward, which `clock` adds by itself; `fault_files` maps
    each file of faults that was taken in to its digest; `begun` is called when an operation has begun.
    """

    clock: Callable[[], float]
    speed: float = 0.0
    places: dict[str, Place] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    seeded: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ahead: float = 0.0
    fault_files: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    begun: Callable[["World", StackSet], None] = lambda world, stack_set: None

    def now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.clock(), datetime.UTC)

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
