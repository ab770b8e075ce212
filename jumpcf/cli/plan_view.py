"""A plan as text that a person reads before saying yes."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from jumpcf.artifacts.effects import plan_digest
from jumpcf.artifacts.operation import CreatePassword, OffboardUser, WithdrawPassword
from jumpcf.artifacts.plan import (
    TOUCHED,
    AccountChange,
    AccountPlan,
    OpenSessions,
    Plan,
    ResourceChange,
    StackPlan,
    StackSetPlan,
)
from jumpcf.cli.iam_view import MARKS, Told
from jumpcf.cli.tables import wrapped
from jumpcf.planner.explain import TAKEN, going_on, ring_sentences, what_denies
from jumpcf.planner.partner_words import partner_sentences
from jumpcf.planner.replaced import told as going
from jumpcf.planner.words import count

SIGNS = {"create": "+", "update": "~", "delete": "-", "none": "=", "blocked": "!"}
RESOURCE_SIGNS = {"add": "+", "change": "~", "remove": "-"}
EFFECTS = ("new", "changed", "leaving", "skipped", "current")
SHOWN = 8  # accounts of one kind that are named without --verbose


Fold = Callable[[str, list[str]], list[str]]  # a title and lines that belong together (`Console.fold`)


def unfolded(_title: str, lines: list[str]) -> list[str]:
    return lines


def text(plan: Plan, verbose: bool, fold: Fold = unfolded) -> str:
    """The whole plan; with `verbose` also what stays as it is, and every account."""
    told = Told(verbose)
    lines = fold("jump account", [*_jump(plan, told)])
    for organization, sets in groupby(plan.stack_sets, key=lambda one: one.organization):
        lines += fold(organization, [*_organization(organization, tuple(sets), told)])
    told_once = (*ring_sentences(plan), *partner_sentences(plan))
    lines += [line for sentence in told_once for line in wrapped(sentence, 4)]
    lines += [f"Note: {notice}" for notice in plan.notices]
    lines += [line for one in plan.open_sessions for line in wrapped(_open(one), 4)]
    lines += [f"BLOCKED: {blocker}" for blocker in plan.blockers]
    return "\n".join([*lines, summary(plan), *_digest(plan)])


def _open(one: OpenSessions) -> str:
    return f"SESSIONS GO ON: {going_on(one)}: {what_denies(one, str)}"


def summary(plan: Plan) -> str:
    """One line: how much, or that nothing changes."""
    if plan.blockers:
        return f"{len(plan.blockers)} blocked: nothing will be written until this is mended."
    if not plan.operations:
        return "No changes."
    effects = [change.effect for one in plan.stack_sets for change in one.accounts]
    told = ", ".join(f"{effects.count(name)} {name}" for name in ("new", "changed", "leaving"))
    parts = [count(len(plan.operations), "operation"), f"stacks in accounts: {told}", *_people(plan)]
    return f"Plan: {'; '.join(parts)}."


def _digest(plan: Plan) -> Iterator[str]:
    """What an acceptance can be bound to, where there is something to accept."""
    if plan.operations and not plan.blockers:
        yield f"Plan digest: {plan_digest(plan)}"


def _people(plan: Plan) -> Iterator[str]:
    """How many come, go, or go from one partner's stack to another's; nothing where all stay."""
    found = {
        action: {
            change.subject.casefold()
            for one in plan.stacks
            for change in one.iam
            if change.part == "user" and change.action == action
        }
        for action in ("added", "removed")
    }
    new, leaving = found["added"], found["removed"]
    moved = new & leaving
    if new or leaving:
        yield f"people: {len(new - moved)} new, {len(moved)} moved, {len(leaving - moved)} leaving"


def _jump(plan: Plan, told: Told) -> Iterator[str]:
    shown = [one for one in plan.stacks if told.verbose or one.action != "none"]
    if shown or plan.account:
        yield "jump account"
        if plan.account:
            yield from _settings(plan.account)
        for one in shown:
            yield f"  {SIGNS[one.action]} {one.name}  {_because(one.action, one.reason)}"
            yield from _offboarded(plan, one)
            yield from _difference(one, told)
    yield from _passwords(plan, told.verbose)


def _settings(account: AccountPlan) -> Iterator[str]:
    yield f"  ~ password policy  {account.reason}"
    for one in sorted(account.settings, key=lambda one: MARKS.index(one.mark)):
        yield f"      {one.mark:9} {one.name}: {one.before} to {one.after}"


def _passwords(plan: Plan, verbose: bool) -> Iterator[str]:
    """Who gets an initial password and whose unused one is withdrawn, by partner."""
    work = [one for one in plan.operations if isinstance(one, CreatePassword | WithdrawPassword)]
    if work:
        yield "initial passwords"
    for kind, sign in ((CreatePassword, "+"), (WithdrawPassword, "-")):
        found: dict[tuple[str, str], list[str]] = {}
        for one in work:
            if isinstance(one, kind):
                found.setdefault((one.partner, one.reason), []).append(one.user)
        for (partner, reason), users in found.items():
            shown = users if verbose else users[:SHOWN]
            more = f" and {len(users) - len(shown)} more (-v shows all)" if len(users) > len(shown) else ""
            yield f"  {sign} {partner}  {', '.join(shown)}{more}  ({reason})"


def _offboarded(plan: Plan, stack: StackPlan) -> Iterator[str]:
    for operation in plan.operations:
        if isinstance(operation, OffboardUser) and operation.stack == stack.name:
            yield f"      offboard {operation.user}: {TAKEN}"


def _organization(name: str, sets: tuple[StackSetPlan, ...], told: Told) -> Iterator[str]:
    if shown := [one for one in sets if told.verbose or touched(one)]:
        yield name
        for one in shown:
            yield f"  {SIGNS[one.action]} {one.name}  {_because(one.action, one.reason)}"
            yield from _difference(one, told)
            yield from _units("+", one.new_units)
            yield from _units("-", one.leaving_units)
            yield from _accounts(one.accounts, told.verbose)


def touched(one: StackSetPlan) -> bool:
    """Does anything happen to the StackSet or in an account of it?"""
    return one.action != "none" or any(change.effect in TOUCHED for change in one.accounts)


def _because(action: str, reason: str) -> str:
    word = "unchanged" if action == "none" else action
    return f"{word}: {reason}" if reason else word


def _units(sign: str, units: Iterable[str]) -> Iterator[str]:
    for unit in units:
        yield f"      {sign} OU {unit}"


def _difference(one: StackPlan | StackSetPlan, told: Told) -> Iterator[str]:
    """What it means in IAM's words; where it means nothing, which resources are written otherwise."""
    if one.iam:
        yield from told.difference(one)
        if isinstance(one, StackPlan):
            yield from _going(one)
    else:
        yield from _resources(one.action, one.changes)


