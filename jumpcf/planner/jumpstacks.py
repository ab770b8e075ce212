"""The decisions about the plain stacks of the jump account.

The ways out of a stuck stack are CloudFormation's (User Guide, "Stack status codes" and "Troubleshooting").
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.artifacts.marks import STACK_PARTNER_TAG
from jumpcf.artifacts.observed import Observed, ObservedStack
from jumpcf.artifacts.operation import DeleteStack, DeployStack
from jumpcf.artifacts.plan import PolicyChange, ResourceChange, StackPlan
from jumpcf.planner.changes import other_changes, resource_changes
from jumpcf.planner.departed import without_departed
from jumpcf.planner.iam_difference import iam_difference
from jumpcf.planner.operations import identified
from jumpcf.planner.organizations import unseen, wanted_tags
from jumpcf.planner.replaced import removes, replaces, with_fates
from jumpcf.planner.view import owner, same_tags
from jumpcf.planner.words import AWAIT

WAY_OUT = {
    "DELETE_FAILED": "see its events, remove what holds it, delete it again",
    "UPDATE_ROLLBACK_FAILED": "mend the cause, then run `aws cloudformation continue-update-rollback`",
    "ROLLBACK_FAILED": "its creation could not be undone: see its events, then delete it",
    "IMPORT_ROLLBACK_FAILED": "mend the cause, then run `aws cloudformation continue-update-rollback`",
}
"""Statuses from which no deploy can go on, and what a person must do."""

UNMADE = {
    "ROLLBACK_COMPLETE": "its creation was rolled back; the empty remains are deleted first",
    "ROLLBACK_IN_PROGRESS": "its creation is being rolled back; that is awaited, and the remains are deleted",
    "REVIEW_IN_PROGRESS": "an earlier change set was never run",
    "DELETE_IN_PROGRESS": "it is being deleted; that is awaited",
}
"""Statuses of a stack that holds nothing (or soon will): it is created anew."""

HALF_DONE = frozenset({"CREATE_FAILED", "UPDATE_FAILED"})
"""Statuses that a new change set mends, also with an unchanged template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An operation on a stack with both of its templates, parsed; an empty one where there is none."""

    operation: DeployStack | DeleteStack
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StackDecision:
    plan: StackPlan
    change: Change | None = None
    blocker: str = ""
    notice: str = ""

    @property
    def operation(self) -> DeployStack | DeleteStack | None:
        return self.change.operation if self.change else None


def decide_stacks(
    manifest: Manifest, observed: Observed, template: Callable[[str], Any]
) -> tuple[StackDecision, ...]:
    """One decision per wanted stack in the manifest's order, then one per stack of ours that is wanted no more."""
    live = {stack.name: stack for stack in observed.stacks}
    wanted = [stack for stack in manifest.stacks if stack.place == JUMP]
    names = {stack.name for stack in wanted}
    people = frozenset(one.name for one in manifest.people)
    orphans = [
        stack
        for name, stack in sorted(live.items())
        if name not in names and owner(stack.tags) == manifest.estate
    ]
    return (
        *(
            _decide(
                manifest.estate,
                _remembering(manifest, observed, stack),
                live.get(stack.name),
                observed,
                template,
                people,
            )
            for stack in wanted
        ),
        *(remove_stack(stack, observed) for stack in orphans),
    )


def _remembering(manifest: Manifest, observed: Observed, compiled: CompiledStack) -> CompiledStack:
    live = next((stack for stack in observed.stacks if stack.name == compiled.name), None)
    return replace(compiled, tags=wanted_tags(compiled, live, unseen(manifest, observed)))


def foreign_stack(estate: str, live: ObservedStack) -> str:
    """Why a stack of our name is not ours to write to, or ""."""
    tagged = owner(live.tags)
    # A stack in REVIEW_IN_PROGRESS has neither resources nor a template: there is nothing to take over.
    # Assumed, not verified on AWS: it shows no tags before its first change set has run; live check.
    if tagged is None and live.status != "REVIEW_IN_PROGRESS":
        return "a stack of this name is there without jumpcf's tags; rename the partner or delete it by hand"
    if tagged not in (None, estate):
        return f"a stack of this name belongs to the estate {tagged}"
    return ""


