"""A plan as a comment on a pull request: what a deploy would refuse and what is broadened first, then what goes."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from jumpcf.artifacts.effects import deletions, plan_digest
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.artifacts.plan import (
    AccountChange,
    AccountPlan,
    OpenSessions,
    Plan,
    PolicyChange,
    SettingChange,
    StackPlan,
    StackSetPlan,
)
from jumpcf.cli import plan_view
from jumpcf.cli.iam_view import MARKS, grouped, without_subject
from jumpcf.cli.markdown import code, plain
from jumpcf.planner.explain import TAKEN, going_on, ring_sentences, sentence, what_denies
from jumpcf.planner.partner_words import partner_sentences
from jumpcf.planner.replaced import told as going
from jumpcf.planner.words import count

LIMIT = 65_536 - 512
"""Characters that GitHub takes as the body of a comment ("body is too long (maximum is 65536 characters)"), and of
them some for who posts it: a mark to find it by, the commit, the run."""

MOST = 40  # items of a list in a comment that is too long; the full text has all
NAMED = 6  # roles and accounts that one item names in such a comment
PHRASES = 12  # phrases of one change there
LETTERS = 300  # of one name or phrase there
SHARE = LIMIT // 4  # characters of one list there: what is blocked, broadened and taken away all have room
BROADER = ("broadened", "changed")

Most = int | None
"""How many there are at most; None means all."""


def full(plan: Plan) -> str:
    """The whole page, however long."""
    return _joined(_sections(plan, short=False))


def comment(plan: Plan, full_text: str) -> str:
    """The page if GitHub takes it, else its beginning; `full_text` names the file that has all, "" for none.

    Lists are shortened first, then whole sections are left out from the end.
    """
    whole = full(plan)
    if len(whole) <= LIMIT:
        return whole
    sections = list(_sections(plan, short=True))
    kept: list[str] = []
    for section in sections:
        if len(_joined([*kept, section, _cut(len(sections), full_text)])) > LIMIT:
            break
        kept.append(section)
    return _joined([*kept, _cut(len(sections) - len(kept), full_text)])


def _joined(sections: Iterable[str]) -> str:
    return "\n\n".join(sections) + "\n"


def _cut(left_out: int, full_text: str) -> str:
    where = code(full_text) if full_text else "what `jumpcf plan --output markdown --full FILE` writes"
    what = f"{left_out} more" if left_out else "lists are shortened"
    return f"**cut: {what}, the full text is in {where}**"


def _sections(plan: Plan, *, short: bool) -> Iterator[str]:
    yield _title(plan)
    yield from _list("Blocked", (plain(one) for one in plan.blockers), short)
    yield from _list("Sessions that go on", (_open(one) for one in plan.open_sessions), short)
    yield from _list("Broadened", _broadened(plan, short), short)
    yield from _list("Taken away", _taken(plan), short)
    yield from _list("Partners", (plain(one) for one in partner_sentences(plan)), short)
    yield from _list("Rings", (plain(one) for one in ring_sentences(plan)), short)
    yield from _list("Notes", (plain(one) for one in plan.notices), short)
    if plan.account:
        yield _details(f"jump account: password policy: {plan.account.reason}", _settings(plan.account))
    for stack in plan.stacks:
        if stack.action != "none":
            yield _details(f"jump account: {_head(stack)}", [*_iam(stack, short), *_going(stack, short)])
    for one in plan.stack_sets:
        if plan_view.touched(one):
            body = [*_iam(one, short), *_units(one), *_accounts(one.accounts, short)]
            yield _details(f"{one.organization}: {_head(one)}{_numbers(one.accounts)}", body)
    if plan.operations:
        lines = [f"- {plain(sentence(one))}" for one in plan.operations]
        yield _details(count(len(lines), "operation"), _first(lines, MOST if short else None, "- "))


def _title(plan: Plan) -> str:
    places = ", ".join(map(code, plan.organizations))
    return (
        f"## jumpcf plan: {plain(plan_view.summary(plan).removeprefix('Plan: '))}\n\n"
        f"Estate {code(plan.estate)}, organizations {places or 'none'}, plan {code(plan_digest(plan))}"
    )


def _list(title: str, items: Iterable[str], short: bool) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        kept = _room(_first(lines, MOST, "- "), len(lines)) if short else lines
        yield "\n".join([f"### {title}", "", *kept])


def _first(items: list[str], most: Most, before: str = "") -> list[str]:
    if most is None or len(items) <= most:
        return items
    return [*items[:most], f"{before}and {len(items) - most} more"]


def _room(lines: list[str], every: int) -> list[str]:
    """The lines that fit into a list's share, and how many of all there are more."""
    kept: list[str] = []
    while len(kept) < len(lines) and len("\n".join([*kept, lines[len(kept)]])) <= SHARE:
        kept.append(lines[len(kept)])
    return kept if len(kept) == len(lines) else [*kept, f"- and {every - len(kept)} more"]


def _clipped(text: str, short: bool) -> str:
    return text if not short or len(text) <= LETTERS else f"{text[:LETTERS]}…"


def _open(one: OpenSessions) -> str:
    return f"{plain(going_on(one))}: {what_denies(one, code)}"


