"""Params and what IAM shows, judged: who differs, and who breaks which recommendation."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.people import PeopleStatus, PersonStatus, SeenKey, SeenPeople, SeenUser
from jumpcf.artifacts.roster import Gone, Listed, Roster
from jumpcf.planner.people import WORDS, judge_people, met

NOW = datetime.datetime(2027, 1, 15, 8, tzinfo=datetime.UTC)


def ago(days: float) -> str:
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


TARO = Listed(
    partner="acme",
    name="taro.yamada",
    email="taro.yamada@acme.example",
    groups=("dev",),
    grants=("dev",),
    until="2027-03-31",
    ends="2027-04-01T00:00:00Z",
    ended=False,
    iam_groups=("acme-dev", "acme-members"),
)
SEEN = SeenUser(
    name="taro.yamada",
    path="/partner/acme/",
    arn="arn:aws:iam::111111111111:user/partner/acme/taro.yamada",
    tag="acme",
    groups=("acme-dev", "acme-members"),
    policies=(),
    password=ago(90),
    must_change=False,
    signed_in=ago(1),
    mfa=("virtual",),
    keys=(),
)


def status(listed: Listed | None, seen: SeenUser | None) -> PeopleStatus:
    roster = Roster(estate="example", at="", users=(listed,) if listed else ())
    people = SeenPeople(reported=ago(0), users=(seen,) if seen else ())
    return judge_people(roster, people, NOW)


def person(listed: Listed | None = TARO, **seen: Any) -> PersonStatus:
    (one,) = status(listed, replace(SEEN, **seen)).people
    return one


def codes(one: PersonStatus) -> list[str]:
    return [f"{finding.cis.removeprefix('v3.0.0/')} {finding.code}".strip() for finding in one.findings]


def key(age: float, unused: float | None = None, *, active: bool = True) -> SeenKey:
    return SeenKey(active=active, made=ago(age), used="" if unused is None else ago(unused))


def test_who_is_as_wanted_has_no_finding() -> None:
    one = person()
    assert (one.findings, one.password, one.password_age, one.signed_in, one.idle) == ((), "own", 90, 1, 1)


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ({"mfa": ()}, ["1.10 no-mfa"]),
        ({"mfa": (), "password": ""}, []),
        ({"signed_in": ago(44.9)}, []),
        ({"signed_in": ago(45)}, ["1.12 stale"]),
        ({"signed_in": "", "password": ago(45)}, ["1.12 stale"]),
        ({"signed_in": ago(300), "password": ""}, []),
        ({"policies": ("by-hand",)}, ["1.15 policies"]),
        ({"tag": "globex"}, ["tag"]),
        ({"tag": ""}, ["tag"]),
        ({"groups": ("acme-members",)}, ["groups"]),
        ({"groups": ("acme-dev", "acme-members", "x")}, ["groups"]),
        ({"shut": ("taro.yamada",)}, ["frozen"]),
        ({"shut": ("acme-members",)}, ["frozen"]),
    ],
)
def test_each_rule_has_its_number(seen: dict[str, Any], wanted: list[str]) -> None:
    assert codes(person(**seen)) == wanted


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ((key(90, 0),), []),
        ((key(91, 0),), ["1.14 old-key"]),
        ((key(200, 0, active=False),), []),
        ((key(44),), []),
        ((key(45),), ["1.12 stale"]),
        ((key(60, 50),), ["1.12 stale"]),
        ((key(60, 50, active=False),), []),
        ((key(1, 0), key(2, 0)), ["1.13 two-keys"]),
        ((key(1, 0), key(2, 0, active=False)), []),
        ((key(91, 50), key(95, 0)), ["1.12 stale", "1.13 two-keys", "1.14 old-key"]),
    ],
)
def test_keys_are_judged_where_a_partner_has_them(keys: tuple[SeenKey, ...], wanted: list[str]) -> None:
    assert codes(person(replace(TARO, cli="access-keys"), keys=keys)) == wanted


def test_a_key_that_the_partners_way_of_working_does_not_need_is_told_also_an_inactive_one() -> None:
    assert codes(person(keys=(key(1, 0),))) == ["needless-key"]
    assert codes(person(keys=(key(1, 0, active=False),))) == ["needless-key"]


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ({"password": ""}, "none"),
        ({"must_change": True, "signed_in": ""}, "initial"),
        ({"must_change": True}, "to be changed"),
        ({}, "own"),
    ],
)
def test_the_state_of_a_password(seen: dict[str, Any], state: str) -> None:
    assert person(**seen).password == state


def test_who_is_only_in_params_only_in_iam_or_under_another_partner() -> None:
    (missing,) = status(TARO, None).people
    assert (codes(missing), missing.there, missing.password) == (["missing"], False, "none")
    (unknown,) = status(None, SEEN).people
    assert (codes(unknown), unknown.listed, unknown.partner) == (["unknown"], False, "acme")
    two = status(TARO, replace(SEEN, path="/partner/globex/")).people
    assert [(one.partner, codes(one)) for one in two] == [("acme", ["missing"]), ("globex", ["unknown"])]


def test_who_is_frozen_in_params_too_is_no_finding_and_each_door_has_its_thaw() -> None:
    assert codes(person(replace(TARO, frozen="INC-7"), shut=("taro.yamada", "acme-members"))) == []
    (both,) = person(shut=("taro.yamada", "acme-members")).findings
    (group,) = person(shut=("acme-members",)).findings
    thaw = "`jumpcf partner thaw acme`"
    assert both.fix.startswith(f"`jumpcf partner thaw acme --user taro.yamada` and {thaw};")
    assert group.fix.startswith(f"{thaw};")


def test_each_side_of_other_groups_has_its_own_way_out() -> None:
    (more,) = person(groups=("acme-dev", "acme-members", "x")).findings
    (less,) = person(groups=("acme-members",)).findings
    assert ("by hand" in more.fix, "user remove" in more.fix) == (True, False)
    assert ("by hand" in less.fix, "`jumpcf user remove acme taro.yamada`" in less.fix) == (False, True)


def test_whoever_left_has_one_finding_until_he_is_deleted() -> None:
    left = Gone(partner="acme", name="taro.yamada", day="2027-01-14", over=False, place="acme.yaml:9:5")
    roster = Roster(estate="example", at="", users=(), left=(left,))
    seen = SeenPeople(reported=ago(0), users=(replace(SEEN, mfa=(), policies=("x",)),))
    (one,) = judge_people(roster, seen, NOW).people
    assert codes(one) == ["left"]
    assert judge_people(roster, SeenPeople(reported=ago(0), users=()), NOW).people == ()


def test_whose_last_day_has_passed_is_told() -> None:
    assert codes(person(replace(TARO, ended=True))) == ["ended"]


@pytest.mark.parametrize(
    ("word", "bad", "good"),
    [
        ("no-mfa", {"mfa": ()}, {}),
        ("stale-45d", {"signed_in": ago(45)}, {"signed_in": ago(44)}),
        ("stale-7d", {"signed_in": ago(7)}, {"signed_in": ago(6)}),
        ("keys", {"keys": (key(1),)}, {}),
        ("policies", {"policies": ("x",)}, {}),
        ("differs", {"groups": ()}, {"mfa": ()}),
        ("any", {"groups": ()}, {}),
    ],
)
def test_a_word_of_fail_on_is_met(word: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    assert met(status(TARO, replace(SEEN, **bad)), word)
    assert not met(status(TARO, replace(SEEN, **good)), word)


def test_the_words_of_people_who_are_on_one_side_only_or_have_ended() -> None:
    assert met(status(TARO, None), "differs")
    assert met(status(None, SEEN), "differs")
    assert met(status(replace(TARO, ended=True), SEEN), "ended")
    assert not any(met(status(TARO, SEEN), word.replace("<N>", "45")) for word in WORDS)


def test_the_record_comes_back_from_its_json() -> None:
    made = status(TARO, replace(SEEN, mfa=(), keys=(key(100, 2),), policies=("x",)))
    assert decode(PeopleStatus, canonical(made)) == made
    assert made.schema == 1
