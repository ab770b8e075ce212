import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf.iam import arn
from jumpcf.iam.document import MANAGED_POLICY_LIMIT, actions, allow, characters, deny, document, everything
from jumpcf.iam.packing import POLICIES_PER_GROUP, chunks, pack, split

names = st.sets(st.integers(0, 10_000), max_size=80).map(
    lambda found: [f"item-{one}" for one in sorted(found)]
)


def a_clause(number, size=100):
    return allow(f"S{number}", action=actions("s3", "GetObject"), resource=["x" * size])


def where(parts):
    """The part in which each item lies."""
    return {item: number for number, part in parts.items() for item in part}


def sids(packed):
    return where({part: [one.properties["Sid"] for one in each.Statement] for part, each in packed.items()})


def moved_between_survivors(before, after):
    """Items that left a part which is still there, or came to one that was there before."""
    old, new = where(before), where(after)
    return [
        item
        for item in old.keys() & new.keys()
        if old[item] != new[item] and (old[item] in after or new[item] in before)
    ]


@given(names)
def test_splitting_keeps_every_item_once_in_order_and_every_limit(items):
    parts = chunks(items, 7)
    assert sorted(item for part in parts.values() for item in part) == sorted(items)
    assert all(0 < len(part) <= 7 for part in parts.values())
    assert all(list(part) == [item for item in items if item in part] for part in parts.values())


@given(names, st.integers(10_001, 20_000))
def test_an_item_more_touches_its_own_part_and_no_other(items, number):
    before, after = chunks(items, 7), chunks([f"item-{number}", *items], 7)
    assert moved_between_survivors(before, after) == []
    touched = [part for part in before if before[part] != after.get(part)]
    assert len(touched) <= 1


def test_what_fits_is_one_part_and_nothing_is_none():
    assert chunks(["b", "a"], 2) == {1: ("b", "a")}
    assert chunks([], 2) == {}
    assert list(pack([a_clause(number) for number in range(3)], most=9)) == ["1"]
    assert pack([], most=9) == {}


def test_the_halves_of_a_part_are_numbered_after_it():
    parts = split({str(number): number for number in range(40)}, lambda some: len(some) <= 12)
    assert 1 not in parts
    assert all(number // 2 not in parts for number in parts)


def test_a_value_that_is_given_twice_stands_once():
    assert chunks(["a", "b", "a"], 1).keys() == chunks(["a", "b"], 1).keys()


@settings(max_examples=50)
@given(st.lists(st.integers(min_value=1, max_value=5_900), max_size=12))
def test_packing_keeps_every_statement_and_every_limit(sizes):
    clauses = [a_clause(number, size) for number, size in enumerate(sizes)]
    packed = pack(clauses, most=POLICIES_PER_GROUP)
    assert sids(packed).keys() == {f"S{number}" for number in range(len(sizes))}
    assert all(characters(one.rendered) <= MANAGED_POLICY_LIMIT for one in packed.values())


@settings(max_examples=50)
@given(st.lists(st.integers(min_value=1, max_value=3_000), max_size=12), st.integers(1, 3_000))
def test_a_statement_never_moves_between_two_policies_that_stay(sizes, size):
    clauses = [a_clause(number, each) for number, each in enumerate(sizes)]
    before, after = pack(clauses, most=99), pack([a_clause(99, size), *clauses], most=99)
    old, new = sids(before), sids(after)
    assert [sid for sid in old if old[sid] != new[sid] and (old[sid] in after or new[sid] in before)] == []


def test_where_halves_are_too_many_policies_are_filled_to_the_brim():
    clauses = [a_clause(number, 2_900) for number in range(2 * POLICIES_PER_GROUP)]
    assert len(pack(clauses, most=99)) > POLICIES_PER_GROUP  # else this test shows nothing
    packed = pack(clauses, most=POLICIES_PER_GROUP)
    assert list(packed) == [f"Full{number}" for number in range(1, POLICIES_PER_GROUP + 1)]
    assert [one for each in packed.values() for one in each.Statement] == clauses


def test_two_statements_of_one_sid_are_refused_and_none_is_lost():
    with pytest.raises(ValueError, match="one Sid"):
        pack([a_clause(1), a_clause(1)], most=9)


def test_a_statement_over_the_limit_stands_alone_for_the_quota_to_find():
    packed = pack([a_clause(1), a_clause(2, 7_000), a_clause(3)], most=9)
    (alone,) = [each for each in packed.values() if characters(each.rendered) > MANAGED_POLICY_LIMIT]
    assert [one.properties["Sid"] for one in alone.Statement] == ["S2"]


def test_a_full_chunk_of_the_longest_arns_fits_one_policy():
    users = [
        arn.user("aws-us-gov", "1" * 12, f"/partner/{'p' * 32}/", f"{n:02}" + "u" * 62) for n in range(40)
    ]
    (only,) = chunks(users).values()
    assert len(only) == 40
    assert (
        characters(document([deny("X", action=everything(), resource=only)]).rendered) <= MANAGED_POLICY_LIMIT
    )
