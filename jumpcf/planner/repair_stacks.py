"""Stacks of the jump account that are stuck, and change sets that nobody ran.

The ways out are CloudFormation's own (User Guide, "Stack status codes", "Troubleshooting", ContinueUpdateRollback).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.observed import Observed, ObservedStack
from jumpcf.artifacts.operation import (
    AnyOperation,
    ContinueRollback,
    DeleteChangeSet,
    DeleteStack,
    DeployStack,
)
from jumpcf.artifacts.plan import Plan, StackPlan
from jumpcf.artifacts.repair import Finding, WaitingChangeSet
from jumpcf.planner.jumpstacks import Change
from jumpcf.planner.operations import identified
from jumpcf.planner.view import owner

EMPTY = {
    "REVIEW_IN_PROGRESS": "a change set was made for it and never run",
    "ROLLBACK_COMPLETE": "its creation failed and was rolled back",
}
UNDELETED = {
    "ROLLBACK_FAILED": "its creation failed, and so did its rollback",
    "DELETE_FAILED": "its deletion failed",
}
UNDELETED_WAY = (
    "it is deleted again; where that fails, the reason names the resource that stands in the way: take away what "
    "holds it, then repair again",
    "it was on its way out already, users in it are offboarded first, and what a deploy wants it makes anew",
)


@dataclass(kw_only=True)
class Stacks:
    """What is found of the jump account's stacks; `changes` are those by which a stack may lose users."""

    findings: list[Finding] = field(default_factory=list)
    operations: list[AnyOperation] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    shown: list[StackPlan] = field(default_factory=list)

    @property
    def plans(self) -> tuple[StackPlan, ...]:
        return tuple(self.shown)

    def add(self, stack: str, wrong: str, done: str, safe: str, *operations: AnyOperation) -> None:
        ids = tuple(one.id for one in operations)
        self.findings.append(
            Finding(place=JUMP, stack=stack, wrong=wrong, done=done, safe=safe, operations=ids)
        )
        self.operations += operations


def mend_stacks(
    manifest: Manifest, observed: Observed, plan: Plan, change_sets: Iterable[WaitingChangeSet]
) -> Stacks:
    """Every stack of ours that is stuck; of a shell in REVIEW_IN_PROGRESS the name is enough (`jumpstacks`)."""
    found = Stacks()
    for live in observed.stacks:
        if live.status in EMPTY:
            _empty(found, live, plan)
        elif owner(live.tags) == manifest.estate:
            _stuck(found, live, observed)
    ours = {one.name for one in observed.stacks if owner(one.tags) == manifest.estate}
    _change_sets(found, [one for one in change_sets if one.stack in ours])
    return found


def _empty(found: Stacks, live: ObservedStack, plan: Plan) -> None:
    """What the plan does with it anyway; nothing where it is somebody else's."""
    operation = next(
        (
            one
            for one in plan.operations
            if isinstance(one, DeployStack | DeleteStack) and (one.place, one.stack) == (JUMP, live.name)
        ),
        None,
    )
    if operation is None:
        return
    creates = isinstance(operation, DeployStack)
    done = "the empty remains are deleted" + (
        ", and it is made from the compiled template" if creates else ""
    )
    found.add(live.name, f"{live.status}: {EMPTY[live.status]}", done, "it holds nothing", operation)
    found.shown += [one for one in plan.stacks if one.name == live.name]


def _stuck(found: Stacks, live: ObservedStack, observed: Observed) -> None:
    if live.status in UNDELETED:
        why = UNDELETED[live.status]
        operation = identified(
            DeleteStack(id="", place=JUMP, stack=live.name, reason=f"{live.status}: {why}")
        )
        found.add(live.name, operation.reason, *UNDELETED_WAY, operation)
        before = observed.templates.get(live.template)
        found.changes.append(Change(operation=operation, before=before, after={}))
        found.shown.append(StackPlan(name=live.name, action="delete", reason=operation.reason))
    elif live.status == "UPDATE_ROLLBACK_FAILED":
        reason = "UPDATE_ROLLBACK_FAILED: an update failed, and so did going back"
        going = identified(ContinueRollback(id="", place=JUMP, stack=live.name, reason=reason))
        found.add(
            live.name,
            reason,
            "CloudFormation goes on with the rollback; where that fails again, the reason names the resource: put "
            "it back by hand as the stack knows it, then repair again",
            "the stack comes back to the template that it had before, and no resource is left out",
            going,
        )
        found.shown.append(StackPlan(name=live.name, action="update", reason=reason))
    elif live.status == "IMPORT_ROLLBACK_FAILED":
        found.add(
            live.name,
            "IMPORT_ROLLBACK_FAILED: somebody's import failed, and so did its rollback",
            "nothing: see its events and mend it by hand",
            "jumpcf imports nothing, so it does not know what was meant",
        )


def _change_sets(found: Stacks, change_sets: Iterable[WaitingChangeSet]) -> None:
    for one in sorted(change_sets, key=lambda each: (each.stack, each.name)):
        operations = tuple(_deletions(one))
        found.add(
            one.stack,
            f"the change set {one.name} was never run ({one.status})",
            "it is deleted",
            "a change set that is not run changes nothing; every deploy makes its own",
            *operations,
        )


def _deletions(one: WaitingChangeSet) -> Iterator[DeleteChangeSet]:
    yield identified(
        DeleteChangeSet(
            id="",
            place=JUMP,
            stack=one.stack,
            reason=f"never run ({one.status})",
            change_set=one.id,
            name=one.name,
        )
    )