def _decide(
    estate: str,
    compiled: CompiledStack,
    live: ObservedStack | None,
    observed: Observed,
    template: Callable[[str], Any],
    people: Collection[str],
) -> StackDecision:
    if live is None or (live.status in UNMADE and not foreign_stack(estate, live)):
        why = UNMADE[live.status] if live else "not there yet"
        after = template(compiled.digest)
        changes, iam = resource_changes({}, after), iam_difference({}, after)
        plan = StackPlan(
            name=compiled.name,
            action="create",
            reason=why,
            partner=compiled.partner,
            changes=changes,
            iam=iam,
        )
        return StackDecision(
            plan=plan, change=Change(operation=_deploy(compiled, True, why), before={}, after=after)
        )
    blocked = foreign_stack(estate, live)
    if not blocked and live.status in WAY_OUT:
        blocked = f"its status is {live.status}: {WAY_OUT[live.status]}"
    if blocked:
        plan = StackPlan(name=compiled.name, action="blocked", reason=blocked, partner=compiled.partner)
        return StackDecision(plan=plan, blocker=f"{JUMP}/{compiled.name}: {blocked}")
    return _compare(compiled, live, observed.templates.get(live.template), template, people)


def _compare(
    compiled: CompiledStack,
    live: ObservedStack,
    before: Any,
    template: Callable[[str], Any],
    people: Collection[str],
) -> StackDecision:
    found = []
    after = before  # the same digest: nothing needs to be read
    changes: tuple[ResourceChange, ...] = ()
    iam: tuple[PolicyChange, ...] = ()
    if compiled.digest != live.template:
        after = template(compiled.digest)
        changes = resource_changes(before, after)
        iam = iam_difference(without_departed(before, after, people), after)
        sections = other_changes(before, after)
        found.append("the template differs" + (f" ({', '.join(sections)} too)" if sections else ""))
    tags = not same_tags(compiled.tags, live.tags)
    if tags:
        found.append("the tags differ")
    if live.status in HALF_DONE:
        found.append(f"its status is {live.status}")
    if not live.kept:  # a run that died between making a stack and protecting it
        found.append("it is not protected against deletion")
    reason = ", ".join(found)
    changes = with_fates(changes, before, after, tags=tags) if found else ()
    return StackDecision(
        plan=StackPlan(
            name=compiled.name,
            action="update" if found else "none",
            reason=reason,
            partner=compiled.partner,
            changes=changes,
            iam=iam,
        ),
        change=Change(operation=_deploy(compiled, False, reason, changes), before=before, after=after)
        if found
        else None,
        notice=_waiting(live, bool(found)),
    )


def remove_stack(
    live: ObservedStack, observed: Observed, why: str = "the estate names it no more"
) -> StackDecision:
    """Take away a stack of ours."""
    before = observed.templates.get(live.template)
    changes, iam = resource_changes(before, {}), iam_difference(before, {})
    plan = StackPlan(
        name=live.name,
        action="delete",
        reason=why,
        partner=live.tags.get(STACK_PARTNER_TAG),
        changes=changes,
        iam=iam,
    )
    if live.status == "DELETE_IN_PROGRESS":
        return StackDecision(plan=plan, notice=_waiting(live, False))
    operation = identified(DeleteStack(id="", place=JUMP, stack=live.name, reason=why))
    change = Change(operation=operation, before=before, after={})
    return StackDecision(plan=plan, change=change, notice=_waiting(live, True))


def _waiting(live: ObservedStack, awaited: bool) -> str:
    """`awaited`: an operation of the plan will wait; else nobody does."""
    if not live.status.endswith("_IN_PROGRESS"):
        return ""
    what = "it is awaited" if awaited else AWAIT
    return f"{JUMP}/{live.name}: CloudFormation is at work on it ({live.status}); {what}"


def _deploy(
    compiled: CompiledStack, create: bool, why: str, changes: tuple[ResourceChange, ...] = ()
) -> DeployStack:
    return identified(
        DeployStack(
            id="",
            place=JUMP,
            stack=compiled.name,
            reason=why,
            template=compiled.digest,
            create=create,
            capabilities=tuple(sorted(compiled.capabilities)),
            tags=compiled.tags,
            removes=removes(changes),
            replaces=replaces(changes),
        )
    )
