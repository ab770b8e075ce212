import pytest
from rule_samples import found, shown_red, statement, trust
from unit.builders import JUMP

from jumpcf.compiler.rules.j2012_open_trust import RULE
from jumpcf.iam.trust import trust as of_a_target_role


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_the_trust_of_a_target_role_is_right_with_and_without_its_switches():
    for session_name in (True, False):
        made = of_a_target_role(
            partition="aws",
            jump_account=JUMP,
            partner="acme",
            user_path="/partner/acme/",
            ends="2027-04-01T00:00:00Z",
            session_name=session_name,
        )
        (only,) = made.JSONrepr()["Statement"]
        assert found(RULE, trust(Condition=only.JSONrepr()["Condition"].JSONrepr())) == []


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
WHOLE = "Role: AssumeRolePolicyDocument, One: the whole account may come: nothing says who of it"
WITHOUT = "Role: AssumeRolePolicyDocument, One: people of the account may come without MFA"


@pytest.mark.parametrize(
    "anything",
    [
        "*",
        "?*",
        "arn:*",
        "arn:aws:iam::*:user/partner/acme/*",
        "arn:aws:iam::111111111111:*",
        "arn:aws:iam::111111111111:user/*",
        "*:role/*",
    ],
)
def test_a_pattern_that_anybody_matches_says_nothing_of_who_comes(anything):
    assert found(RULE, trust(Condition={**MFA, "StringLike": {"aws:PrincipalArn": anything}})) == [WHOLE]
    named = "arn:aws:iam::111111111111:user/partner/acme/*"
    both = {**MFA, "StringLike": {"aws:PrincipalArn": [named, anything]}}
    assert found(RULE, trust(Condition=both)) == [WHOLE]


@pytest.mark.parametrize(
    "pattern",
    [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/partner/acme/*"},
        {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":user/partner/acme/*"]]},
        {"Fn::GetAtt": ["User", "Arn"]},
    ],
)
def test_a_pattern_that_cloudformation_completes_is_read_with_its_function(pattern):
    assert found(RULE, trust(Condition={**MFA, "ArnLike": {"aws:PrincipalArn": pattern}})) == []


@pytest.mark.parametrize(
    "lack",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
        {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}},
        {"Null": {"aws:MultiFactorAuthPresent": "false"}},
    ],
)
def test_mfa_is_asked_for_by_true_and_nothing_else(lack):
    who = {"StringEquals": {"aws:PrincipalTag/jump-partner": "acme"}}
    assert found(RULE, trust(Condition={**who, **lack})) == [WITHOUT]


def test_roles_that_are_named_come_without_mfa_and_a_pattern_of_all_roles_does_not():
    named = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/deploy/*"}}
    assert found(RULE, trust(Condition=named)) == []
    every = {"ArnLike": {"aws:PrincipalArn": "arn:*:role/*"}}
    assert found(RULE, trust(Condition=every)) == [WHOLE, WITHOUT]


def test_who_comes_and_mfa_are_both_asked_for():
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    who = {"StringEquals": {"aws:PrincipalTag/jump-partner": "acme"}}
    assert found(RULE, trust(Condition={**mfa, **who})) == []
    for asked in (mfa, who):
        (said,) = found(RULE, trust(Condition=asked))
        assert said.startswith("Role: AssumeRolePolicyDocument, One: ")
    assert (
        found(
            RULE,
            {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {"Statement": statement("Deny", Principal={"AWS": "*"})}
                    },
                }
            },
        )
        == []
    )
