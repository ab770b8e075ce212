"""`jumpcf expiring`."""

import click

from jumpcf.cli import fail_on, options
from jumpcf.cli.console import Console
from jumpcf.cli.options import at_option, form_option, pass_console
from jumpcf.errors import Exit

WORDS = {
    "ended": "something has ended and still stands in params",
    "ending": "something ends within the days",
}


def _days(_ctx: click.Context, _param: click.Parameter, value: str) -> int:
    """A number of days: 30d, or 30."""
    text = value.removesuffix("d")
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise click.BadParameter(f"{value} is no number of days; write 30d")
    return int(text)


@click.command()
@click.option("--within", metavar="DAYS", callback=_days, default="30d", show_default=True, help="How near.")
@options.partner()
@at_option
@form_option
@fail_on.option(WORDS)
@pass_console
def command(
    console: Console,
    within: int,
    partner: str | None,
    at: str | None,
    output: str | None,
    fail: fail_on.Words,
) -> Exit:
    """Contracts, grants and people whose last day has passed or is near, the earliest first.

    \b
    Example: jumpcf expiring --within 30d
             jumpcf expiring --within 14d --fail-on ended,ending     # for a nightly job

    Read from params/ alone: nothing is compiled, and AWS is not asked. IAM itself ends the access after the
    last day; what has ended can go from params/.  A grant or user without an earlier end of its own ends with
    the contract and is not told apart.
    Needs no credentials and no network.
    """
    from jumpcf.cli import roster_view
    from jumpcf.pipeline import building, roster

    made = roster.expiring(console.folders(), partner, within, at)
    form = console.form(output)
    console.result(
        building.encode(made) if form == "json" else roster_view.endings(made, form, console.verbose)
    )
    met = {"ended" if one.ended else "ending" for one in made.endings}
    return fail_on.verdict(console, fail, {word: word in met for word in fail})
