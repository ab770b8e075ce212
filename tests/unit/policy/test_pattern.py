"""Wildcards in texts, ARNs and resources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpcf.policy.pattern import arn_like, escaped, like, literal, resource_like


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("a*c", "abbc", True),
        ("a*c", "abbcd", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("", "", True),
        ("*", "", True),
        ("a.c", "abc", False),
        ("[a]", "a", False),
        ("a*", "a\nb", True),
        ("A", "a", False),
    ],
)
def test_a_text_is_like_a_pattern(pattern: str, value: str, matches: bool) -> None:
    assert like(value, escaped(pattern)) is matches


@given(st.text())
def test_a_literal_matches_itself_and_nothing_longer(text: str) -> None:
    assert like(text, literal(text))
    assert not like(text + "x", literal(text))


@given(st.text(alphabet="ab\\"))
def test_a_backslash_of_a_policy_is_a_backslash(text: str) -> None:
    assert like(text, escaped(text))


ROLE = "arn:aws:iam::111122223333:role/jump/acme-dev-Power"


@pytest.mark.parametrize(
    ("pattern", "arn", "matches"),
    [
        ("arn:aws:iam::*:role/jump/*", ROLE, True),
        ("arn:aws:iam::*:role/jump/acme-dev-Powe?", ROLE, True),
        ("arn:aws:iam::*:role/jump/acme-dev-Read", ROLE, False),
        ("arn:aws:iam::*:user/*", ROLE, False),
        ("arn:aws:*:*:role/*", "arn:aws:iam::111122223333:x:role/jump", False),
        ("arn:*:iam::111122223333:*", ROLE, True),
        ("arn:aws:logs:*:*:group:*:x", "arn:aws:logs:eu:1:group:a:b:x", True),
    ],
)
def test_an_arn_is_matched_part_by_part(pattern: str, arn: str, matches: bool) -> None:
    assert arn_like(arn, escaped(pattern)) is matches


def test_a_star_at_the_end_of_a_part_of_a_resource_goes_over_colons() -> None:
    arn = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/x"
    assert resource_like(arn, "arn:aws:someservice:*:111122223333:finance/*")
    assert not arn_like(arn, "arn:aws:someservice:*:111122223333:finance/*")
    assert not resource_like(arn, "arn:aws:someservice:us-*-2:111122223333:finance/*")


def test_a_star_without_its_meaning_at_the_end_of_a_part_matches_only_itself() -> None:
    assert not resource_like("arn:aws:sqs:eu:1:q", r"arn:aws:sqs:\*:1:q")
    assert resource_like("arn:aws:sqs:*:1:q", r"arn:aws:sqs:\*:1:q")


def test_the_star_alone_is_every_resource_and_no_arn_is_the_star() -> None:
    assert resource_like("*", "*")
    assert resource_like(ROLE, "*")
    assert not resource_like("*", "arn:aws:iam::*:role/*")
