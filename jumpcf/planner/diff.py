"""Manifest and observed to plan: what would change, account by account, and the operations that do it.

Pure: the same two records give the same bytes, and a plan that nothing differs in has no operations.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.jumpstacks import decide_stacks
from jumpcf.planner.leavers import find_leavers, offboard_first
from jumpcf.planner.moves import find_moves, kept_names, told, wait_for
from jumpcf.planner.open_sessions import open_sessions
from jumpcf.planner.order import arrange, partners_of
from jumpcf.planner.organizations import forgotten
from jumpcf.planner.password_policy import decide_policy
from jumpcf.planner.passwords import decide_passwords, with_passwords
from jumpcf.planner.rings import lost_units
from jumpcf.planner.stacksets import Decision, decide, remove
from jumpcf.planner.view import View, mismatches, owner, view_of, wanted_sets


def make_plan(manifest: Manifest, observed: Observed, template: Callable[[str], Any]) -> Plan:
    """What takes `observed` to `manifest`, for the jump account and the organizations observed.

    `template` gives the parsed compiled template of a digest.  Nothing is written to a stack or StackSet
    that does not carry the estate's tags; everything that stands in the way becomes a blocker.
    """
    recent = lru_cache(maxsize=8)(template)  # one StackSet asks for its template a few times in a row
    stacks = decide_stacks(manifest, observed, recent)
    views = _views(manifest, observed, recent)
    sets = [decision for view in views for decision in _organization(manifest, view)]
    partners = partners_of(manifest, {stack.name: stack.tags for stack in observed.stacks})
    arranged = arrange(manifest, partners, stacks, sets)
    by_id = {one.change.operation.id: one.change for one in stacks if one.change}
    changes = [by_id[one.id] for one in arranged if one.id in by_id]
    moves = find_moves(changes, partners)
    operations, swap = wait_for(arranged, moves)
    leavers = find_leavers(changes, manifest.passwords)
    before = {one.operation.stack: one.before for one in changes}
    going_on = open_sessions(manifest, observed, leavers.people, before, recent)
    account, policy = decide_policy(manifest, observed)
    ordered = offboard_first((*([policy] if policy else []), *operations), leavers)
    work = decide_passwords(manifest, observed, ordered)
    blockers = [stack.blocker for stack in stacks] + [line for one in sets for line in one.blockers]
    notices = [stack.notice for stack in stacks] + [line for one in sets for line in one.notices]
    lost = [line for view in views for line in lost_units(view)]
    return Plan(
        estate=manifest.estate,
        organizations=tuple(sorted(organization.name for organization in observed.organizations)),
        manifest=content_digest(manifest),
        stacks=tuple(stack.plan for stack in stacks),
        stack_sets=tuple(one.plan for one in sets),
        operations=with_passwords(ordered, work),
        blockers=_once(
            *mismatches(manifest, observed),
            *forgotten(manifest, observed).values(),
            *blockers,
            *kept_names(changes),
            swap,
        ),
        notices=_once(*notices, *lost, *told(moves), *leavers.notices, work.notice),
        account=account,
        open_sessions=tuple(going_on),
    )


def _views(manifest: Manifest, observed: Observed, template: Callable[[str], Any]) -> list[View]:
    return [
        view
        for organization in sorted(observed.organizations, key=lambda o: o.name)
        if (view := view_of(manifest, observed, organization, template))
    ]


def _organization(manifest: Manifest, view: View) -> Iterator[Decision]:
    live = {one.name: one for one in view.live.stack_sets}
    wanted = wanted_sets(manifest, view.wanted.name)
    for compiled in wanted:
        yield decide(view, compiled, live.get(compiled.name))
    names = {compiled.name for compiled in wanted}
    for name, stack_set in sorted(live.items()):
        if name not in names and owner(stack_set.tags) == manifest.estate:
            yield remove(view, stack_set)


def _once(*lines: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if line))
