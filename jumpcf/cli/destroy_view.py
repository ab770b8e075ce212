"""A destruction as text: what goes, in which order, and what stays."""

from collections.abc import Iterator

from jumpcf.artifacts.destruction import Destruction, Leftover
from jumpcf.cli.tables import wrapped
from jumpcf.planner.explain import sentence
from jumpcf.planner.words import count

WIDE = 96  # for what is copied into a shell


def text(destruction: Destruction) -> str:
    """Before it: the operations in order, whom they reach, what will stay."""
    plan = destruction.plan
    lines: list[str] = []
    operations = (*plan.operations, *destruction.last.operations)
    if operations:
        lines += [f"To destroy {destruction.scope}:", *(f"  {sentence(one)}" for one in operations)]
        accounts = {
            change.account for one in plan.stack_sets for change in one.accounts if change.effect == "leaving"
        }
        people = sum(one.kind == "offboard-user" for one in operations)
        lines.append(
            f"{count(len(operations), 'operation')}; {people} people lose password, MFA devices and keys; "
            f"{count(len(accounts), 'account')} lose roles."
        )
    lines += [f"Note: {notice}" for notice in plan.notices]
    lines += [f"BLOCKED: {blocker}" for blocker in plan.blockers]
    return "\n".join(lines)


def result(before: Destruction, after: Destruction) -> str:
    """After it: that nothing is there any more, or what is; then what stays by itself."""
    if before.is_done:
        return f"Nothing of {before.scope} is there."
    lines = []
    left = (*after.plan.operations, *after.last.operations)
    if left:
        lines += [f"NOT everything of {before.scope} is gone; run destroy again for:"]
        lines += [f"  {sentence(one)}" for one in left]
    else:
        lines += [f"Nothing of {before.scope} is there any more."]
    if before.leftovers:
        lines += ["", "What stays:"]
        for one in before.leftovers:
            lines += _leftover(one)
    return "\n".join(lines)


def _leftover(one: Leftover) -> Iterator[str]:
    told = f"{one.what}, in {one.where}: {one.why}"
    yield from wrapped(told, 2, first="- ", width=WIDE)
    yield from (f"    {command}" for command in one.commands)
