"""What a deploy does not mend by itself, and the operations that do; pure.

A repair gives nobody a new template: what differs from params is deploy's work.  It fills gaps, takes away
remains, and gives back what AWS has put aside.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable
from typing import Any

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.repair import Repair, WaitingChangeSet
from jumpcf.planner.diff import make_plan
from jumpcf.planner.leavers import find_leavers, offboard_first
from jumpcf.planner.repair_sets import Mended, mend_stack_set
from jumpcf.planner.repair_stacks import mend_stacks
from jumpcf.planner.view import mismatches, owner, view_of, wanted_sets


def make_repair(
    manifest: Manifest,
    observed: Observed,
    template: Callable[[str], Any],
    change_sets: Iterable[WaitingChangeSet] = (),
    *,
    retain: Collection[str] = (),
    suspended: bool = False,
) -> Repair:
    """The findings in the jump account and the organizations observed.

    `retain` are accounts whose inoperable stack is left and only taken off its StackSet; with `suspended`, suspended
    accounts are taken off as well.  Stacks and StackSets without our tags are not looked at.
    """
    plan = make_plan(manifest, observed, template)
    stacks = mend_stacks(manifest, observed, plan, change_sets)
    leavers = find_leavers(stacks.changes, manifest.passwords)
    sets: list[Mended] = []
    for organization in sorted(observed.organizations, key=lambda one: one.name):
        if (view := view_of(manifest, observed, organization, template)) is None:
            continue
        wanted = {one.name: one for one in wanted_sets(manifest, view.wanted.name)}
        sets += [
            mend_stack_set(view, live, wanted.get(live.name), plan, frozenset(retain), suspended)
            for live in organization.stack_sets
            if owner(live.tags) == manifest.estate
        ]
    operations = offboard_first(
        [*stacks.operations, *(one for each in sets for one in each.operations)], leavers
    )
    return Repair(
        findings=(*stacks.findings, *(one for each in sets for one in each.findings)),
        plan=Plan(
            estate=manifest.estate,
            organizations=plan.organizations,
            manifest=content_digest(manifest),
            stacks=stacks.plans,
            stack_sets=tuple(each.plan for each in sets if each.operations and each.plan),
            operations=_whole(operations),
            blockers=tuple(mismatches(manifest, observed)),
            notices=leavers.notices,
        ),
    )


def _whole(operations: Iterable[AnyOperation]) -> tuple[AnyOperation, ...]:
    """The operations with needs only among themselves: what a repair leaves to deploy is waited for by nobody."""
    each = tuple(operations)
    ids = {one.id for one in each}
    return tuple(
        dataclasses.replace(one, needs=tuple(need for need in one.needs if need in ids)) for one in each
    )
