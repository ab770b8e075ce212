"""Of a whole plan, the part that closes or opens one partner's doors: his stack and his StackSets."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from jumpcf.artifacts.manifest import JUMP, Manifest, Rollout
from jumpcf.artifacts.operation import AnyOperation, CreatePassword, WithdrawPassword
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.iam_words import longest_of_roles

AT_ONCE = Rollout(max_concurrent="100%", failure_tolerance="100%", mode="soft")


def narrowed(manifest: Manifest, organizations: Iterable[str], *, at_once: bool) -> Manifest:
    """The manifest for these organizations alone; with `at_once` to every account at the same time, without rings:
    a Deny that fails in one account must not hold it up in the others."""
    kept = set(organizations)
    return replace(
        manifest,
        organizations=tuple(
            replace(one, rollout=AT_ONCE) if at_once else one
            for one in manifest.organizations
            if one.name in kept
        ),
    )


def of_partner(plan: Plan, partner: str, *, apart: bool) -> Plan:
    """What of a plan concerns this partner, but for passwords; blockers that name only what others have go.

    With `apart` no StackSet waits for the stack of the jump account, not even one whose update gives something
    beside its fence (one that only takes waits for nobody anyway, `order`): of two doors that close, neither needs
    the other.  Without it all is as planned.
    """
    stacks = tuple(one for one in plan.stacks if one.partner == partner)
    sets = tuple(one for one in plan.stack_sets if one.partner == partner)
    names = {(JUMP, one.name) for one in stacks} | {(one.organization, one.name) for one in sets}
    operations = [
        one
        for one in plan.operations
        if (one.place, one.stack) in names and not isinstance(one, CreatePassword | WithdrawPassword)
    ]
    ids = {one.id: (one.place, one.stack) for one in operations}
    own = {name for _, name in names}
    others = {one.name for one in plan.stacks} | {one.name for one in plan.stack_sets}
    others -= own

    def waits(one: AnyOperation) -> tuple[str, ...]:
        here = (one.place, one.stack)
        return tuple(need for need in one.needs if need in ids and (not apart or ids[need] == here))

    return replace(
        plan,
        stacks=stacks,
        stack_sets=sets,
        operations=tuple(replace(one, needs=waits(one)) for one in operations),
        blockers=tuple(line for line in plan.blockers if _names(line, own) or not _names(line, others)),
        notices=(),
        account=None,
        open_sessions=tuple(one for one in plan.open_sessions if one.partner == partner),
    )


def fences_alone(plan: Plan) -> Plan:
    """Without the jump account: what somebody must accept there, such as the offboarding of a user who left, is
    nothing that the end of sessions waits for."""
    return replace(
        plan,
        stacks=(),
        operations=tuple(one for one in plan.operations if one.place != JUMP),
        blockers=tuple(line for line in plan.blockers if not line.startswith(f"{JUMP}/")),
        open_sessions=(),
    )


def _names(line: str, known: Iterable[str]) -> bool:
    """Whether a sentence names one of these, as a whole: jump-partner-acme is not in jump-partner-acme-eu."""
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line) for name in known)


def longest_session(manifest: Manifest, partner: str, template: Callable[[str], Any]) -> int:
    """Seconds that a session of the partner's roles can last at most."""
    mine = [one for one in manifest.stacks if one.partner == partner and one.kind == "stackset"]
    return longest_of_roles(template(one.digest) for one in mine)
