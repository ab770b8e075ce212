"""`jumpcf simulate`: move and new-account."""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import organization, pass_console
from jumpcf.pipeline import building, questions

if TYPE_CHECKING:
    from jumpcf.access.simulate import Simulation

Answer = Callable[[str], "Simulation"]


@click.group()
def command() -> None:
    """What if: which roles appear and disappear, who gains and loses, and who is without access for a while.

    \b
    Example: jumpcf simulate move shop-dev --to /Workloads/Prod
             jumpcf simulate new-account --ou /Sandbox --org corp
    Answered from the compiled templates and params/lock/, offline: AWS is not asked and nothing is moved.
    """


@command.command(short_help="Move an account to another OU, in thought.")
@click.argument("account")
@click.option(
    "--to",
    "unit",
    metavar="OU",
    required=True,
    help="The OU, by path (/Workloads/Prod; / is the root) or id.",
)
@organization("The OU is of this organization; else of the account's own, or of the one that has it.")
@pass_console
def move(console: Console, account: str, unit: str, org: str | None) -> None:
    """What becomes of an account's roles if it moves to another OU, also one of another organization.

    \b
    Example: jumpcf simulate move shop-dev --to /Workloads/Prod
    ACCOUNT is an id or a name.  Needs no credentials and no network.
    """
    made = questions.simulate_move(console.folders(), account, unit, org, at=_now(), say=console.say)
    _show(console, made)


@command.command("new-account", short_help="Make an account in an OU, in thought.")
@click.option(
    "--ou", "unit", metavar="OU", required=True, help="The OU, by path (/Sandbox, / is the root) or id."
)
@organization("The OU is of this organization; else of the one that has it.")
@pass_console
def new_account(console: Console, unit: str, org: str | None) -> None:
    """Which roles an account gets that is made in an OU, and who may take them.

    \b
    Example: jumpcf simulate new-account --ou /Sandbox --org corp
    Needs no credentials and no network.
    """
    _show(console, questions.simulate_new(console.folders(), unit, org, at=_now(), say=console.say))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _show(console: Console, made: "Simulation") -> None:
    from jumpcf.cli import simulate_view

    console.say("Simulated from params/lock/ and the compiled templates; AWS was not asked.")
    console.result(building.encode(made) if console.json else simulate_view.text(made, console.verbose))
