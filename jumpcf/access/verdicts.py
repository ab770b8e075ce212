"""Assertions held against the graph, and what came of it, also as JUnit XML."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from jumpcf.access.ask import Asker
from jumpcf.access.assertions import FILE, Assertion
from jumpcf.access.model import Person, Place

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An assertion's outcome.  `judged` is how many (user, account) it was about; `counter` are those that
    contradict it, "taro.yamada in shop-dev (441000000001): Power"."""

    kind: str
    name: str
    passed: bool
    judged: int
    counter: tuple[str, ...]
    file: str
    line: int


def judge_assertions(asker: Asker, assertions: Iterable[Assertion]) -> tuple[Verdict, ...]:
    """A verdict each.  `may` with nobody or nowhere to judge fails: it would prove nothing."""
    askers = {asker.moment: asker}
    verdicts = []
    for one in assertions:
        moment = replace(asker.moment, at=one.at or asker.moment.at, network=one.network, mfa=one.mfa)
        verdicts.append(_judge(askers.setdefault(moment, Asker(asker.graph, moment)), one))
    return tuple(verdicts)


def _judge(asker: Asker, one: Assertion) -> Verdict:
    pairs = [(person, place) for person in one.people for place in one.places]
    counter = []
    for person, place in pairs:
        levels = _levels(asker, person, place, one)
        if bool(levels) != (one.kind == "may"):
            counter.append(f"{person.name} in {place.name} ({place.id}): {', '.join(levels) or 'no role'}")
    passed = not counter and (bool(pairs) or one.kind == "must_not")
    return Verdict(
        kind=one.kind,
        name=one.name,
        passed=passed,
        judged=len(pairs),
        counter=tuple(counter) if pairs or passed else ("there is no such user or account to judge",),
        file=one.mark.file,
        line=one.mark.line,
    )


def _levels(asker: Asker, person: Person, place: Place, one: Assertion) -> list[str]:
    """The levels that count: what may be taken breaks a `must_not` whatever its session can do, and fulfils a
    `may` only where the session is not useless."""
    taken = [
        role
        for role in asker.graph.deployed[place.id]
        if one.level in (None, role.level) and asker.may(person, role, place)
    ]
    if one.kind == "may":
        taken = [role for role in taken if asker.works(person, role, place) != "denied"]
    return sorted({role.level for role in taken})


def junit(verdicts: Iterable[Verdict]) -> str:
    """The verdicts as JUnit XML, the form that CI systems read; no time and no host in it."""
    listed = list(verdicts)
    failed = sum(not one.passed for one in listed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites tests="{len(listed)}" failures="{failed}">',
        f'<testsuite name="{FILE}" tests="{len(listed)}" failures="{failed}" errors="0" skipped="0">',
    ]
    for one in listed:
        case = f'<testcase classname="access.{one.kind}" name="{_text(one.name)}" file="{one.file}" line="{one.line}"'
        if one.passed:
            lines.append(f"{case}/>")
        else:
            message = _text(f"{len(one.counter)} of {one.judged} contradict it")
            told = _text("\n".join(one.counter))
            lines.append(f'{case}><failure message="{message}">{told}</failure></testcase>')
    return "\n".join([*lines, "</testsuite>", "</testsuites>", ""])


def _text(text: str) -> str:
    return html.escape(_NOT_XML.sub("?", text))
