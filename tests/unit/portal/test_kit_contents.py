"""What is in a kit: the roles that its people may take, and links that the console's form takes."""

from urllib.parse import parse_qs, urlsplit

import kits
import pytest

from jumpcf.access.matrix import make_matrix
from jumpcf.portal import links


def reached(kit: object) -> set[tuple[str, str, str]]:
    return {(account.id, link.grant, link.level) for account in kit.accounts for link in account.links}  # type: ignore[attr-defined]


def test_a_partners_kit_is_the_matrix_of_all_its_users_and_nothing_else() -> None:
    entries = make_matrix(kits.asker(), (), ("acme",)).entries
    assert reached(kits.example()) == {(one.account, one.grant, one.level) for one in entries}
    assert len(reached(kits.example())) == 26


def test_a_users_kit_has_only_what_his_groups_reach() -> None:
    entries = make_matrix(kits.asker(), (), ("acme",)).entries
    for user in ("taro.yamada", "hanako.sato", "yuki.abe", "jun.ito"):
        wanted = {(one.account, one.grant, one.level) for one in entries if one.user == user}
        assert reached(kits.example("acme", user)) == wanted
    assert reached(kits.example("acme", "jun.ito")) < reached(kits.example("acme", "yuki.abe"))


def test_the_earliest_day_is_told_the_users_the_partners_or_the_grants() -> None:
    assert (kits.example().until, kits.example().ends) == ("2028-03-31", "2028-03-31T15:00:00Z")
    assert kits.example("acme", "hanako.sato").until == "2027-12-31"
    days = {link.grant: link.until for link in kits.example("acme", "hanako.sato").links}
    assert days == {"dev": "", "prod": "", "trial": "2027-09-30"}


def test_a_grant_that_has_ended_is_left_out() -> None:
    later = kits.of("acme", at="2027-10-01T00:00:00Z")
    assert {link.grant for link in later.links} == {"dev", "prod", "ops", "data"}


def test_an_excepted_account_and_a_role_without_an_account_are_not_in_it() -> None:
    assert "333333333333" not in {account.id for account in kits.example().accounts}
    assert kits.example("initech").accounts == ()


def test_a_role_whose_sessions_may_do_nothing_is_left_out() -> None:
    kit = kits.of("acme", graph=kits.useless("jump-acme-dev", "RolePower"))
    assert {(link.grant, link.level) for link in kits.example().links} - {
        (link.grant, link.level) for link in kit.links
    } == {("dev", "Power")}


def test_levels_say_how_long_a_session_lasts_and_how_old_the_sign_in_may_be() -> None:
    levels = {level.name: level for level in kits.example().levels}
    assert list(levels) == ["Read", "DbOperator", "SSM", "Power"]
    assert levels["SSM"].sessions == (3600, 14400)
    assert (levels["DbOperator"].mfa_max_age, levels["DbOperator"].builtin) == (43200, False)
    assert levels["DbOperator"].policies == ("AmazonRDSReadOnlyAccess",)


def test_every_link_is_what_the_form_takes() -> None:
    for partner in ("acme", "globex", "hinode"):
        for account in kits.example(partner).accounts:
            for link in account.links:
                url = urlsplit(link.url)
                assert (url.scheme, url.netloc, url.path) == ("https", "signin.aws.amazon.com", "/switchrole")
                fields = {key: one for key, (one,) in parse_qs(url.query).items()}
                assert fields == {
                    "account": account.id,
                    "roleName": link.arn.partition(":role/")[2],
                    "displayName": f"{account.name} {link.level}",
                    "color": link.color,
                }
                assert len("/" + fields["roleName"]) <= 64
                assert len(fields["displayName"]) <= 64
                assert fields["color"] in {"f2b0a9", "fbc8aa", "efda95", "b7ca9d", "83d4e8"}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_partition_has_its_form(partition: str) -> None:
    url = links.switch_role(partition, "111111111111", "jump/a-b-Read", "a & b=c#d Read", links.GREEN)
    assert parse_qs(urlsplit(url).query)["displayName"] == ["a & b=c#d Read"]
    host = {"aws": "signin.aws.amazon.com", "aws-cn": "signin.amazonaws.cn"}
    assert urlsplit(url).netloc == host.get(partition, "signin.amazonaws-us-gov.com")


def test_a_long_name_is_shortened_and_the_level_stays() -> None:
    assert links.display("a" * 58, "Power") == "a" * 58 + " Power"
    shortened = links.display("a" * 59, "Power")
    assert shortened == "a" * 57 + "… Power"
    assert len(shortened) == 64


def test_profiles_of_one_name_are_told_apart() -> None:
    roles = [
        ("111111111111", "web", "dev", "Read"),
        ("222222222222", "Web", "dev", "Read"),
        ("333333333333", "本番", "dev", "Read"),
        ("444444444444", "a b/c", "dev", "Read"),
        ("444444444444", "a b/c", "ops", "Read"),
        ("555555555555", "444444444444-ops", "x", "Read"),
    ]
    assert links.profiles("example", roles) == [
        "example-111111111111-dev-Read",
        "example-222222222222-dev-Read",
        "example-333333333333-Read",
        "example-444444444444-dev-Read",
        "example-444444444444-ops-Read",
        "example-444444444444-ops-Read_",
    ]


def test_what_rearranges_a_line_or_ends_it_is_shown_as_a_mark() -> None:
    assert links.shown("a\u202eb\u2066c\nd\u2028e\x1bf") == "a�b�c�d�e�f"
    assert links.shown("株式会社ひので שלום <b>") == "株式会社ひので שלום <b>"
