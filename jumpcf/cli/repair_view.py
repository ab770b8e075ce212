"""A repair as text: what is wrong, what is done, why that is safe."""

from collections.abc import Iterator

from jumpcf.artifacts.repair import Finding, Repair
from jumpcf.cli.tables import wrapped
from jumpcf.planner.explain import sentence
from jumpcf.planner.words import count

SHOWN = 8  # accounts that are named; JSON has them all
WIDE = 96


def text(repair: Repair) -> str:
    """Every finding, then the operations, then one line: how many things, or that there are none."""
    lines: list[str] = []
    for finding in repair.findings:
        lines += _finding(finding)
    operations = repair.plan.operations
    if operations:
        lines += ["Operations:", *(f"  {sentence(one)}" for one in operations)]
    lines += [f"Note: {notice}" for notice in repair.plan.notices]
    lines += [f"BLOCKED: {blocker}" for blocker in repair.plan.blockers]
    return "\n".join([*lines, summary(repair)])


def summary(repair: Repair) -> str:
    if repair.plan.blockers:
        return f"{len(repair.plan.blockers)} blocked: nothing will be written until this is mended."
    mended = sum(bool(one.operations) for one in repair.findings)
    left = len(repair.findings) - mended
    told = f"Repair: {count(mended, 'thing')}, {count(len(repair.plan.operations), 'operation')}"
    if not mended:
        told = "Nothing to repair"
    return f"{told}; {left} left as {'it is' if left == 1 else 'they are'}." if left else f"{told}."


def _finding(finding: Finding) -> Iterator[str]:
    where = f" in {count(len(finding.accounts), 'account')}" if finding.accounts else ""
    yield f"{finding.place}/{finding.stack}{where}"
    for name in finding.names[:SHOWN]:
        yield f"      {name}"
    if len(finding.names) > SHOWN:
        yield f"      and {len(finding.names) - SHOWN} more"
    for word, said in (("wrong", finding.wrong), ("done", finding.done), ("safe", finding.safe)):
        yield from wrapped(said, 9, first=f"  {word + ':':7}", width=WIDE)
