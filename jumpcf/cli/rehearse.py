"""`jumpcf rehearse`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from jumpcf.artifacts.effects import broadenings, deletions, sessions_left_open
from jumpcf.artifacts.rehearsal import CallCount, Rehearsal
from jumpcf.cli import plan_view, status_view
from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.options import organizations, pass_console
from jumpcf.cli.progress import Lines
from jumpcf.cli.running import pass_unshown
from jumpcf.errors import Exit, GateRefused
from jumpcf.executor.progress import Silent
from jumpcf.pipeline import building
from jumpcf.pipeline.rehearsal import rehearse
from jumpcf.planner.words import count

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@organizations("rehearse", jump=True)
@click.option(
    "--from", "earlier", type=FOLDER, metavar="DIR", help="Begin from what this build folder deployed."
)
@click.option("--faults", type=FILE, metavar="FILE", help="Let these things go wrong (docs/local.md).")
@pass_console
def command(console: Console, org: tuple[str, ...], earlier: Path | None, faults: Path | None) -> Exit:
    """Plan and deploy on an embedded AWS that is made from params/lock/ and thrown away after.

    \b
    Example: jumpcf rehearse --org corp
             jumpcf rehearse --from ../main/build

    Begins from an empty AWS, or with --from from what another build deployed. Prints the plan, how every
    wanted account would end, and how many calls and operations it takes. Nobody is asked: it says which flags a
    deploy would need. Exit codes are those of deploy.

    Needs no credentials and no network.
    """
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    subscriber = Lines(console.say) if console.verbose else Silent()
    found = rehearse(
        folders, built.manifest, org, subscriber, earlier=earlier, faults=faults, say=console.say
    )
    console.result(building.encode(found) if console.json else text(found, console.verbose))
    if found.status is None:
        raise GateRefused("G501", "the plan is blocked; a deploy would write nothing", found.plan.blockers[0])
    pass_unshown(found.refused)
    return Exit.DONE if found.status.as_wanted else Exit.NOT_AS_WANTED


def text(found: Rehearsal, verbose: bool) -> str:
    """The plan, the end, and the cost."""
    began = f"from what {found.earlier} deployed" if found.earlier else "from an empty AWS"
    lines = [f"Rehearsal {began}", *(f"Note: {notice}" for notice in found.notices), ""]
    lines += [plan_view.text(found.plan, verbose), ""]
    if found.status:
        lines += ["How it would end", status_view.text(found.status, verbose), ""]
    return "\n".join([*lines, *_operations(found), *_calls(found.calls), *_needs(found)])


def _operations(found: Rehearsal) -> Iterator[str]:
    yield "Operations"
    each = sorted(found.plan.operations, key=lambda one: (one.place != "jump", one.place, one.kind))
    for place, operations in groupby(each, key=lambda one: one.place):
        kinds = [one.kind for one in operations]
        told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        yield f"  {place:16} {len(kinds):5}  {told}"
    if not each:
        yield "  none"


def _calls(calls: tuple[CallCount, ...]) -> Iterator[str]:
    yield "API calls                            plan  deploy  writes"
    for one in calls:
        yield f"  {one.place:16} {one.service:16} {one.planning:6} {one.deploying:7} {one.writes:7}"
    planning, deploying = sum(one.planning for one in calls), sum(one.deploying for one in calls)
    yield f"  {'in all':33} {planning:6} {deploying:7} {sum(one.writes for one in calls):7}"
    yield "  In AWS operations take minutes: each look at one that runs is another call or two."


def _needs(found: Rehearsal) -> Iterator[str]:
    """What somebody would have to accept, by name."""
    for flag, verb, noun, names in (
        ("--accept-open-sessions", "leaves sessions open of", "user", sessions_left_open(found.plan)),
        ("--accept-broadening", "broadens", "thing", broadenings(found.plan)),
        ("--accept-deletion", "takes away", "thing", deletions(found.plan)),
    ):
        if flag in found.flags:
            yield f"A deploy {verb} {count(len(names), noun)}, and asks (or wants {flag}):"
            yield from (f"  {name}" for name in names)
    if found.flags == ("--yes",):
        yield "A deploy asks once before it writes (or wants --yes)."
