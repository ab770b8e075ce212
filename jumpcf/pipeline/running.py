"""Step 5: run a plan under the deploy lock, its journal on the disk and in the artifact bucket."""

import datetime
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jumpcf import __version__
from jumpcf.artifacts.instants import utc
from jumpcf.errors import GateRefused, JumpcfError
from jumpcf.pipeline.building import bodies
from jumpcf.pipeline.folders import Folders, Say
from jumpcf.pipeline.locking import bucket, untaken

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.operation import AnyOperation
    from jumpcf.artifacts.plan import Plan
    from jumpcf.artifacts.status import Outcome, Status
    from jumpcf.aws.gateway import AwsGateway
    from jumpcf.aws.state_bucket import StateBucket
    from jumpcf.executor.keeping import BucketCopy
    from jumpcf.executor.lock import Lock
    from jumpcf.executor.progress import Subscriber
    from jumpcf.pipeline.rollout import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a plan is to be run.  `seen` is the lock's ETag when the plan was made (None: not looked at).  A run that
    is `beside` leaves a deploy that broke off before it to `deploy --resume`, which never goes on with this one."""

    parallel: int
    break_lock: bool = False
    seen: str | None = None
    beside: bool = False


@dataclass(slots=True)
class _Door:
    """Stands before every operation: the lock must be ours, and is taken as soon as there is a bucket for it.

    `opening` is the operation that makes the bucket, the only one that may start without.
    """

    lock: "Lock"
    copy: "BucketCopy"
    terms: Terms
    run: str
    opening: str | None
    tell: Say

    def open(self) -> None:
        run = "" if self.terms.beside else self.run  # the lock then names the earlier run as before
        if told := self.lock.take(force=self.terms.break_lock, seen=self.terms.seen, run=run):
            self.tell(told)
        self.copy.open()

    def before(self, operation: "AnyOperation") -> None:
        if self.lock.held:
            self.lock.confirm()
        elif operation.id != self.opening:
            self.open()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A plan that was run, while the lock is still ours: each operation's outcome, the journal's path, and `keep`,
    which takes what was read afterwards and writes down what is deployed."""

    outcomes: dict[str, "Outcome"]
    journal: Path
    keep: Callable[["Status"], None]


@contextmanager
def ran(
    folders: Folders, prepared: "Prepared", subscriber: "Subscriber", stop: threading.Event, terms: Terms
) -> Iterator[Ran]:
    """Run the plan.  The first deploy makes the bucket; until then CloudFormation keeps two apart: it makes one
    stack of a name and does one thing at a time to it.

    GateRefused: somebody else has the lock, or went between plan and lock; nothing was started, or, where the lock
    could be had only on the way, nothing but the stack that makes the bucket.
    """
    from jumpcf.executor.journal import Journal, run_name
    from jumpcf.executor.keeping import BucketCopy
    from jumpcf.executor.run import execute

    plan, manifest = prepared.plan, prepared.manifest
    now, nonce = datetime.datetime.now(datetime.UTC), secrets.token_hex(4)
    name = run_name(now, nonce)
    store = bucket(prepared.sessions, manifest)
    templates = bodies(folders, manifest)
    held = templates.held(plan)
    opening = None if store.exists() else opener(plan, manifest, templates.parsed)
    with untaken(folders, prepared.sessions, manifest, verb=prepared.verb, say=subscriber.notice) as lock:
        door = _Door(lock, BucketCopy(store, name, plan), terms, name, opening, subscriber.notice)
        if opening is None:
            door.open()
        if not terms.beside:
            _keep_plan(folders, name, plan)
        first = plan if opening is None else behind(plan, opening)
        journal = Journal.start(
            folders.state / "journal",
            plan,
            now=now,
            run=nonce,
            verb=prepared.verb,
            copy=door.copy,
            before=door.before,
        )
        with journal:
            aws = gateway(prepared, held, lock)
            outcomes = execute(first, aws, journal, subscriber, parallel=terms.parallel, stop=stop)

        def keep(status: "Status") -> None:
            try:
                _keep_result(folders, prepared, status, outcomes, store, door)
            except (JumpcfError, OSError) as error:
                subscriber.notice(f"what is deployed could not be written down: {error}")

        yield Ran(outcomes=outcomes, journal=journal.path, keep=keep)


