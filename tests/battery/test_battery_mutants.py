"""The battery is held against every mutant of every distinct policy and template: it must turn red.

The list of mutants and the score are in .pytest_cache/mutants.txt, and the score in the test's output (-s).
"""

import re
from pathlib import Path

import pytest

from jumpcf.estate.model import Estate
from tests.battery.conftest import Compiled
from tests.battery.scoring import Result, on_purpose, policy_results, report
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

MOST_ALIVE = 0.05


@pytest.fixture(scope="session")
def results(subjects: list[Subject], estates: Compiled) -> list[Result]:
    return [*policy_results(subjects), *template_results(estates)]


def accounts_of(estate: Estate, organization: str) -> list[str]:
    return sorted({estate.jump.account, *(one.id for one in estate.organizations[organization].accounts)})


def templates_of(estates: Compiled) -> list[tuple[str, Template, Facts, list[str]]]:
    """Every partner's and grant's template with the facts that the estate asks of it."""
    found: list[tuple[str, Template, Facts, list[str]]] = []
    for name, (estate, bodies) in estates.items():
        for partner in estate.partners.values():
            where = f"jump/jump-partner-{partner.name}"
            found.append((f"{name}:{where}", bodies[where], partner_expected(partner), []))
            for grant in partner.grants:
                place = f"{grant.organization}/jump-{partner.name}-{grant.name}"
                accounts = accounts_of(estate, grant.organization)
                expected = grant_expected(estate, grant, accounts)
                found.append((f"{name}:{place}", bodies[place], expected, accounts))
    return found


def facts(template: Template, accounts: list[str]) -> Facts:
    return grant_facts(template, accounts) if accounts else partner_facts(template)


def template_results(estates: Compiled) -> list[Result]:
    """Mutants of the example's templates: every kind of resource is in them."""
    made = []
    for where, template, expected, accounts in templates_of(estates):
        if where.startswith("example:"):
            for what, mutant in template_mutants(template):
                killer = "" if facts(mutant, accounts) == expected else "the facts of the template"
                made.append(Result(layer="template", where=where, what=what, killer=killer))
    return made


def test_every_template_holds_what_the_estate_asks(estates: Compiled) -> None:
    """Nothing in protected and excepted accounts; everywhere else roles with boundary, fence and tags."""
    checked = templates_of(estates)
    assert len(checked) > 20
    wrong = {where: facts(body, accounts) ^ expected for where, body, expected, accounts in checked}
    assert {where: difference for where, difference in wrong.items() if difference} == {}


def test_no_policy_can_be_weakened_unseen(results: list[Result], request: pytest.FixtureRequest) -> None:
    known = on_purpose()
    text = report(results, known)
    request.config.cache.mkdir("jumpcf")
    Path(str(request.config.cache.mkdir("jumpcf")), "mutants.txt").write_text(text, encoding="utf-8")
    print(text.splitlines()[0])
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
