"""What is wrong with the stacks of one StackSet in single accounts, and what brings them back.

INOPERABLE: a deletion failed there; AWS leaves the stack out of every update until it is deleted
(StackInstance.Status, CloudFormation API reference).  It is deleted once more, and made anew where it is wanted.
RetainStacks would leave its roles in an account where no StackSet knows them any more, so that is done only where a
person names the account.
"""

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from jumpcf.artifacts.manifest import CompiledStack
from jumpcf.artifacts.marks import STACK_GRANT_TAG, STACK_PARTNER_TAG
from jumpcf.artifacts.observed import ObservedAccount, ObservedInstance, ObservedStackSet
from jumpcf.artifacts.operation import AnyOperation, CreateInstances
from jumpcf.artifacts.plan import AccountChange, Plan, StackSetPlan
from jumpcf.artifacts.repair import Finding
from jumpcf.planner import operations
from jumpcf.planner.instances import at_home, health
from jumpcf.planner.view import View, inactive, same_definition, target_of

FAILED_IMPORT = "FAILED_IMPORT"


@dataclass(kw_only=True)
class Mended:
    """What is found of one StackSet, in the order in which it is done."""

    view: View
    live: ObservedStackSet
    findings: list[Finding] = field(default_factory=list)
    operations: list[AnyOperation] = field(default_factory=list)
    plan: StackSetPlan | None = None

    @property
    def instances(self) -> tuple[ObservedInstance, ...]:
        return tuple(at_home(self.live, self.view.region).values())

    def inactive(self, one: ObservedInstance) -> bool:
        return inactive(self.view.tree.accounts.get(one.account))

    def add(
        self,
        those: Iterable[ObservedInstance | AccountChange],
        wrong: str,
        done: str,
        safe: str,
        *steps: AnyOperation,
    ) -> None:
        accounts = tuple(sorted(one.account for one in those))
        self.operations += steps
        self.findings.append(
            Finding(
                place=self.view.wanted.name,
                stack=self.live.name,
                accounts=accounts,
                names=tuple(map(self.view.named, accounts)),
                wrong=wrong,
                done=done,
                safe=safe,
                operations=tuple(one.id for one in steps),
            )
        )

    def delete(self, those: list[ObservedInstance], why: str, *, retain: bool = False) -> AnyOperation:
        """The deletion of these stacks; with `retain` they are only taken off the StackSet."""
        return operations.delete_instances(
            self.view, self.live.name, _units(those), why, _accounts(those), retain=retain
        )


def mend_stack_set(
    view: View,
    live: ObservedStackSet,
    compiled: CompiledStack | None,
    plan: Plan,
    retain: Collection[str],
    suspended: bool,
) -> Mended:
    """One StackSet of ours; `compiled` is None where no grant names it any more."""
    found = Mended(view=view, live=live)
    planned = next(
        (one for one in plan.stack_sets if (one.organization, one.name) == (view.wanted.name, live.name)),
        None,
    )
    back = [one for one in found.instances if _dead(one, live) and not found.inactive(one)]
    off = _take_off(found, suspended)
    again = _bring_back(found, back, retain, _wanted(view, live, compiled, planned))
    _fill(found, plan, planned, again)
    changes = _changes(found, planned, off, _accounts(back))
    found.plan = StackSetPlan(
        organization=view.wanted.name,
        name=live.name,
        action="update",
        reason="; ".join(one.wrong for one in found.findings if one.operations),
        partner=live.tags.get(STACK_PARTNER_TAG),
        grant=live.tags.get(STACK_GRANT_TAG),
        accounts=tuple(changes),
    )
    return found


def _dead(one: ObservedInstance, live: ObservedStackSet) -> bool:
    return health(one, live.running) == "inoperable"


def _wanted(
    view: View, live: ObservedStackSet, compiled: CompiledStack | None, planned: StackSetPlan | None
) -> dict[str, str]:
    """The target OU of each account in which a stack may be made anew at once: those of the grant, where the
    StackSet is as params have it; else deploy does that."""
    if (
        compiled is None
        or planned is None
        or planned.action == "blocked"
        or not same_definition(compiled, live)
    ):
        return {}
    units = target_of(compiled).ous
    found = {one.id: view.tree.target_of(one, units) for one in view.tree.scope(units) if not inactive(one)}
    return {account: unit for account, unit in found.items() if unit}


def _take_off(found: Mended, suspended: bool) -> set[str]:
    """Accounts where AWS deletes nothing: those that left always, suspended ones where a person asked for it."""
    known = found.view.tree.accounts
    idle = [one for one in found.instances if found.inactive(one)]
    if gone := [one for one in idle if one.account not in known]:
        found.add(
            gone,
            "left the organization, and the StackSet still counts their stacks",
            "they are taken off the StackSet; what is in the accounts stays there (RetainStacks)",
            "no operation of this organization reaches them any more",
            found.delete(gone, "left the organization", retain=True),
        )
    if asleep := [one for one in idle if one.account in known]:
        _asleep(found, asleep, suspended)
    return _accounts(gone) | (_accounts(asleep) if suspended else set())


