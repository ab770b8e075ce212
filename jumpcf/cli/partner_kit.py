"""`jumpcf partner kit`."""

import datetime
from pathlib import Path

import click

from jumpcf.cli import completing
from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, kit


@click.command()
@click.argument("partner", shell_complete=completing.partners)
@click.option(
    "--user",
    metavar="NAME",
    shell_complete=completing.users,
    help="The kit of this user alone: only what his grants reach.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the folder and the zip go; build/kits in the estate's folder by default.",
)
@pass_console
def command(console: Console, partner: str, user: str | None, out: Path | None) -> Exit:
    """Make what a partner is given: a folder and a zip, without any secret.

    \b
    Example: jumpcf partner kit acme
             jumpcf partner kit acme --user taro.yamada --out ~/mail

    A page with a link to each account and level (portal.html, Japanese and English), profiles for the AWS
    CLI, a list for the browser extension AWS Extend Switch Roles, and a text for the e-mail. From the
    compiled templates: a role is in it where its user may take it today (docs/people.md).
    Needs no credentials and no network.
    """
    folders = console.folders()
    now = datetime.datetime.now(datetime.UTC)
    made = kit.make_kit(folders, partner, user, out or folders.build / "kits", at=now, say=console.say)
    console.result(building.encode(made.kit) if console.json else summary(made))
    return Exit.DONE


def summary(made: kit.Made) -> str:
    """What was made, in a few lines."""
    of, roles = made.kit, len(made.kit.links)
    lines = [
        f"Kit of {of.user or of.partner}: {len(of.accounts)} accounts, {roles} roles, until {of.until} "
        f"({of.timezone})",
        f"  {made.zip}",
        f"  {made.folder}",
    ]
    if not roles:
        lines.append("Nobody can reach an account yet; make it again when the first one is there.")
    return "\n".join(lines)
