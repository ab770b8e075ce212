"""Upkeep: what a deploy does not do.  A verb plans first, and its plan runs as that of a deploy (`rollout`)."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jumpcf.pipeline.building import bodies, chosen
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import seen
from jumpcf.pipeline.rollout import PARALLEL, Prepared, deploy, observe, read

if TYPE_CHECKING:
    from jumpcf.artifacts.destruction import Destruction, Scope
    from jumpcf.artifacts.drift import DriftReport
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.repair import Repair
    from jumpcf.artifacts.status import Outcome
    from jumpcf.executor.progress import Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRepair:
    """A repair, and its plan as `rollout.deploy` takes it."""

    repair: "Repair"
    prepared: Prepared


def repair(
    folders: Folders,
    manifest: "Manifest",
    organizations: Sequence[str],
    *,
    retain: Collection[str] = (),
    suspended: bool = False,
    say: Say = silent,
) -> PreparedRepair:
    """Find what a deploy does not mend by itself, and plan it.  Reads only."""
    from jumpcf.aws.upkeep import waiting_change_sets
    from jumpcf.planner.repair import make_repair

    sessions, observed, lock = read(folders, manifest, organizations, say, deploying=True)
    change_sets = tuple(waiting_change_sets(sessions, manifest.estate, observed))
    made = make_repair(
        manifest,
        observed,
        bodies(folders, manifest).parsed,
        change_sets,
        retain=retain,
        suspended=suspended,
    )
    prepared = Prepared(
        manifest=manifest, observed=observed, plan=made.plan, sessions=sessions, lock=lock, verb="repair"
    )
    return PreparedRepair(repair=made, prepared=prepared)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDestruction:
    """A destruction, and its plan as `rollout.deploy` takes it."""

    destruction: "Destruction"
    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """How each operation ended, by id, and what is still there as it was read afterwards."""

    outcomes: "Mapping[str, Outcome]"
    after: "Destruction"


def destruction(
    folders: Folders, manifest: "Manifest", scope: "Scope", say: Say = silent
) -> PreparedDestruction:
    """Find what is there of an organization, a partner or the estate, and plan its end.  Reads only."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.bucket_end import bucket_owner
    from jumpcf.aws.s3 import artifact_bucket
    from jumpcf.planner.destroying import make_destruction

    names = [scope.name] if scope.kind == "organization" else []
    sessions, observed, lock = read(folders, manifest, names, say, deploying=True)
    bucket = scope.kind == "estate" and (
        bucket_owner(Api(sessions, JUMP, "s3"), artifact_bucket(manifest)) == manifest.estate
    )
    made = make_destruction(manifest, observed, scope, bodies(folders, manifest).parsed, bucket=bucket)
    prepared = Prepared(
        manifest=manifest, observed=observed, plan=made.plan, sessions=sessions, lock=lock, verb="destroy"
    )
    return PreparedDestruction(destruction=made, prepared=prepared)


def destroy(
    folders: Folders,
    found: PreparedDestruction,
    subscriber: "Subscriber",
    stop: threading.Event,
    say: Say = silent,
    *,
    break_lock: bool = False,
) -> Destroyed:
    """Run it, and read again.  The bucket goes only where everything else went: the record is in it until then."""
    prepared, last = found.prepared, found.destruction.last
    outcomes = dict(deploy(folders, prepared, subscriber, stop, break_lock=break_lock).outcomes)
    if last.operations and not stop.is_set() and all(one.state == "succeeded" for one in outcomes.values()):
        outcomes |= _run_last(folders, replace(prepared, plan=last), subscriber, stop)
    after = destruction(folders, prepared.manifest, found.destruction.scope, say)
    return Destroyed(outcomes=outcomes, after=after.destruction)


def _run_last(
    folders: Folders, prepared: Prepared, subscriber: "Subscriber", stop: threading.Event
) -> "dict[str, Outcome]":
    """What ends the bucket has its journal on this machine alone, and the lock in it is nobody's by now."""
    from jumpcf.executor.journal import Journal
    from jumpcf.executor.run import execute
    from jumpcf.pipeline.running import gateway

    look = seen(folders, prepared.sessions, prepared.manifest)
    if look and (held := look.held_by()):
        raise held
    with Journal.start(folders.state / "journal", prepared.plan, verb=prepared.verb) as journal:
        return execute(
            prepared.plan,
            gateway(prepared, bodies(folders, prepared.manifest).raw),
            journal,
            subscriber,
            stop=stop,
        )


def drift(
    folders: Folders, manifest: "Manifest", organizations: Sequence[str], token: str, say: Say = silent
) -> "DriftReport":
    """Let CloudFormation look at everything of ours, in the jump account and these organizations.

    No plan and no lock, for nothing changes; each StackSet is held by an operation meanwhile, under `token`.
    """
    from concurrent.futures import ThreadPoolExecutor
    from functools import partial

    from jumpcf.artifacts.drift import DriftReport
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.drift import stack_drift, stack_set_drift
    from jumpcf.aws.paging import Waiter
    from jumpcf.aws.stacks import Stacks
    from jumpcf.aws.stacksets import StackSets
    from jumpcf.planner.drifted import BLIND, in_words, otherwise
    from jumpcf.planner.view import owner

    say(f"Reading the jump account and {', '.join(chosen(manifest, organizations))} ...")
    sessions, observed = observe(manifest, organizations)
    templates = {(JUMP, one.name): observed.templates.get(one.template) for one in observed.stacks}
    jobs = [
        partial(stack_drift, Stacks(Api(sessions, JUMP, "cloudformation")), Waiter(), observed.account, one)
        for one in observed.stacks
        if owner(one.tags) == manifest.estate and one.template
    ]
    for organization in observed.organizations:
        calls = StackSets(sessions, organization.name, organization.call_as)
        for live in organization.stack_sets:
            if owner(live.tags) == manifest.estate and live.instances:
                templates[organization.name, live.name] = observed.templates.get(live.template)
                jobs.append(
                    partial(stack_set_drift, calls, Waiter(), organization.name, live, token, lambda _: None)
                )
    say(f"Looking at {len(jobs)} stacks and StackSets; each StackSet is held by an operation {token} ...")
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = [one.result() for one in [pool.submit(job) for job in jobs]]
    return DriftReport(
        estate=manifest.estate,
        looked=len(jobs),
        drifted=in_words([one for each, _ in found for one in each], templates),
        unseen=tuple(one for _, each in found for one in each),
        blind=BLIND,
        otherwise=otherwise(manifest, observed, bodies(folders, manifest).parsed),
    )
