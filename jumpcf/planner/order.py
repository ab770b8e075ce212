"""Who waits for whom.

The jump account comes first, so that taking away works at once and so that the bucket is there; within
one StackSet the order is AWS's own: settings, deletions, update, creations, and the deletion of the set
last.  Only what gives access waits for the jump account; what takes it away waits for nobody, and stands
before the rest so that it is started first: a deletion, and an update of which the plan proves that it gives
nobody anything.  The Deny of somebody who left must not hang on whether IAM gives up his password.

What gives access in an organization with rings stands ring after ring, whatever its StackSet, and so does such an
update; that it waits is said by its `ring`, not by its needs.  What people hold who leave is taken before all of
this (`leavers`), and stacks wait for each other where a name moves between them (`moves`).
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.marks import STACK_PARTNER_TAG
from jumpcf.artifacts.operation import (
    AnyOperation,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStack,
    DeleteStackSet,
    DeployStack,
    UpdateStackSet,
)
from jumpcf.planner.jumpstacks import StackDecision
from jumpcf.planner.stacksets import Decision


def arrange(
    manifest: Manifest,
    partners: Mapping[str, str | None],
    stacks: Iterable[StackDecision],
    stack_sets: Sequence[Decision],
) -> tuple[AnyOperation, ...]:
    """Every operation with its `needs`, in the order in which a single hand would run them.

    `partners` maps the name of a stack of the jump account, live or wanted, to its partner's name.
    """
    deploys: list[DeployStack] = []
    deletes: list[DeleteStack] = []
    for decision in stacks:
        if isinstance(decision.operation, DeployStack):
            deploys.append(decision.operation)
        elif decision.operation is not None:
            deletes.append(decision.operation)
    deploys = _deploys(manifest, deploys)
    chains = [
        _chain(decision, _jump_needs(partners, deploys, decision.plan.partner))
        for decision in sorted(stack_sets, key=_gives)
    ]
    operations = [operation for chain in chains for operation in chain]
    operations.sort(key=lambda one: one.ring.number if one.ring else 0)  # stable: else as they stand
    shared = [one for one in deletes if partners.get(one.stack) is None]
    own = [one for one in deletes if partners.get(one.stack) is not None]
    # What all partners share (the bucket, the key) goes last: everything else may still read it.
    going = [one.id for one in (*own, *operations) if isinstance(one, DeleteStack | DeleteStackSet)]
    last = [dataclasses.replace(one, needs=tuple(going)) for one in shared]
    return (*own, *deploys, *operations, *last)


def partners_of(manifest: Manifest, tags: Mapping[str, Mapping[str, str]]) -> dict[str, str | None]:
    """The partner of every stack of the jump account: of wanted ones by the manifest, of others by their tags."""
    live = {name: found.get(STACK_PARTNER_TAG) for name, found in tags.items()}
    return live | {stack.name: stack.partner for stack in manifest.stacks if stack.place == JUMP}


def _deploys(manifest: Manifest, deploys: Iterable[DeployStack]) -> list[DeployStack]:
    """The manifest's own order: what a stack needs comes first and must have succeeded."""
    by_name = {one.stack: one for one in deploys}
    needs = {stack.name: stack.needs for stack in manifest.stacks if stack.place == JUMP}
    done: dict[str, DeployStack] = {}

    def place(name: str, waiting: tuple[str, ...]) -> None:
        if name in done or name not in by_name or name in waiting:
            return
        for other in needs.get(name, ()):
            place(other, (*waiting, name))
        wanted = tuple(done[other].id for other in needs.get(name, ()) if other in done)
        done[name] = dataclasses.replace(by_name[name], needs=wanted)

    for name in by_name:
        place(name, ())
    return list(done.values())


def _jump_needs(
    partners: Mapping[str, str | None], deploys: Iterable[DeployStack], partner: str | None
) -> tuple[str, ...]:
    """What a StackSet of the partner waits for: the shared stacks, and the partner's own."""
    return tuple(one.id for one in deploys if partners.get(one.stack) in (None, partner))


def _gives(decision: Decision) -> bool:
    """False for StackSets from which something is only taken away: they need not wait behind the others."""
    takes = decision.narrows or any(isinstance(one, DeleteInstances) for one in decision.operations)
    return decision.restores or not takes


def _chain(decision: Decision, jump: tuple[str, ...]) -> list[AnyOperation]:
    chain: list[AnyOperation] = []
    for operation in decision.operations:
        takes = decision.narrows and isinstance(operation, UpdateStackSet)
        # The stacks made in an earlier ring wait for the jump account; an update that only takes must not, with them.
        ahead = [one for one in chain if not (takes and isinstance(one, CreateInstances))]
        before = tuple(one.id for one in ahead[-1:])
        if isinstance(operation, DeleteStackSet):  # every deletion before it must have emptied the set
            before = tuple(one.id for one in chain if isinstance(one, DeleteInstances)) or before
        gives = isinstance(operation, CreateStackSet | UpdateStackSet | CreateInstances) and not takes
        waits = decision.restores or gives
        chain.append(dataclasses.replace(operation, needs=(*before, *(jump if waits else ()))))
    return chain
