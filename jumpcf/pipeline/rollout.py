"""Steps 3 to 6: read AWS, plan, run the plan, read again and judge."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.errors import AwsRefused, JumpcfError
from jumpcf.pipeline.building import bodies, chosen
from jumpcf.pipeline.connecting import connect
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import Seen, seen

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.observed import Observed
    from jumpcf.artifacts.plan import Plan
    from jumpcf.artifacts.status import Outcome, Status
    from jumpcf.aws.sessions import Sessions
    from jumpcf.executor.progress import Subscriber

PARALLEL = 8  # operations that run at once
LOOKS = 6  # at the result, while AWS's lists are behind: some three seconds beside the reading itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan with what it was made from, ready to be run for `verb`; `lock` as it was before AWS was read."""

    manifest: "Manifest"
    observed: "Observed"
    plan: "Plan"
    sessions: "Sessions"
    lock: Seen | None = None
    verb: str = "deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What a deploy came to: the status as read afterwards, or `unread`, the refusal of that read; the
    outcome of each operation by id, and the journal's path where there was something to do."""

    status: "Status | None" = None
    outcomes: dict[str, "Outcome"] = field(default_factory=dict)
    journal: Path | None = None
    unread: JumpcfError | None = None


def observe(
    manifest: "Manifest", organizations: Sequence[str], sessions: "Sessions | None" = None
) -> tuple["Sessions", "Observed"]:
    """Verify who we are everywhere, then read what is there (3)."""
    from jumpcf.aws.observe import observe as read

    sessions = sessions or connect(manifest)
    return sessions, read(sessions, manifest, chosen(manifest, organizations))


def observe_who_answers(
    manifest: "Manifest", organizations: Sequence[str], sessions: "Sessions"
) -> "tuple[Observed, dict[str, AwsRefused]]":
    """What the jump account and these organizations show (none named: none), without those that refuse, and why
    these do.  AwsRefused: the jump account."""
    from jumpcf.aws.observe import observe as read

    try:
        return read(sessions, manifest, organizations), {}
    except AwsRefused:
        away: dict[str, AwsRefused] = {}
    for name in organizations:
        try:
            read(sessions, manifest, [name])
        except AwsRefused as refused:
            away[name] = refused
    return read(sessions, manifest, [name for name in organizations if name not in away]), away


def read(
    folders: Folders,
    manifest: "Manifest",
    organizations: Sequence[str],
    say: Say = silent,
    *,
    deploying: bool = False,
) -> "tuple[Sessions, Observed, Seen | None]":
    """What is there (3), and before it, where a plan of it is to be run (`deploying`), the deploy lock: so whoever
    takes that will know whether somebody went in between."""
    say(f"Reading the jump account and {', '.join(chosen(manifest, organizations))} ...")
    sessions = connect(manifest)
    lock = seen(folders, sessions, manifest) if deploying else None
    _, observed = observe(manifest, organizations, sessions)
    return sessions, observed, lock


def plan(
    folders: Folders,
    manifest: "Manifest",
    organizations: Sequence[str],
    say: Say = silent,
    *,
    deploying: bool = False,
) -> Prepared:
    """Compare what was compiled with what is there (4); `deploying` as `read` has it."""
    from jumpcf.planner.diff import make_plan

    sessions, observed, lock = read(folders, manifest, organizations, say, deploying=deploying)
    made = make_plan(manifest, observed, bodies(folders, manifest).parsed)
    return Prepared(manifest=manifest, observed=observed, plan=made, sessions=sessions, lock=lock)


def deploy(
    folders: Folders,
    prepared: Prepared,
    subscriber: "Subscriber",
    stop: threading.Event,
    *,
    parallel: int = PARALLEL,
    break_lock: bool = False,
) -> Deployed:
    """Run the plan (5) under the deploy lock, read again and judge (6).  A plan without operations writes nothing.

    Where the second read is refused the outcomes are not lost: `unread` then says why there is no status.
    GateRefused: somebody else has the lock (`break_lock` takes it), or went between plan and lock.
    """
    from jumpcf.pipeline.running import Terms, ran
    from jumpcf.planner.judge import judge

    if not prepared.plan.operations:
        return Deployed(status=judge(prepared.manifest, prepared.observed, {}, prepared.plan))
    seen_ = prepared.lock.etag if prepared.lock else None
    terms = Terms(parallel=parallel, break_lock=break_lock, seen=seen_)
    with ran(folders, prepared, subscriber, stop, terms) as run:
        try:
            status = _told(prepared, run.outcomes)
        except JumpcfError as error:
            return Deployed(outcomes=run.outcomes, journal=run.journal, unread=error)
        run.keep(status)
        return Deployed(status=status, outcomes=run.outcomes, journal=run.journal)


def _told(prepared: Prepared, outcomes: "Mapping[str, Outcome]") -> "Status":
    """Read again and judge (6); anew, a few times, while AWS's lists are behind what its operations told."""
    from jumpcf.aws.paging import Waiter
    from jumpcf.planner.judge import judge
    from jumpcf.planner.lagging import lags

    for _ in Waiter().tries(LOOKS):
        _, observed = observe(prepared.manifest, prepared.plan.organizations, prepared.sessions)
        status = judge(prepared.manifest, observed, outcomes, prepared.plan)
        if not lags(status, prepared.plan, outcomes):
            break
    return status


def status(manifest: "Manifest", organizations: Sequence[str]) -> "Status":
    """Read and judge every wanted account (6)."""
    from jumpcf.planner.judge import judge

    _, observed = observe(manifest, organizations)
    return judge(manifest, observed, None, None)