def gateway(prepared: "Prepared", body: Callable[[str], bytes], lock: "Lock | None" = None) -> "AwsGateway":
    """What runs the operations of a plan in AWS; `body` gives a template by its digest, and what needs the deploy
    lock asks `lock`."""
    from jumpcf.aws.gateway import AwsGateway

    def ours() -> bool:
        if lock and lock.held:
            lock.confirm()
        return bool(lock and lock.held)

    return AwsGateway(
        prepared.sessions,
        prepared.manifest,
        {one.name: one.call_as for one in prepared.observed.organizations},
        body,
        locked=ours,
    )


def _keep_plan(folders: Folders, name: str, plan: "Plan") -> None:
    """The plan of a run, under the name of its journal."""
    from jumpcf.artifacts.codec import canonical
    from jumpcf.artifacts.sealed import seal

    path, body = folders.state / "plans" / f"{name}.json", canonical(plan)
    _write(path, body)
    seal(path, body)


def _keep_result(
    folders: Folders,
    prepared: "Prepared",
    status: "Status",
    outcomes: "Mapping[str, Outcome]",
    store: "StateBucket",
    door: _Door,
) -> None:
    from jumpcf.artifacts.codec import canonical, digest
    from jumpcf.artifacts.deployment import Deployment
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.executor.keeping import note_deployed

    if door.lock.held:
        door.lock.confirm()
    elif outcomes[door.opening or ""].state == "succeeded":
        door.open()  # there was nothing to do but to make the bucket
    else:
        return
    body = canonical(prepared.manifest)
    at = utc(datetime.datetime.now(datetime.UTC))
    places = {
        place: Deployment(
            manifest=digest(body),
            run=door.run,
            at=at,
            as_wanted=status.as_wanted_in(place),
            version=__version__,
        )
        for place in (JUMP, *prepared.plan.organizations)
    }
    record = note_deployed(store, prepared.manifest.estate, body, places)
    _write(folders.state / "manifests" / f"{digest(body)}.json", body)
    _write(folders.state / "deployed.json", record)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, readable only by its owner."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.replace(path)


def opener(plan: "Plan", manifest: "Manifest", template: Callable[[str], Any]) -> str:
    """The id of the operation that makes the artifact bucket; GateRefused G533 where the plan has none."""
    from jumpcf.artifacts.operation import DeployStack

    for one in plan.operations:
        if isinstance(one, DeployStack) and _makes(template(one.template), manifest.bucket):
            return one.id
    raise GateRefused(
        "G533",
        f"there is no bucket {manifest.bucket} for the deploy lock, and nothing in the plan makes it; "
        "nothing was written",
        "it was deleted by hand: make it again under this name in the jump account, then deploy",
    )


def _makes(template: Any, name: str) -> bool:
    return any(
        one.get("Type") == "AWS::S3::Bucket" and one.get("Properties", {}).get("BucketName") == name
        for one in template.get("Resources", {}).values()
    )


def behind(plan: "Plan", opening: str) -> "Plan":
    """The plan with everything waiting for the operation that makes the bucket, but for what that needs itself."""
    first, more = {opening}, {opening}
    needs = {one.id: one.needs for one in plan.operations}
    while more:
        more = {need for one in more for need in needs.get(one, ())} - first
        first |= more
    operations = tuple(
        one if one.id in first else replace(one, needs=tuple(dict.fromkeys((*one.needs, opening))))
        for one in plan.operations
    )
    return replace(plan, operations=operations)