def _broadened(plan: Plan, short: bool) -> Iterator[str]:
    """Each change once, with those whom it is about, then the OUs and accounts that get roles."""
    found: dict[PolicyChange, list[tuple[str, str]]] = {}
    for place, iam in (
        *(("jump", one.iam) for one in plan.stacks),
        *((f"{one.organization}/{one.name}", one.iam) for one in plan.stack_sets),
    ):
        for change in iam:
            if change.mark in BROADER:
                found.setdefault(without_subject(change), []).append((place, change.subject))
    for change in sorted(
        found, key=lambda one: (one.action == "added" and not one.what, MARKS.index(one.mark))
    ):
        yield _shared(change, found[change], short)
    if plan.account:
        yield from (
            f"password policy: {_setting(one)}" for one in plan.account.settings if one.mark in BROADER
        )
    for one in plan.stack_sets:
        if one.action in ("create", "update"):
            yield from _reached(one, short)


def _setting(one: SettingChange) -> str:
    return f"{one.name}: {plain(f'{one.before} to {one.after}')}"


def _settings(account: AccountPlan) -> list[str]:
    ordered = sorted(account.settings, key=lambda one: MARKS.index(one.mark))
    return [f"- **{one.mark}** {_setting(one)}" for one in ordered]


def _shared(change: PolicyChange, where: list[tuple[str, str]], short: bool) -> str:
    names = list(dict.fromkeys(subject for _, subject in where))
    places = list(dict.fromkeys(place for place, _ in where))
    sets = f"in {count(len(places), 'stack')}" if len(places) > 1 else f"({places[0]})"
    subjects = ", ".join(_first([code(_clipped(name, short)) for name in names], NAMED if short else None))
    return f"{subjects} {plain(sets)}: {_what(change, short)}"


def _what(change: PolicyChange, short: bool) -> str:
    what = f" {code(_clipped(change.what, short))}" if change.what else ""
    phrases = [code(_clipped(one, short)) for one in change.details]
    details = "; ".join(_first(phrases, PHRASES if short else None))
    mark = " (both more and less)" if change.mark == "changed" else ""
    return f"{change.part}{what} {change.action}{mark}{': ' if details else ''}{details}"


def _reached(one: StackSetPlan, short: bool) -> Iterator[str]:
    place = code(f"{one.organization}/{one.name}")
    for unit in one.new_units:
        yield f"{place}: new target {plain(unit)}"
    new = [f"{plain(change.name)} ({change.account})" for change in one.accounts if change.effect == "new"]
    if new:
        yield f"{place}: new in {count(len(new), 'account')}: {', '.join(_first(new, NAMED if short else None))}"


def _taken(plan: Plan) -> Iterator[str]:
    for operation in plan.operations:
        if isinstance(operation, OffboardUser):
            yield f"{code(operation.user)} of {code(operation.stack)}: {TAKEN}"
    offboarded = {
        f"jump/{one.stack} user {one.user}" for one in plan.operations if isinstance(one, OffboardUser)
    }
    yield from (code(one) for one in deletions(plan) if one not in offboarded)


def _head(one: StackPlan | StackSetPlan) -> str:
    return f"{one.name}: {one.action}{f' ({one.reason})' if one.reason else ''}"


def _numbers(accounts: tuple[AccountChange, ...]) -> str:
    effects = [one.effect for one in accounts]
    told = [f"{effects.count(kind)} {kind}" for kind in plan_view.EFFECTS if kind in effects]
    return f"; {', '.join(told)}" if told else ""


def _details(summary: str, body: list[str]) -> str:
    inside = "\n".join(body) or "Nothing of IAM's changes."
    return f"<details><summary>{plain(summary)}</summary>\n\n{inside}\n\n</details>"


def _iam(one: StackPlan | StackSetPlan, short: bool) -> list[str]:
    lines = []
    for change, subjects in grouped(one):
        names = ", ".join(_first([code(name) for name in subjects], NAMED if short else None))
        lines.append(f"- **{change.mark}** {names}: {_what(change, short)}")
    return _first(lines, MOST if short else None, "- ")


def _going(one: StackPlan, short: bool) -> list[str]:
    """What the stack loses or makes anew; a stack that goes takes all of it along."""
    most = MOST if short else None
    return [
        f"- {word}: {', '.join(_first([plain(each) for each in resources], most))}"
        for word, resources in (going(one.changes) if one.action == "update" else ())
    ]


def _units(one: StackSetPlan) -> list[str]:
    return [
        f"- {verb} OU {plain(unit)}"
        for verb, units in (("new", one.new_units), ("leaving", one.leaving_units))
        for unit in units
    ]


def _accounts(accounts: tuple[AccountChange, ...], short: bool) -> list[str]:
    """The table of accounts; those that stay as they are by number, in the summary."""
    told = sorted(
        (one for one in accounts if one.effect != "current"),
        key=lambda one: plan_view.EFFECTS.index(one.effect),
    )
    if not told:
        return []
    rows = []
    for effect, some in groupby(told, key=lambda one: one.effect):
        cells = [
            f"| {effect} | {one.account} | {plain(one.name)} | {plain(one.path)} | {plain(one.reason)} |"
            for one in some
        ]
        rows += cells if not short else _short_rows(cells)
    return ["", "| | account | name | OU | why |", "| --- | --- | --- | --- | --- |", *rows]


def _short_rows(rows: list[str]) -> list[str]:
    if len(rows) <= MOST:
        return rows
    return [*rows[:MOST], f"| | and {len(rows) - MOST} more | | | |"]
