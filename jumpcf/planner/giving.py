"""What gives access in one StackSet: its new definition, and stacks where they are missing; ring after ring
where the organization has rings.

How a new template goes from ring to ring (CloudFormation API reference, UpdateStackSet): the first call carries
it together with the first ring's accounts, and AWS marks every other stack OUTDATED; each later call keeps the
template (`UsePreviousTemplate`) and names the next ring's accounts, which leaves the status of all others as it
is.  UpdateStackInstances changes parameters only, and CreateStackInstances is for stacks that are missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jumpcf.artifacts.manifest import CompiledStack
from jumpcf.artifacts.observed import ObservedAccount
from jumpcf.artifacts.operation import CreateInstances, Ring, UpdateStackSet
from jumpcf.planner import operations
from jumpcf.planner.accounts import Comparison, emptied, gaps
from jumpcf.planner.rings import Share, shares
from jumpcf.planner.view import View, inactive
from jumpcf.planner.words import count

Giving = UpdateStackSet | CreateInstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Where stacks are to be made: targets that are `new`, targets that a deletion above or below them empties
    and that are filled `again`, and, in other targets, accounts whose stack is missing or not right, each with
    its target (`gaps`)."""

    new: frozenset[str]
    again: frozenset[str]
    gaps: tuple[tuple[ObservedAccount, str], ...]

    @property
    def units(self) -> frozenset[str]:
        return self.new | self.again | {unit for _, unit in self.gaps}


def find_filling(view: View, both: Comparison) -> Filling:
    """What is missing; everything where there is no StackSet yet."""
    wanted = both.target.ous
    new = frozenset(wanted) - frozenset(both.live.units if both.live else ())
    again = _emptied_units(view, both)
    missing = [(account, view.tree.target_of(account, wanted)) for account in gaps(view, both)]
    there = tuple((account, unit) for account, unit in missing if unit and unit not in new | again)
    return Filling(new=new, again=again, gaps=there)


def why_filled(view: View, both: Comparison, filling: Filling) -> str:
    """What is filled, and why, as one line; "" where nothing is."""
    paths = view.tree.paths
    reasons = []
    if filling.new:
        empty = "" if both.live or both.scope else " (no account is there yet)"
        reasons.append(f"new target {', '.join(paths(filling.new))}{empty}")
    if filling.again - filling.new:
        reasons.append(f"made again after the deletion: {', '.join(paths(filling.again - filling.new))}")
    if filling.gaps:
        accounts = count(len(filling.gaps), "account")
        where = ", ".join(paths({unit for _, unit in filling.gaps}))
        reasons.append(f"{accounts} without the right stack in {where}")
    return "; ".join(reasons)


def giving(
    view: View, compiled: CompiledStack, both: Comparison, filling: Filling, definition: str = ""
) -> list[Giving]:
    """The operations, in their order; `definition` says what of it is new, "" where nothing is.

    Accounts that a deletion empties do not wait for rings: they would be without roles all the while.
    """
    if view.wanted.rollout.rings and not filling.again:
        return _divided(view, compiled, both, filling, definition)
    steps: list[Giving] = []
    if definition:
        steps.append(operations.update_stack_set(view, compiled, definition))
    if filling.units:
        why = why_filled(view, both, filling)
        steps.append(operations.create_instances(view, compiled.name, filling.units, why))
    return steps


