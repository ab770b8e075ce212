import orjson
import pytest

from jumpcf.iam.document import (
    actions,
    allow,
    characters,
    deny,
    document,
    everything,
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


def test_a_shared_statement_is_rendered_into_each_document():
    shared = a_clause(1)
    one, two = document([shared]), document([shared, a_clause(2)])
    assert orjson.loads(one.rendered)["Statement"] == orjson.loads(two.rendered)["Statement"][:1]
