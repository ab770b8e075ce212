"""`jumpcf drift`."""

import secrets
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from jumpcf.artifacts.drift import Drifted, DriftReport
from jumpcf.artifacts.plan import PolicyChange
from jumpcf.cli.build import taken
from jumpcf.cli.console import Console
from jumpcf.cli.iam_view import MARKS, headline
from jumpcf.cli.options import compiled as compiled_option
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, sandbox, upkeep
from jumpcf.planner.words import count

SHOWN = 8  # accounts that are named; JSON has them all


@click.command()
@organizations("look at", jump=True)
@local
@compiled_option
@pass_console
def command(console: Console, org: tuple[str, ...], local: bool, compiled: Path | None) -> Exit:
    """Say what somebody changed by hand in what was deployed.

    \b
    Example: jumpcf drift --org corp

    CloudFormation looks: for a StackSet that is an operation. It changes nothing, but waits for
    operations under way, and others wait for it. Exit code 3 where something is not as it was
    made or could not be looked at. What drift detection never sees is said at the end.

    Needs cloudformation:DetectStackSetDrift, ListStackInstanceResourceDrifts and what status
    needs; in the jump account DetectStackDrift, DescribeStackDriftDetectionStatus,
    DescribeStackResourceDrifts; in all of them the read of each resource type, as
    iam:Get*, List* (docs/upkeep.md).
    """
    folders, built = taken(console, compiled, lint=False)
    manifest = built.manifest
    with sandbox.world(folders, local=local, say=console.say):
        found = upkeep.drift(folders, manifest, org, f"jumpcf-drift-{secrets.token_hex(6)}", say=console.say)
    console.result(building.encode(found) if console.json else text(found))
    return Exit.DONE if found.is_clean else Exit.NOT_AS_WANTED


def text(found: DriftReport) -> str:
    """What drifted, the same change in many accounts once; what was not looked at; what is never seen."""
    lines: list[str] = []
    for (place, stack), each in groupby(found.drifted, key=lambda one: (one.drift.place, one.drift.stack)):
        lines.append(f"{place}/{stack}")
        groups: dict[tuple[str, ...], list[str]] = {}
        for one in each:
            groups.setdefault(tuple(_told(one)), []).append(one.drift.account)
        for told, accounts in groups.items():
            more = f" and {len(accounts) - SHOWN} more" if len(accounts) > SHOWN else ""
            lines += [f"  {told[0]}  in {', '.join(accounts[:SHOWN])}{more}", *told[1:]]
    for missing in found.unseen:
        where = f" in {missing.account}" if missing.account else ""
        lines.append(f"NOT LOOKED AT: {missing.place}/{missing.stack}{where}: {missing.reason}")
    lines.append(_summary(found))
    for other in found.otherwise:
        lines.append(f"NOT AS params COMPILE TO: {other.place}/{other.stack}; a deploy puts that back:")
        lines += [headline(change, change.subject) for change in in_order(other.changes)]
        if not other.changes:
            lines.append("      nothing of IAM's; 'jumpcf plan' says what")
    lines += ["Drift detection never sees:", *(f"- {line}" for line in found.blind)]
    return "\n".join(lines)


def _told(one: Drifted) -> Iterator[str]:
    yield f"{one.drift.status.lower()} {one.drift.resource} ({one.drift.type})"
    yield from (headline(change, change.subject) for change in in_order(one.changes))
    if not one.changes:
        yield from (f"      {difference.path}" for difference in one.drift.differences)


def in_order(changes: Iterable[PolicyChange]) -> list[PolicyChange]:
    """What is broadened first."""
    return sorted(changes, key=lambda each: MARKS.index(each.mark))


def _summary(found: DriftReport) -> str:
    looked = f"{found.looked} stacks and StackSets looked at"
    if found.is_clean:
        return f"No drift{' from what the stacks made' if found.otherwise else ''}: {looked}."
    return f"DRIFT: {count(len(found.drifted), 'resource')} not as made, {looked}."
