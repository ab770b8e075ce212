from rule_samples import found, group, shown_red, statement, trust

from jumpcf.compiler.rules.j2002_bool_if_exists import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_bool_in_an_allow_and_bool_if_exists_in_a_deny_are_right():
    key = "aws:MultiFactorAuthPresent"
    assert found(RULE, trust(Condition={"Bool": {key: "true"}})) == []
    assert found(RULE, trust(Condition={"BoolIfExists": {key: "true"}})) != []
    assert (
        found(RULE, group(statement("Deny", Resource="*", Condition={"BoolIfExists": {key: "false"}}))) == []
    )
    assert found(RULE, group(statement("Deny", Resource="*", Condition={"Bool": {key: "false"}}))) != []
