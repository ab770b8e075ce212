"""Adding one thing to an estate changes the templates that must change, and no others."""

import dataclasses
import tempfile
from pathlib import Path

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpcf.estate.model import Estate, Partner
from tests.unit.builders import a_grant, a_level, a_partner, a_user, an_estate
from tests.unit.compiled import compiled

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
GROUPS = ("blue", "green")


@st.composite
def partners(draw: st.DrawFn, name: str) -> Partner:
    """Users, some with a date of their own, and enough grants that a group may need several policies."""
    users = tuple(
        a_user(
            f"{name}.{number}",
            groups=draw(st.sampled_from(((), GROUPS[:1], GROUPS))),
            ends=draw(st.sampled_from((None, "2026-05-31", "2026-12-31"))),
        )
        for number in sorted(draw(st.sets(st.integers(10, 99), min_size=1, max_size=60)))
    )
    grants = tuple(
        a_grant(
            f"g{number}",
            partner=name,
            groups=draw(st.sampled_from(((), GROUPS[:1]))),
            excepted=draw(st.sampled_from(((), ("444444444444",)))),
        )
        for number in sorted(draw(st.sets(st.integers(10, 99), min_size=9, max_size=18)))
    )
    networks = tuple(f"198.51.{number}.0/24" for number in range(draw(st.integers(1, 9))))
    return a_partner(name, users=users, grants=grants, groups=GROUPS, networks=networks)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    return an_estate(
        draw(partners("acme")),
        a_partner("globex"),
        levels=[a_level("Power")],
        assume_scope=draw(st.sampled_from(("org-paths", "accounts"))),
        fence=draw(st.sampled_from((("self-service",), ("self-service", "session"), ("session", "trust")))),
        role_session_name=draw(st.sampled_from(("required", "optional"))),
    )


def with_acme(estate: Estate, **parts: object) -> Estate:
    acme = dataclasses.replace(estate.partners["acme"], **parts)
    return dataclasses.replace(estate, partners={**estate.partners, "acme": acme})


def differing(one: Estate, other: Estate) -> tuple[set[str], dict, dict]:
    """The templates that differ or are on one side only, and both sides' bodies."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        before, after = compiled(one, Path(first))[1], compiled(other, Path(second))[1]
    return {name for name in before | after if before.get(name) != after.get(name)}, before, after


def own_sets(partner: Partner) -> set[str]:
    return {f"corp/jump-{partner.name}-{grant.name}" for grant in partner.grants}


MINE = "jump/jump-partner-acme"


@FEW
@given(estates(), st.sampled_from((None, "2026-08-31")), st.sampled_from(((), GROUPS[:1])))
def test_one_more_user(estate: Estate, ends: str | None, groups: tuple[str, ...]) -> None:
    acme = estate.partners["acme"]
    user = a_user("acme.0", groups=groups, ends=ends)
    changed, before, after = differing(estate, with_acme(estate, users=(user, *acme.users)))
    # Only the fence of a role that he can take knows his date.
    reached = [one for one in acme.grants if not one.groups or set(one.groups) & set(groups)]
    fenced = {f"corp/jump-acme-{one.name}" for one in reached}
    assert changed == {MINE} | (fenced if ends else set())
    assert_users_stay(before, after)
    assert_statements_stay(before[MINE], after[MINE])


@FEW
@given(estates())
def test_one_more_network(estate: Estate) -> None:
    acme = estate.partners["acme"]
    wider = with_acme(estate, networks=(*acme.networks, "203.0.113.0/24"))
    changed, before, after = differing(estate, wider)
    expected = {MINE} if "self-service" in estate.fence else set()
    expected |= own_sets(acme) if {"session", "trust"} & set(estate.fence) else set()
    assert changed == expected
    assert_statements_stay(before[MINE], after[MINE])


@FEW
@given(estates(), st.sampled_from(((), GROUPS[:1])))
def test_one_more_grant(estate: Estate, groups: tuple[str, ...]) -> None:
    acme = estate.partners["acme"]
    more = a_grant("g50x", partner="acme", groups=groups, excepted=("333333333333",))
    grants = sorted((*acme.grants, more), key=lambda one: one.name)
    changed, before, after = differing(estate, with_acme(estate, grants=tuple(grants)))
    assert changed == {MINE, "corp/jump-acme-g50x"}
    assert_users_stay(before, after)
    assert_statements_stay(before[MINE], after[MINE])


def assert_users_stay(before: dict, after: dict) -> None:
    """Whoever was there is in the same stack under the same logical id, with the same properties."""
    homes = users_of(before)
    assert homes
    assert {user: home for user, home in users_of(after).items() if user in homes} == homes


def users_of(bodies: dict) -> dict[str, tuple[str, str, bytes]]:
    return {
        resource["Properties"]["UserName"]: (stack, title, orjson.dumps(resource))
        for stack, body in bodies.items()
        for title, resource in body["Resources"].items()
        if resource["Type"] == "AWS::IAM::User"
    }


def assert_statements_stay(before: dict, after: dict) -> None:
    """No statement goes from one policy that stays to another that stays; a policy whose statements are
    the same has the same bytes."""
    old, new = policies_of(before), policies_of(after)
    if any("Full" in policy for policy in old.keys() | new.keys()):
        return  # filled to the brim: there nothing is promised (docs/decisions/0002)
    homes = {(group(name), sid): name for name, held in old.items() for sid in held}
    for name, held in new.items():
        for sid in held:
            was = homes.get((group(name), sid), name)
            assert was == name or (was not in new and name not in old), (sid, was, name)


def policies_of(body: dict) -> dict[str, list[str]]:
    return {
        title: [statement["Sid"] for statement in resource["Properties"]["PolicyDocument"]["Statement"]]
        for title, resource in body["Resources"].items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }


def group(policy: str) -> str:
    return policy.partition("Policy")[0]


def test_a_group_of_many_grants_has_several_policies_and_a_grant_more_moves_nothing_between_them() -> None:
    """The properties above may by chance meet groups of one policy only; this one does not."""
    grants = tuple(a_grant(f"g{number}", partner="acme") for number in range(20, 60))
    estate = an_estate(a_partner("acme", grants=grants, groups=()), levels=[a_level("Power")])
    more = with_acme(estate, grants=(a_grant("g10", partner="acme"), *grants))
    _, before, after = differing(estate, more)
    assert len(policies_of(before[MINE])) > 2
    touched = {
        name for name, held in policies_of(after[MINE]).items() if policies_of(before[MINE]).get(name) != held
    }
    assert len(touched) <= 2  # the one that it went into, or the two halves of it
    assert_statements_stay(before[MINE], after[MINE])
