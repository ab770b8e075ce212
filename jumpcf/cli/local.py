"""`jumpcf local serve`, `jumpcf local reset` and `jumpcf local fault`."""

from pathlib import Path

import click

from jumpcf import pipeline
from jumpcf.cli import fault
from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console


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
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of faults to begin with (docs/local.md).",
)
@pass_console
def serve(console: Console, port: int, faults: Path | None) -> None:
    """Serve until Ctrl-C; prints the endpoint and the credentials to export.

    \b
    Example: jumpcf local serve --port 4599
    In another shell, after the exports:
      aws cloudformation list-stack-sets --profile corp-stacksets --call-as DELEGATED_ADMIN
    """
    pipeline.serve(console.folders(), port, announce=console.result, say=console.say, faults=faults)


@command.command()
@pass_console
def reset(console: Console) -> None:
    """Forget everything the embedded AWS of this estate holds."""
    pipeline.reset(console.folders())
    console.say("The embedded AWS is empty again.")


command.add_command(fault.command, "fault")
