"""Options that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from jumpcf.cli import completing
from jumpcf.cli.console import Console

Function = TypeVar("Function", bound=Callable[..., Any])


def organizations(verb: str, *, jump: bool = False) -> Callable[[Function], Function]:
    """`jump`: whether the verb goes to the jump account as well, whichever organizations are named."""
    besides = "; the jump account is always included" if jump else ""
    return click.option(
        "--org",
        metavar="NAME",
        multiple=True,
        shell_complete=completing.organizations,
        help=f"Only {verb} this organization (repeatable). None means all{besides}.",
    )


def organization(help_: str) -> Callable[[Function], Function]:
    """One organization, where a verb is about one."""
    return click.option("--org", metavar="NAME", shell_complete=completing.organizations, help=help_)


def partner(help_: str = "Only this partner.") -> Callable[[Function], Function]:
    """One partner."""
    return click.option("--partner", metavar="NAME", shell_complete=completing.partners, help=help_)


def one_user(help_: str) -> Callable[[Function], Function]:
    """One user of a partner; "" where the option is not given."""
    return click.option(
        "--user",
        metavar="NAME",
        shell_complete=completing.users,
        default=None,
        callback=_no_empty_name,
        help=help_,
    )


def partner_and_user(function: Function) -> Function:
    """The arguments PARTNER and USER; an empty one is wrong usage, and no question to AWS."""
    user = click.argument("user", shell_complete=completing.users, callback=_some_name)
    return click.argument("partner", shell_complete=completing.partners, callback=_some_name)(user(function))


def _some_name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("the name is empty", ctx, param)
    return value


def _no_empty_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """A script's variable that is empty must not mean the whole partner."""
    if value is not None and not value.strip():
        raise click.BadParameter("the name is empty; without --user it is the whole partner", ctx, param)
    return value or ""


def local(function: Function) -> Function:
    return click.option(
        "--local", is_flag=True, help="Use the embedded AWS, inside this process, instead of AWS."
    )(function)


def break_lock(function: Function) -> Function:
    return click.option(
        "--break-lock",
        is_flag=True,
        help="Take the deploy lock from whoever holds it. Only where that run is dead for certain.",
    )(function)


def compiled(function: Function) -> Function:
    return click.option(
        "--compiled",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Take what 'jumpcf build' wrote there, verified, and run nothing of stacks/; params/ say which "
        "accounts may be reached.",
    )(function)


at_option = click.option(
    "--at",
    metavar="DATE",
    help="As of this day's beginning, or an instant (2027-03-31T15:00:00Z); now by default.",
)
form_option = click.option("-o", "--output", type=click.Choice(["table", "json", "csv"]), help="The form.")

pass_console = click.make_pass_decorator(Console)
