from rule_samples import found, role, shown_red, statement, trust

from jumpcf.compiler.rules.j2004_wildcard_principal import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_an_account_may_be_trusted_and_everybody_denied():
    assert found(RULE, trust()) == []
    assert found(RULE, role(statement("Deny", Principal="*"))) == []
    assert found(RULE, role(statement(Principal="*"))) != []
    assert found(RULE, role(statement(Principal={"AWS": "*"}))) != []
