from rule_samples import found, group, shown_red, statement

from jumpcf.compiler.rules.j2007_reclassification import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_denying_it_is_right_and_any_pattern_that_allows_it_is_not():
    assert found(RULE, group(statement("Deny", Action="iam:TagUser", Resource="*"))) == []
    assert found(RULE, group(statement(Action="iam:GetUser", Resource="*"))) == []
    for action in ("iam:TagUser", "IAM:taguser", "iam:*User", "*"):
        assert "Policy: PolicyDocument, One: allows iam:TagUser" in found(
            RULE, group(statement(Action=[action], Resource="*"))
        )
