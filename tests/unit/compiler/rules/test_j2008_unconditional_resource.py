import pytest
from rule_samples import found, shown_red, trust

from jumpcf.compiler.rules.j2008_unconditional_resource import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_only_a_grants_template_needs_conditions():
    assert found(RULE, trust(), per="partner") == []
    assert found(RULE, trust(), per="grant") == ["Role: has no Condition"]


@pytest.mark.parametrize(
    ("condition", "holds_there"),
    [
        ({"Fn::Equals": ["333333333333", {"Ref": "AWS::AccountId"}]}, False),
        ({"Fn::And": [{"Condition": "Other"}, {"Condition": "Other"}]}, False),
        ({"Fn::Or": [{"Condition": "Other"}, {"Fn::Not": [{"Condition": "Other"}]}]}, True),
        ({"Fn::Not": [{"Condition": "Other"}]}, True),
        ({"Condition": "Loop"}, True),
    ],
)
def test_conditions_are_evaluated_as_cloudformation_does(condition, holds_there):
    other = {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "444444444444"]}
    conditions = {"Mine": condition, "Other": other, "Loop": {"Condition": "Loop"}}
    resources = {"Role": {**trust()["Role"], "Condition": "Mine"}}
    assert bool(found(RULE, resources, per="grant", conditions=conditions)) is holds_there
