"""How a template is read: in order, and refused where wrong."""

import json
from typing import Any

import pytest

from jumpcf.local.refusals import InsufficientCapabilities, NotImplementedHere, ValidationError
from jumpcf.local.template import parse

GROUP = {"Type": "AWS::IAM::Group"}
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


def read(**sections: Any) -> Any:
    return parse(json.dumps({"Resources": {"Group": GROUP}} | sections))


def test_resources_come_in_an_order_that_can_be_created() -> None:
    resources = {
        "Last": GROUP | {"DependsOn": ["User"]},
        "User": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "First"}]}},
        "Sub": {"Type": "AWS::IAM::Group", "Properties": {"Path": {"Fn::Sub": "/${Last.Arn}/"}}},
        "First": GROUP,
    }
    assert list(read(Resources=resources).resources) == ["First", "User", "Last", "Sub"]


@pytest.mark.parametrize(
    ("sections", "what"),
    [
        ({"Resources": {}}, "At least one Resources member"),
        ({"Resources": {"A": {"Type": "AWS::Nothing::Here"}}}, "Unrecognized resource types"),
        ({"Resources": {"A-b": GROUP}}, "non alphanumeric"),
        ({"Resources": {"A": {}}}, "must contain a Type"),
        ({"Resources": {"A": GROUP | {"Propertys": {}}}}, "Propertys"),
        ({"Resources": {"A": GROUP | {"DependsOn": "B"}}}, "Unresolved resource dependencies"),
        ({"Resources": {"A": GROUP | {"DeletionPolicy": "Snapshot"}}}, "DeletionPolicy"),
        (
            {"Resources": {"A": GROUP | {"DependsOn": "B"}, "B": GROUP | {"DependsOn": "A"}}},
            "Circular dependency",
        ),
        ({"Resources": {f"G{number}": HANDLE for number in range(501)}}, "500"),
        ({"Resource": {}}, "Invalid template property"),
        ({"Outputs": {"O": {"Value": {"Ref": "Nobody"}}}}, "Nobody"),
        ({"Outputs": {"O": {"Value": {"Fn::If": ["Nobody", 1, 2]}}}}, "Nobody"),
    ],
)
def test_wrong_templates_are_refused(sections: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        read(**sections)


@pytest.mark.parametrize("section", ["Transform", "Rules"])
def test_sections_that_are_not_implemented_are_named(section: str) -> None:
    with pytest.raises(NotImplementedHere):
        read(**{section: {}})


def test_yaml_is_refused_with_a_reason() -> None:
    with pytest.raises(NotImplementedHere, match="JSON only"):
        parse("Resources:\n  Group:\n    Type: AWS::IAM::Group\n")
    with pytest.raises(ValidationError, match="not well-formed"):
        parse('{"Resources": ')


def test_a_name_of_ones_own_needs_the_named_capability() -> None:
    named = read(Resources={"G": GROUP | {"Properties": {"GroupName": "g"}}})
    with pytest.raises(InsufficientCapabilities, match="CAPABILITY_NAMED_IAM"):
        named.require(["CAPABILITY_IAM"])
    named.require(["CAPABILITY_NAMED_IAM"])
    read().require(["CAPABILITY_IAM"])
    read(Resources={"H": HANDLE}).require([])
