"""`jumpcf sync`."""

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, sandbox, syncing


@click.command()
@organizations("refresh", jump=True)
@click.option("--check", is_flag=True, help="Write nothing; exit code 2 where a file would change.")
@local
@pass_console
def command(console: Console, org: tuple[str, ...], check: bool, local: bool) -> Exit:
    """Refresh params/lock/ from AWS, and say what the changes mean for the grants.

    \b
    Example: jumpcf sync --org corp
             jumpcf sync --check

    Writes lock/ORGANIZATION.json (OUs, accounts, delegated administrators) and lock/parameters.json
    (Parameter Store values that partners' networks name). Commit them; a build reads nothing else.
    A place that refuses keeps its file; the others are written, and the exit code is 4.

    Needs in each organization's admin account organizations:DescribeOrganization, ListRoots,
    ListAccounts, ListOrganizationalUnitsForParent, ListAccountsForParent,
    ListDelegatedAdministrators, ListDelegatedServicesForAccount; in the jump account, where params
    name a parameter, ssm:GetParameters; in both sts:GetCallerIdentity.
    """
    from jumpcf.cli import sync_view

    folders = console.folders()
    with sandbox.world(folders, local=local, say=console.say):
        done = syncing.sync(folders, org, check=check, say=console.say)
    files = done.synced.files
    console.result(
        building.encode(done.synced) if console.json else sync_view.text(done.synced, fits=not done.problems)
    )
    for one in files:
        if one.state == "refused":
            console.error(one.refused + (f"\n    hint: {one.hint}" if one.hint else ""))
    for problem in done.problems:
        console.ask(str(problem))
    if any(one.state == "refused" for one in files):
        return Exit.AWS
    if done.problems:
        console.error("params/ do not fit what AWS says now; jumpcf build will refuse them.")
        return Exit.PROBLEMS
    differs = check and any(one.state != "same" for one in files)
    return Exit.CHANGES if differs else Exit.DONE
