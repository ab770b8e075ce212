import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf.iam import arn
from jumpcf.iam.document import (
    MANAGED_POLICY_LIMIT,
    actions,
    allow,
    characters,
    chunks,
    deny,
    document,
    everything,
    pack,
    parse_actions,
)


def a_clause(number, size=100):
    return allow(f"S{number}", action=actions("s3", "GetObject"), resource=["x" * size])


def test_a_document_is_version_2012_10_17_with_sorted_keys():
    assert document([deny("All", action=everything())]).rendered == (
        b'{"Statement":[{"Action":["*"],"Effect":"Deny","Resource":["*"],"Sid":"All"}],"Version":"2012-10-17"}'
    )


def test_a_document_needs_a_statement_and_each_sid_once():
    with pytest.raises(ValueError, match="needs a statement"):
        document([])
    with pytest.raises(ValueError, match="S1 stands twice"):
        document([a_clause(1), a_clause(1)])


def test_a_statement_has_either_actions_or_not_actions():
    with pytest.raises(ValueError, match="either"):
        allow("None")
    with pytest.raises(ValueError, match="either"):
        allow("Both", action=everything(), not_action=everything())


def test_white_space_does_not_count_and_a_character_counts_once():
    assert characters(b'{"a": "b c\td"}\n') == len('{"a":"bcd"}')
    assert characters('{"é":"ü"}'.encode()) == 9


def test_actions_are_read_as_people_write_them():
    assert [each.JSONrepr() for each in parse_actions(["ec2:Start*", "*"])] == ["ec2:Start*", "*"]


def test_packing_keeps_what_fits_together():
    assert len(pack([a_clause(number) for number in range(3)])) == 1
    assert pack([]) == ()


@settings(max_examples=50)
@given(st.lists(st.integers(min_value=1, max_value=5_900), max_size=12))
def test_packing_keeps_every_statement_in_order_and_every_limit(sizes):
    clauses = [a_clause(number, size) for number, size in enumerate(sizes)]
    packed = pack(clauses)
    assert [each for one in packed for each in one.Statement] == clauses
    assert all(characters(one.rendered) <= MANAGED_POLICY_LIMIT for one in packed)


def test_a_statement_at_the_end_leaves_the_earlier_documents_alone():
    clauses = [a_clause(number, 3_000) for number in range(3)]
    before, after = pack(clauses), pack([*clauses, a_clause(9, 3_000)])
    assert [one.rendered for one in after[:1]] == [one.rendered for one in before[:1]]


def test_a_statement_over_the_limit_stands_alone_for_the_quota_to_find():
    packed = pack([a_clause(1), a_clause(2, 7_000), a_clause(3)])
    assert [len(one.Statement) for one in packed] == [1, 1, 1]


def test_a_full_chunk_of_the_longest_arns_fits_one_policy():
    user = arn.user("aws-us-gov", "1" * 12, f"/partner/{'p' * 32}/", "u" * 64)
    (only,) = chunks([user] * 40)
    assert (
        characters(document([deny("X", action=everything(), resource=only)]).rendered) <= MANAGED_POLICY_LIMIT
    )


def test_a_shared_statement_is_rendered_into_each_document():
    shared = a_clause(1)
    one, two = document([shared]), document([shared, a_clause(2)])
    assert orjson.loads(one.rendered)["Statement"] == orjson.loads(two.rendered)["Statement"][:1]
