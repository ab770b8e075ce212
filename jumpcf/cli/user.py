"""`jumpcf user …`: people of partners."""

import sys

import click

from jumpcf.cli.build import warn
from jumpcf.cli.console import Console
from jumpcf.cli.options import at_option, form_option, local, pass_console
from jumpcf.errors import Exit, GateRefused
from jumpcf.pipeline import building, people, sandbox


@click.group()
def command() -> None:
    """People of partners: who there is; hand over an initial password.

    \b
    jumpcf user list
    jumpcf user password acme taro.yamada
    """


@command.command("list")
@click.option("--partner", metavar="NAME", help="Only this partner.")
@at_option
@form_option
@pass_console
def list_(console: Console, partner: str | None, at: str | None, output: str | None) -> None:
    """Who is in params, with groups, grants and last day.

    \b
    Example: jumpcf user list --partner acme
             jumpcf user list -o csv > people.csv

    Read from params/ alone: nothing is compiled, and AWS is not asked. -v before the verb adds the addresses.
    Needs no credentials and no network.
    """
    from jumpcf.cli import roster_view
    from jumpcf.pipeline import roster

    made = roster.roster(console.folders(), partner, at)
    form = output or ("json" if console.json else "table")
    console.result(
        building.encode(made) if form == "json" else roster_view.users(made, form, console.verbose)
    )


@command.command()
@click.argument("partner")
@click.argument("user")
@click.option("--new", is_flag=True, help="Make another one first, if the user has never used his.")
@local
@pass_console
def password(console: Console, partner: str, user: str, new: bool, local: bool) -> Exit:
    """Show a user's initial password, once, to you at this terminal.

    \b
    Example: jumpcf user password acme taro.yamada

    Who was shown it and when is noted in the parameter's tags; nobody is shown it again. It must be
    changed at the first sign-in, and is withdrawn if nobody uses it (docs/people.md).

    Needs, in the jump account, ssm:GetParameter, ListTagsForResource, AddTagsToResource and
    DeleteParameter on parameter/jump/<estate>/passwords/*, kms:Decrypt on the estate's key,
    iam:GetUser and GetLoginProfile; with --new what deploy needs for passwords, and its lock.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        hint = "run it yourself, without a pipe and outside CI"
        raise GateRefused("G559", "a password is shown to a person at a terminal only", hint)
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        handed = people.hand_over(folders, built.manifest, partner, user, new=new, say=console.say)
        # straight to the terminal: no log, no result, no rich
        click.echo(f"Sign in   {handed.url}")
        click.echo(f"User      {handed.user}")
        click.echo(f"Password  {handed.password.reveal()}")
        console.say("It must be changed at the first sign-in. Nobody is shown it again.")
        if click.confirm("Delete it from Parameter Store now?", default=False, err=True):
            people.forget(built.manifest, handed.parameter)
            console.say("Deleted.")
    return Exit.DONE
