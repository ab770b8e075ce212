"""The people of the jump account as text and CSV: a row for each, then what is wrong, by kind."""

import datetime
from collections.abc import Iterator
from itertools import groupby

from jumpcf.artifacts.people import Finding, KeyStatus, PeopleStatus, PersonStatus
from jumpcf.cli.tables import WIDTH, csv_text, one_line, wrapped, wrapped_table
from jumpcf.planner.words import count

SHOWN = 6  # people with one finding that are named without --verbose
_HEADER = ["user", "until", "password", "MFA", "keys", "seen", "findings"]
_LONG = [
    *("partner", "user", "in params", "in IAM", "until", "ended", "frozen", "password", "password age"),
    *("MFA", "keys", "signed in", "idle", "groups", "findings", "CIS"),
]
_PASSWORD = {"none": "none", "initial": "initial", "to be changed": "change", "own": "own"}


def text(made: PeopleStatus, form: str, verbose: bool) -> str:
    """A table or csv."""
    if form == "csv":
        return csv_text(_LONG, [_long(one) for one in made.people])
    lines: list[str] = []
    for partner, people in groupby(made.people, key=lambda one: one.partner):
        found = list(people)
        lines.append(one_line(partner))
        rows = [_row(one) for one in found]
        lines += [f"  {line}" for line in wrapped_table(_HEADER, rows, WIDTH - 2)]
        if verbose:
            lines += [line for one in found for line in _details(one)]
    return "\n".join([*lines, *_findings(made, verbose), *_summary(made)])


def _row(one: PersonStatus) -> list[str]:
    until = "FROZEN" if one.frozen else one.until or "-"
    findings = " ".join(finding.code for finding in one.findings) or "-"
    if not one.there:
        return [one.name, until, "-", "-", "-", "-", findings]
    age = f" {one.password_age}d" if one.password_age is not None else ""
    return [one.name, until, f"{_PASSWORD[one.password]}{age}", _mfa(one), _keys(one), _seen(one), findings]


def _mfa(one: PersonStatus) -> str:
    return f"{one.mfa[0]}{f'+{len(one.mfa) - 1}' if len(one.mfa) > 1 else ''}" if one.mfa else "none"


def _keys(one: PersonStatus) -> str:
    """How many, and how old the oldest is."""
    return f"{len(one.keys)}, {max(key.age for key in one.keys)}d" if one.keys else "-"


def _seen(one: PersonStatus) -> str:
    return "never" if one.signed_in is None else f"{one.signed_in}d"


def _details(one: PersonStatus) -> Iterator[str]:
    if not one.there:
        return
    yield from _wrapped(f"{one.name}: {one.arn}", "    ")
    if one.frozen:
        yield from _wrapped(f"frozen: {one.frozen}; last day {one.until}", "      ")
    yield from _wrapped(f"groups {', '.join(one.groups) or 'none'}", "      ")
    yield from _wrapped(f"MFA {', '.join(one.mfa) or 'none'}", "      ")
    yield from (f"      {_key(key)}" for key in one.keys)


def _key(key: KeyStatus) -> str:
    used = "never used" if key.unused is None else f"used {count(key.unused, 'day')} ago"
    return f"{'active' if key.active else 'inactive'} key, {count(key.age, 'day')} old, {used}"


def _findings(made: PeopleStatus, verbose: bool) -> Iterator[str]:
    """Each kind once, with what to do, and below it the people; those of the benchmark first, by number."""
    found: dict[tuple[str, str], list[tuple[PersonStatus, Finding]]] = {}
    for one in made.people:
        for finding in one.findings:
            found.setdefault((finding.cis, finding.code), []).append((one, finding))
    for (cis, code), people in sorted(found.items(), key=lambda item: (not item[0][0], item[0])):
        number = f" (CIS {cis})" if cis else ""
        yield f"{code}{number}: {len(people)}"
        fixes = dict.fromkeys(finding.fix for _, finding in people)
        shown = people if verbose else people[:SHOWN]
        for one, finding in shown:
            yield from _wrapped(f"{one.partner}/{one.name}: {finding.what}", "  ")
        if len(people) > len(shown):
            yield f"  and {len(people) - len(shown)} more (-v)"
        for fix in fixes:
            yield from _wrapped(f"fix: {fix}", "    ")


def _summary(made: PeopleStatus) -> Iterator[str]:
    wrong = sum(bool(one.findings) for one in made.people)
    yield f"{count(len(made.people), 'user')}, {wrong} with findings."
    at, reported = (datetime.datetime.fromisoformat(one) for one in (made.at, made.reported))
    minutes = max(0, int((at - reported).total_seconds() // 60))
    yield from wrapped(
        f"Passwords, MFA and groups as of now; who has keys, and when a password was changed, by the credential "
        f"report of {made.reported}, {minutes // 60} h {minutes % 60} min old (AWS makes one at most every 4 hours).",
        0,
    )


def _long(one: PersonStatus) -> list[str]:
    ages = [one.password_age, one.signed_in, one.idle]
    password_age, signed_in, idle = ("" if age is None else str(age) for age in ages)
    said = {True: "yes", False: "no"}
    return [
        *(one.partner, one.name, said[one.listed], said[one.there], one.until, said[one.ended], one.frozen),
        *(one.password, password_age, " ".join(one.mfa), "; ".join(map(_key, one.keys)), signed_in, idle),
        *(" ".join(one.groups), " ".join(each.code for each in one.findings)),
        " ".join(each.cis for each in one.findings if each.cis),
    ]


def _wrapped(line: str, indent: str) -> list[str]:
    return wrapped(one_line(line), len(indent) + 2, first=indent)
