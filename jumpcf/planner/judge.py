"""The truth after (or without) a run: what AWS shows now, held against the manifest.

Accounts are judged in `verdicts`; here are the stacks of the jump account and the StackSets as a whole.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.artifacts.observed import Observed, ObservedStack, ObservedStackSet
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import AccountStatus, Outcome, StackSetStatus, StackStatus, Status
from jumpcf.planner.accounts import outside
from jumpcf.planner.instances import at_home, elsewhere
from jumpcf.planner.jumpstacks import foreign_stack
from jumpcf.planner.obstacles import astray, foreign_reason
from jumpcf.planner.organizations import forgotten, unseen, wanted_tags
from jumpcf.planner.password_policy import POLICY, decide_policy
from jumpcf.planner.passwords import without_password
from jumpcf.planner.untold import untold
from jumpcf.planner.verdicts import Run, Sight, account_status
from jumpcf.planner.view import (
    View,
    leaving_units,
    misconfigured,
    mismatches,
    owner,
    same_definition,
    same_tags,
    target_of,
    view_of,
    wanted_sets,
)
from jumpcf.planner.words import count

SETTLED = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",  # the new template is in force, only old resources go
        "UPDATE_ROLLBACK_COMPLETE",  # GetTemplate then shows the template that was rolled back to
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
"""Statuses in which the live template is what the stack is."""


def judge(
    manifest: Manifest, observed: Observed, outcomes: Mapping[str, Outcome] | None, plan: Plan | None
) -> Status:
    """Every wanted stack, StackSet and account of the jump account and the organizations observed.

    `observed` must have been read after the run; `outcomes` and `plan`, where there was one, only add why
    an account was not reached, which accounts this run deployed, and what failed of which AWS shows nothing.
    """
    run = Run.of(plan, outcomes)
    stacks = tuple(_stacks(manifest, observed, run))
    sets = [
        StackSetStatus(organization=name, name="", state="orphan", units=0, reason=reason)
        for name, reason in forgotten(manifest, observed).items()
    ]
    accounts: list[AccountStatus] = []
    for organization in sorted(observed.organizations, key=lambda o: o.name):
        view = view_of(manifest, observed, organization, _no_template)
        if view is None:
            sets.append(_unknown(manifest, observed, organization.name))
            continue
        live = {one.name: one for one in view.live.stack_sets}
        wanted = wanted_sets(manifest, view.wanted.name)
        for compiled in wanted:
            sight = Sight.of(view, compiled, live.get(compiled.name), run)
            accounts.extend(account_status(sight, account) for account in sight.scope)
            sets.append(_stack_set(sight))
        sets.extend(_orphans(view, {one.name for one in wanted}))
    seen = Status(estate=manifest.estate, stacks=stacks, stack_sets=tuple(sets), accounts=tuple(accounts))
    return replace(seen, failed=untold(seen, plan, outcomes))


def _no_template(_digest: str) -> Any:
    raise LookupError("a status is judged by digests alone")  # pragma: no cover - no path leads here


def _unknown(manifest: Manifest, observed: Observed, organization: str) -> StackSetStatus:
    reason = next(line for line in mismatches(manifest, observed) if line.startswith(f"{organization}: "))
    return StackSetStatus(organization=organization, name="", state="missing", units=0, reason=reason)


def _stacks(manifest: Manifest, observed: Observed, run: Run) -> Iterator[StackStatus]:
    live = {stack.name: stack for stack in observed.stacks}
    wanted = [stack for stack in manifest.stacks if stack.place == JUMP]
    for compiled in wanted:
        setback = run.setbacks.get((JUMP, compiled.name), "")
        yield _stack(manifest.estate, compiled, live.get(compiled.name), unseen(manifest, observed), setback)
    names = {compiled.name for compiled in wanted}
    for name, stack in sorted(live.items()):
        if name not in names and owner(stack.tags) == manifest.estate:
            yield StackStatus(name=name, state="orphan", reason="the estate names it no more")
    account, _ = decide_policy(manifest, observed)
    if account:
        reason = run.setbacks.get((JUMP, POLICY), "") or account.reason
        yield StackStatus(name=POLICY, state="differs", reason=reason)
    for person, why in without_password(manifest, observed):
        reason = run.people.get(person.name, "") or why
        yield StackStatus(name=f"{person.partner}/{person.name}", state="no-password", reason=reason)


def _stack(
    estate: str,
    compiled: CompiledStack,
    live: ObservedStack | None,
    unseen: Collection[str],
    setback: str,
) -> StackStatus:
    """`setback` is why the run could not make it current."""
    if live is None:
        return StackStatus(name=compiled.name, state="missing", reason=setback)
    foreign = foreign_stack(estate, live)
    if foreign:
        return StackStatus(name=compiled.name, state="foreign", reason=foreign)
    if live.status not in SETTLED:
        return StackStatus(name=compiled.name, state=live.status.lower(), reason=setback)
    if live.template != compiled.digest:
        return StackStatus(
            name=compiled.name, state="older-template", reason=setback or "the template differs"
        )
    if not same_tags(wanted_tags(compiled, live, unseen), live.tags):
        return StackStatus(name=compiled.name, state="older-template", reason=setback or "the tags differ")
    return StackStatus(name=compiled.name, state="current")


def _stack_set(sight: Sight) -> StackSetStatus:
    view, live = sight.view, sight.live
    state, reason = "current", count(len(sight.scope), "account")
    if sight.foreign:
        state, reason = "foreign", sight.foreign
    elif blocked := astray(view, target_of(sight.compiled), sight.scope):
        state, reason = "blocked", "; ".join(blocked)
    elif live is None:
        state, reason = "missing", sight.setback or "not there"
    elif not same_definition(sight.compiled, live):
        state, reason = "older-template", sight.setback or "the template, tags or capabilities differ"
    elif differing := _target_reasons(view, sight, live):
        state, reason = "targets-differ", "; ".join(differing)
    return StackSetStatus(
        organization=view.wanted.name,
        name=sight.compiled.name,
        state=state,
        units=len(live.units) if live else 0,
        reason=reason,
    )


def _target_reasons(view: View, sight: Sight, live: ObservedStackSet) -> list[str]:
    wanted = target_of(sight.compiled).ous
    tree = view.tree
    found = [f"{path} is no target yet" for path in tree.paths(set(wanted) - set(live.units))]
    found += [f"{path} is still a target" for path in tree.paths(leaving_units(live, wanted))]
    strays = outside(at_home(live, view.region).values(), sight.scope)
    found += [f"{view.named(one.account)} still has a stack though no wanted OU reaches it" for one in strays]
    found += [
        f"{view.named(one.account)} has a stack in {one.region}" for one in elsewhere(live, view.region)
    ]
    return [*found, *misconfigured(live)]


def _orphans(view: View, names: set[str]) -> Iterator[StackSetStatus]:
    """StackSets of ours that nothing names.  Those of others that merely begin like ours are not listed."""
    for live in sorted(view.live.stack_sets, key=lambda one: one.name):
        if live.name not in names and owner(live.tags) == view.estate:
            yield StackSetStatus(
                organization=view.wanted.name,
                name=live.name,
                state="orphan",
                units=len(live.units),
                reason="no grant names it any more"
                + (f"; {refused}" if (refused := foreign_reason(view.estate, live)) else ""),
            )
