"""What takes away an organization's, a partner's or a whole estate's stacks and StackSets; pure.

Only what carries the estate's tag is named, whether params still name it or not.  Who loses access loses it first:
offboarding, then the jump account's stacks, then the StackSets; what all partners share goes last.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.destruction import Destruction, Scope
from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.marks import ORGANIZATION_TAG, STACK_PARTNER_TAG
from jumpcf.artifacts.observed import Observed, ObservedStack, ObservedStackSet
from jumpcf.artifacts.operation import AnyOperation, DeleteBucket, RemoveTags
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.jumpstacks import remove_stack
from jumpcf.planner.leavers import find_leavers, offboard_first
from jumpcf.planner.leftovers import leftovers
from jumpcf.planner.operations import identified
from jumpcf.planner.order import arrange, partners_of
from jumpcf.planner.organizations import BASE, forgotten
from jumpcf.planner.stacksets import Decision, remove
from jumpcf.planner.view import mismatches, owner, view_of


def make_destruction(
    manifest: Manifest,
    observed: Observed,
    scope: Scope,
    template: Callable[[str], Any],
    *,
    bucket: bool = False,
) -> Destruction:
    """What is there of `scope`, in the jump account and the organizations observed; `bucket`: the artifact bucket
    is there and ours."""
    why = f"{scope} is destroyed"
    stacks = [remove_stack(one, observed, why) for one in observed.stacks if _stack(manifest, scope, one)]
    sets = list(_sets(manifest, observed, scope, template, why))
    partners = partners_of(manifest, {one.name: one.tags for one in observed.stacks})
    leavers = find_leavers([one.change for one in stacks if one.change], manifest.passwords)
    operations = offboard_first(arrange(manifest, partners, stacks, sets), leavers)
    memory = _forget(observed, manifest, scope, [one.id for one in operations], why)
    whole = scope.kind == "estate"
    plan = Plan(
        estate=manifest.estate,
        organizations=tuple(sorted(one.name for one in observed.organizations)),
        manifest=content_digest(manifest),
        stacks=tuple(one.plan for one in stacks),
        stack_sets=tuple(one.plan for one in sets),
        operations=(*operations, *memory),
        blockers=(
            *mismatches(manifest, observed),
            *(forgotten(manifest, observed).values() if whole else ()),
        ),
        notices=(
            *_still_named(manifest, scope),
            *(line for one in sets for line in one.notices),
            *leavers.notices,
        ),
    )
    last = dataclasses.replace(
        plan,
        stacks=(),
        stack_sets=(),
        notices=(),
        operations=_bucket(manifest, why) if whole and bucket else (),
    )
    left = leftovers(manifest, observed, scope, [one.plan.name for one in stacks], [one.plan for one in sets])
    return Destruction(scope=scope, plan=plan, last=last, leftovers=left)


def _stack(manifest: Manifest, scope: Scope, one: ObservedStack) -> bool:
    if owner(one.tags) != manifest.estate or scope.kind == "organization":
        return False
    return scope.kind == "estate" or one.tags.get(STACK_PARTNER_TAG) == scope.name


def _set(manifest: Manifest, scope: Scope, organization: str, one: ObservedStackSet) -> bool:
    if owner(one.tags) != manifest.estate:
        return False
    if scope.kind == "organization":
        return organization == scope.name
    return scope.kind == "estate" or one.tags.get(STACK_PARTNER_TAG) == scope.name


def _sets(
    manifest: Manifest, observed: Observed, scope: Scope, template: Callable[[str], Any], why: str
) -> Iterator[Decision]:
    for organization in sorted(observed.organizations, key=lambda one: one.name):
        if (view := view_of(manifest, observed, organization, template)) is None:
            continue
        for live in sorted(organization.stack_sets, key=lambda one: one.name):
            if _set(manifest, scope, organization.name, live):
                yield remove(view, live, why)


def _forget(
    observed: Observed, manifest: Manifest, scope: Scope, needs: Iterable[str], why: str
) -> tuple[AnyOperation, ...]:
    """jump-base remembers each organization that had grants (`organizations`); with the last of it, that goes."""
    key = f"{ORGANIZATION_TAG}{scope.name}"
    if scope.kind != "organization" or not any(
        one.name == BASE and owner(one.tags) == manifest.estate and key in one.tags for one in observed.stacks
    ):
        return ()
    forget = identified(RemoveTags(id="", place=JUMP, stack=BASE, reason=why, keys=(key,)))
    return (dataclasses.replace(forget, needs=tuple(needs)),)


def _bucket(manifest: Manifest, why: str) -> tuple[AnyOperation, ...]:
    return (identified(DeleteBucket(id="", place=JUMP, stack=BASE, reason=why, bucket=manifest.bucket)),)


def _still_named(manifest: Manifest, scope: Scope) -> Iterator[str]:
    """A destruction changes no file: what params name, the next deploy makes again."""
    if scope.kind == "organization" and any(one.place == scope.name for one in manifest.stacks):
        yield f"params/ still grant something in {scope.name}: take that out, or the next deploy makes it again"
    if scope.kind == "partner" and any(one.partner == scope.name for one in manifest.stacks):
        file = f"params/partners/{scope.name}.yaml"
        yield f"{file} is still there: take it away, or the next deploy makes everything again"
