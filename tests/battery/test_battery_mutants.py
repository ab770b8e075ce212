"""The battery is held against every mutant of every distinct policy and template: it must turn red.

The score and the survivors stand at the end of pytest's output, and with --mutants every mutant with the case
that turned red.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from jumpcf.estate import names
from jumpcf.estate.model import Estate
from tests.battery.conftest import Compiled
from tests.battery.scoring import Result, on_purpose, policy_results, score
from tests.battery.subjects import Subject
from tests.battery.templates import (
    Facts,
    Template,
    grant_expected,
    grant_facts,
    partner_expected,
    partner_facts,
    template_mutants,
)
from tests.battery.templates_base import base_expected, base_facts

MOST_ALIVE = 0.05


@pytest.fixture(scope="session")
def results(subjects: list[Subject], estates: Compiled) -> list[Result]:
    return [*policy_results(subjects), *template_results(estates)]


def accounts_of(estate: Estate, organization: str) -> list[str]:
    return sorted({estate.jump.account, *(one.id for one in estate.organizations[organization].accounts)})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template with how its facts are read, and the facts that the estate asks of it."""

    where: str
    template: Template
    read: Callable[[Template], Facts]
    expected: Facts


def templates_of(estates: Compiled) -> Iterator[Rendered]:
    """Every partner's and grant's template, and the one that all share."""
    for name, (estate, bodies) in estates.items():
        base = f"jump/{names.JUMP_BASE}"
        yield Rendered(f"{name}:{base}", bodies[base], base_facts, base_expected(estate))
        for partner in estate.partners.values():
            where = f"jump/jump-partner-{partner.name}"
            yield Rendered(f"{name}:{where}", bodies[where], partner_facts, partner_expected(partner))
            for grant in partner.grants:
                place = f"{grant.organization}/jump-{partner.name}-{grant.name}"
                accounts = accounts_of(estate, grant.organization)
                read = partial(grant_facts, accounts=accounts)
                yield Rendered(
                    f"{name}:{place}", bodies[place], read, grant_expected(estate, grant, accounts)
                )


def template_results(estates: Compiled) -> Iterator[Result]:
    """Mutants of the example's templates: every kind of resource is in them."""
    for one in templates_of({"example": estates["example"]}):
        for what, mutant in template_mutants(one.template):
            killer = "" if one.read(mutant) == one.expected else "the facts of the template"
            yield Result(layer="template", where=one.where, what=what, killer=killer)


def test_every_template_holds_what_the_estate_asks(estates: Compiled) -> None:
    """Nothing in protected and excepted accounts; everywhere else roles with boundary, fence and tags."""
    checked = list(templates_of(estates))
    assert len(checked) > 30
    wrong = {one.where: one.read(one.template) ^ one.expected for one in checked}
    assert {where: difference for where, difference in wrong.items() if difference} == {}


def test_no_policy_can_be_weakened_unseen(
    results: list[Result], summary: list[str], request: pytest.FixtureRequest
) -> None:
    known = on_purpose()
    summary += score(results, known)
    if request.config.getoption("--mutants"):
        summary += map(str, results)
    alive = [one for one in results if not one.killer]
    assert [str(one) for one in alive if not any(purpose.means(one) for purpose in known)] == []
    assert len(alive) <= MOST_ALIVE * len(results)


def test_every_survivor_on_purpose_is_one(results: list[Result]) -> None:
    alive = [one for one in results if not one.killer]
    assert [one.what for one in on_purpose() if not any(one.means(result) for result in alive)] == []


def test_no_mutant_is_counted_as_seen_because_it_could_not_be_read(results: list[Result]) -> None:
    assert [str(one) for one in results if one.killer.startswith("refused")] == []


def test_every_condition_and_statement_has_mutants(results: list[Result], subjects: list[Subject]) -> None:
    """What the mutation forgets would never be missed: each Sid loses its statement and each of its keys."""
    deeds = {(one.layer, re.sub(r"\d{8}T\d{6}Z", "", one.what)) for one in results}
    missing = set()
    for subject in subjects:
        for layer, documents in subject.layers.items():
            for statement in (one for document in documents for one in document.body["Statement"]):
                for operator, keys in statement.get("Condition", {}).items():
                    sid = re.sub(r"\d{8}T\d{6}Z", "", statement["Sid"])
                    wanted = {(layer, f"{sid}: Condition {operator} {key} removed") for key in keys}
                    missing |= wanted - deeds
    assert missing == set()