def _asleep(found: Mended, asleep: list[ObservedInstance], suspended: bool) -> None:
    wrong = "suspended or closed: AWS changes and deletes nothing there"
    if not suspended:
        done = "nothing; --suspended takes them off the StackSet and leaves what is in them"
        safe = "AWS passes over them, and should one come back, the next deploy brings its stack up to date"
        found.add(asleep, wrong, done, safe)
        return
    found.add(
        asleep,
        wrong,
        "they are taken off the StackSet; their stacks and roles stay in the accounts (RetainStacks)",
        "nobody signs in to a suspended account; should one come back, delete its stack StackSet-"
        f"{found.live.name}-… there before the next deploy, which makes it anew",
        found.delete(asleep, "suspended", retain=True),
    )


def _bring_back(
    found: Mended, dead: list[ObservedInstance], retain: Collection[str], wanted: dict[str, str]
) -> dict[str, str]:
    """Deletes inoperable stacks; gives the accounts in which they are made anew, each with its target OU."""
    left = [one for one in dead if one.account in retain or one.detailed == FAILED_IMPORT]
    held = [one for one in dead if one not in left]
    anew = ", and made anew where the grant wants them"
    if held:
        found.add(
            held,
            f"inoperable, left out of every update: {held[0].reason or 'a deletion failed there'}",
            f"their stacks are deleted again{anew}; where that fails, mend the cause in the account, or name it "
            "with --retain",
            "the deletion was wanted before; in between, the accounts have no roles of this grant",
            found.delete(held, "inoperable"),
        )
    if left:
        found.add(
            left,
            f"inoperable, left out of every update: {left[0].reason or 'a deletion failed there'}",
            f"they are taken off the StackSet and their stacks stay in the accounts{anew}",
            f"only if you delete the stack StackSet-{found.live.name}-… in each of these accounts now: no StackSet "
            "knows it any more, and its roles stand in the way of new ones",
            found.delete(left, "inoperable, stacks left", retain=True),
        )
    return {one.account: wanted[one.account] for one in dead if one.account in wanted}


def _fill(found: Mended, plan: Plan, planned: StackSetPlan | None, again: dict[str, str]) -> None:
    """Accounts without the right stack, where nothing else is to be done with the StackSet; and what was deleted.

    What the plan divides into rings stays divided: accounts of a later ring may be without the new template because
    an earlier one failed.
    """
    view, name = found.view, found.live.name
    mine = [one for one in plan.operations if (one.place, one.stack) == (view.wanted.name, name)]
    gaps = [one for one in mine if isinstance(one, CreateInstances)]
    if gaps and len(gaps) == len(mine) and planned and not planned.new_units:
        reached = [one for one in planned.accounts if one.effect in ("new", "changed")]
        why = "; ".join(sorted({one.reason for one in reached if one.reason}))
        if not gaps[0].accounts:
            units = {*gaps[0].units, *again.values()}
            gaps, again = [operations.create_instances(view, name, units, gaps[0].reason)], {}
        found.add(
            reached,
            f"without the right stack: {why}",
            "AWS is asked once more to fill their OUs",
            "the StackSet is as params have it, and AWS leaves good stacks alone",
            *gaps,
        )
    if again:
        found.operations.insert(_before_gaps(found.operations), _anew(view, name, again))
    found.operations[:] = _chained(found.operations)


def _before_gaps(each: list[AnyOperation]) -> int:
    return sum(not isinstance(one, CreateInstances) for one in each)


def _anew(view: View, name: str, again: dict[str, str]) -> CreateInstances:
    """With rings the accounts are named: the OU alone would be filled in all rings at once."""
    accounts = again if view.wanted.rollout.rings else ()
    why = "made anew after the deletion"
    return operations.create_instances(view, name, again.values(), why, accounts=accounts)


def _chained(each: Iterable[AnyOperation]) -> Iterator[AnyOperation]:
    """One after the other, as AWS does them anyway."""
    before: tuple[str, ...] = ()
    for one in each:
        yield dataclasses.replace(one, needs=before)
        before = (one.id,)


def _changes(
    found: Mended, planned: StackSetPlan | None, off: set[str], back: set[str]
) -> Iterator[AccountChange]:
    tree = found.view.tree
    filled = {account for one in found.findings for account in one.accounts if one.operations}
    known = {one.account: one for one in (planned.accounts if planned else ())}
    for account in sorted(filled):
        member = tree.accounts.get(account, ObservedAccount(id=account, name="", unit="", state=""))
        said = known.get(account)
        again = account in back
        yield AccountChange(
            account=account,
            name=member.name,
            path=tree.path(member.unit),
            effect="leaving" if account in off else "changed" if again or said is None else said.effect,
            reason=_reason(account in off, again, said),
        )


def _reason(off: bool, again: bool, said: AccountChange | None) -> str:
    if off:
        return "taken off the StackSet"
    return "inoperable" if again else said.reason if said else ""


def _units(instances: Iterable[ObservedInstance]) -> set[str]:
    return {one.unit for one in instances if one.unit}


def _accounts(instances: Iterable[ObservedInstance]) -> set[str]:
    return {one.account for one in instances}
