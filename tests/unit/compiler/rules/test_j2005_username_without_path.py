from rule_samples import found, group, shown_red, statement

from jumpcf.compiler.rules.j2005_username_without_path import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_the_name_with_its_path_is_right():
    own = "arn:aws:iam::111111111111:user{}${{aws:username}}"
    assert found(RULE, group(statement(Resource=own.format("/partner/acme/")))) == []
    assert found(RULE, group(statement(Resource=own.format("/*/")))) == []
    assert found(RULE, group(statement(Resource=own.format("/")))) != []
