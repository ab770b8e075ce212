"""Steps 1 and 2: read params/, compile, check; and records as JSON.  No AWS."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jumpcf.errors import GateRefused, Problem, ProblemsFound
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.plan import Plan
    from jumpcf.estate.model import Estate


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What `build` gives: the manifest, warnings that did not stop it, whether anything was compiled
    (False: nothing changed since the last build), how many templates were linted anew; of a build that was read
    back, the organizations that params/ do not have yet."""

    manifest: "Manifest"
    warnings: tuple[Problem, ...]
    compiled: bool
    linted: int
    new: tuple[str, ...] = ()


def schema() -> dict[str, Any]:
    """The JSON Schema of every kind of file in params/."""
    from jumpcf.estate.schema import json_schema

    return json_schema()


def load(folders: Folders) -> tuple["Estate", tuple[Problem, ...]]:
    """Read params/ (1); gives the estate and the warnings, or raises every problem at once."""
    from jumpcf.estate.load import load_with_warnings

    return load_with_warnings(folders.root)


def build(folders: Folders, *, lint: bool = True, say: Say = silent) -> Built:
    """Compile params/ and stacks/ into build/ and check it (2); nothing is compiled twice."""
    from jumpcf.compiler import cache

    remembered = folders.state / "build.json"
    inputs = cache.inputs_digest(folders.root / "params", folders.root / "stacks")
    stored = cache.stored(remembered, inputs, folders.build)
    if stored is None:
        estate, warnings = load(folders)
        manifest = compile_into(folders, estate, folders.build)
        cache.store(remembered, inputs, folders.build, warnings)
    else:
        manifest, warnings = stored
    linted, found = _lint(folders, manifest, say) if lint else (0, ())
    return Built(manifest=manifest, warnings=(*warnings, *found), compiled=stored is None, linted=linted)


def compile_into(folders: Folders, estate: "Estate", out: Path) -> "Manifest":
    """Compile the estate's stacks/ into a folder; what a stack module prints is talk, not a result."""
    from jumpcf.compiler.build import compile_estate

    with contextlib.redirect_stdout(sys.stderr):
        return compile_estate(estate, folders.root / "stacks", out)


def compiled(folders: Folders, *, planning: bool = False) -> Built:
    """What somebody else built into build/ (1 and 2 done elsewhere), verified against params/; nothing of it is run.

    `planning`: organizations that params/ do not have yet are told, not refused: who reviews a new one has only
    the others' accounts to look into.
    """
    from jumpcf.compiler.reading import read_compiled

    estate, warnings = load(folders)
    read = read_compiled(estate, folders.build, planning=planning)
    return Built(manifest=read.manifest, warnings=warnings, compiled=False, linted=0, new=read.new)


def last_built(folders: Folders) -> "Manifest | None":
    """What was last built, of whatever inputs; None where nothing that can be read lies there."""
    from jumpcf.artifacts.codec import decode
    from jumpcf.artifacts.manifest import Manifest

    try:
        return decode(Manifest, (folders.build / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return None


def within(built: Built, names: Sequence[str]) -> tuple[str, ...]:
    """The organizations of `names` (none: all) that params/ have; GateRefused (G601) where that is none of them."""
    known = tuple(one for one in chosen(built.manifest, names) if one not in built.new)
    if not known:  # to the steps that follow, no name would mean all of them
        raise GateRefused("G601", f"params/ have none of {', '.join(chosen(built.manifest, names))}")
    return known


def told(built: Built, plan: "Plan") -> "Plan":
    """The plan, with a note for each organization that was left out because params/ do not have it yet."""
    notes = tuple(f"{name} is a new organization: it is planned once params/ have it" for name in built.new)
    return replace(plan, notices=(*plan.notices, *notes))


@dataclass(frozen=True, slots=True)
class Bodies:
    """Compiled templates by digest, read from build/ when they are asked for.  GateRefused G528: another build has
    written there since, and what lies there now is not what was planned."""

    paths: dict[str, Path]

    def raw(self, digest: str) -> bytes:
        from jumpcf.artifacts import codec

        path = self.paths[digest]
        found = path.read_bytes() if path.is_file() else None
        if found is None or codec.digest(found) != digest:
            how = "is there no more" if found is None else "is not what this run compiled"
            what = f"{path} {how}: something else wrote into {path.parent} meanwhile"
            raise GateRefused("G528", what, "run it again; it builds and plans anew")
        return found

    def parsed(self, digest: str) -> Any:
        import orjson

        return orjson.loads(self.raw(digest))

    def held(self, plan: "Plan") -> Callable[[str], bytes]:
        """The templates of a plan, read now: whatever is built from here on, these are what it runs."""
        from jumpcf.artifacts.operation import CreateStackSet, DeployStack, UpdateStackSet

        kinds = (DeployStack, CreateStackSet, UpdateStackSet)
        wanted = {one.template for one in plan.operations if isinstance(one, kinds)}
        return {digest: self.raw(digest) for digest in wanted}.__getitem__


def bodies(folders: Folders, manifest: "Manifest") -> Bodies:
    return Bodies({stack.digest: folders.build / stack.path for stack in manifest.every_stack})


def chosen(manifest: "Manifest", names: Sequence[str]) -> tuple[str, ...]:
    """The organizations that a verb was asked for, in the manifest's order; none named means all."""
    from jumpcf.estate.select import organizations

    return organizations([one.name for one in manifest.organizations], names)


def encode(record: Any) -> bytes:
    """A record as canonical JSON, for --output json."""
    from jumpcf.artifacts.codec import canonical

    return canonical(record)


def encode_plan(plan: "Plan") -> bytes:
    """A plan for --output json: the record, and beside its schema what it comes to: `digest`, `broadenings`,
    `deletions`; what of sessions goes on is the record's own `open_sessions`."""
    from jumpcf.artifacts.codec import as_json
    from jumpcf.artifacts.effects import broadenings, deletions, plan_digest

    beside = {
        "digest": plan_digest(plan),
        "broadenings": broadenings(plan),
        "deletions": deletions(plan),
    }
    return encode({**as_json(plan), **beside})


def _lint(folders: Folders, manifest: "Manifest", say: Say) -> tuple[int, tuple[Problem, ...]]:
    """cfn-lint on what changed since the last clean run; an error raises all of them."""
    from jumpcf.compiler.lint import lint

    report = lint(manifest, folders.build, folders.state / "lint.json", say=say)
    if any(problem.severity == "error" for problem in report.problems):
        raise ProblemsFound(report.problems)
    return report.linted, report.problems
