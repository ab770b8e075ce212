"""What the list calls of a StackSet show while they are behind: the StackSet as it was `lag` seconds ago.

Source: CloudFormation API reference: ListStackSetOperations and ListStackSetOperationResults are eventually
consistent.  That ListStackInstances is so too is assumed.  Kept in memory only, and only where there is a lag.
"""

import copy
import dataclasses
import math

from jumpcf.local.records import StackSet
from jumpcf.local.world import World


def begin(world: World) -> None:
    """Before anything changes: what is there counts as having been there for ever."""
    if world.lag <= 0:
        return
    for home in world.homes.values():
        for stack_set in home.stack_sets.values():
            if stack_set.id not in world.history:
                world.history[stack_set.id] = [(-math.inf, _copy(stack_set))]


def note(world: World, stack_set: StackSet) -> None:
    """After a change: remember it, and forget what nobody will see any more."""
    if world.lag <= 0 or stack_set.id not in world.history:
        return
    rows = world.history[stack_set.id]
    rows.append((world.time(), _copy(stack_set)))
    while len(rows) > 1 and rows[1][0] <= world.time() - world.lag:
        del rows[0]


def _copy(stack_set: StackSet) -> StackSet:
    """The StackSet as it is now; operations that are over change no more and are shared."""
    over, rest = stack_set.operations[: stack_set.ended], stack_set.operations[stack_set.ended :]
    now = [dataclasses.replace(one, results=[copy.copy(row) for row in one.results]) for one in rest]
    instances = {place: copy.copy(one) for place, one in stack_set.instances.items()}
    return dataclasses.replace(stack_set, instances=instances, operations=over + now)


def seen(world: World, stack_set: StackSet) -> StackSet:
    """The StackSet as the lists show it now."""
    rows = world.history.get(stack_set.id) if world.lag > 0 else None
    if not rows:
        return stack_set
    return [view for at, view in rows if at <= world.time() - world.lag][-1]
