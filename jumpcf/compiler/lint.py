"""cfn-lint on every template whose bytes changed since the last clean run; the same verdict as `cfn-lint`.

The rules are cfn-lint's own, all of its defaults, nothing ignored; no `.cfnlintrc` is read, neither the
project's nor the person's, so the verdict is the same on every machine.  Nothing here asks the network.
cfn-lint takes half a second to import, so it is imported only when a template is not in the cache.
"""

import contextlib
import gc
import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jumpcf.artifacts.codec import content_digest, digest
from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.compiler.lint_cache import LintCache
from jumpcf.compiler.lint_findings import Finding
from jumpcf.errors import Problem

MESSAGE_LIMIT = 400  # characters; W3037 lists every action of a service, more than a line can use
OWN_MODULES = tuple(
    f"lint_{name}.py" for name in ("engine", "findings", "known", "rules", "run", "validator")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintTarget:
    """One template: where its bytes are, how a Problem names it, and the one region it is deployed to."""

    path: Path
    file: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """Every problem of every target, sorted, and how many templates cfn-lint had to look at."""

    problems: tuple[Problem, ...]
    linted: int


def lint(
    manifest: Manifest, build: Path, cache: Path, *, say: Callable[[str], None] = lambda line: None
) -> LintReport:
    """Lint what the manifest names under the folder `build`; each template in the region it is deployed to.

    Call it from a process without other threads: with threads, workers cannot be forked and all runs in one.
    """
    return lint_templates(targets(manifest, build), cache=cache, say=say)


def targets(manifest: Manifest, build: Path) -> tuple[LintTarget, ...]:
    """The manifest's templates.  An organization's StackSets have instances in its region only."""
    regions = {one.name: one.connection.region for one in manifest.organizations}
    regions[JUMP] = manifest.jump.region
    return tuple(
        LintTarget(path=build / stack.path, file=f"{build.name}/{stack.path}", region=regions[stack.place])
        for stack in manifest.every_stack
    )


def lint_templates(
    wanted: Sequence[LintTarget],
    *,
    cache: Path,
    workers: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> LintReport:
    """Lint templates; one that was clean in its region before is not looked at again.

    cfn-lint's errors are errors, its warnings warnings.  `cache` is a JSON file of ours, written atomically;
    a missing, foreign or damaged one means only that everything is linted.  `workers` None means one per
    usable processor.

    Raises LintFailed where cfn-lint itself could not give a verdict, OSError where a template is not readable.
    """
    known = LintCache.read(cache, fingerprint())
    keys = [f"{digest(target.path.read_bytes())}:{target.region}" for target in wanted]
    # Two places may hold the same bytes for the same region: one of them is linted for both.
    unknown = {key: target for key, target in zip(keys, wanted, strict=True) if key not in known}
    found = _check(unknown, workers, say) if unknown else {}
    known.add({key: findings for key, findings in found.items() if not any(map(_is_error, findings))})
    known.write(keys)
    verdicts = {**known.verdicts, **found}
    problems = {
        _problem(target, finding)
        for key, target in zip(keys, wanted, strict=True)
        for finding in verdicts[key]
    }
    return LintReport(problems=tuple(sorted(problems)), linted=len(unknown))


def fingerprint() -> str:
    """What a verdict depends on beside the template and its region: cfn-lint's version and our way to run it."""
    here = Path(__file__).parent
    return content_digest(
        {
            "cfn-lint": importlib.metadata.version("cfn-lint"),
            "modules": [digest((here / name).read_bytes()) for name in OWN_MODULES],
        }
    )


def _check(
    unknown: dict[str, LintTarget],
    workers: int | None,
    say: Callable[[str], None],
) -> dict[str, tuple[Finding, ...]]:
    say(f"Linting {len(unknown)} templates with cfn-lint ...")
    with _patient_collector():
        from jumpcf.compiler.lint_pool import check_all  # the only way to cfn-lint: half a second

        jobs = [(str(target.path), target.region) for target in unknown.values()]
        return dict(zip(unknown, check_all(jobs, workers=workers), strict=True))


@contextlib.contextmanager
def _patient_collector() -> Iterator[None]:
    """No garbage collection while cfn-lint is loaded, which is a quarter quicker for it; afterwards, all as
    it was."""
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        if enabled:
            gc.enable()
        else:
            gc.disable()


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _problem(target: LintTarget, finding: Finding) -> Problem:
    """Templates are one line long, so the place is told as the path inside the template."""
    where = f"{finding.where}: " if finding.where else ""
    message = finding.message
    if len(message) > MESSAGE_LIMIT:
        message = f"{message[: MESSAGE_LIMIT - 1]}…"
    return Problem(
        target.file,
        finding.line,
        finding.column,
        finding.rule,
        f"{where}{message}",
        finding.source and f"cfn-lint's reason is at {finding.source}",
        finding.severity,
    )
