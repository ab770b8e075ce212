"""Steps 3 to 6: read AWS, plan, run the plan, read again and judge."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.errors import JumpcfError
from jumpcf.pipeline.building import bodies, chosen
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.observed import Observed
    from jumpcf.artifacts.plan import Plan
    from jumpcf.artifacts.status import Outcome, Status
    from jumpcf.aws.sessions import Sessions
    from jumpcf.executor.progress import Subscriber

PARALLEL = 8  # operations that run at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan with what it was made from, ready to be deployed."""

    manifest: "Manifest"
    observed: "Observed"
    plan: "Plan"
    sessions: "Sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What a deploy came to: the status as read afterwards, or `unread`, the refusal of that read; the
    outcome of each operation by id, and the journal's path where there was something to do."""

    status: "Status | None" = None
    outcomes: dict[str, "Outcome"] = field(default_factory=dict)
    journal: Path | None = None
    unread: JumpcfError | None = None


def observe(manifest: "Manifest", organizations: Sequence[str]) -> tuple["Sessions", "Observed"]:
    """Verify who we are everywhere, then read what is there (3)."""
    from jumpcf.aws.observe import observe as read
    from jumpcf.aws.sessions import Sessions
    from jumpcf.pipeline.metering import current

    connections = {one.name: one.connection for one in manifest.organizations}
    sessions = Sessions(manifest.jump, connections, meter=current())
    return sessions, read(sessions, manifest, chosen(manifest, organizations))


def plan(folders: Folders, manifest: "Manifest", organizations: Sequence[str], say: Say = silent) -> Prepared:
    """Compare what was compiled with what is there (4)."""
    from jumpcf.planner.diff import make_plan

    say(f"Reading the jump account and {', '.join(chosen(manifest, organizations))} ...")
    sessions, observed = observe(manifest, organizations)
    made = make_plan(manifest, observed, bodies(folders, manifest).parsed)
    return Prepared(manifest=manifest, observed=observed, plan=made, sessions=sessions)


def deploy(
    folders: Folders,
    prepared: Prepared,
    subscriber: "Subscriber",
    stop: threading.Event,
    *,
    parallel: int = PARALLEL,
) -> Deployed:
    """Run the plan (5), read again and judge (6).  A plan without operations writes nothing.

    Where the second read is refused the outcomes are not lost: `unread` then says why there is no status.
    """
    from jumpcf.planner.judge import judge

    if not prepared.plan.operations:
        return Deployed(status=judge(prepared.manifest, prepared.observed, {}, prepared.plan))
    outcomes, journal = _execute(folders, prepared, subscriber, stop, parallel)
    try:
        _, observed = observe(prepared.manifest, prepared.plan.organizations)
    except JumpcfError as error:
        return Deployed(outcomes=outcomes, journal=journal, unread=error)
    status = judge(prepared.manifest, observed, outcomes, prepared.plan)
    return Deployed(status=status, outcomes=outcomes, journal=journal)


def _execute(
    folders: Folders, prepared: Prepared, subscriber: "Subscriber", stop: threading.Event, parallel: int
) -> tuple[dict[str, "Outcome"], Path]:
    from jumpcf.aws.gateway import AwsGateway
    from jumpcf.executor.journal import Journal
    from jumpcf.executor.run import execute

    gateway = AwsGateway(
        prepared.sessions,
        prepared.manifest,
        {one.name: one.call_as for one in prepared.observed.organizations},
        bodies(folders, prepared.manifest).raw,
    )
    with Journal.start(folders.state / "journal", prepared.plan) as journal:
        outcomes = execute(prepared.plan, gateway, journal, subscriber, parallel=parallel, stop=stop)
        return outcomes, journal.path


def status(manifest: "Manifest", organizations: Sequence[str]) -> "Status":
    """Read and judge every wanted account (6)."""
    from jumpcf.planner.judge import judge

    _, observed = observe(manifest, organizations)
    return judge(manifest, observed, None, None)
