"""What was due since somebody last asked, done in the order in which it was due.

Nothing runs in the background: plain stacks, StackSet operations and auto-deployment go on when a call comes,
each at its own moment, so that it makes no difference how seldom somebody asks.
"""

from collections.abc import Iterator

from jumpcf.local import automatic, history, operations, work
from jumpcf.local.records import Home, StackSet
from jumpcf.local.world import World


def advance(world: World) -> None:
    """Bring everything to where it is now."""
    history.begin(world)
    now = world.clock()
    try:
        while (due := min(_dues(world), default=None)) is not None and due <= now:
            world.moment = due
            work.advance(world)
            automatic.advance(world)
            for home, stack_set in _sets(world):
                operations.advance_set(world, home, stack_set)
    finally:
        world.moment = None


def _dues(world: World) -> Iterator[float]:
    yield from (item.due for item in world.works)
    yield from (item.due for item in world.arrivals)
    for _, stack_set in _sets(world):
        operation = operations.first_open(stack_set)
        if operation is not None:
            yield operation.due


def _sets(world: World) -> Iterator[tuple[Home, StackSet]]:
    for home in world.homes.values():
        for stack_set in home.stack_sets.values():
            yield home, stack_set
