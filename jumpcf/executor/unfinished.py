"""An earlier run that did not come to its end: found on the disk or in the bucket, asked about, and closed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.sealed import is_sealed
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.errors import JumpcfError
from jumpcf.executor.journal import Entry, Recorded, append, entry, parse
from jumpcf.executor.keeping import RUNS, make
from jumpcf.executor.lock import Store

Report = Callable[[Progress], None]


class Keys(Store, Protocol):
    """A store that can list."""

    def keys(self, prefix: str) -> list[str]: ...


class Settler(Protocol):
    """What is needed of `aws.gateway.AwsGateway`."""

    def settle(self, operation: AnyOperation, token: str, report: Report) -> Outcome | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it was found.  `file` is its journal on this machine, `copied` how many of its lines are in the
    bucket; None where it has none there."""

    name: str
    plan: Plan
    journal: Recorded
    file: Path | None
    copied: int | None

    @property
    def open(self) -> list[tuple[AnyOperation, str]]:
        """The operations of whose end nothing is known, with their tokens."""
        known = {one.id: one for one in self.plan.operations}
        return [(known[key], token) for key, token in self.journal.open.items() if key in known]


def latest_here(state: Path) -> str:
    """The name of the latest run of this folder of which a plan is kept; "" where there is none."""
    names = (path.stem for path in (state / "journal").glob("*.jsonl"))
    return max((one for one in names if (state / "plans" / f"{one}.json").exists()), default="")


def load(state: Path, store: Keys | None, name: str) -> Run | None:
    """A run by its name, from this folder or else from the bucket; None where neither has plan and journal.
    A plan in this folder that jumpcf did not put there is none: what it announces was accepted by nobody.

    ValueError where they are there and are not what they should be.
    """
    file = state / "journal" / f"{name}.jsonl"
    plan = state / "plans" / f"{name}.json"
    lines = _lines(store, name) if store else []
    if file.exists() and plan.exists() and is_sealed(plan, plan.read_bytes()):
        data, body = file.read_bytes(), plan.read_bytes()
    else:
        found = store.read(f"{RUNS}{name}/plan.json") if store and lines else None
        if found is None:
            return None
        data, body = b"".join(lines), found.body
    return Run(
        name=name,
        plan=decode(Plan, body),
        journal=parse(name, data),
        file=file if file.exists() else None,
        copied=len(lines) or None,
    )


def _lines(store: Keys, name: str) -> list[bytes]:
    keys = [f"{RUNS}{name}/header.json", *store.keys(f"{RUNS}{name}/journal/")]
    read = [store.read(key) for key in keys]
    return [one.body for one in read if one is not None]


def settle(run: Run, gateway: Settler, note: Callable[[Entry], None], say: Callable[[str], None]) -> None:
    """Ask AWS what became of each open operation, wait for what still runs, and note what is known of its end.

    What AWS refuses to tell is told and left open: the plan that follows reads everything anew.
    """
    for operation, token in run.open:
        place = f"{operation.place}/{operation.stack}"
        say(f"{place} ({operation.work}): asking AWS what became of {token} ...")
        try:
            outcome = gateway.settle(operation, token, lambda _: None)
        except JumpcfError as error:
            say(f"{place}: {error.what} [{error.code}]")
            continue
        if outcome is None:
            say(f"{place}: AWS knows nothing of it; what it shows decides what is left")
            continue
        say(f"{place}: {outcome.state}" + (f", {outcome.reason}" if outcome.reason else ""))
        note(entry(outcome.state, operation, reason=outcome.reason, accounts=outcome.accounts))


class Notes:
    """Goes on with the journal of an earlier run, on the disk and in the bucket.  The lock should be ours."""

    def __init__(self, run: Run, store: Store | None) -> None:
        self._run, self._store = run, store
        self._number = run.copied or 0

    def add(self, one: Entry) -> None:
        if self._run.file:
            append(self._run.file, one)
        if self._store and self._number:
            make(self._store, f"{RUNS}{self._run.name}/journal/{self._number:06d}.jsonl", canonical(one))
            self._number += 1
