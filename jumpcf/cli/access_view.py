"""Answers about access as text: tables, CSV, Markdown, chains and verdicts."""

import csv
import io
from collections.abc import Sequence

from jumpcf.access.grid import grid
from jumpcf.access.matrix import Entry, Matrix
from jumpcf.access.verdicts import Verdict
from jumpcf.access.why import Chain
from jumpcf.planner.words import count

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet knows a formula
_MARKS = frozenset("\\`*_[]<>|&!")  # characters that Markdown or HTML read as more than themselves
_LONG = ["organization", "OU", "account", "name", "partner", "user", "grant", "level", "role", "session"]


def matrix(made: Matrix, form: str, *, by_user: bool) -> str:
    """A table, csv or md; csv always has a line per user, account and level."""
    if form == "csv":
        return _csv(_LONG, [_long(one) for one in made.entries])
    header, rows = (_LONG[:8], [_long(one)[:8] for one in made.entries]) if by_user else grid(made)
    body = _markdown(header, rows) if form == "md" else _table(header, rows)
    return "\n".join([*body, "", *_remarks(made)] if form == "md" else [*body, *_remarks(made)])


def takers(entries: Sequence[Entry], what: str) -> str:
    if not entries:
        return f"Nobody may take {what}."
    header = ["user", "partner", "level", "account", "name", "organization"]
    rows = [
        [one.user, one.partner, one.level, one.account, one.account_name, one.organization] for one in entries
    ]
    return "\n".join(_table(header, rows))


def chains(found: Sequence[Chain], user: str, account: str) -> str:
    if not found:
        return f"No role is meant for {user} in {account}: no grant of the partner goes to that organization."
    lines = []
    for chain in found:
        useless = ", but its session is useless" if chain.session == "denied" else ""
        answer = f"YES{useless}" if chain.allowed else "NO"
        lines.append(f"{answer}: {chain.level} for {chain.user} by {chain.role} in {chain.account}")
        for hop in chain.hops:
            lines.append(f"    {hop.verdict:6} {hop.hop}: {hop.says}")
            lines += [f"           {place}" for place in hop.places]
    return "\n".join(lines)


def verdicts(found: Sequence[Verdict], verbose: bool) -> str:
    lines = []
    for one in found:
        if one.passed and not verbose:
            continue
        lines.append(f"{'ok    ' if one.passed else 'FAILED'} {one.file}:{one.line}: {one.name}")
        lines += [f"    {counter}" for counter in one.counter]
    failed = sum(not one.passed for one in found)
    told = f"{failed} failed" if failed else "all hold"
    judged = sum(one.judged for one in found)
    return "\n".join(
        [*lines, f"{count(len(found), 'assertion')}, {judged} users in accounts judged: {told}."]
    )


def _remarks(made: Matrix) -> list[str]:
    reached = len({one.account for one in made.entries})
    lines = [
        f"dead grant: {one.partner} may take {one.role}, and no account has it  ({', '.join(one.places)})"
        for one in made.dead
    ]
    lines += [
        f"orphan role: {one.role} is in {count(len(one.accounts), 'account')} of {one.organization},"
        " and nobody may take it there"
        for one in made.orphans
    ]
    people = count(sum(column.users for column in made.columns), "user")
    lines.append(
        f"{people} of {count(len(made.columns), 'partner')} reach {reached} of {count(made.accounts, 'account')}"
        f" at {made.at}; {made.judged:,} ways judged from the templates."
    )
    return lines


def _long(one: Entry) -> list[str]:
    place = [one.organization, one.path, one.account, one.account_name]
    return [*place, one.partner, one.user, one.grant, one.level, one.role, one.session]


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    plain = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *plain, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *plain)
    ]


def _markdown(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *([_cell(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _cell(text: str) -> str:
    """A name that Markdown and HTML read as text."""
    return "".join(f"&#{ord(one)};" if one in _MARKS else one for one in _one_line(text))


def _one_line(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)


def _csv(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return out.getvalue()
