"""What holds in every estate, not only in those that somebody wrote: generated estates, rendered and judged."""

import dataclasses
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpcf.estate.model import Estate, Grant, Partner
from tests.battery.battery import decide
from tests.battery.rows import WHEN
from tests.battery.rows_people import TAKE
from tests.battery.rows_sessions import WORK
from tests.battery.scenes import MFA, Scene
from tests.battery.subjects import Subject, bodies_of, subjects_of
from tests.battery.templates import grant_expected, grant_facts
from tests.unit.builders import a_grant, a_level, a_partner, a_user, an_estate, until

FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

UNITS = ("ou-ab12-11111111", "ou-ab12-22222222", "ou-ab12-33333333", "r-ab12")
LEVELS = ("Admin", "Power", "Read")
# Names that begin alike, so that a pattern which ends too early would show.
PARTNERS = ("acme", "acme-dev", "acmex", "globex")
DAYS = ("2026-06-30", "2026-12-31", "2027-03-31")
WITH_MFA = {name for name, (present, _) in MFA.items() if present == "true"}


@st.composite
def grants(draw: st.DrawFn, partner: str, name: str, groups: tuple[str, ...]) -> Grant:
    return a_grant(
        name,
        partner=partner,
        units=(draw(st.sampled_from(UNITS)),),
        levels=tuple(sorted(draw(st.sets(st.sampled_from(LEVELS), min_size=1, max_size=2)))),
        groups=draw(st.sampled_from(((), *((group,) for group in groups)))),
        excepted=draw(st.sampled_from(((), ("444444444444",)))),
        until=until(draw(st.sampled_from(DAYS))),
    )


@st.composite
def partners(draw: st.DrawFn, number: int) -> Partner:
    name = PARTNERS[number]
    groups = draw(st.sampled_from(((), ("ops",))))
    users = tuple(
        a_user(
            f"user{number}.{index}",
            groups=draw(st.sampled_from(((), groups))),
            ends=draw(st.sampled_from((None, "2026-05-31"))),
        )
        for index in range(draw(st.integers(1, 3)))
    )
    made = tuple(draw(grants(name, grant, groups)) for grant in ("dev", "x")[: draw(st.integers(1, 2))])
    # The number of the partner is in the network, so no two partners share one.
    networks = (f"198.51.{100 + number}.0/24", *draw(st.sampled_from(((), (f"2001:db8:{number}::/48",)))))
    cli = draw(st.sampled_from(("aws-login", "access-keys")))
    return a_partner(name, users=users, grants=made, groups=groups, networks=networks, cli=cli)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    return an_estate(
        *(
            draw(partners(number))
            for number in sorted(draw(st.sets(st.integers(0, 3), min_size=2, max_size=3)))
        ),
        levels=[a_level(name) for name in LEVELS],
        assume_scope=draw(st.sampled_from(("org-paths", "org-id", "role-name", "accounts"))),
        fence=draw(st.sampled_from((("self-service", "session"), ("self-service", "session", "trust")))),
        role_session_name=draw(st.sampled_from(("required", "optional"))),
    )


def rendered(estate: Estate) -> tuple[list[Subject], dict[str, dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        bodies = bodies_of(estate, Path(folder))
    return subjects_of(estate, bodies), bodies


def reaches(subject: Subject, **words: str) -> bool:
    scene: Scene = dataclasses.replace(TAKE, **words)
    return any(decision.allowed for decision in decide("whole", scene, subject))


def works(subject: Subject, **words: str) -> bool:
    scene: Scene = dataclasses.replace(WORK, **words)
    return any(decision.allowed for decision in decide("session", scene, subject))


@FEW
@given(estates())
def test_no_user_of_one_partner_reaches_a_role_of_another(estate: Estate) -> None:
    """Both halves: his groups do not name it, and its trust does not know him; each alone is enough."""
    subjects, _ = rendered(estate)
    for one in subjects:
        for other in subjects:
            if one.partner.name != other.partner.name:
                crossed = dataclasses.replace(
                    other,
                    partner=one.partner,
                    user=one.user,
                    grant=dataclasses.replace(other.grant, partner=other.partner.name),
                    layers={**other.layers, "groups": one.layers["groups"]},
                )
                for layer in ("groups", "trust"):
                    scene = dataclasses.replace(TAKE, resource=role_of(other), account="target")
                    assert not any(d.allowed for d in decide(layer, scene, crossed)), (
                        layer,
                        str(one),
                        str(other),
                    )


def role_of(subject: Subject) -> str:
    name = f"{subject.grant.partner}-{subject.grant.name}-{subject.level.name}"
    return f"{{arn}}:iam::{{account}}:role/jump/{name}"


@FEW
@given(estates(), st.sampled_from(sorted(set(MFA) - WITH_MFA)))
def test_nobody_without_mfa_reaches_any_role(estate: Estate, credentials: str) -> None:
    subjects, _ = rendered(estate)
    for subject in subjects:
        layers = (
            list(decide(layer, dataclasses.replace(TAKE, credentials=credentials), subject))
            for layer in ("groups", "trust")
        )
        assert not any(decision.allowed for layer in layers for decision in layer)


@FEW
@given(estates(), st.sampled_from(("end", "hour-after end", "years-after end")))
def test_nobody_past_the_date_uses_any_role(estate: Estate, time: str) -> None:
    subjects, _ = rendered(estate)
    for subject in subjects:
        assert not reaches(subject, time=time)
        assert not works(subject, time=time)
        if WHEN["ends-earlier"](subject):
            assert not reaches(subject, time="user end")
        if WHEN["ends-earlier"](subject) and WHEN["named"](subject):
            assert not works(subject, time="user end")


@FEW
@given(estates(), st.sampled_from(("outside", "outside v6", "neighbour", "vpc endpoint")))
def test_no_session_of_a_jump_role_leaves_the_fence(estate: Estate, network: str) -> None:
    subjects, _ = rendered(estate)
    for subject in subjects:
        assert works(subject, time="before user end")
        assert not works(subject, time="before user end", network=network)


@FEW
@given(estates())
def test_no_role_lacks_its_boundary_and_no_protected_account_gets_a_role(estate: Estate) -> None:
    _, bodies = rendered(estate)
    for partner in estate.partners.values():
        for grant in partner.grants:
            accounts = sorted(
                {estate.jump.account, *(one.id for one in estate.organizations["corp"].accounts)}
            )
            body = bodies[f"corp/jump-{partner.name}-{grant.name}"]
            assert grant_facts(body, accounts) == grant_expected(estate, grant, accounts)
