import pytest

from jumpcf.policy import operators
from jumpcf.policy.operator_names import OPERATORS, is_operator


def test_every_operator_that_is_judged_is_one_of_iams_names():
    assert operators.OPERATORS.keys() <= set(OPERATORS)
    assert set(OPERATORS) - operators.OPERATORS.keys() == {"BinaryEquals"}


@pytest.mark.parametrize("name", ["StringLike", "ForAnyValue:StringLike", "ForAllValues:ArnLikeIfExists"])
def test_a_name_may_have_a_set_prefix_and_ifexists(name):
    assert is_operator(name)


@pytest.mark.parametrize(
    "name", ["StringLikes", "stringlike", "NullIfExists", "ForSome:StringLike", "StringLikeIfExistsIfExists"]
)
def test_what_iam_does_not_have_is_no_name(name):
    assert not is_operator(name)
