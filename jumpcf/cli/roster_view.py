"""Who is in params and what ends when, as text and CSV."""

import textwrap
from collections.abc import Sequence
from itertools import groupby

from jumpcf.artifacts.roster import Ending, Expiring, Listed, Roster
from jumpcf.cli.tables import WIDTH, csv_text, one_line, table, wrapped_table
from jumpcf.planner.words import count

OVER = "left, may go from params once deployed everywhere"
SHOWN = 6  # people of one grant or contract that are named without --verbose


def users(made: Roster, form: str, verbose: bool) -> str:
    """A row per person, or csv."""
    if form == "csv":
        header = ["partner", "user", "email", "until", "ended", "frozen", "groups", "grants"]
        return csv_text(header, [_long(one) for one in made.users])
    lines = []
    for partner, found in groupby(made.users, key=lambda one: one.partner):
        rows = [_row(one, verbose) for one in found]
        header = ["user", "until", *(["email"] if verbose else []), "groups", "grants"]
        lines += [one_line(partner), *(f"  {line}" for line in wrapped_table(header, rows, WIDTH - 2))]
    partners = {one.partner for one in made.users}
    ended = sum(one.ended for one in made.users)
    frozen = sum(bool(one.frozen) for one in made.users)
    told = (f", {ended} ended" if ended else "") + (f", {frozen} frozen" if frozen else "")
    lines += _frozen(made, verbose) + _left(made, verbose)
    return "\n".join(
        [*lines, f"{count(len(made.users), 'user')} of {count(len(partners), 'partner')}{told}."]
    )


def _frozen(made: Roster, verbose: bool) -> list[str]:
    """Why, and who, once for each reason."""
    found: dict[str, list[str]] = {}
    for one in made.users:
        if one.frozen:
            found.setdefault(one.frozen, []).append(f"{one.partner}/{one.name}")
    return [
        line
        for reason, names in found.items()
        for line in textwrap.wrap(
            one_line(f"frozen ({reason}): {_named(names, verbose)}"), WIDTH, subsequent_indent="    "
        )
    ]


def _left(made: Roster, verbose: bool) -> list[str]:
    """Whose open sessions are denied, and whose entry has done its work."""
    still = [f"{one.partner}/{one.name} ({one.day})" for one in made.left if not one.over]
    over = [f"{one.partner}/{one.name} ({one.place})" for one in made.left if one.over]
    return [
        line
        for told, names in (
            ("left, denied what is open", still),
            (OVER, over),
        )
        if names
        for line in textwrap.wrap(
            one_line(f"{told}: {_named(names, verbose)}"), WIDTH, subsequent_indent="    "
        )
    ]


def _long(one: Listed) -> list[str]:
    ended = "yes" if one.ended else "no"
    groups, grants = " ".join(one.groups), " ".join(one.grants)
    return [one.partner, one.name, one.email, one.until, ended, one.frozen, groups, grants]


def _row(one: Listed, verbose: bool) -> list[str]:
    until = f"{one.until} ENDED" if one.ended else one.until
    until += " FROZEN" if one.frozen else ""
    mail = [one.email] if verbose else []
    return [one.name, until, *mail, ", ".join(one.groups) or "-", ", ".join(one.grants) or "-"]


def endings(made: Expiring, form: str, verbose: bool) -> str:
    """What has ended and what ends, the earliest first, and where it stands in params."""
    if form == "csv":
        header = ["until", "days", "kind", "partner", "name", "people", "place"]
        return csv_text(header, [_ending(one) for one in made.endings])
    soon = f"within {count(made.within, 'day')}"
    if not made.endings:
        return f"Nothing has ended, and nothing ends {soon}."
    rows = [[one.until, when(one.days), one.kind, _what(one)] for one in made.endings]
    lines = []
    for line, one in zip(table(["last day", "", "what", ""], rows)[1:], made.endings, strict=True):
        people = f"{_named(one.people, verbose)}  {one.place}" if one.kind != "user" else one.place
        lines += [
            line,
            *textwrap.wrap(people, WIDTH, initial_indent="    ", subsequent_indent="    "),
        ]
    ended = sum(one.ended for one in made.endings)
    return "\n".join([*lines, f"{ended} ended, {len(made.endings) - ended} end {soon}."])


def when(days: int) -> str:
    """How far a last day is."""
    if days < 0:
        return f"ended {count(-days, 'day')} ago"
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def _what(one: Ending) -> str:
    return one.partner if one.kind == "contract" else f"{one.partner}/{one.name}"


def _named(people: Sequence[str], verbose: bool) -> str:
    named = people if verbose else people[:SHOWN]
    more = f" and {len(people) - len(named)} more" if len(people) > len(named) else ""
    return f"{', '.join(named)}{more}" if named else "nobody"


def _ending(one: Ending) -> list[str]:
    people = " ".join(one.people)
    return [one.until, str(one.days), one.kind, one.partner, one.name, people, one.place]
