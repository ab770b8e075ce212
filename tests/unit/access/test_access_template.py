"""Conditions of a template for one account: what is known is right, everything else is refused."""

from typing import Any

import pytest

from jumpcf.access.codes import UnknownTemplate
from jumpcf.access.template import holds

ME, OTHER = "111111111111", "222222222222"


def equals(account: str) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": "AWS::AccountId"}, account]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (equals(ME), True),
        (equals(OTHER), False),
        ({"Fn::Equals": [ME, {"Ref": "AWS::AccountId"}]}, True),
        ({"Fn::Not": [equals(ME)]}, False),
        ({"Fn::Or": [equals(OTHER), equals(ME)]}, True),
        ({"Fn::Or": [equals(OTHER), equals(OTHER)]}, False),
        ({"Fn::And": [equals(ME), equals(ME)]}, True),
        ({"Fn::And": [equals(ME), equals(OTHER)]}, False),
        ({"Condition": "Mine"}, True),
        ({"Fn::Not": [{"Condition": "Mine"}]}, False),
    ],
)
def test_a_condition_is_judged_for_the_account(condition: Any, expected: bool) -> None:
    assert holds({"Mine": equals(ME)}, condition, ME, "corp/x") is expected


@pytest.mark.parametrize(
    "condition",
    [
        True,
        "Mine",
        {},
        {"Condition": "Unknown"},
        {"Condition": "Circle"},
        {"Fn::Contains": [[ME], ME]},
        {"Fn::Not": [equals(ME), equals(ME)]},
        {"Fn::Or": [equals(ME)]},
        {"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]},
        {"Fn::Equals": "x"},
    ],
)
def test_any_other_form_is_refused(condition: Any) -> None:
    with pytest.raises(UnknownTemplate) as refused:
        holds({"Circle": {"Condition": "Circle"}}, condition, ME, "corp/x")
    assert refused.value.code == "E602"
