"""The golden estates judged by the battery: one partner in five organizations, sixty groups, IPv6 only, minimal."""

import dataclasses

import pytest

from jumpcf.estate.load import load
from tests.battery.battery import BATTERY, decide, wrong
from tests.battery.rows_people import TAKE
from tests.battery.subjects import Subject, bodies_of, subjects_of
from tests.unit.compiled import ROOT

GOOD = sorted(path.name for path in (ROOT / "tests/estates/good").iterdir())
ENOUGH = 16  # subjects of one estate, spread evenly: sixty groups have some two hundred


@pytest.fixture(scope="module", params=GOOD)
def of_estate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Subject]:
    estate = load(ROOT / "tests/estates/good" / request.param)
    return subjects_of(estate, bodies_of(estate, tmp_path_factory.mktemp("good")))


def test_every_case_of_the_battery_holds_in_the_golden_estates(of_estate: list[Subject]) -> None:
    some = of_estate[:: -(-len(of_estate) // ENOUGH)]
    found = [
        f"{row}: {line}"
        for row in BATTERY
        for subject in some
        if row.about(subject)
        for line in wrong(row, subject)
    ]
    assert found == []


def test_each_user_takes_the_roles_of_his_grants_and_no_other(of_estate: list[Subject]) -> None:
    """By the policies of all of his groups together, however many."""
    people = {one.user.name: one for one in of_estate}
    roles = {(one.grant.name, one.level.name): one for one in of_estate}
    for one in people.values():
        for (grant, _), other in roles.items():
            mine = dataclasses.replace(
                other, user=one.user, layers={**other.layers, "groups": one.layers["groups"]}
            )
            wanted = not other.grant.groups or bool({*one.user.groups} & {*other.grant.groups})
            assert {each.allowed for each in decide("groups", TAKE, mine)} == {wanted}, (one.user.name, grant)


def test_the_golden_estates_are_worth_their_names() -> None:
    """What each must show, so that nobody makes it smaller without seeing what is lost."""
    five, sixty, ipv6 = (
        load(ROOT / "tests/estates/good" / name)
        for name in ("five-organizations", "sixty-groups", "ipv6-only")
    )
    (acme,) = five.partners.values()
    assert len({grant.organization for grant in acme.grants}) == len(five.organizations) == 5
    assert any(grant.excepted for grant in acme.grants)
    assert any(grant.accept_delegated_admin for grant in acme.grants)
    assert any(unit.startswith("r-") for grant in acme.grants for unit in grant.units)
    assert any(len(grant.units) > 1 for grant in acme.grants)
    assert any(grant.until.ends < acme.until.ends for grant in acme.grants)
    assert any("delegated" in why for one in five.organizations.values() for why in one.protected.values())
    assert {bool(grant.groups) for grant in acme.grants} == {True, False}

    (acme,) = sixty.partners.values()
    assert len(acme.groups) == 60
    assert {len(user.groups) for user in acme.users} >= {0, 1, 2, 9}
    assert {bool(grant.groups) for grant in acme.grants} == {True, False}
    assert any(sum(group in grant.groups for grant in acme.grants) > 1 for group in acme.groups)

    (acme,) = ipv6.partners.values()
    assert all(":" in network for network in acme.networks)
    assert set(ipv6.fence) == {"self-service", "session", "trust"}
