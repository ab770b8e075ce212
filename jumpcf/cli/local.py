"""`jumpcf local`: `serve`, `reset`, `fault` and `sign-in`."""

from pathlib import Path

import click

from jumpcf.cli import fault, sign_in
from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.pipeline import sandbox


@click.group()
def command() -> None:
    """The embedded AWS: a real endpoint on this machine, with the estate's organizations in it.

    \b
    Example: jumpcf local serve

    Any verb with --local uses the same state without a server, from .jumpcf/local/.
    """


@command.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4599, show_default=True, help="0 picks a free one."
)
@click.option(
    "--delay",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds until auto-deployment notices an account; minutes on AWS.",
)
@click.option(
    "--lag",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds by which the lists of instances, operations and results are behind.",
)
@click.option(
    "--enforce",
    is_flag=True,
    help="Judge every call by the caller's policies; the accounts' own keys stay administrators'.",
)
@click.option(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of faults to begin with (docs/local.md).",
)
@pass_console
def serve(console: Console, port: int, delay: float, lag: float, enforce: bool, faults: Path | None) -> None:
    """Serve until Ctrl-C; prints what another shell exports.

    \b
    Example: jumpcf local serve --port 4599 --delay 60 --lag 3
    In another shell, after the exports:
      aws cloudformation list-stack-sets --profile corp-stacksets \\
        --call-as DELEGATED_ADMIN

    With --enforce a user's own keys show what the user may do; export AWS_SDK_UA_APP_ID=203.0.113.7
    to call from that address.

    Needs no credentials and no network.
    """
    sandbox.serve(
        console.folders(),
        port,
        delay=delay,
        lag=lag,
        enforce=enforce,
        faults=faults,
        announce=console.result,
        say=console.say,
    )


@command.command()
@pass_console
def reset(console: Console) -> None:
    """Forget everything the embedded AWS of this estate holds.

    \b
    Example: jumpcf local reset

    Needs no credentials and no network.
    """
    sandbox.reset(console.folders())
    console.say("The embedded AWS is empty again.")


command.add_command(fault.command, "fault")
command.add_command(sign_in.command)
