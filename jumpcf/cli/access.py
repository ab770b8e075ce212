"""`jumpcf access`: matrix, who-can, why and test."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jumpcf.artifacts.instants import utc
from jumpcf.cli import completing
from jumpcf.cli.console import Console
from jumpcf.cli.options import at_option, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, questions

if TYPE_CHECKING:
    from jumpcf.access.ask import Asker
    from jumpcf.access.model import Graph


@click.group()
def command() -> None:
    """Who can reach what, proved from the compiled templates.

    \b
    Example: jumpcf access matrix --at 2027-01-15
             jumpcf access why taro.yamada shop-dev Power
    Needs no credentials and no network.
    """


@command.command()
@organizations("look at")
@at_option
@click.option(
    "--partner",
    metavar="NAME",
    multiple=True,
    shell_complete=completing.partners,
    help="Only this partner (repeatable).",
)
@click.option("--by", type=click.Choice(["partner", "user"]), default="partner", show_default=True)
@click.option("-o", "--output", type=click.Choice(["table", "json", "csv", "md", "html"]), help="The form.")
@pass_console
def matrix(
    console: Console,
    org: tuple[str, ...],
    at: str | None,
    partner: tuple[str, ...],
    by: str,
    output: str | None,
) -> None:
    """Which partner (or user) reaches which account with which level.

    \b
    Example: jumpcf access matrix --org corp --output md
    "Power 3/6": three of the partner's six users may take the role.

    Needs no credentials and no network.
    """
    from jumpcf.access import find
    from jumpcf.access.matrix import make_matrix
    from jumpcf.cli import access_view
    from jumpcf.estate.select import organizations as chosen

    graph = questions.access(console.folders(), say=console.say)
    names = chosen(list(graph.units), org) if org else ()
    partners = [find.partner(graph, one) for one in partner]
    made = make_matrix(_asker(graph, at), names, partners)
    form = console.form(output)
    if form == "json":
        console.result(building.encode(made))
    else:
        console.result(access_view.matrix(made, form, by_user=by == "user"))


@command.command(name="who-can", short_help="Who may take a role, or any role in an account.")
@click.argument("what", metavar="ROLE-OR-ACCOUNT")
@at_option
@pass_console
def who_can(console: Console, what: str, at: str | None) -> None:
    """Who may take a role (name or ARN), or any role in an account (id or name).

    \b
    Example: jumpcf access who-can 441000000001

    Needs no credentials and no network.
    """
    from jumpcf.access import find
    from jumpcf.access.matrix import make_matrix
    from jumpcf.cli import access_view
    from jumpcf.errors import UnknownName

    graph = questions.access(console.folders(), say=console.say)
    account: str | None
    try:
        account, names = find.place(graph, what).id, None
    except UnknownName as unknown:
        if unknown.code == "E604":
            raise
        roles, account = find.roles_or_nothing(graph, what)
        names = {f"{one.path}{one.name}" for one in roles}
    asker = _asker(graph, at)
    entries = tuple(
        one
        for one in make_matrix(asker, (), ()).entries
        if account in (None, one.account) and (names is None or one.role in names)
    )
    console.result(
        building.encode(entries) if console.json else access_view.takers(entries, what, asker.moment.at)
    )


@command.command(short_help="Why a user may or may not take a role, hop by hop.")
@click.argument("user", shell_complete=completing.users)
@click.argument("account")
@click.argument("level", required=False, shell_complete=completing.levels)
@at_option
@click.option("--network", metavar="ADDRESS", help="From this address; the partner's first one by default.")
@click.option("--no-mfa", is_flag=True, help="Without MFA.")
@click.option("--action", metavar="SERVICE:ACTION", help="May the role's session do this as well?")
@click.option(
    "--resource", metavar="ARN", help="With --action: on this; no resource in particular by default."
)
@click.option(
    "--context",
    metavar="KEY=VALUE",
    multiple=True,
    help="With --action: a condition key that the request has (repeatable).",
)
@pass_console
def why(
    console: Console,
    user: str,
    account: str,
    level: str | None,
    at: str | None,
    network: str | None,
    no_mfa: bool,
    action: str | None,
    resource: str | None,
    context: tuple[str, ...],
) -> None:
    """Why a user may or may not take a role in an account: hop by hop, with the lines that made it.

    \b
    Example: jumpcf access why taro.yamada shop-dev Power
             jumpcf access why taro.yamada shop-dev --action s3:DeleteBucket --resource arn:aws:s3:::logs
    AWS's managed policies are judged from copies in snapshots/ (docs/access.md), or not at all.

    Needs no credentials and no network.
    """
    from jumpcf.access import find
    from jumpcf.access.why import meant
    from jumpcf.access.why import why as chains_of
    from jumpcf.cli import access_view

    if action is None and (resource or context):
        raise click.UsageError("--resource and --context need --action.")

    graph = questions.access(console.folders(), say=console.say)
    asker = _asker(graph, at, network=find.address(network) if network else None, mfa=not no_mfa)
    named = find.level(graph, level) if level else None
    who, where, deed = find.person(graph, user), find.place(graph, account), None
    if action:
        roles = meant(asker, who, where, named)
        deed = questions.deed(console.folders(), roles, action, resource or "*", context, say=console.say)
    chains = chains_of(asker, who, where, named, deed)
    console.result(building.encode(chains) if console.json else access_view.chains(chains, user, account))


@command.command(short_help="Hold the assertions of tests/access.yaml.")
@at_option
@click.option(
    "--junit", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML."
)
@pass_console
def test(console: Console, at: str | None, junit: Path | None) -> Exit:
    """Hold the assertions of tests/access.yaml against the compiled templates.

    \b
    Example: jumpcf access test --junit access.xml
    Exit code 1 where one does not hold.

    Needs no credentials and no network.
    """
    from jumpcf.access.assertions import read_assertions
    from jumpcf.access.verdicts import judge_assertions
    from jumpcf.access.verdicts import junit as as_junit
    from jumpcf.cli import access_view

    graph = questions.access(console.folders(), say=console.say)
    assertions, day = read_assertions(console.folder, graph)
    asker = _asker(graph, at or day)
    verdicts = judge_assertions(asker, assertions)
    said = access_view.verdicts(verdicts, console.verbose, asker.moment.at)
    console.result(building.encode(verdicts) if console.json else said)
    if junit:
        junit.write_text(as_junit(verdicts), encoding="utf-8")
    return Exit.DONE if all(one.passed for one in verdicts) else Exit.PROBLEMS


def _asker(graph: "Graph", at: str | None, *, network: str | None = None, mfa: bool = True) -> "Asker":
    """Asks at the given date, or now; the one place of this room that looks at the clock."""
    from jumpcf.access import find
    from jumpcf.access.ask import Asker, Moment

    moment = find.moment(at, graph.timezone) if at else utc(datetime.datetime.now(datetime.UTC))
    return Asker(graph, Moment(at=moment, network=network, mfa=mfa))
