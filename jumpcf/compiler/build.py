"""Estate and stacks/ to `build/`: templates, manifest, sources; offline, deterministic, streaming.

Each template is built, rendered, counted, handed to the output and dropped; only its digest stays.
"""

import contextlib
import gc
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from troposphere import MAX_RESOURCES, Template

from jumpcf.artifacts.codec import canonical, digest
from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.compiler import second
from jumpcf.compiler.discover import at_fault, discover
from jumpcf.compiler.facts import leavers_of, manifest_organization, password_store, people_of, target_of
from jumpcf.compiler.guardrails import guardrails
from jumpcf.compiler.ledger import Ledger
from jumpcf.compiler.lines import lines_of
from jumpcf.compiler.notices import notices
from jumpcf.compiler.promises import promises_in_jump, promises_of
from jumpcf.compiler.render import render
from jumpcf.compiler.rules.base import Promises
from jumpcf.compiler.rules.run import check
from jumpcf.compiler.subjects import Subject, context_of, pipeline_subjects, subjects_of, tags_of
from jumpcf.compiler.write import Output
from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.estate import names
from jumpcf.estate.model import Estate
from jumpcf.stack import StackContext

MANIFEST = "manifest.json"
SOURCES = "sources.json"

_TOO_MANY = f"Maximum number of resources {MAX_RESOURCES} reached"  # troposphere's words while building


def compile_estate(
    estate: Estate,
    stacks_folder: Path,
    out: Path,
    *,
    organizations: Collection[str] | None = None,
    alone: bool = False,
) -> Manifest:
    """Compile everything into `out` and give the manifest, which is also written there, last.

    `organizations` limits the StackSets to these organizations (None: all); the jump account's stacks are
    always compiled, whole.  `alone` keeps to this process; the bytes are the same.  Raises ProblemsFound with
    every problem of every stack; then `out` stays as it was.
    """
    chosen = sorted(estate.organizations if organizations is None else organizations)
    with _patient_collector():
        modules = discover(stacks_folder)
        subjects = subjects_of(estate, modules, chosen)
        beside = pipeline_subjects(estate, modules, chosen)
        run = _Run(
            estate=estate,
            folder=stacks_folder,
            output=Output(out),
            ledger=Ledger(estate.quotas),
            needs=tuple(subject.name for subject in subjects if subject.module.spec.per == "estate"),
            in_jump=promises_in_jump(estate),
        )
        try:
            stacks = _stacks(run, subjects, alone)
            bootstrap = tuple(run.all(beside).values())
            run.ledger.accounts(estate)
            for path, data in guardrails(estate, chosen, run.ledger):
                run.output.put(path, data)
            problems = [*run.failures(), *run.ledger.problems, *run.broken]
            if problems:
                raise ProblemsFound(problems)
        except BaseException:
            run.output.abandon()
            raise
        manifest = replace(_manifest(estate, chosen, stacks, run.ledger), bootstrap=bootstrap)
        run.output.put(SOURCES, canonical(run.sources))
        run.output.put(MANIFEST, canonical(manifest))
        run.output.commit(None if organizations is None else {JUMP, *chosen})
    return manifest


def _stacks(run: "_Run", subjects: list[Subject], alone: bool) -> tuple[CompiledStack, ...]:
    """Every stack, in the order of the subjects; on two processors where that is worth it.

    Partners are dealt out in turn, so that what is built once for a partner is built in one process.  Where
    the other process found any problem, everything is done here again: then the order of what is told is
    that of one process, and nobody waits for speed.
    """
    if not alone and second.worthwhile(len(subjects)):
        turns = {name: turn % 2 for turn, name in enumerate(run.estate.partners)}
        theirs = [one for one in subjects if one.partner and turns[one.partner.name]]
        there = {one.where for one in theirs}
        wait = second.forked(lambda: (run.all(theirs), run.share()))
        done = run.all(one for one in subjects if one.where not in there)
        other = wait()
        if other is not None and run.take(other[1]):
            done |= other[0]
            return tuple(done[one.where] for one in subjects)
        run.start_over()
    done = run.all(subjects)
    return tuple(done[one.where] for one in subjects if one.where in done)


Share = tuple[dict[str, dict[str, list[str]]], Ledger, Output]


