"""What a plan does to each account of a StackSet, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.manifest import Target
from jumpcf.artifacts.observed import ObservedAccount, ObservedInstance, ObservedStackSet
from jumpcf.artifacts.plan import AccountChange
from jumpcf.planner.instances import FILLABLE, Health, at_home, health
from jumpcf.planner.view import View, inactive, label

Effect = Literal["new", "changed", "current", "leaving", "skipped"]
Verdict = tuple[Effect, str]

MADE_AGAIN = "deleted and made again"  # how the reason begins where an account loses its roles for a while


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One StackSet from both sides.

    `scope` is every account in the wanted OUs; `updates` says that the definition changes; `leaving` are the
    OUs that go; `excluded` and `was_excluded` are the accounts that the wanted and the live template leave out,
    `perhaps_excluded` those that the live one may have left out by something that is not understood.
    """

    target: Target
    scope: tuple[ObservedAccount, ...]
    live: ObservedStackSet | None
    updates: bool
    leaving: frozenset[str]
    excluded: frozenset[str]
    was_excluded: frozenset[str]
    perhaps_excluded: frozenset[str]

    def instances(self, region: str) -> dict[str, ObservedInstance]:
        return at_home(self.live, region) if self.live else {}

    def health(self, instance: ObservedInstance | None) -> Health:
        return health(instance, self.live.running if self.live else None)


def account_changes(view: View, both: Comparison) -> tuple[AccountChange, ...]:
    """Every account in the wanted OUs, and every account elsewhere that has an instance."""
    instances = both.instances(view.region)
    inside = [
        _change(view, account, _wanted(view, both, account, instances.get(account.id)))
        for account in both.scope
    ]
    return (*inside, *outside_changes(view, both.leaving, outside(instances.values(), both.scope)))


def outside(
    instances: Iterable[ObservedInstance], scope: Iterable[ObservedAccount]
) -> tuple[ObservedInstance, ...]:
    """The instances in accounts that no wanted OU reaches."""
    inside = {account.id for account in scope}
    return tuple(sorted((i for i in instances if i.account not in inside), key=lambda i: i.account))


def outside_changes(
    view: View, leaving: frozenset[str], instances: Iterable[ObservedInstance]
) -> tuple[AccountChange, ...]:
    """What happens to instances in accounts that no wanted OU reaches."""
    found = []
    for one in instances:
        gone = ObservedAccount(id=one.account, name="", unit="", state="")
        account = view.tree.accounts.get(one.account, gone)
        found.append(_change(view, account, _unwanted(view, leaving, one)))
    return tuple(found)


def emptied(
    view: View, leaving: Iterable[str], account: ObservedAccount, instance: ObservedInstance | None
) -> str | None:
    """The leaving OU whose deletion takes this account's stack with it: DeleteStackInstances empties the OU
    *and its child OUs* (CloudFormation User Guide, "Delete stacks from StackSets")."""
    units = set(leaving)
    if instance is None or not units:
        return None
    if instance.unit in units:
        return instance.unit
    return view.tree.target_of(account, units)


def gaps(view: View, both: Comparison) -> tuple[ObservedAccount, ...]:
    """Wanted accounts whose stack is missing or not as the StackSet has it, and that AWS can deploy to.

    An update already tries every existing instance again, so beside one only missing stacks are gaps.
    The stack of an excepted or protected account would be empty: its absence is no gap, its failure is.
    """
    instances = both.instances(view.region)
    found = []
    for account in both.scope:
        state = both.health(instances.get(account.id))
        if inactive(account) or account.id == view.live.management_account or state not in FILLABLE:
            continue
        if state == "missing" and account.id in both.excluded:
            continue
        if state == "missing" or not both.updates:
            found.append(account)
    return tuple(found)


def _wanted(
    view: View, both: Comparison, account: ObservedAccount, instance: ObservedInstance | None
) -> Verdict:
    if account.id == view.live.management_account:
        return "skipped", "management account: StackSets never deploy to it"
    if inactive(account):
        return "skipped", account.state.lower().replace("_", " ")
    empty = label(view, both.target, both.excluded, account.id)
    if empty:
        return _left_out(both, account, instance, empty)
    if instance is None:
        return "new", "has no stack yet" if both.live else ""
    if both.updates and account.id in both.perhaps_excluded:
        return "new", "excepted no more: its roles are made"
    old = emptied(view, both.leaving, account, instance)
    if old is not None:
        return "changed", f"{MADE_AGAIN}: the target {view.tree.path(old)} goes"
    return _existing(both, instance)


def _left_out(
    both: Comparison, account: ObservedAccount, instance: ObservedInstance | None, empty: str
) -> Verdict:
    if instance is None:
        return "skipped", empty
    if account.id not in both.was_excluded:
        return "leaving", f"{empty} from now on: its roles go"
    if both.health(instance) in FILLABLE:
        return "changed", f"tried again, its stack stays empty ({empty}): {instance.reason}".rstrip(": ")
    return "skipped", empty


def _existing(both: Comparison, instance: ObservedInstance) -> Verdict:
    state = both.health(instance)
    if state == "inoperable":
        return "skipped", f"inoperable, repair it: {instance.reason}".rstrip(": ")
    if both.updates:
        return "changed", ""
    if state == "in-progress":
        return "skipped", "an operation is under way there"
    if state in FILLABLE:
        return "changed", f"tried again: {instance.reason or instance.detailed.lower()}"
    return "current", ""


def _unwanted(view: View, leaving: frozenset[str], instance: ObservedInstance) -> Verdict:
    account = view.tree.accounts.get(instance.account)
    unit = instance.unit if instance.unit in leaving else None
    if unit is None and account is not None:
        unit = view.tree.target_of(account, leaving)
    if unit is None:
        return "skipped", "no wanted OU reaches it, yet it still has a stack"
    if inactive(account):
        state = account.state.lower().replace("_", " ") if account else "left the organization"
        return "leaving", f"{state}: taken off the StackSet, AWS cannot delete its stack"
    return "leaving", f"{view.tree.path(unit)} is no target any more"


def _change(view: View, account: ObservedAccount, verdict: Verdict) -> AccountChange:
    return AccountChange(
        account=account.id,
        name=account.name,
        path=view.tree.path(account.unit),
        effect=verdict[0],
        reason=verdict[1],
    )
