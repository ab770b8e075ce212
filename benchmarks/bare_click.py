"""The least that a click program with two commands can be; the measure of `jumpcf --help`."""

import click


@click.group()
def group() -> None:
    """Two commands."""


@group.command()
@click.option("--name", help="A name.")
def one(name: str) -> None:
    """Do one thing."""


@group.command()
@click.option("--name", help="A name.")
def two(name: str) -> None:
    """Do another."""


if __name__ == "__main__":
    group()
