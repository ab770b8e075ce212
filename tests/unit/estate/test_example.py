"""The example estate: what it must show, and that it loads the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jumpcf.artifacts.bootstrap import STACK_SETS
from jumpcf.estate import names
from jumpcf.estate.levels import NAMES
from jumpcf.estate.load import load, load_with_warnings
from jumpcf.estate.schema import json_schema

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def estate():
    return load(ROOT)


def grants(estate):
    return [grant for partner in estate.partners.values() for grant in partner.grants]


def paths(estate, grant):
    units = {unit.id: unit.path for unit in estate.organizations[grant.organization].units}
    return {units[unit] for unit in grant.units}


def inside(estate, grant):
    organization = estate.organizations[grant.organization]
    parents = {unit.id: unit.parent for unit in organization.units}

    def above(unit):
        return {unit} | (above(parents[unit]) if parents[unit] else set())

    return {account.id for account in organization.accounts if above(account.unit) & set(grant.units)}


def test_it_loads_without_a_warning():
    assert load_with_warnings(ROOT)[1] == ()


def test_its_organizations_are_of_the_wanted_sizes(estate):
    sizes = {name: len(organization.accounts) for name, organization in estate.organizations.items()}
    assert sizes["corp"] >= 24
    assert (sizes["subsidiary"], sizes["lab"]) == (12, 6)


def test_corp_nests_three_deep(estate):
    assert max(unit.path.count("/") for unit in estate.organizations["corp"].units) == 3


def test_it_has_four_partners_of_one_to_six_users_one_with_a_japanese_title(estate):
    assert len(estate.partners) == 4
    assert {len(partner.users) for partner in estate.partners.values()} == {1, 2, 3, 6}
    assert [
        name for name, partner in estate.partners.items() if re.search("[\u3040-\u9fff]", partner.title)
    ] == ["hinode"]


def test_it_has_networks_of_both_versions(estate):
    assert {":" in network for partner in estate.partners.values() for network in partner.networks} == {
        True,
        False,
    }


def test_every_built_in_level_and_a_custom_one_are_in_use(estate):
    used = {level for grant in grants(estate) for level in grant.levels}
    assert used == {*NAMES, "DbOperator"}


def test_one_partner_works_in_all_three_organizations(estate):
    assert {grant.organization for grant in estate.partners["acme"].grants} == set(estate.organizations)


def test_one_grant_waits_for_its_first_account(estate):
    assert [grant.name for grant in grants(estate) if not inside(estate, grant)] == ["move"]


def test_one_grant_is_on_a_root(estate):
    assert [grant.name for grant in grants(estate) if "/" in paths(estate, grant)] == ["lab"]


def test_one_account_is_excepted_and_one_suspended_within_a_grant(estate):
    assert [account for grant in grants(estate) for account in grant.excepted] == ["333333333333"]
    suspended = {
        account.id for account in estate.organizations["corp"].accounts if account.state == "SUSPENDED"
    }
    assert len(suspended) == 1
    assert any(suspended <= inside(estate, grant) for grant in grants(estate))


def test_protected_accounts_have_their_reasons(estate):
    assert estate.organizations["corp"].protected == {
        "111111111111": "jump account",
        "222222222222": "admin account",
        "400000000001": "management account",
        "430000000002": "delegated administrator",
    }
    assert estate.organizations["lab"].protected == {
        "111111111111": "jump account",
        "800000000001": "management account",
    }


def test_the_jump_account_is_a_member_of_corp_and_corp_has_a_delegated_administrator(estate):
    corp = estate.organizations["corp"]
    assert estate.jump.account in {account.id for account in corp.accounts}
    assert corp.delegated_administrators[corp.connection.account] == (STACK_SETS,)
    for name in ("subsidiary", "lab"):
        assert estate.organizations[name].connection.account == estate.organizations[name].management_account


def test_a_delegated_administrator_is_admitted_only_where_a_reason_is_given(estate):
    admitted = [
        grant.name
        for grant in grants(estate)
        if grant.organization == "corp" and "430000000002" not in grant.protected
    ]
    assert admitted == ["audit"]
    for grant in grants(estate):
        assert {"111111111111", estate.organizations[grant.organization].connection.account} <= set(
            grant.protected
        )


def test_a_grant_ends_on_its_own_date_or_the_partners_whichever_is_earlier(estate):
    ends = {grant.name: grant.until.ends for grant in estate.partners["acme"].grants}
    assert ends["trial"] == "2027-09-30T15:00:00Z"
    assert ends["dev"] == estate.partners["acme"].until.ends == "2028-03-31T15:00:00Z"


def test_a_session_is_the_grants_or_the_levels_or_the_default(estate):
    sessions = {grant.name: grant.session for grant in grants(estate)}
    assert sessions["ops"] == {"SSM": 4 * 3600}
    assert sessions["data"] == {"DbOperator": 2 * 3600, "Read": 3600}


def test_networks_can_come_from_a_locked_parameter(estate):
    assert estate.partners["initech"].networks == ("198.51.100.128/26", "2001:db8:30::/48")


def test_an_account_id_with_a_leading_zero_keeps_it(estate):
    assert "012345670123" in {account.id for account in estate.organizations["subsidiary"].accounts}


def test_every_role_fits_the_switch_role_form(estate):
    for grant in grants(estate):
        for level in grant.levels:
            assert len(names.ROLE_PATH + names.role(grant.partner, grant.name, level)) <= 64


def test_everything_is_in_one_order(estate):
    for partner in estate.partners.values():
        assert list(partner.users) == sorted(partner.users, key=lambda user: user.name)
        assert list(partner.grants) == sorted(partner.grants, key=lambda grant: grant.name)
    for organization in estate.organizations.values():
        assert organization.units[0].path == "/"
        assert [unit.path for unit in organization.units] == sorted(unit.path for unit in organization.units)
        assert list(organization.accounts) == sorted(organization.accounts, key=lambda account: account.id)


def test_every_record_points_at_its_line(estate):
    lines = {}
    for partner in estate.partners.values():
        for thing in (*partner.users, *partner.grants):
            text = lines.setdefault(
                thing.mark.file, (ROOT / thing.mark.file).read_text(encoding="utf-8").splitlines()
            )
            assert thing.name in text[thing.mark.line - 1]


def test_two_processes_with_different_hash_seeds_load_the_same():
    code = "import pathlib; from jumpcf.estate.load import load; print(load(pathlib.Path('.')))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_committed_schema_is_the_one_that_jumpcf_prints(golden):
    text = json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False)
    golden(ROOT / "params/schema.json", text + "\n")


@pytest.mark.parametrize("path", sorted(ROOT.glob("params/**/*.yaml")), ids=lambda path: path.name)
def test_every_file_tells_editors_where_its_schema_is(path):
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert found
    assert (path.parent / found[1]).resolve() == ROOT / "params/schema.json"