def _divided(
    view: View, compiled: CompiledStack, both: Comparison, filling: Filling, definition: str
) -> list[Giving]:
    followers = shares(view, _followers(view, compiled, both) if definition else ())
    # A stack that is made before the first of them is updated would get the old template.
    filled = shares(view, _to_fill(view, both, filling), followers[0][0].number if followers else 0)
    steps: list[Giving] = []
    if definition and not followers:
        steps.append(operations.update_stack_set(view, compiled, definition, _first_ring(view, both)))
    unnamed = filling.new
    for ring in sorted({ring for ring, _ in (*followers, *filled)}, key=lambda one: one.number):
        if accounts := dict(followers).get(ring):
            follows = any(isinstance(step, UpdateStackSet) for step in steps)
            steps.append(_update(view, compiled, both, definition, (ring, accounts), follows=follows))
        if accounts := dict(filled).get(ring):
            steps.append(_fill(view, compiled, both, (ring, accounts), unnamed))
            unnamed -= set(steps[-1].units)
    if unnamed:  # there is no account to name, so the OUs alone are: that makes them targets
        last = steps[-1].ring if steps else None
        where = f"new target {', '.join(view.tree.paths(unnamed))} (no account is there yet)"
        steps.append(operations.create_instances(view, compiled.name, unnamed, where, last))
    return steps


def _fill(
    view: View, compiled: CompiledStack, both: Comparison, share: Share, unnamed: frozenset[str]
) -> CreateInstances:
    """`unnamed`: OUs that become targets by this operation, where it names them."""
    ring, accounts = share
    pairs = [(account, view.tree.target_of(account, both.target.ous) or "") for account in accounts]
    units = frozenset(unit for _, unit in pairs)
    rest = tuple((account, unit) for account, unit in pairs if unit not in unnamed)
    why = why_filled(view, both, Filling(new=units & unnamed, again=frozenset(), gaps=rest))
    ids = [account.id for account in accounts]
    return operations.create_instances(view, compiled.name, units, why, ring, ids)


def _update(
    view: View, compiled: CompiledStack, both: Comparison, definition: str, share: Share, *, follows: bool
) -> UpdateStackSet:
    ring, accounts = share
    return operations.update_stack_set(
        view,
        compiled,
        definition,
        ring,
        units=_units(view, both, accounts),
        accounts=[account.id for account in accounts],
        follows=follows,
    )


def _followers(view: View, compiled: CompiledStack, both: Comparison) -> list[ObservedAccount]:
    """The accounts that a new template is brought to one ring after the other: whose stack an update reaches.

    None where the template stays (new tags or capabilities only): AWS marks no stack OUTDATED then, so a run
    that ended between two rings would leave no trace of whom it had not reached.
    """
    live = both.live
    if live is None or live.template == compiled.digest:
        return []
    instances = both.instances(view.region)
    return [
        account
        for account in both.scope
        if _deployable(view, account)
        and view.tree.target_of(account, both.target.ous) in live.units
        and (one := instances.get(account.id)) is not None
        and both.health(one) != "inoperable"
    ]


def _to_fill(view: View, both: Comparison, filling: Filling) -> list[ObservedAccount]:
    """In new targets every account that AWS deploys to (excepted ones get their empty stack as well), else gaps."""
    missing = {account.id for account, _ in filling.gaps}
    return [
        account
        for account in both.scope
        if account.id in missing
        or (view.tree.target_of(account, both.target.ous) in filling.new and _deployable(view, account))
    ]


def _deployable(view: View, account: ObservedAccount) -> bool:
    return not inactive(account) and account.id != view.live.management_account


def _units(view: View, both: Comparison, accounts: Iterable[ObservedAccount]) -> frozenset[str]:
    """The StackSet's own OUs that reach the accounts."""
    found = (view.tree.target_of(account, both.target.ous) for account in accounts)
    return frozenset(unit for unit in found if unit)


def _first_ring(view: View, both: Comparison) -> Ring | None:
    return next((ring for ring, _ in shares(view, both.scope)), None)


def _emptied_units(view: View, both: Comparison) -> frozenset[str]:
    wanted, tree = both.target.ous, view.tree
    instances = both.instances(view.region)
    again = {unit for unit in wanted if any(tree.related(old, unit) for old in both.leaving)}
    for account in both.scope:  # an account that moved may still hang from an OU that goes
        unit = tree.target_of(account, wanted)
        if unit and emptied(view, both.leaving, account, instances.get(account.id)):
            again.add(unit)
    return frozenset(again)
