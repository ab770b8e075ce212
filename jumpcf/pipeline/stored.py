"""A plan that waits in a file: written by `plan --out`, applied by `deploy FILE` as it is or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf import __version__
from jumpcf.errors import GateRefused
from jumpcf.pipeline import rollout
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.plan import Plan
    from jumpcf.artifacts.plan_file import PlanFile
    from jumpcf.planner.stale import Difference


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan file that could be read, and where it lies."""

    path: Path
    file: "PlanFile"


def refuse_other(path: Path) -> None:
    """GateRefused (G524) where something that is no plan file lies at `path`: told before AWS is asked."""
    from jumpcf.artifacts import plan_file

    plan_file.refuse_other(path)


def keep(path: Path, plan: "Plan") -> None:
    """Write the plan file (`artifacts.plan_file.write`)."""
    from jumpcf.artifacts import plan_file

    plan_file.write(path, plan, __version__)


def load(path: Path) -> Loaded:
    """Read a plan file; GateRefused (G524) where it is none that can be applied."""
    from jumpcf.artifacts import plan_file

    return Loaded(path, plan_file.read(path))


def plan(folders: Folders, manifest: "Manifest", loaded: Loaded, say: Say = silent) -> rollout.Prepared:
    """Read AWS and plan again for the file's organizations; what is given holds the file's plan.

    GateRefused: another estate's (G524), or the plan of now is another, because the inputs (G525) or what AWS
    shows (G526) changed.
    """
    from jumpcf.planner.stale import Difference, difference

    kept = loaded.file.plan
    if kept.estate != manifest.estate:
        what = f"{loaded.path} is a plan of the estate {kept.estate!r}, and this is {manifest.estate!r}"
        raise GateRefused("G524", what, "choose the estate's folder with -C")
    gone = sorted(set(kept.organizations) - {one.name for one in manifest.organizations})
    if gone:
        lines = tuple(f"organization {name!r} is not in params/" for name in gone)
        raise _refused(loaded, Difference(cause="inputs", lines=lines))
    prepared = rollout.plan(folders, manifest, kept.organizations, say, deploying=True)
    found = difference(kept, prepared.plan)
    if found:
        raise _refused(loaded, found)
    return prepared


def _refused(loaded: Loaded, found: "Difference") -> GateRefused:
    code, what = {
        "inputs": ("G525", "the inputs changed"),
        "aws": ("G526", "what AWS shows changed"),
    }[found.cause]
    made = loaded.file.jumpcf
    by = "" if made == __version__ else f" (by jumpcf {made!r}; this is {__version__})"
    lines = "".join(f"\n    {line}" for line in found.lines)
    return GateRefused(
        code,
        f"{what} since {loaded.path} was made{by}; nothing was written{lines}",
        f"make the plan anew and read it: jumpcf plan --out {loaded.path}",
    )
