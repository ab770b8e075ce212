import pytest
from rule_samples import found, group, shown_red, statement

from jumpcf.compiler.rules.j2010_unknown_action import RULE


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


@pytest.mark.parametrize("action", ["*", "iam:*", "IAM:taguser", "s3:Get?bject", "lambda:InvokeFunction"])
def test_an_action_that_exists_is_found_whatever_its_letter_case(action):
    assert found(RULE, group(statement(Action=action, Resource="*"))) == []


@pytest.mark.parametrize("action", ["iam:TagUsr", "imm:TagUser", "TagUser", "s3:Gett*"])
def test_an_action_that_does_not_exist_is_told(action):
    assert found(RULE, group(statement(Action=action, Resource="*"))) != []
