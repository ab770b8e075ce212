"""Upkeep: what a deploy does not do.  A verb plans first, and its plan runs as that of a deploy (`rollout`)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.pipeline.building import bodies, chosen
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.rollout import Prepared, observe

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.repair import Repair


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

    say(f"Reading the jump account and {', '.join(chosen(manifest, organizations))} ...")
    sessions, observed = observe(manifest, organizations)
    change_sets = tuple(waiting_change_sets(sessions, manifest.estate, observed))
    made = make_repair(
        manifest,
        observed,
        bodies(folders, manifest).parsed,
        change_sets,
        retain=retain,
        suspended=suspended,
    )
    prepared = Prepared(manifest=manifest, observed=observed, plan=made.plan, sessions=sessions)
    return PreparedRepair(repair=made, prepared=prepared)
