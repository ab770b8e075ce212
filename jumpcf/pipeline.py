"""The whole flow, told once; the only module that sees both params/ and AWS.

    params/*.yaml   stacks/*.py
          |              |
        ESTATE --> TEMPLATES --> MANIFEST --> PLAN --> OPERATIONS --> JOURNAL
                                    |          |            |
                                    |       OBSERVED <--- AWS (writes)
                                    |------> STATUS
                                    '------> ACCESS

1. `load` reads params/ into an Estate, or raises every problem at once.  No AWS.
2. `build` runs the stack modules on the estate, renders canonical templates, counts quotas, lints what
   changed, and writes build/: the templates and the Manifest.  No AWS; same inputs, same bytes.
3. `observe` verifies who we are in the jump account and in each organization, then reads what is there.
   It never writes, and a read that fails fails the whole step.
4. `plan` compares manifest and observed, purely, and gives the operations as data.
5. `deploy` runs a plan's operations in order through the AWS gateway, journalling each before its call.
   It decides nothing.
6. `status` reads again and judges every wanted account; an operation's own SUCCEEDED is not believed.
7. `access` builds and reads templates, manifest and the lock's accounts into a graph, of which the questions
   who can reach what are asked; `deed` adds one action in a session, and snapshots/.  No AWS.

Heavy packages are imported inside the functions that need them, so that `jumpcf --help` loads none and
`jumpcf build` knows neither boto3 nor moto.  `local` puts the embedded AWS beneath boto3 by environment
variables; nothing else here knows that it exists.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jumpcf.errors import JumpcfError, Problem, ProblemsFound

if TYPE_CHECKING:
    from jumpcf.access.deed import Deed
    from jumpcf.access.model import Graph, RoleKind
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.observed import Observed
    from jumpcf.artifacts.plan import Plan
    from jumpcf.artifacts.status import Outcome, Status
    from jumpcf.aws.sessions import Sessions
    from jumpcf.estate.model import Estate
    from jumpcf.executor.progress import Subscriber
    from jumpcf.local.records import Fault
    from jumpcf.local.session import LocalAws

Say = Callable[[str], None]
PARALLEL = 8  # operations that run at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where an estate's files are: `root` holds params/ and stacks/, `build` is written by us."""

    root: Path
    build: Path

    @property
    def state(self) -> Path:
        """`.jumpcf/`: caches, journals and the embedded AWS's state; never committed."""
        return self.root / ".jumpcf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What `build` gives: the manifest, warnings that did not stop it, whether anything was compiled
    (False: nothing changed since the last build), and how many templates were linted anew."""

    manifest: "Manifest"
    warnings: tuple[Problem, ...]
    compiled: bool
    linted: int


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


def silent(_: str) -> None:
    """Where nobody listens."""


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
        from jumpcf.compiler.build import compile_estate

        estate, warnings = load(folders)
        with contextlib.redirect_stdout(sys.stderr):  # what a stack module prints is talk, not a result
            manifest = compile_estate(estate, folders.root / "stacks", folders.build)
        cache.store(remembered, inputs, folders.build, warnings)
    else:
        manifest, warnings = stored
    linted, found = _lint(folders, manifest, say) if lint else (0, ())
    return Built(manifest=manifest, warnings=(*warnings, *found), compiled=stored is None, linted=linted)


def observe(manifest: "Manifest", organizations: Sequence[str]) -> tuple["Sessions", "Observed"]:
    """Verify who we are everywhere, then read what is there (3)."""
    from jumpcf.aws.observe import observe as read
    from jumpcf.aws.sessions import Sessions

    sessions = Sessions(manifest.jump, {one.name: one.connection for one in manifest.organizations})
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


@contextlib.contextmanager
def world(folders: Folders, *, local: bool, say: Say = silent) -> Iterator[None]:
    """The AWS that the steps within talk to: the real one, or with `local` the embedded one beneath boto3."""
    if not local:
        yield
        return
    from jumpcf.local.session import LocalAws

    estate, _ = load(folders)
    with LocalAws(folders.root, estate) as aws, beneath(aws):
        say("Using the embedded AWS (--local); nothing leaves this machine.")
        yield


@contextlib.contextmanager
def beneath(aws: "LocalAws") -> Iterator[None]:
    """Within, boto3 talks to the embedded AWS and to nothing else."""
    before = dict(os.environ)
    os.environ.update(aws.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve(
    folders: Folders,
    port: int,
    *,
    delay: float,
    lag: float,
    enforce: bool,
    faults: Path | None,
    announce: Say,
    say: Say,
) -> None:
    """Serve the embedded AWS until it is stopped; `delay`, `lag` (seconds), `enforce` and `faults` (a file) as
    LocalAws has them."""
    from jumpcf.local.session import serve as serve_local

    estate, _ = load(folders)
    serve_local(
        folders.root,
        estate,
        port,
        delay=delay,
        lag=lag,
        enforce=enforce,
        faults=faults,
        announce=announce,
        say=say,
    )


def faults(
    folders: Folders, add: Sequence["Fault"], *, clear: Sequence[int] | None = None
) -> tuple["Fault", ...]:
    """Put faults into the embedded AWS, or take them out by number (an empty `clear`: all); gives what is there."""
    from jumpcf.local.control import Request
    from jumpcf.local.session import faults as local_faults

    estate, _ = load(folders)
    request = Request(tuple(add), None if clear is None else tuple(clear))
    return local_faults(folders.root, estate, request).faults


def reset(folders: Folders) -> None:
    """Forget the embedded AWS's state."""
    from jumpcf.local.session import reset as reset_local

    reset_local(folders.root)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Compiled templates by digest, read from build/ when they are asked for."""

    paths: dict[str, Path]

    def raw(self, digest: str) -> bytes:
        return self.paths[digest].read_bytes()

    def parsed(self, digest: str) -> Any:
        import orjson

        return orjson.loads(self.raw(digest))


def bodies(folders: Folders, manifest: "Manifest") -> Bodies:
    return Bodies({stack.digest: folders.build / stack.path for stack in manifest.stacks})


def chosen(manifest: "Manifest", names: Sequence[str]) -> tuple[str, ...]:
    """The organizations that a verb was asked for, in the manifest's order; none named means all."""
    from jumpcf.estate.select import organizations

    return organizations([one.name for one in manifest.organizations], names)


