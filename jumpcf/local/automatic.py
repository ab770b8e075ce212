"""Auto-deployment: what StackSets do by themselves when an account joins, moves or leaves.

Source: CloudFormation User Guide, "Manage automatic deployments": account filters and parameter overrides are
not considered; a move from one targeted OU to another deletes and creates again.
Assumed, not verified on AWS: it happens after a delay that is set (none by default; minutes there); a move inside
one targeted OU's subtree does nothing; the stacks of an account that leaves the organization are deleted.
"""

from collections.abc import Iterator

from moto.organizations.models import OrganizationsBackend

from jumpcf.local import operations
from jumpcf.local.records import Arrival, Home, Operation, Result, StackSet
from jumpcf.local.tree import accounts_below, backend, knows
from jumpcf.local.world import World, new_id

_OPEN = ("PENDING", "RUNNING")


def account_changed(world: World, management: str, account: str) -> None:
    """An account of the organization was created, moved or removed: noticed after the world's delay."""
    if account != management:
        world.arrivals.append(Arrival(management, account, world.time() + world.delay))
        advance(world)


def advance(world: World) -> None:
    """Start the operations for what is due.  What counts is where the account is then, not what it went through."""
    now = world.time()
    for arrival in sorted(world.arrivals, key=lambda item: item.due):
        if arrival.due <= now:
            world.arrivals.remove(arrival)
            _deploy(world, arrival.management, arrival.account)


def _deploy(world: World, management: str, account: str) -> None:
    if management not in world.trusted:
        return
    for home in world.homes.values():
        if home.management != management:
            continue
        for stack_set in home.stack_sets.values():
            if stack_set.status == "ACTIVE" and stack_set.auto_deployment:
                for operation in _operations(world, home, stack_set, account):
                    operations.start(world, home, stack_set, operation)


def _operations(world: World, home: Home, stack_set: StackSet, account: str) -> Iterator[Operation]:
    organization = backend(home.management, home.region)
    wanted = _wanted(organization, stack_set, account)
    going = _going(stack_set, account)
    have = {
        item.region: item.unit
        for item in stack_set.instances.values()
        if item.account == account and item.region not in going
    }
    leaving = [Result(account, region, unit) for region, unit in have.items() if wanted.get(region) != unit]
    coming = [Result(account, region, unit) for region, unit in wanted.items() if have.get(region) != unit]
    if leaving:
        yield _operation(world, "DELETE", leaving, stack_set.retain_on_removal)
    if coming:
        yield _operation(world, "CREATE", coming, None)


def _going(stack_set: StackSet, account: str) -> set[str]:
    """The regions in which what is not over yet will, in the end, take the account's instance away."""
    last = {
        result.region: operation.action
        for operation in stack_set.operations[stack_set.ended :]
        for result in operation.results
        if operation.action in ("CREATE", "DELETE") and result.account == account and result.status in _OPEN
    }
    return {region for region, action in last.items() if action == "DELETE"}


def _wanted(organization: OrganizationsBackend, stack_set: StackSet, account: str) -> dict[str, str]:
    """Region to targeted OU for the account."""
    return {
        region: unit
        for unit, regions in stack_set.targets.items()
        if knows(organization, unit)
        and any(item.id == account for item in accounts_below(organization, unit))
        for region in regions
    }


def _operation(world: World, action: str, results: list[Result], retain: bool | None) -> Operation:
    return Operation(new_id(), action, world.now(), "", results, retain=retain, automatic=True)
