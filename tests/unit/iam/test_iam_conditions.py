import orjson
import pytest
from awacs.aws import Condition, StringEquals

from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import encode


def rendered(condition):
    return orjson.loads(orjson.dumps(condition, default=encode))


def test_awacs_alone_loses_a_condition():
    """Why conditions.py exists; when this fails, awacs has mended it and the module may become thinner."""
    lost = Condition([StringEquals("aws:PrincipalOrgID", "o-1"), StringEquals("sts:ExternalId", "x")])
    assert rendered(lost) == {"StringEquals": {"sts:ExternalId": "x"}}


def test_equal_operators_are_merged():
    both = all_of(("StringEquals", "aws:PrincipalOrgID", "o-1"), ("StringEquals", "sts:ExternalId", "x"))
    assert rendered(both) == {"StringEquals": {"aws:PrincipalOrgID": "o-1", "sts:ExternalId": "x"}}


def test_several_values_become_a_list_and_one_does_not():
    condition = all_of(("IpAddress", "aws:SourceIp", ("198.51.100.0/24", "203.0.113.0/24")))
    assert rendered(condition) == {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}}
    assert rendered(all_of(("IpAddress", "aws:SourceIp", ("198.51.100.0/24",)))) == {
        "IpAddress": {"aws:SourceIp": "198.51.100.0/24"}
    }


def test_a_key_that_stands_twice_under_one_operator_is_refused_without_regard_to_case():
    with pytest.raises(ValueError, match="given twice"):
        all_of(("StringEquals", "aws:PrincipalType", "User"), ("StringEquals", "aws:principaltype", "x"))


def test_one_key_under_two_operators_is_kept():
    condition = all_of(("StringLike", "aws:userid", "*:a"), ("StringNotLike", "aws:userid", "*:b"))
    assert rendered(condition) == {
        "StringLike": {"aws:userid": "*:a"},
        "StringNotLike": {"aws:userid": "*:b"},
    }


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ([], "hold always"),
        ([("StringEqual", "aws:PrincipalType", "User")], "no condition operator"),
        ([("IpAddress", "aws:SourceIp", ())], "has no value"),
        ([("StringEquals", "aws:PrincipalType", "")], "has no value"),
    ],
)
def test_what_would_widen_a_policy_is_refused(terms, says):
    with pytest.raises(ValueError, match=says):
        all_of(*terms)


def test_operators_for_any_value_are_known():
    condition = all_of(("ForAnyValue:StringLike", "aws:ResourceOrgPaths", "o-1/*/ou-1/*"))
    assert rendered(condition) == {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-1/*/ou-1/*"}}