def access(folders: Folders, *, say: Say = silent) -> "Graph":
    """Who can reach what, from the rendered bytes and the lock's accounts (after 2).  No AWS."""
    import orjson

    from jumpcf.access.graph import read_graph

    built = build(folders, lint=False, say=say)
    estate, _ = load(folders)
    sources = orjson.loads((folders.build / "sources.json").read_bytes())
    return read_graph(estate, built.manifest, bodies(folders, built.manifest).parsed, sources)


def deed(
    folders: Folders,
    roles: Sequence["RoleKind"],
    action: str,
    resource: str,
    context: Sequence[str],
    *,
    say: Say = silent,
) -> "Deed":
    """What `access` is asked about in a session of one of these roles, with the snapshots of AWS's policies on
    them.  An action that no table knows is told and not refused: a pattern such as s3:Get* would let a typing
    error pass, and AWS has actions that the table does not know yet."""
    from jumpcf.access.deed import read_deed
    from jumpcf.access.snapshots import read_snapshots
    from jumpcf.iam import action_table

    if not action_table.exists(action):
        say(f"Note: {action} is in no table of actions; is it spelled as AWS spells it?")
    names = [name for role in roles for name in role.opaque]
    return read_deed(action, resource, context, read_snapshots(folders.root, names))


def encode(record: Any) -> bytes:
    """A record as canonical JSON, for --output json."""
    from jumpcf.artifacts.codec import canonical

    return canonical(record)


def _lint(folders: Folders, manifest: "Manifest", say: Say) -> tuple[int, tuple[Problem, ...]]:
    """cfn-lint on what changed since the last clean run; an error raises all of them."""
    from jumpcf.compiler.lint import lint

    report = lint(manifest, folders.build, folders.state / "lint.json", say=say)
    if any(problem.severity == "error" for problem in report.problems):
        raise ProblemsFound(report.problems)
    return report.linted, report.problems