@dataclass(slots=True, kw_only=True)
class _Run:
    """One compilation: what grows while the stacks go by."""

    estate: Estate
    folder: Path
    output: Output
    ledger: Ledger
    needs: tuple[str, ...]
    in_jump: Promises
    sources: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    broken: list[Problem] = field(default_factory=list)
    _failed: dict[tuple[Mark, str, str], list[str]] = field(default_factory=dict)

    def all(self, subjects: Iterable[Subject]) -> dict[str, CompiledStack]:
        """The stacks without a problem, by place and name."""
        return {subject.where: stack for subject in subjects if (stack := self.one(subject))}

    def share(self) -> Share | None:
        """What another process did, for `take`; None where it met a problem."""
        if self._failed or self.broken or self.ledger.problems:
            return None
        return self.sources, self.ledger, self.output

    def take(self, share: Share | None) -> bool:
        """Add another process's part; False where one of the two met a problem."""
        if share is None or self.share() is None:
            return False
        sources, ledger, output = share
        self.sources |= sources
        self.ledger.add(ledger)
        self.output.add(output)
        return True

    def start_over(self) -> None:
        self.output.abandon()
        self.ledger = Ledger(self.estate.quotas)
        self.sources, self.broken, self._failed = {}, [], {}

    def one(self, subject: Subject) -> CompiledStack | None:
        """Build, render, count and hand over one stack; None if it has a problem."""
        context = context_of(self.estate, subject)
        try:
            template = subject.module.build(context)
        except (Exception, SystemExit) as error:  # a user's module may raise anything
            if str(error) == _TOO_MANY:
                self.ledger.use("resources_per_template", subject.where, MAX_RESOURCES + 1, subject.mark)
                return None
            self._fail(at_fault(self.folder, subject.module.path, error), "E305", _said(error), subject)
            return None
        if not isinstance(template, Template):
            text = f"build gave {type(template).__name__}, not a Template"
            self._fail(Mark(subject.module.file), "E306", text, subject)
            return None
        try:
            data = render(template)
        except (ValueError, TypeError) as error:
            self._fail(Mark(subject.module.file), "E307", _said(error), subject)
            return None
        tags = tags_of(self.estate, subject)
        body = orjson.loads(data)
        plain = subject.organization is not None
        self.ledger.template(subject.place, data, body, context, subject.mark, tags, plain=plain)
        self._rules(subject, context, template, data, body)
        stack = _compiled(self.estate, subject, data, tags, self.needs)
        self.output.put(stack.path, data)
        self.sources[subject.where] = {
            what: [str(mark) for mark in sorted(set(marks))]
            for what, marks in context.sources.items()
            if marks
        }
        return stack

    def _rules(
        self, subject: Subject, context: StackContext, template: Template, data: bytes, body: Any
    ) -> None:
        """jumpcf's own rules; a finding is told at the line of params/ that made the statement or resource."""
        promises = promises_of(self.estate, subject.grant) if subject.grant else self.in_jump
        per = subject.module.spec.per
        for found in check(template, data, body, subject.where, per=per, promises=promises):
            exact = lines_of(context, found.title, found.place, found.sid) if found.sid else ()
            broken = (found.mark,) if found.mark else ()
            lines = (*broken, *exact, *lines_of(context, found.title), subject.mark)
            text = f"{subject.where} {found.title}: {found.message}"
            self.broken.append(Problem.at(lines[0], found.code, text, found.hint))

    def _fail(self, mark: Mark, code: str, text: str, subject: Subject) -> None:
        self._failed.setdefault((mark, code, text), []).append(subject.where)

    def failures(self) -> Iterator[Problem]:
        """The failures of modules; the same one in many stacks is told once."""
        for (mark, code, text), where in self._failed.items():
            more = f" and {len(where) - 1} more" if len(where) > 1 else ""
            yield Problem.at(mark, code, f"{text} (in {where[0]}{more})")


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _compiled(
    estate: Estate, subject: Subject, data: bytes, tags: dict[str, str], bases: tuple[str, ...]
) -> CompiledStack:
    """`bases` are the stacks of the whole estate; a partner's stack needs them."""
    partner, grant, spec = subject.partner, subject.grant, subject.module.spec
    return CompiledStack(
        name=subject.name,
        place=subject.place,
        kind=spec.kind,
        module=subject.module.file,
        path=f"{'bootstrap' if spec.per == 'pipeline' else 'templates'}/{subject.place}/{subject.name}.json",
        digest=digest(data),
        size=len(data),
        capabilities=spec.capabilities,
        tags=tags,
        needs=bases if spec.per == "partner" else (),
        partner=partner.name if partner else None,
        grant=grant.name if grant else None,
        target=target_of(estate.organizations[grant.organization], grant) if grant else None,
    )


def _manifest(
    estate: Estate, chosen: list[str], stacks: tuple[CompiledStack, ...], ledger: Ledger
) -> Manifest:
    jump = estate.jump
    return Manifest(
        estate=estate.name,
        partition=estate.partition,
        jump=jump,
        bucket=names.bucket(estate.name, jump.account, jump.region),
        organizations=tuple(manifest_organization(estate.organizations[name]) for name in chosen),
        stacks=stacks,
        password_policy=estate.password_policy,
        people=people_of(estate),
        left=leavers_of(estate),
        passwords=password_store(estate),
        quotas=ledger.fullest(),
        notices=notices(estate, chosen),
        service_role=names.service_role(estate.partition, jump.account) if estate.pipeline else None,
    )


@contextlib.contextmanager
def _patient_collector() -> Iterator[None]:
    """Templates are trees without cycles, so the collector would only look at them in vain."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
