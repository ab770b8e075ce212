"""Intrinsic functions and Conditions, without a service."""

import datetime
import json
from typing import Any

import pytest

from jumpcf.local.intrinsics import UNKNOWN, Scope, evaluate, holds, parameters, wanted
from jumpcf.local.records import Resource
from jumpcf.local.refusals import NotImplementedHere, ValidationError
from jumpcf.local.template import parse

NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
GROUP = {"Type": "AWS::IAM::Group"}


def scope(planning: bool = False, **sections: Any) -> Scope:
    """A template with a resource `Made`, which exists, and `Later`, which does not."""
    body = {"Resources": {"Made": GROUP, "Later": GROUP}, **sections}
    made = Resource("Made", "AWS::IAM::Group", "made-1", "{}", {"Arn": "arn:made"}, "CREATE_COMPLETE", NOW)
    pseudo = {"AWS::AccountId": "111111111111", "AWS::Region": "ap-northeast-1", "AWS::Partition": "aws"}
    template = parse(json.dumps(body))
    return Scope(template, {"Stage": "dev", "Names": ["a", "b"]}, pseudo, {"Made": made}, {}, planning)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"Ref": "Made"}, "made-1"),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "AWS::AccountId"}, "111111111111"),
        ({"Fn::GetAtt": ["Made", "Arn"]}, "arn:made"),
        ({"Fn::GetAtt": "Made.Arn"}, "arn:made"),
        ({"Fn::Join": ["-", ["x", {"Ref": "Stage"}]]}, "x-dev"),
        (
            {"Fn::Sub": "${AWS::Partition}:${Made}:${Made.Arn}:${!aws:username}"},
            "aws:made-1:arn:made:${aws:username}",
        ),
        ({"Fn::Sub": ["${Own}/${Stage}", {"Own": {"Ref": "Made"}}]}, "made-1/dev"),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["M", {"Ref": "Stage"}, "Size"]}, 1),
        ({"a": [1, {"Ref": "AWS::NoValue"}], "b": {"Ref": "AWS::NoValue"}}, {"a": [1]}),
        ({"Fn::If": ["Dev", "yes", "no"]}, "yes"),
    ],
)
def test_functions_give_their_value(value: Any, result: Any) -> None:
    given = scope(
        Mappings={"M": {"dev": {"Size": 1}}},
        Parameters={"Stage": {"Type": "String"}, "Names": {"Type": "CommaDelimitedList"}},
        Conditions={"Dev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}},
    )
    assert evaluate(value, given) == result


def test_what_is_not_there_is_refused_and_while_planning_is_a_placeholder() -> None:
    with pytest.raises(ValidationError, match="Later"):
        evaluate({"Ref": "Later"}, scope())
    assert evaluate({"Fn::Sub": "x-${Later.Arn}"}, scope(planning=True)) == f"x-{UNKNOWN}"


@pytest.mark.parametrize(
    "name", ["Fn::ImportValue", "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::ToJsonString"]
)
def test_other_functions_are_refused_by_name(name: str) -> None:
    with pytest.raises(NotImplementedHere, match=name):
        evaluate({name: "x"}, scope())


def test_conditions_combine() -> None:
    def is_account(number: str) -> dict[str, Any]:
        return {"Fn::Equals": [{"Ref": "AWS::AccountId"}, number]}

    conditions = {
        "Jump": is_account("111111111111"),
        "Other": is_account("222222222222"),
        "Both": {"Fn::And": [{"Condition": "Jump"}, {"Condition": "Other"}]},
        "Either": {"Fn::Or": [{"Condition": "Jump"}, {"Condition": "Other"}]},
        "Neither": {
            "Fn::Not": [{"Fn::Or": [is_account("1"), {"Fn::Or": [is_account("2"), is_account("3")]}]}]
        },
    }
    given = scope(Conditions=conditions)
    found = {name: holds(name, given) for name in conditions}
    assert found == {"Jump": True, "Other": False, "Both": False, "Either": True, "Neither": True}


@pytest.mark.parametrize("count", [1, 11])
def test_or_takes_two_to_ten_conditions(count: int) -> None:
    """CloudFormation User Guide, condition functions; protected accounts must be nested because of it."""
    condition = {"Fn::Or": [{"Fn::Equals": ["a", "b"]}] * count}
    with pytest.raises(ValidationError, match="at least 2 and at most 10"):
        holds("Many", scope(Conditions={"Many": condition}))


def test_resources_without_their_condition_are_not_wanted() -> None:
    body = {
        "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Kept": GROUP, "Left": GROUP | {"Condition": "No"}},
    }
    template = parse(json.dumps(body))
    assert wanted(Scope(template, {}, {}, {}, {})) == ["Kept"]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({}, r"Parameters: \[Must\] must have values"),
        ({"Must": "x", "Else": "y"}, r"Parameters: \[Else\] do not exist"),
        ({"Must": "y"}, "AllowedValues"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, str], what: str) -> None:
    body = {
        "Parameters": {"Must": {"Type": "String", "AllowedValues": ["x"]}},
        "Resources": {"Group": GROUP},
    }
    with pytest.raises(ValidationError, match=what):
        parameters(parse(json.dumps(body)), given)
