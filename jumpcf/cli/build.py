"""`jumpcf build`."""

from pathlib import Path

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.pipeline import building
from jumpcf.pipeline.folders import Folders
from jumpcf.planner.words import count

FULLEST = 5
ACCEPTED = " accepts "  # in the notices that repeat a reason from params/ (accept_escalation, accept_delegated_admin)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write; build/ in the estate's folder by default.",
)
@click.option("--no-lint", is_flag=True, help="Compile and check, but do not run cfn-lint.")
@pass_console
def command(console: Console, out: Path | None, no_lint: bool) -> None:
    """Compile params/ and stacks/ to templates, check and lint them.

    \b
    Example: jumpcf build
    Needs no credentials and no network.
    """
    folders = console.folders(out)
    built = building.build(folders, lint=not no_lint, say=console.say)
    warn(console, built)
    if console.json:
        console.result(building.encode(built.manifest))
        return
    show(console, folders, built)


def taken(
    console: Console, compiled: Path | None, *, lint: bool = True, planning: bool = False
) -> tuple[Folders, building.Built]:
    """Build, or take what lies in `compiled` (the option --compiled); says the warnings of either."""
    folders = console.folders(compiled)
    if compiled:
        built = building.compiled(folders, planning=planning)
    else:
        built = building.build(folders, lint=lint, say=console.say)
    return folders, built


def warn(console: Console, built: building.Built) -> None:
    """What every verb that builds to deploy says: warnings, and each danger that a person has accepted, also with
    --quiet; other notices are talk."""
    console.problems(built.warnings)
    for notice in built.manifest.notices:
        console.say(f"Note: {notice}", always=ACCEPTED in notice)


def show(console: Console, folders: Folders, built: building.Built) -> None:
    """What was compiled, in a few lines."""
    stacks = built.manifest.stacks
    jump = sum(stack.kind == "stack" for stack in stacks)
    names = ", ".join(organization.name for organization in built.manifest.organizations)
    console.say(
        f"Estate {built.manifest.estate}: {count(jump, 'jump stack')}, "
        f"{count(len(stacks) - jump, 'StackSet')} for {names}"
    )
    if built.compiled:
        console.result(f"Templates and manifest in {folders.build}, {built.linted} linted")
    else:
        console.result("Nothing changed since the last build")
    for use in built.manifest.quotas[:FULLEST]:
        console.say(
            f"  {use.used / use.limit:4.0%} of {use.quota} ({use.used:,} of {use.limit:,}): {use.where}"
        )
