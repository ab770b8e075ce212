"""Whom a template's own Conditions leave out: evaluated, not only looked for; what is not known leaves out nobody."""

from typing import Any

import pytest
from small_world import ADMIN, DELEGATE, JUMP_ACCOUNT, MANAGEMENT, World, ou, role_template

from jumpcf.artifacts.effects import broadenings
from jumpcf.planner.conditions import left_out, maybe_left_out, plain
from jumpcf.planner.iam_difference import iam_difference

ONE, TWO = "012345678901", "111111111111"
ACCOUNT = {"Ref": "AWS::AccountId"}
ALWAYS = {"Fn::Equals": ["a", "a"]}


def equals(account: str) -> dict[str, Any]:
    return {"Fn::Equals": [ACCOUNT, account]}


def none_of(*accounts: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Or": [equals(one) for one in accounts]}]}


def template(condition: Any, **more: Any) -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
    }
    own = {"RoleName": "acme-Power", "AssumeRolePolicyDocument": trust}
    role = {"Type": "AWS::IAM::Role", "Condition": "Wanted", "Properties": own}
    return {"Conditions": {"Wanted": condition, **more}, "Resources": {"Role": role}}


def test_a_template_leaves_out_the_accounts_in_which_its_condition_is_false() -> None:
    assert left_out(role_template("Power", excluded=(ONE, TWO))) == {ONE, TWO}
    assert plain(role_template("Power", excluded=(ONE, TWO)))
    assert left_out({"Resources": {"A": {"Properties": {"Account": TWO}}}}) == set()
    assert left_out(None) == set()
    nested = {"Fn::Not": [{"Fn::Or": [{"Fn::Or": [equals(ONE), equals(TWO)]}, equals("2" * 12)]}]}
    assert left_out(template(nested)) == {ONE, TWO, "2" * 12}
    assert plain(template(nested))


HIDDEN = {
    "always": template(ALWAYS, Unused=none_of(ONE, TWO)),
    "or always": template({"Fn::Or": [none_of(ONE, TWO), ALWAYS]}),
    "another thing compared": template(
        {"Fn::Not": [{"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, ONE]}, equals(TWO)]}]}
    ),
    "a parameter": template({"Fn::Not": [{"Fn::Equals": [ACCOUNT, {"Ref": "P"}]}]}, Unused=none_of(ONE)),
    "the other way round": template({"Fn::Or": [equals(ONE), equals(TWO)]}),
    "no mapping": template([ONE, TWO]),
    "itself": template({"Condition": "Wanted"}),
    "not there": {**template(none_of(ONE)), "Conditions": {"Other": none_of(ONE)}},
    "none on one of two": {
        **template(none_of(ONE)),
        "Resources": {**template(none_of(ONE))["Resources"], "Bare": {"Type": "AWS::IAM::Role"}},
    },
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_condition_that_only_names_an_account_leaves_it_in_and_is_told(name: str) -> None:
    hidden = HIDDEN[name]
    assert ONE not in left_out(hidden)
    assert not plain(hidden)
    before = template(none_of(ONE, TWO))
    said = {one.subject: one.mark for one in iam_difference(before, hidden)}
    assert "broadened" in said.values(), said
    assert said.get("Conditions of the template") == "broadened" or "acme-Power" in said or "Bare" in said


def test_what_leaves_out_more_in_a_way_of_its_own_still_leaves_out() -> None:
    both = {"Fn::And": [{"Condition": "Base"}, {"Fn::Not": [equals(TWO)]}]}
    assert left_out(template(both, Base=none_of(ONE))) == {ONE, TWO}
    assert left_out(template({"Fn::Or": [none_of(ONE, TWO), none_of(ONE)]})) == {ONE}
    assert maybe_left_out(HIDDEN["always"]) == {ONE, TWO}


def test_leaving_out_more_is_not_told_as_broader() -> None:
    assert iam_difference(template(none_of(ONE)), template(none_of(ONE, TWO))) == ()


def test_a_template_that_only_names_the_protected_accounts_needs_a_word() -> None:
    world = World()
    world.grant("dev", ou("dev"))
    world.deploy()
    named = role_template("Power")
    named["Conditions"]["Wanted"] = {"Fn::Or": [named["Conditions"]["Wanted"], ALWAYS]}
    world.grant("dev", ou("dev"), template=named)
    plan = world.plan()
    assert [one for one in broadenings(plan) if "Conditions of the template" in one]
    assert {JUMP_ACCOUNT, ADMIN, DELEGATE, MANAGEMENT} <= maybe_left_out(named)


@pytest.mark.parametrize("name", ["Transform", "Parameters", "Mappings", "Hooks", "Rules", "Globals"])
def test_a_section_that_may_rewrite_the_template_is_told(name: str) -> None:
    before = template(none_of(ONE))
    after = {**before, name: {"Name": "AWS::Include"}}
    (said,) = iam_difference(before, after)
    assert (said.subject, said.action, said.mark) == (f"{name} of the template", "added", "broadened")
    (back,) = iam_difference(after, before)
    assert (back.action, back.mark) == ("removed", "broadened")
    assert iam_difference(before, {**before, "Description": "x", "Metadata": {}, "Outputs": {}}) == ()


@pytest.mark.parametrize("holders", ["Groups", "Roles", "Users"])
def test_a_policy_that_names_whom_it_is_attached_to_is_told(holders: str) -> None:
    def stack(**more: Any) -> dict[str, Any]:
        document = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        }
        return {
            "Resources": {
                "Policy": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {"PolicyDocument": document, **more},
                },
                "Group": {
                    "Type": "AWS::IAM::Group",
                    "Properties": {"GroupName": "acme", "ManagedPolicyArns": [{"Ref": "Policy"}]},
                },
            }
        }

    (said,) = iam_difference(stack(), stack(**{holders: ["others"]}))
    assert (said.subject, said.mark) == (f"Policy ({holders})", "broadened")
    assert iam_difference(stack(), stack(Description="x")) == ()


def test_what_is_named_like_a_policy_and_is_none_is_told() -> None:
    group = {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": [{"Ref": "Odd"}]}}
    odd = {
        "Type": "Custom::Policy",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    said = iam_difference({"Resources": {"Group": group}}, {"Resources": {"Group": group, "Odd": odd}})
    assert "Odd" in [one.subject for one in said if one.part == "resource"]


@pytest.mark.parametrize("name", ["Policies", "ManagedPolicyArns", "Groups"])
@pytest.mark.parametrize("value", [{"a": 1}, "text", 7, ["text", 7]])
def test_a_property_that_is_no_list_is_not_read_and_does_not_break(name: str, value: Any) -> None:
    role = {"Type": "AWS::IAM::User", "Properties": {"UserName": "ken", name: value}}
    plainly = {"Type": "AWS::IAM::User", "Properties": {"UserName": "ken"}}
    said = iam_difference({"Resources": {"User": plainly}}, {"Resources": {"User": role}})
    assert "broadened" in [one.mark for one in said]
