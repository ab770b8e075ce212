"""`jumpcf schema`."""

import json

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.pipeline import building


@click.command()
@pass_console
def command(console: Console) -> None:
    """Print the JSON Schema of the files in params/.

    \b
    Example: jumpcf schema > params/schema.json
    Needs no credentials.
    """
    console.result(json.dumps(building.schema(), indent=2, sort_keys=True, ensure_ascii=False))
