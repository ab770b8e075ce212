"""What the stacks of a build are about: which there are, in their order, and what each is called and tagged."""

from collections.abc import Iterator
from dataclasses import dataclass

from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.marks import (
    ESTATE_TAG,
    ORGANIZATION_TAG,
    PIPELINE_TAG,
    STACK_GRANT_TAG,
    STACK_PARTNER_TAG,
)
from jumpcf.compiler.discover import StackModule
from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.estate import names
from jumpcf.estate.model import Estate, Grant, Organization, Partner
from jumpcf.stack import StackContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one stack is about: a module, and the estate, partner or grant that it is built for."""

    module: StackModule
    place: str
    name: str
    mark: Mark
    partner: Partner | None = None
    grant: Grant | None = None
    organization: Organization | None = None  # of an admin account's stack of the pipeline

    @property
    def where(self) -> str:
        return f"{self.place}/{self.name}"


def subjects_of(estate: Estate, modules: tuple[StackModule, ...], chosen: list[str]) -> list[Subject]:
    """Every stack to be, in the manifest's order: the jump account's base, its other stacks by name, then
    the organizations by name.  Two of one name are a problem."""
    found = [
        subject
        for module in modules
        if module.spec.per != "pipeline"
        for subject in _of_module(estate, module, chosen)
    ]
    found.sort(key=lambda subject: (subject.place != JUMP, subject.place, _rank(subject), subject.name))
    names_seen: dict[tuple[str, str], Subject] = {}
    problems = []
    for subject in found:
        # AWS compares stack names with regard to case; we do not, for the files beside each other.
        other = names_seen.setdefault((subject.place, subject.name.lower()), subject)
        if other is not subject:
            text = f"makes {subject.where}, which {other.module.file} makes too"
            problems.append(Problem(subject.module.file, 0, 0, "E308", text, "rename one of the modules"))
    if problems:
        raise ProblemsFound(problems)
    return found


def pipeline_subjects(estate: Estate, modules: tuple[StackModule, ...], chosen: list[str]) -> list[Subject]:
    """What `bootstrap` rolls out: nothing where params name no repository."""
    if estate.pipeline is None:
        return []
    found = []
    for module in modules:
        if module.spec.per != "pipeline":
            continue
        stem = "" if module.stem == "pipeline" else f"-{module.stem.replace('_', '-')}"
        for name in (None, *chosen):
            organization = estate.organizations[name] if name else None
            found.append(
                Subject(
                    module=module,
                    place=name or JUMP,
                    name=names.pipeline_stack(name) + stem,
                    mark=estate.pipeline.mark,
                    organization=organization,
                )
            )
    return sorted(found, key=lambda one: (one.place != JUMP, one.place, one.name))


def _rank(subject: Subject) -> int:
    return 0 if subject.module.spec.per == "estate" else 1


def _of_module(estate: Estate, module: StackModule, chosen: list[str]) -> Iterator[Subject]:
    stem = module.stem.replace("_", "-")
    if module.spec.per == "estate":
        name = stem if stem.startswith("jump-") else f"jump-{stem}"
        yield Subject(module=module, place=JUMP, name=name, mark=estate.mark)
        return
    for partner in estate.partners.values():
        if module.spec.per == "partner":
            name = names.partner_stack(partner.name) if stem == "partner" else f"jump-{stem}-{partner.name}"
            yield Subject(module=module, place=JUMP, name=name, mark=partner.mark, partner=partner)
            continue
        for grant in partner.grants:
            if grant.organization in chosen:
                base = names.stack_set(partner.name, grant.name)
                yield Subject(
                    module=module,
                    place=grant.organization,
                    name=base if stem == "target-roles" else f"{base}-{stem}",
                    mark=grant.mark,
                    partner=partner,
                    grant=grant,
                )


def context_of(estate: Estate, subject: Subject) -> StackContext:
    """What the module is given."""
    grant = subject.grant
    return StackContext(
        estate=estate,
        name=subject.name,
        partner=subject.partner,
        grant=grant,
        organization=estate.organizations[grant.organization] if grant else subject.organization,
        levels=tuple(estate.levels[level] for level in grant.levels) if grant else (),
    )


def tags_of(estate: Estate, subject: Subject) -> dict[str, str]:
    """The tags of the stack or StackSet itself.  A pipeline's has another mark: no deploy
    may take it for its own."""
    if subject.module.spec.per == "pipeline":
        return {PIPELINE_TAG: estate.name}
    tags = {ESTATE_TAG: estate.name}
    if subject.partner:
        tags[STACK_PARTNER_TAG] = subject.partner.name
    if subject.grant:
        tags[STACK_GRANT_TAG] = subject.grant.name
    if subject.module.spec.per == "estate":
        # Remembered in AWS, so that a plan sees an organization whose file and grants went together.
        granted = sorted({one.organization for each in estate.partners.values() for one in each.grants})
        tags |= {f"{ORGANIZATION_TAG}{name}": estate.organizations[name].id for name in granted}
    return tags
