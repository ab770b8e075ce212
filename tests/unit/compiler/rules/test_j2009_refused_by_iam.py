from rule_samples import found, group, shown_red, statement, trust

from jumpcf.compiler.rules.j2009_refused_by_iam import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_a_plain_statement_is_taken():
    assert found(RULE, trust()) == []
    assert (
        found(RULE, group(statement(Resource="*", Condition={"StringEquals": {"aws:username": "\u00e9"}})))
        == []
    )
    assert found(RULE, group(statement())) == [
        "Policy: PolicyDocument, One: needs one of Resource and NotResource"
    ]
