"""`deploy --resume`: what became of the last run, and a plan of what is left of it."""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.artifacts.codec import content_digest
from jumpcf.errors import GateRefused
from jumpcf.pipeline.building import bodies
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import Seen, bucket, locked
from jumpcf.pipeline.rollout import Prepared, plan
from jumpcf.pipeline.running import gateway

if TYPE_CHECKING:
    from jumpcf.artifacts.lease import Lease
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.status import Failed
    from jumpcf.executor.unfinished import Keys, Run


AGAIN = {
    "repair": "run `jumpcf repair` again for the rest; a deploy does not do it",
    "destroy": "run `jumpcf destroy` again for the rest; a deploy gives again what that took and params still name",
    "partner freeze": "run `jumpcf partner freeze{partner}` again, for whom it was for: it says what is open still",
    "partner thaw": "run `jumpcf partner thaw{partner}` again, for whom it was for; where that finds nothing frozen, "
    "a deploy opens the rest; or `jumpcf partner freeze{partner}`, if it is to stay closed",
}
"""What goes on with a run that was no deploy, by its verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The run that was found, and what is left of it; `failed` is what failed in it and left nothing to do."""

    run: str
    prepared: Prepared
    failed: "tuple[Failed, ...]" = ()


def unfinished(lock: Seen | None) -> "Lease | None":
    """Who died with the lock in his hand and a run begun; None where there is none that we know of."""
    lease = lock.lease if lock and not lock.held_by() else None
    return lease if lease and lease.run and not lease.released else None


def resume(folders: Folders, manifest: "Manifest", *, break_lock: bool = False, say: Say = silent) -> Resumed:
    """Find the last run, ask AWS about what it left open, wait for what still runs, and plan what is left.

    GateRefused: G530 somebody holds the lock; G535 there is nothing to resume; G536 the run was no deploy, or params
    are others than its; G537 what is left would do more than the run announced.
    """
    from jumpcf.executor.journal import Entry
    from jumpcf.executor.unfinished import Notes, settle
    from jumpcf.planner.announced import beyond
    from jumpcf.planner.untold import left_by

    before = plan(folders, manifest, (), say=say, deploying=True)
    held = before.lock.held_by() if before.lock else None
    if held and not break_lock:
        raise held
    run, store = _find(folders, before)
    refuse_other(run, before)
    notes, settled = Notes(run, store), list(run.journal.entries)

    def note(one: Entry) -> None:
        notes.add(one)
        settled.append(one)

    if run.open:
        # where there is no bucket yet, there is no lock, and nothing but its stack was begun
        lock = locked(folders, before.sessions, manifest, verb="deploy", break_lock=break_lock, say=say)
        with lock if store else contextlib.nullcontext():
            settle(run, gateway(before, bodies(folders, before.manifest).raw), note, say)
    left = _left(folders, before, run, say)
    if more := beyond(left.plan, run.plan):
        raise GateRefused(
            "G537",
            f"what is left of run {run.name} would do more than it announced: {', '.join(more[:5])}"
            + (" and more" if len(more) > 5 else ""),
            "something changed meanwhile: read it with plan, then deploy",
        )
    if not left.plan.operations:
        notes.add(Entry(event="ended", operation="", place="", stack=""))
    events = ((one.operation, one.event, one.reason) for one in settled)
    return Resumed(run=run.name, prepared=left, failed=tuple(left_by(run.plan, events, left.plan)))


def refuse_other(run: "Run", prepared: Prepared) -> None:
    """GateRefused (G536) where the run was no deploy, or one of other params."""
    if again := AGAIN.get(verb := _verb(run, prepared)):
        raise GateRefused(
            "G536",
            f"run {run.name}, the last that broke off, was no deploy but jumpcf {verb}",
            again.format(partner=_partner(run)),
        )
    if content_digest(prepared.manifest) != run.plan.manifest:
        raise GateRefused(
            "G536",
            f"params/ are not those that run {run.name} deployed",
            "go on with plan and deploy: they do what is left of it, as params want it now",
        )


def _verb(run: "Run", prepared: Prepared) -> str:
    """Whose run it was; of an older journal as the lock says, which its holder's death left as it was."""
    lease = prepared.lock.lease if prepared.lock else None
    return run.journal.header.verb or (lease.verb if lease and lease.run == run.name else "")


def _partner(run: "Run") -> str:
    """The one whose part of a plan a freeze or a thaw rolls out, as a word of the command line."""
    names = {one.partner for one in run.plan.stacks} | {one.partner for one in run.plan.stack_sets}
    return f" {names.pop()}" if len(names) == 1 else ""


def _left(folders: Folders, before: Prepared, run: "Run", say: Say) -> Prepared:
    """What is left, in the run's own organizations; read anew where something was still open."""
    if not run.open and run.plan.organizations == before.plan.organizations:
        return before
    return plan(folders, before.manifest, run.plan.organizations, say=say, deploying=True)


def _find(folders: Folders, prepared: Prepared) -> "tuple[Run, Keys | None]":
    """The last run and the bucket, None where that is not there yet; whoever began later has it."""
    from jumpcf.executor.unfinished import latest_here, load

    lease = prepared.lock.lease if prepared.lock else None
    name = max(lease.run if lease else "", latest_here(folders.state))
    try:
        store = bucket(prepared.sessions, prepared.manifest)
        run = load(folders.state, store if store.exists() else None, name) if name else None
    except ValueError as error:
        raise GateRefused(
            "G535", f"run {name} cannot be read: {error}", "go on with plan and deploy; nothing is lost"
        ) from None
    if run is None or run.journal.finished:
        what = f"run {name} came to its end" if run else "there is no run that left something"
        raise GateRefused("G535", f"{what}; nothing to resume", "go on with deploy")
    return run, store if run.copied else None
