"""The evaluator decides what AWS's documentation says, case by case."""

from collections.abc import Mapping
from typing import Any

import pytest
from unit.policy import aws_cases
from unit.policy import aws_cases_of_elements as elements
from unit.policy import aws_cases_of_keys as keys
from unit.policy import aws_cases_of_logic as logic
from unit.policy import aws_cases_of_operators as operators
from unit.policy.aws_cases import Case

from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import Decision, assume_role, identity, judge
from jumpcf.policy.request import Request

CASES = (
    *logic.LOGIC,
    *logic.BOUNDARIES,
    *elements.ACROSS,
    *elements.PRINCIPALS,
    *elements.ELEMENTS,
    *operators.OPERATORS,
    *keys.KEYS,
    *keys.SETS,
    *keys.COMBINATIONS,
    *keys.VARIABLES,
)
BY_PAGE = [pytest.param(case, id=f"{case.page}: {case.shows}") for case in CASES]
OF_THE_REQUEST = {"action", "resource", "principal"}


def request_of(case: Case) -> Request:
    account = case.principal.split(":")[4] if case.principal.startswith("arn:") else aws_cases.ACCOUNT
    return Request(
        action=case.action,
        resource=case.resource,
        context=case.given,
        principal=case.principal,
        principal_account=account,
        resource_account=aws_cases.OTHER_ACCOUNT
        if case.policies and case.resource_policy
        else aws_cases.ACCOUNT,
    )


def twin_of(case: Case) -> Request:
    """The case's request with one value changed, or one key taken out."""
    name, value = case.twin
    asked: dict[str, Any] = {
        "action": case.action,
        "resource": case.resource,
        "principal": case.principal,
        "given": {key: kept for key, kept in case.given.items() if key != name},
    }
    if name in OF_THE_REQUEST:
        asked[name] = value
    elif value is not None:
        asked["given"] = {**asked["given"], name: value}
    return request_of(Case(page=case.page, shows=case.shows, twin=case.twin, **asked, **documents(case)))


def documents(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in ("policies", "boundary", "session", "resource_policy")}


def decide(case: Case, request: Request) -> Decision:
    def read(name: str, document: Mapping[str, Any]):
        return parse(document, name=name)

    policies = [read(f"policy{number}", each) for number, each in enumerate(case.policies)]
    if case.resource_policy and not policies:
        return judge(request, read("resource", case.resource_policy))
    if case.resource_policy:
        return assume_role(request, group_policies=policies, trust=read("resource", case.resource_policy))
    boundary = read("boundary", case.boundary) if case.boundary else None
    session = [read("session", case.session)] if case.session else []
    return identity(request, policies, boundary, session)


@pytest.mark.parametrize("case", BY_PAGE)
def test_what_the_page_allows_is_allowed(case: Case) -> None:
    assert decide(case, request_of(case)).effect == "allow"


@pytest.mark.parametrize("case", BY_PAGE)
def test_the_twin_that_differs_in_one_value_is_denied(case: Case) -> None:
    assert decide(case, twin_of(case)).effect == case.denied


def test_there_are_enough_cases_and_each_says_something_of_its_own() -> None:
    assert len(CASES) >= 80
    assert len({(case.page, case.shows) for case in CASES}) == len(CASES)


def test_every_twin_differs_in_a_value() -> None:
    for case in CASES:
        assert request_of(case) != twin_of(case), case.shows
