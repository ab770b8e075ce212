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
