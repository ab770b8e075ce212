"""Sessions of roles that go on although their user leaves: no stack of the jump account ends them, and a fence denies
them only where this plan rolls out his entry of `left`, or takes the roles away."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.marks import STACK_PARTNER_TAG
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.artifacts.plan import OpenSessions
from jumpcf.planner.iam_words import longest_of_roles
from jumpcf.planner.view import owner


def open_sessions(
    manifest: Manifest,
    observed: Observed,
    leaving: Iterable[OffboardUser],
    before: Mapping[str, Any],
    template: Callable[[str], Any],
) -> Iterator[OpenSessions]:
    """Of each who leaves; `before` are the live templates of the jump account's stacks, by their names.

    A session that he has is one of a role that is there now, so the live StackSets count, of any name.  Nobody is
    told of where all of them go with him.
    """
    left = {(one.partner, one.name) for one in manifest.left}
    there = {(one.partner, one.name.casefold()) for one in manifest.people}
    for one in leaving:
        if (one.partner, one.user.casefold()) in there:
            continue  # the same name to IAM in another spelling: the plan is blocked (`moves.kept_names`)
        staying, away = _staying(manifest, observed, one.partner), _away(manifest, observed, one, before)
        denied = (one.partner, one.user) in left
        places = sorted(away if denied else {*away, *(place for place, _ in staying)})
        if places:
            known = any(stack.partner == one.partner for stack in manifest.stacks)
            yield OpenSessions(
                partner=one.partner,
                user=one.user,
                places=tuple(places),
                seconds=longest_of_roles(
                    (*(body for _, body in staying), *_wanted(manifest, one.partner, away, template))
                ),
                mend="left" if known and not denied else "everywhere",
            )


def _staying(manifest: Manifest, observed: Observed, partner: str) -> list[tuple[str, Any]]:
    """The partner's StackSets that this plan reads and does not delete: organization and live template."""
    wanted = {(one.place, one.name) for one in manifest.stacks}
    return [
        (organization.name, observed.templates.get(live.template))
        for organization in observed.organizations
        for live in organization.stack_sets
        if owner(live.tags) == manifest.estate
        and live.tags.get(STACK_PARTNER_TAG) == partner
        and (organization.name, live.name) in wanted
    ]


def _away(
    manifest: Manifest, observed: Observed, one: OffboardUser, before: Mapping[str, Any]
) -> frozenset[str]:
    """The organizations that this plan leaves out and where the partner has roles: those that his groups speak of by
    id, or that params name.  All of them where the groups speak of none (assume_scope role-name or accounts)."""
    seen = {each.name for each in observed.organizations}
    named = {
        each.name for each in manifest.organizations if each.id.encode() in canonical(before.get(one.stack))
    }
    here = named | {each.place for each in manifest.stacks if each.partner == one.partner and each.grant}
    return frozenset(
        each.name
        for each in manifest.organizations
        if each.name not in seen and (not named or each.name in here)
    )


def _wanted(
    manifest: Manifest, partner: str, places: Iterable[str], template: Callable[[str], Any]
) -> Iterator[Any]:
    """The compiled templates for organizations that were not read, which stand for the live ones there."""
    for one in manifest.stacks:
        if one.partner == partner and one.place in places:
            yield template(one.digest)
