from rule_samples import ROOT, bounded, found, group, role, shown_red, statement, trust

from jumpcf.compiler.rules.j2003_mfa_in_session import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_mfa_may_be_asked_in_the_trust_but_not_in_the_session():
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    asks = statement(Resource="*", Condition=mfa)
    assert found(RULE, trust(Condition=mfa)) == []
    assert found(RULE, group(asks)) == []
    assert found(RULE, bounded(asks)) != []
    assert found(RULE, role(statement(Principal={"AWS": ROOT}), asks)) != []
