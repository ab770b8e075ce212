"""A rehearsal: the flow once more, on an embedded AWS of its own that is thrown away after.

Nothing of it touches AWS, the network or the embedded AWS that `--local` keeps.
"""

import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.artifacts.codec import decode
from jumpcf.artifacts.effects import flags
from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.rehearsal import Rehearsal, call_counts
from jumpcf.artifacts.status import gated
from jumpcf.errors import JumpcfError
from jumpcf.executor.progress import Silent, Subscriber
from jumpcf.pipeline.building import load
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.rollout import Deployed, deploy, plan
from jumpcf.pipeline.sandbox import beneath
from jumpcf.planner.earlier import fitted

if TYPE_CHECKING:
    from jumpcf.estate.model import Estate
    from jumpcf.local.session import LocalAws


def rehearse(
    folders: Folders,
    manifest: Manifest,
    organizations: Sequence[str],
    subscriber: Subscriber,
    *,
    earlier: Path | None = None,
    faults: Path | None = None,
    say: Say = silent,
) -> Rehearsal:
    """Plan and deploy (4 to 6) on an embedded AWS of its own, made from the lock files and thrown away after.

    `earlier` is a build folder whose manifest is deployed first.  One operation at a time, so that the calls
    that are counted are the same every time.
    """
    # moto is an optional package, and slow to load
    from jumpcf.local.session import LocalAws

    estate, _ = load(folders)
    with tempfile.TemporaryDirectory(prefix="jumpcf-rehearsal-") as temporary:
        own = Folders(root=Path(temporary), build=folders.build)
        with LocalAws(own.root, estate, speed=0) as aws, beneath(aws):
            _bootstrapped(aws, manifest)
            notices = _bring(own, estate, manifest, earlier, say) if earlier else ()
            if faults:
                aws.take_in(faults)
            begin = _counted(aws, manifest)
            prepared = plan(own, manifest, organizations, say=say)
            planned = _counted(aws, manifest)
            done = Deployed()
            if not prepared.plan.blockers:
                done = deploy(own, prepared, subscriber, threading.Event(), parallel=1)
            if done.unread:
                raise done.unread
            return Rehearsal(
                estate=manifest.estate,
                earlier=str(earlier or ""),
                plan=prepared.plan,
                status=done.status,
                calls=call_counts(planned - begin, _counted(aws, manifest) - planned),
                flags=flags(prepared.plan),
                notices=notices,
                refused=gated(done.outcomes.values()),
            )


def _bootstrapped(aws: "LocalAws", manifest: Manifest) -> None:
    """Make the service role that the jump account's stacks are given; what a bootstrap does is not rehearsed."""
    if manifest.service_role is None:
        return
    path, _, name = manifest.service_role.partition(":role")[2].rpartition("/")
    trust = '{"Version":"2012-10-17","Statement":[]}'
    aws.client("iam", manifest.jump.account).create_role(
        Path=f"{path}/", RoleName=name, AssumeRolePolicyDocument=trust
    )


def _bring(own: Folders, estate: "Estate", manifest: Manifest, earlier: Path, say: Say) -> tuple[str, ...]:
    """Deploy an earlier build, and give what of it was left out; JumpcfError A598 where it does not come to be."""
    path = earlier / "manifest.json"
    try:
        found = decode(Manifest, path.read_bytes())
    except (OSError, ValueError) as error:
        hint = "name a folder that jumpcf build has written (build --out DIR)"
        raise JumpcfError("A598", f"there is no manifest to begin from: {error}", hint) from None
    units = {name: {one.id for one in each.units} for name, each in estate.organizations.items()}
    before, notices = fitted(found, manifest, units)
    say(f"Bringing the embedded AWS to {path} ...")
    folders = Folders(root=own.root, build=earlier)
    prepared = plan(folders, before, ())
    wrong = list(prepared.plan.blockers)
    if not wrong:
        done = deploy(folders, prepared, Silent(), threading.Event(), parallel=1)
        wrong = [f"{one.state}: {one.reason}" for one in done.outcomes.values() if one.state != "succeeded"]
    if wrong:
        raise JumpcfError("A598", f"the embedded AWS cannot be brought to {path}: {wrong[0]}")
    return notices


def _counted(aws: "LocalAws", manifest: Manifest) -> Counter[tuple[str, str, str]]:
    """The calls so far by place, service and operation."""
    places = {one.connection.account: one.name for one in manifest.organizations}
    places[manifest.jump.account] = JUMP
    found: Counter[tuple[str, str, str]] = Counter()
    for call, number in aws.calls.items():
        found[places.get(call.account, call.account), call.service, call.operation] += number
    return found
