"""`jumpcf doctor`."""

import click

from jumpcf.artifacts.checkup import Checkup
from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, checkup, sandbox


@click.command()
@organizations("look at", jump=True)
@local
@pass_console
def command(console: Console, org: tuple[str, ...], local: bool) -> Exit:
    """What is wrong with the estate or its rights, and how to mend it.  Reads only.

    \b
    Example: jumpcf doctor
             jumpcf -o json doctor --org corp

    Looks at credentials, organizations, trusted access, delegation, StackSets, locks, quotas, the
    pipeline's roles, users in no stack, versions and the clock; docs/doctor.md lists every finding. Exit code 1 where
    one is an error. Hints with -v only; -q before the verb leaves the errors.

    Needs what plan and sync need, cloudformation:DescribeOrganizationsAccess in the admin accounts, and in the
    jump account cloudformation:ListStackResources and iam:ListUsers.
    """
    folders = console.folders()
    with sandbox.world(folders, local=local, say=console.say):
        found = checkup.examine(folders, tuple(name for name in org if name != "all"), say=console.say)
    console.result(
        building.encode(found) if console.json else text(found, verbose=console.verbose, quiet=console.quiet)
    )
    return Exit.PROBLEMS if found.count("error") else Exit.DONE


def text(found: Checkup, *, verbose: bool = False, quiet: bool = False) -> str:
    """Each finding with what it means and how to mend it, and at the end how many there are."""
    shown = ["error"] if quiet else ["error", "warning", "hint"] if verbose else ["error", "warning"]
    lines = []
    for one in found.findings:
        if one.severity in shown:
            lines += [f"{one.code} {one.severity}: {one.where}: {one.meaning}", f"    found: {one.what}"]
            lines += [f"    fix: {one.fix}", f"    source: {one.source}"]
    counts = [
        (found.count("error"), "error"),
        (found.count("warning"), "warning"),
        (found.count("hint"), "hint"),
    ]
    told = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts)
    return "\n".join([*lines, told + ("" if verbose or quiet or not counts[2][0] else " (-v shows them)")])
