"""`user withdraw`: of what a deploy would do, the withdrawal of initial passwords alone.

For a night on which no deploy runs, or while one is blocked or waits for people: nothing of a plan but these
operations is looked at, and the plan that waits has the same digest afterwards.
"""

import threading
from typing import TYPE_CHECKING

from jumpcf.pipeline.building import bodies
from jumpcf.pipeline.connecting import connect_by
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import seen
from jumpcf.pipeline.rollout import PARALLEL, Deployed, Prepared

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.withdrawn import Withdrawn
    from jumpcf.executor.progress import Subscriber

WITHDRAW = "user withdraw"  # what the deploy lock is held for


def prepare(folders: Folders, manifest: "Manifest", say: Say = silent) -> Prepared:
    """Read the jump account, no organization, and plan the withdrawals.  AwsRefused as for a plan."""
    from jumpcf.aws.observe import observe
    from jumpcf.planner.diff import make_plan
    from jumpcf.planner.passwords import withdrawals

    say("Reading the jump account ...")
    sessions = connect_by(manifest.jump, {})
    lock = seen(folders, sessions, manifest)
    observed = observe(sessions, manifest, ())
    plan = withdrawals(make_plan(manifest, observed, bodies(folders, manifest).parsed))
    return Prepared(
        manifest=manifest, observed=observed, plan=plan, sessions=sessions, lock=lock, verb=WITHDRAW
    )


def withdraw(
    folders: Folders, prepared: Prepared, subscriber: "Subscriber", stop: threading.Event
) -> Deployed:
    """Run them under the deploy lock; each looks once more.  A plan without operations writes nothing.

    GateRefused: somebody else has the lock, or had it since the plan was made.
    """
    from jumpcf.pipeline.running import Terms, ran

    if not prepared.plan.operations:
        return Deployed()
    seen_ = prepared.lock.etag if prepared.lock else None
    terms = Terms(parallel=PARALLEL, seen=seen_, beside=True)
    with ran(folders, prepared, subscriber, stop, terms) as run:
        return Deployed(outcomes=run.outcomes, journal=run.journal)


def withdrawn(prepared: Prepared, deployed: Deployed) -> "Withdrawn":
    """What the run came to, as a record."""
    from jumpcf.artifacts.operation import WithdrawPassword
    from jumpcf.artifacts.withdrawn import Withdrawal, Withdrawn

    store = prepared.manifest.passwords
    people = [
        Withdrawal(
            partner=one.partner,
            user=one.user,
            reason=one.reason,
            state=deployed.outcomes[one.id].state,
            told=deployed.outcomes[one.id].reason,
        )
        for one in prepared.plan.operations
        if isinstance(one, WithdrawPassword)
    ]
    return Withdrawn(
        estate=prepared.manifest.estate,
        days=store.unused_days if store else 0,
        people=tuple(people),
        journal=str(deployed.journal or ""),
    )
