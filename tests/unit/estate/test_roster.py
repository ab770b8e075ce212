"""Who is in params, and what ends when."""

from dataclasses import replace

import pytest

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.roster import Expiring, Roster
from jumpcf.errors import UnknownName
from jumpcf.estate.model import Frozen
from jumpcf.estate.roster import expiring, roster
from tests.unit.builders import a_grant, a_leaver, a_partner, a_user, an_estate, until

NOW = "2027-03-01T12:00:00Z"
TARO, HANAKO = a_user(groups=["dev"]), a_user("hanako.sato", ends="2027-03-10")
ACME = a_partner(
    users=(TARO, HANAKO),
    groups=("dev",),
    grants=(a_grant(groups=("dev",)), a_grant("trial", until=until("2027-02-27")), a_grant("all")),
)
GLOBEX = a_partner("globex", until=until("2028-03-31"), users=(), grants=())


def test_a_user_is_listed_with_the_grants_that_are_for_him_and_his_earlier_day() -> None:
    hanako, taro = roster(an_estate(GLOBEX, ACME), None, NOW).users
    assert (taro.name, taro.groups, taro.grants) == ("taro.yamada", ("dev",), ("dev", "trial", "all"))
    assert (taro.until, taro.ends) == ("2027-03-31", "2027-04-01T00:00:00Z")
    assert (hanako.name, hanako.grants, hanako.until) == ("hanako.sato", ("trial", "all"), "2027-03-10")


def test_who_is_frozen_or_whose_partner_is_is_told_with_the_reason() -> None:
    one = Frozen(reason="INC-42", at="", before="", mark=TARO.mark)
    two = replace(one, reason="INC-43")
    for partner, reasons in (
        (replace(ACME, users=(replace(TARO, frozen=one), HANAKO)), ["", "INC-42"]),
        (replace(ACME, users=(replace(TARO, frozen=one), HANAKO), frozen=two), ["INC-43", "INC-42"]),
    ):
        assert [user.frozen for user in roster(an_estate(partner), None, NOW).users] == reasons


@pytest.mark.parametrize(
    ("at", "over"), [("2026-12-01T23:59:59Z", False), ("2026-12-02T00:00:00Z", True), (NOW, True)]
)
def test_who_left_is_told_and_from_when_on_his_entry_may_go(at: str, over: bool) -> None:
    partner = replace(ACME, left=(a_leaver("ken.mori", "2026-11-30"),))
    (gone,) = roster(an_estate(partner, GLOBEX), None, at).left
    assert (gone.partner, gone.name, gone.day, gone.over) == ("acme", "ken.mori", "2026-11-30", over)
    assert gone.place.startswith("params/partners/acme.yaml:")
    assert roster(an_estate(partner, GLOBEX), "globex", at).left == ()


@pytest.mark.parametrize(("at", "ended"), [("2027-03-10T23:59:59Z", False), ("2027-03-11T00:00:00Z", True)])
def test_a_user_has_ended_from_the_first_instant_without_access(at: str, ended: bool) -> None:
    assert [one.ended for one in roster(an_estate(ACME), "acme", at).users] == [ended, False]


def test_what_ends_stands_by_date_each_with_whom_it_concerns() -> None:
    found = expiring(an_estate(ACME, GLOBEX), None, 30, NOW).endings
    assert [(one.kind, one.name, one.days, one.people) for one in found] == [
        ("grant", "trial", -2, ("hanako.sato", "taro.yamada")),
        ("user", "hanako.sato", 9, ("hanako.sato",)),
        ("contract", "acme", 30, ("hanako.sato", "taro.yamada")),
    ]
    assert [one.ended for one in found] == [True, False, False]


@pytest.mark.parametrize(("within", "names"), [(0, ["trial"]), (8, ["trial"]), (9, ["trial", "hanako.sato"])])
def test_within_counts_days_of_the_calendar(within: int, names: list[str]) -> None:
    assert [one.name for one in expiring(an_estate(ACME), "acme", within, NOW).endings] == names


def test_today_is_the_estates_own_day() -> None:
    """At 16:00 UTC it is tomorrow in Tokyo: a last day of today has just ended there."""
    partner = a_partner(until=until("2027-03-01"), grants=())
    for zone, days in (("UTC", 0), ("Asia/Tokyo", -1)):
        (one,) = expiring(an_estate(partner, timezone=zone), None, 0, "2027-03-01T16:00:00Z").endings
        assert one.days == days


def test_a_partner_that_params_do_not_have_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no partner acmee") as refused:
        roster(an_estate(ACME), "acmee", NOW)
    assert (refused.value.code, refused.value.hint) == ("G561", "did you mean acme?")


def test_both_records_come_back_from_their_json() -> None:
    for kind, made in (
        (Roster, roster(an_estate(ACME), None, NOW)),
        (Expiring, expiring(an_estate(ACME), None, 30, NOW)),
    ):
        assert decode(kind, canonical(made)) == made
        assert made.schema == 1
