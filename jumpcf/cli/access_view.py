"""Answers about access as text: tables, CSV, Markdown, chains and verdicts."""

from collections.abc import Sequence

from jumpcf.access.ask import Works
from jumpcf.access.grid import grid
from jumpcf.access.matrix import Entry, Matrix
from jumpcf.access.page import page
from jumpcf.access.verdicts import Verdict
from jumpcf.access.why import Chain
from jumpcf.cli.tables import csv_text, one_line, table
from jumpcf.planner.words import count

_MARKS = frozenset("\\`*_[]<>|&!")  # characters that Markdown or HTML read as more than themselves
_SESSIONS: dict[Works | None, str] = {
    "works": "and its session may {}",
    "denied": "but its session may not {}",
    "opaque": "and whether its session may {} is not known",
}
_LONG = ["organization", "OU", "account", "name", "partner", "user", "grant", "level", "role", "session"]


def matrix(made: Matrix, form: str, *, by_user: bool) -> str:
    """A table, csv, md or html; csv always has a line per user, account and level."""
    if form == "csv":
        return csv_text(_LONG, [_long(one) for one in made.entries])
    header, rows = (_LONG[:8], [_long(one)[:8] for one in made.entries]) if by_user else grid(made)
    if form == "html":
        return page(made, header, rows, _summary(made))
    remarks = [*_remarks(made), _summary(made)]
    if form == "md":
        return "\n".join([*_markdown(header, rows), "", *remarks])
    return "\n".join([*(table(header, rows) if rows else ()), *remarks])


def takers(entries: Sequence[Entry], what: str, at: str) -> str:
    if not entries:
        return f"At {at} nobody may take a role there: {what}."
    header = ["user", "partner", "level", "account", "name", "organization"]
    rows = [
        [one.user, one.partner, one.level, one.account, one.account_name, one.organization] for one in entries
    ]
    people, accounts = ({one.user for one in entries}, {one.account for one in entries})
    told = f"{count(len(people), 'user')} in {count(len(accounts), 'account')} at {at}."
    return "\n".join([*table(header, rows), told])


def chains(found: Sequence[Chain], user: str, account: str) -> str:
    if not found:
        return f"No role is meant for {user} in {account}: no grant of the partner goes to that organization."
    asked = found[0]
    mfa = "with" if asked.mfa else "without"
    lines = [f"Asked for {asked.at}, from {asked.network}, {mfa} MFA."]
    for chain in found:
        lines.append(f"{_answer(chain)}: {chain.level} for {chain.user} by {chain.role} in {chain.account}")
        for hop in chain.hops:
            lines.append(f"    {hop.verdict:6} {hop.hop}: {hop.says}")
            lines += [f"           {place}" for place in hop.places]
    return "\n".join(lines)


def _answer(chain: Chain) -> str:
    """YES and NO are about taking the role; what follows is about its session."""
    if not chain.allowed:
        return "NO"
    if chain.deed is None:
        return "YES, but its session is useless" if chain.session == "denied" else "YES"
    return f"YES, {_SESSIONS[chain.session].format(chain.deed)}"


def verdicts(found: Sequence[Verdict], verbose: bool, at: str) -> str:
    lines = []
    for one in found:
        if one.passed and not verbose:
            continue
        lines.append(f"{'ok    ' if one.passed else 'FAILED'} {one.file}:{one.line}: {one.name}")
        lines += [f"    {counter}" for counter in one.counter]
    failed = sum(not one.passed for one in found)
    told = f"{failed} failed" if failed else "all hold"
    judged = sum(one.judged for one in found)
    told = f"{count(len(found), 'assertion')}, {judged} users in accounts judged at {at}: {told}."
    return "\n".join([*lines, told])


def _remarks(made: Matrix) -> list[str]:
    lines = [
        f"dead grant: {one.partner} may take {one.role}, and no account has it  ({', '.join(one.places)})"
        for one in made.dead
    ]
    lines += [
        f"orphan role: {one.role} is in {count(len(one.accounts), 'account')} of {one.organization},"
        f" and nobody may take it there  ({', '.join(one.places)})"
        for one in made.orphans
    ]
    return lines


def _summary(made: Matrix) -> str:
    reached = len({one.account for one in made.entries})
    people = sum(column.users for column in made.columns)
    return (
        f"{count(people, 'user')} of {count(len(made.columns), 'partner')} {'reaches' if people == 1 else 'reach'} "
        f"{reached} of {count(made.accounts, 'account')}"
        f" at {made.at}; {made.judged:,} way{'s'[: made.judged != 1]} judged from the templates."
    )


def _long(one: Entry) -> list[str]:
    place = [one.organization, one.path, one.account, one.account_name]
    return [*place, one.partner, one.user, one.grant, one.level, one.role, one.session]


def _markdown(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *([_cell(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _cell(text: str) -> str:
    """A name that Markdown and HTML read as text."""
    return "".join(f"&#{ord(one)};" if one in _MARKS else one for one in one_line(text))
