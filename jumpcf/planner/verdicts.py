"""The state of every wanted account of one StackSet, by what AWS shows of its instance.

An operation's SUCCEEDED is not believed: StackSet operations succeed with failed accounts inside their
tolerance (CloudFormation User Guide, StackSets troubleshooting).  Only the instances are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jumpcf.artifacts.manifest import CompiledStack
from jumpcf.artifacts.observed import ObservedAccount, ObservedInstance, ObservedStackSet
from jumpcf.artifacts.operation import CreateInstances, CreatePassword, UpdateStackSet
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import AccountState, AccountStatus, Outcome
from jumpcf.planner.hints import hint, is_victim
from jumpcf.planner.instances import Health, at_home, health
from jumpcf.planner.obstacles import foreign_reason
from jumpcf.planner.view import View, inactive, label, left_out_live, target_of

Verdict = tuple[AccountState, str]
Key = tuple[str, str]  # organization and StackSet


@dataclass(frozen=True, slots=True)
class Run:
    """What a run tells beside AWS itself, by StackSet: the accounts that the plan meant to reach, why
    operations did not end well, for all accounts and for those that an operation named (a ring's), and what AWS
    said of single accounts; by user, why he got no password."""

    meant: Mapping[Key, frozenset[str]]
    setbacks: Mapping[Key, str]
    named: Mapping[Key, Mapping[str, str]]
    failures: Mapping[Key, Mapping[str, str]]
    people: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan | None, outcomes: Mapping[str, Outcome] | None) -> "Run":
        if plan is None or outcomes is None:
            return cls({}, {}, {}, {}, {})
        meant = {
            (one.organization, one.name): frozenset(
                change.account for change in one.accounts if change.effect in ("new", "changed")
            )
            for one in plan.stack_sets
        }
        setbacks: dict[Key, str] = {}
        named: dict[Key, dict[str, str]] = {}
        failures: dict[Key, dict[str, str]] = {}
        people: dict[str, str] = {}
        for operation in plan.operations:
            outcome = outcomes.get(operation.id)
            if outcome is None or outcome.state == "succeeded":
                continue
            if isinstance(operation, CreatePassword):
                people[operation.user] = outcome.reason
                continue
            key = (operation.place, operation.stack)
            setbacks.setdefault(key, outcome.reason)
            if isinstance(operation, UpdateStackSet | CreateInstances):
                for account in operation.accounts:
                    named.setdefault(key, {}).setdefault(account, outcome.reason)
            failures.setdefault(key, {}).update(outcome.accounts)
        return cls(meant, setbacks, named, failures, people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One wanted StackSet as it stands.  `foreign` says why it is not ours, `setback` why the run did not
    get further, `empty` are the accounts that the live template leaves out."""

    view: View
    compiled: CompiledStack
    live: ObservedStackSet | None
    scope: tuple[ObservedAccount, ...]
    instances: Mapping[str, ObservedInstance]
    empty: frozenset[str]
    foreign: str
    meant: frozenset[str]
    setback: str
    named: Mapping[str, str]
    failures: Mapping[str, str]

    @classmethod
    def of(cls, view: View, compiled: CompiledStack, live: ObservedStackSet | None, run: Run) -> "Sight":
        target = target_of(compiled)
        foreign = foreign_reason(view.estate, live) if live else ""
        ours = None if foreign else live
        key = (view.wanted.name, compiled.name)
        return cls(
            view=view,
            compiled=compiled,
            live=live,
            scope=view.tree.scope(target.ous),
            instances=at_home(ours, view.region) if ours else {},
            empty=left_out_live(view, ours) if ours else _meant_empty(view, compiled),
            foreign=foreign,
            meant=run.meant.get(key, frozenset()),
            setback=run.setbacks.get(key, ""),
            named=run.named.get(key, {}),
            failures=run.failures.get(key, {}),
        )

    def why_not(self, account: ObservedAccount) -> str:
        """Why the run did not get as far as this account, or ""."""
        return self.named.get(account.id, self.setback)

    @property
    def running(self) -> str | None:
        return self.live.running if self.live else None


def account_status(sight: Sight, account: ObservedAccount) -> AccountStatus:
    """One line of truth about a wanted account."""
    state, reason = _verdict(sight, account)
    return AccountStatus(
        organization=sight.view.wanted.name,
        stack_set=sight.compiled.name,
        account=account.id,
        name=account.name,
        path=sight.view.tree.path(account.unit),
        state=state,
        reason=reason,
        hint=hint(reason),
        victim=is_victim(reason),
    )


def _verdict(sight: Sight, account: ObservedAccount) -> Verdict:
    instance = sight.instances.get(account.id)
    found = health(instance, sight.running)
    if account.id == sight.view.live.management_account:
        return "management", "StackSets never deploy to it"
    if inactive(account):
        return "suspended", account.state.lower().replace("_", " ")
    if found in ("failed", "inoperable", "victim") or (account.id in sight.failures and found != "current"):
        return _unsuccessful(sight, account, instance, found)
    empty = label(sight.view, target_of(sight.compiled), sight.empty, account.id)
    if empty and _meant(sight, account):
        return ("excepted", "") if empty == "excepted" else ("protected", empty.removeprefix("protected: "))
    return _plain(sight, account, instance, found)


def _unsuccessful(
    sight: Sight, account: ObservedAccount, instance: ObservedInstance | None, found: Health
) -> Verdict:
    reason = (instance.reason if instance else "") or sight.failures.get(account.id, "")
    if found == "victim" or is_victim(reason):
        return "not-attempted", reason or "cancelled before its turn"
    if found == "inoperable":
        return "failed", f"inoperable, repair it: {reason}".rstrip(": ")
    return "failed", reason or sight.why_not(account) or "AWS gives no reason"


def _plain(
    sight: Sight, account: ObservedAccount, instance: ObservedInstance | None, found: Health
) -> Verdict:
    live = sight.live
    if live is None or sight.foreign:
        return "not-attempted", sight.foreign or sight.why_not(account) or "the StackSet is not there"
    if found == "in-progress" or (live.running and found != "current"):
        return (
            "in-progress",
            f"operation {live.running} is under way" if live.running else "AWS is at work there",
        )
    if instance is None:
        return "not-attempted", sight.why_not(account) or "has no stack"
    if live.template != sight.compiled.digest:
        return "older-template", sight.why_not(account)
    if found == "current":
        return ("deployed" if account.id in sight.meant else "current"), ""
    if found == "suspended":
        return "older-template", "AWS passed over it while it was suspended"
    pending = instance.detailed == "PENDING"
    reason = instance.reason or sight.named.get(account.id) or f"AWS says {instance.status}"
    return ("not-attempted" if pending else "older-template"), reason


def _meant(sight: Sight, account: ObservedAccount) -> bool:
    """True where the manifest, too, wants the account's stack empty."""
    excepted = target_of(sight.compiled).excepted
    return account.id in excepted or account.id in sight.view.wanted.protected


def _meant_empty(view: View, compiled: CompiledStack) -> frozenset[str]:
    return frozenset(target_of(compiled).excepted) | frozenset(view.wanted.protected)