def _going(one: StackPlan) -> Iterator[str]:
    """The resources that go, which IAM's words above may not name; those of a stack that goes go with it."""
    for word, resources in going(one.changes) if one.action == "update" else ():
        yield from wrapped(f"      {word}: {', '.join(resources)}", 10)


def _resources(action: str, changes: Iterable[ResourceChange]) -> Iterator[str]:
    if action != "update":
        return
    for change in changes:
        properties = f" ({', '.join(change.properties)})" if change.properties else ""
        fate = f": {change.fate}" if change.fate != "kept" else ""
        yield f"      {RESOURCE_SIGNS[change.action]} {change.logical_id} {change.type}{properties}{fate}"


def _accounts(accounts: tuple[AccountChange, ...], verbose: bool) -> Iterator[str]:
    for effect in EFFECTS:
        of_kind = [account for account in accounts if account.effect == effect]
        if effect == "current" and not verbose:
            if of_kind:
                yield f"      current  {count(len(of_kind), 'account')}"
            continue
        for account in of_kind if verbose else of_kind[:SHOWN]:
            reason = f"  ({account.reason})" if account.reason else ""
            yield f"      {effect:8} {account.account} {account.name}  {account.path}{reason}"
        if not verbose and len(of_kind) > SHOWN:
            yield f"      {effect:8} and {len(of_kind) - SHOWN} more (-v shows all)"
