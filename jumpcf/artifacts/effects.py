"""What a plan gives and takes, by name: what somebody has to accept before it is deployed.

Read from the plan's own words, so that the gate asks about what the plan shows and about nothing else.
"""

from collections.abc import Iterator
from dataclasses import replace

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.instants import hours
from jumpcf.artifacts.operation import (
    DeleteInstances,
    DeleteStack,
    DeleteStackSet,
    OffboardUser,
    WithdrawPassword,
)
from jumpcf.artifacts.plan import Mark, Plan, PolicyChange, ResourceChange, StackSetPlan

BROADER: frozenset[Mark] = frozenset({"broadened", "changed"})
"""Marks under which somebody may do more; of a single statement "changed" counts as broadened (`policy.compare`)."""

TAKEN = frozenset({"AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"})
"""Resources whose removal takes access away from somebody."""

NEW = ("user", "role", "group")
"""Parts whose addition is a subject that was not there."""


WITHOUT = "without a password: "
"""How the notice begins that names people without one."""


def plan_digest(plan: Plan) -> str:
    """SHA-256 of the plan's canonical form, 64 hex digits: what an acceptance can be bound to.

    The withdrawal of unused passwords is not in it, and neither is the notice that follows one: nobody is asked about
    them, and what was accepted holds when a day makes one overdue, or a night has done it (`jumpcf user withdraw`).
    """
    work = tuple(one for one in plan.operations if not isinstance(one, WithdrawPassword))
    notices = tuple(one for one in plan.notices if not one.startswith(WITHOUT))
    return content_digest(replace(plan, operations=work, notices=notices))


def broadenings(plan: Plan) -> tuple[str, ...]:
    """What the plan broadens, by name.  First the password policy and what those who have access may do more,
    then users, roles and groups that come, then OUs and accounts that get roles: new ones, and excepted ones
    that are so no more.

    Access where there was none is broadened too, so a first deploy names everything.  An account in which only
    an earlier attempt is tried again is not named: what its StackSet holds was accepted then.
    """
    changes = [
        (place, change)
        for place, iam in (
            *((f"jump/{one.name}", one.iam) for one in plan.stacks),
            *((f"{one.organization}/{one.name}", one.iam) for one in plan.stack_sets),
        )
        for change in iam
        if change.mark in BROADER
    ]
    more = (_told(place, change) for place, change in changes if not _is_new(change))
    new = (
        _told(place, change)
        for part in NEW
        for place, change in changes
        if _is_new(change) and change.part == part
    )
    settings = (
        f"jump password policy: {one.name} {one.before} to {one.after}"
        for one in (plan.account.settings if plan.account else ())
        if one.mark in BROADER
    )
    reached = (name for one in plan.stack_sets for name in _reached(one))
    return tuple(dict.fromkeys((*settings, *more, *new, *reached)))


def deletions(plan: Plan) -> tuple[str, ...]:
    """What the plan takes away, by name: stacks and StackSets, wholly or from an OU; users, with all that
    they hold; accounts that lose their roles; single roles and groups, also where they are made anew."""
    operations = (
        f"{op.place}/{op.stack}"
        for op in plan.operations
        if isinstance(op, DeleteStack | DeleteInstances | DeleteStackSet)
    )
    offboarded = {(op.stack, op.resource): op for op in plan.operations if isinstance(op, OffboardUser)}
    users = (f"jump/{op.stack} user {op.user}" for op in offboarded.values())
    identities = (
        f"jump/{one.name} {change.logical_id}{f' ({change.fate})' if change.fate != 'kept' else ''}"
        for one in plan.stacks
        for change in one.changes
        if _taken(change) and (one.name, change.logical_id) not in offboarded
    )
    roles = (
        f"{one.organization}/{one.name} {change.logical_id}"
        for one in plan.stack_sets
        for change in one.changes
        if _taken(change)
    )
    accounts = (
        f"{one.organization}/{one.name} in {change.account}"
        for one in plan.stack_sets
        for change in one.accounts
        if change.effect == "leaving" and one.action != "delete" and not one.leaving_units
    )
    return tuple(dict.fromkeys((*operations, *users, *identities, *roles, *accounts)))


def sessions_left_open(plan: Plan) -> tuple[str, ...]:
    """Whose sessions of roles go on although he leaves, by name, and for how long."""
    return tuple(
        f"{one.user} of {one.partner} in {', '.join(one.places)} ({hours(one.seconds)} at most)"
        for one in plan.open_sessions
    )


def flags(plan: Plan) -> tuple[str, ...]:
    """The words that `jumpcf deploy` would ask for where nobody is at the terminal, in the order in which it does."""
    if plan.blockers or not plan.operations:
        return ()
    going_on = ("--accept-open-sessions",) if plan.open_sessions else ()
    broader = ("--accept-broadening",) if broadenings(plan) else ()
    taken = ("--accept-deletion",) if deletions(plan) else ()
    return ("--yes", *going_on, *broader, *taken)


def _is_new(change: PolicyChange) -> bool:
    return change.action == "added" and change.part in NEW and not change.what


def _told(place: str, change: PolicyChange) -> str:
    what = f" {change.what}" if change.what else ""
    return f"{place} {change.subject}: {change.part}{what} {change.action}"


def _reached(one: StackSetPlan) -> Iterator[str]:
    if one.action not in ("create", "update"):
        return
    yield from (f"{one.organization}/{one.name} OU {unit}" for unit in one.new_units)
    yield from (
        f"{one.organization}/{one.name} in {change.account}"
        for change in one.accounts
        if change.effect == "new"
    )


def _taken(change: ResourceChange) -> bool:
    """A replaced one goes as well: another one of its kind comes."""
    return change.type in TAKEN and change.goes
