"""Operations of one StackSet, made from what a decision found; ids are the digest of the content."""

import dataclasses
from collections.abc import Collection, Iterable
from typing import TypeVar

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import CompiledStack, Rollout
from jumpcf.artifacts.operation import (
    ConfigureStackSet,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStackSet,
    Operation,
    Ring,
    UpdateStackSet,
)
from jumpcf.planner.view import View

AnOperation = TypeVar("AnOperation", bound=Operation)

_NOT_CONTENT = ("id", "needs", "reason", "ring", "removes", "replaces")  # the rest is the work itself


def identified(operation: AnOperation) -> AnOperation:
    """The operation with its id: 12 hex digits of the digest of kind, place, stack and parameters."""
    content = {key: value for key, value in dataclasses.asdict(operation).items() if key not in _NOT_CONTENT}
    return dataclasses.replace(operation, id=content_digest(content)[:12])


def create_stack_set(
    view: View, compiled: CompiledStack, reason: str, ring: Ring | None = None
) -> CreateStackSet:
    return identified(
        CreateStackSet(
            id="",
            place=view.wanted.name,
            stack=compiled.name,
            reason=reason,
            ring=ring,
            template=compiled.digest,
            capabilities=tuple(sorted(compiled.capabilities)),
            tags=compiled.tags,
        )
    )


def update_stack_set(
    view: View,
    compiled: CompiledStack,
    reason: str,
    ring: Ring | None = None,
    *,
    units: Iterable[str] = (),
    accounts: Iterable[str] = (),
    follows: bool = False,
) -> UpdateStackSet:
    """A new definition for all stacks, or for those of `accounts` in `units`; with `follows`, these accounts are
    brought up to the definition that an earlier ring's operation gave."""
    return identified(
        UpdateStackSet(
            id="",
            place=view.wanted.name,
            stack=compiled.name,
            reason=reason,
            template=compiled.digest,
            capabilities=tuple(sorted(compiled.capabilities)),
            tags=compiled.tags,
            rollout=_spread(view),
            ring=ring,
            region=view.region,
            units=tuple(sorted(set(units))),
            accounts=tuple(sorted(set(accounts))),
            follows=follows,
        )
    )


def configure_stack_set(view: View, name: str, reason: str) -> ConfigureStackSet:
    return identified(ConfigureStackSet(id="", place=view.wanted.name, stack=name, reason=reason))


def create_instances(
    view: View,
    name: str,
    units: Iterable[str],
    reason: str,
    ring: Ring | None = None,
    accounts: Iterable[str] = (),
) -> CreateInstances:
    return identified(
        CreateInstances(
            id="",
            place=view.wanted.name,
            stack=name,
            reason=reason,
            units=tuple(sorted(set(units))),
            region=view.region,
            rollout=_spread(view),
            ring=ring,
            accounts=tuple(sorted(set(accounts))),
        )
    )


def delete_instances(
    view: View,
    name: str,
    units: Iterable[str],
    reason: str,
    accounts: Collection[str] = (),
    *,
    retain: bool = False,
) -> DeleteInstances:
    """Delete the stacks of the OUs, or of these accounts in them; with `retain`, take these accounts off the
    StackSet and leave their stacks."""
    return identified(
        DeleteInstances(
            id="",
            place=view.wanted.name,
            stack=name,
            reason=reason,
            units=tuple(sorted(set(units))),
            region=view.region,
            rollout=_spread(view),
            retain=retain,
            accounts=tuple(sorted(accounts)),
        )
    )


def delete_stack_set(view: View, name: str, reason: str) -> DeleteStackSet:
    return identified(DeleteStackSet(id="", place=view.wanted.name, stack=name, reason=reason))


def _spread(view: View) -> Rollout:
    """How one operation spreads.  The rings are its own accounts already: other rings, same work, same id."""
    return dataclasses.replace(view.wanted.rollout, rings=())
