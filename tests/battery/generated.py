"""Estates that nobody wrote: every switch, name, date, group and network drawn, and requests with them."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jumpcf.estate.model import Account, Connection, Estate, Grant, Level, Organization, OrgUnit, Partner
from tests.battery.scenes import MFA
from tests.battery.subjects import Subject, bodies_of, subjects_of
from tests.unit.builders import (
    ADMIN,
    JUMP,
    a_boundary,
    a_grant,
    a_level,
    a_partner,
    a_statement,
    a_user,
    an_estate,
    an_organization,
    until,
)

# Names that begin alike, so that a pattern which ends too early would show.
PARTNERS = ("acme", "acme-2", "acme-dev", "acmex", "globex")
GROUPS = ("dev", "ops")
FENCES = (
    (),
    ("session",),
    ("self-service", "session"),
    ("session", "trust"),
    ("self-service", "session", "trust"),
)
DAYS = ("2026-06-30", "2026-12-31", "2027-03-31")
WITH_MFA = sorted(name for name, (present, _) in MFA.items() if present == "true")
WITHOUT_MFA = sorted(set(MFA) - set(WITH_MFA))
LAB_ADMIN = "666666666666"
UNITS = {
    "corp": ("ou-ab12-11111111", "ou-ab12-22222222", "ou-ab12-33333333", "r-ab12"),
    "lab": ("ou-cd34-44444444", "r-cd34"),
}
PROTECTED = {"corp": (JUMP, ADMIN), "lab": (JUMP, LAB_ADMIN)}
EXCEPTED = {"corp": ("444444444444",), "lab": ("888888888888",)}


def _lab() -> Organization:
    unit = OrgUnit(id="ou-cd34-44444444", name="Apps", path="/Apps", parent="r-cd34")
    return an_organization(
        "lab",
        id="o-lab0example",
        root="r-cd34",
        connection=Connection(account=LAB_ADMIN, region="eu-central-1"),
        management_account=LAB_ADMIN,
        units=(OrgUnit(id="r-cd34", name="Root", path="/", parent=None), unit),
        accounts=tuple(
            Account(id=number, name=f"lab-{number[0]}", unit=unit.id, state="ACTIVE")
            for number in (LAB_ADMIN, "777777777777", "888888888888")
        ),
        protected={JUMP: "jump account", LAB_ADMIN: "admin account"},
    )


@st.composite
def levels(draw: st.DrawFn) -> list[Level]:
    """The built-in boundaries, strict or relaxed, an age limit or none; and a level with a boundary of its own."""
    made = []
    for name in ("Admin", "Power", "Read"):
        boundary = draw(st.sampled_from(("strict", "relaxed")))
        reason = "a test" if boundary == "relaxed" else None
        age = draw(st.sampled_from((None, 3600)))
        made.append(a_level(name, boundary=boundary, accept_escalation=reason, mfa_max_age=age))
    own = a_level("Own", managed_policies=(), boundary="ceiling", statements=(a_statement(),), builtin=False)
    return [*made, own]


@st.composite
def grants(draw: st.DrawFn, partner: str, name: str) -> Grant:
    organization = draw(st.sampled_from(sorted(UNITS)))
    named = draw(st.sets(st.sampled_from(("Admin", "Power", "Read", "Own")), min_size=1, max_size=2))
    return a_grant(
        name,
        partner=partner,
        organization=organization,
        units=(draw(st.sampled_from(UNITS[organization])),),
        levels=tuple(sorted(named)),
        groups=draw(st.sampled_from(((), *((group,) for group in GROUPS), GROUPS))),
        protected=PROTECTED[organization],
        excepted=draw(st.sampled_from(((), EXCEPTED[organization]))),
        until=until(draw(st.sampled_from(DAYS))),
    )


@st.composite
def partners(draw: st.DrawFn, number: int) -> Partner:
    name = PARTNERS[number]
    users = tuple(
        a_user(
            f"user{number}.{index}",
            groups=sorted(draw(st.sets(st.sampled_from(GROUPS)))),
            ends=draw(st.sampled_from((None, "2026-05-31"))),
        )
        for index in range(draw(st.integers(1, 3)))
    )
    made = tuple(draw(grants(name, grant)) for grant in ("dev", "x")[: draw(st.integers(1, 2))])
    # The number of the partner is in its networks, so no two partners share one.
    every = (f"198.51.{100 + number}.0/24", f"203.0.113.{number * 2}/32", f"2001:db8:{number}::/48")
    networks = tuple(sorted(draw(st.sets(st.sampled_from(every), min_size=1))))
    cli = draw(st.sampled_from(("aws-login", "access-keys")))
    return a_partner(name, users=users, grants=made, groups=GROUPS, networks=networks, cli=cli)


@st.composite
def estates(draw: st.DrawFn, fences: tuple[tuple[str, ...], ...] = FENCES) -> Estate:
    numbers = draw(st.sets(st.integers(0, len(PARTNERS) - 1), min_size=2, max_size=3))
    return an_estate(
        *(draw(partners(number)) for number in sorted(numbers)),
        organizations=[an_organization(), _lab()],
        levels=draw(levels()),
        boundaries=[a_boundary("ceiling", [a_statement(actions=("rds:*", "ec2:Describe*"))])],
        assume_scope=draw(st.sampled_from(("org-paths", "org-id", "role-name", "accounts"))),
        fence=draw(st.sampled_from(fences)),
        role_session_name=draw(st.sampled_from(("required", "optional"))),
        partition=draw(st.sampled_from(("aws", "aws-cn"))),
    )


_TOKEN = "aws:TokenIssueTime=2026-01-01T00:00:00Z"
_ANYTHING: dict[str, Any] = {
    "credentials": st.sampled_from(WITH_MFA),
    "network": st.sampled_from(("own", "every end", "neighbour", "outside", "outside v6", "vpc endpoint")),
    "time": st.sampled_from(("now", "before end", "end", "before user end")),
    "session": st.sampled_from(("own", "default", "somebody else", "none")),
    "organization": st.sampled_from(("own", "other", "absent")),
    "unit": st.sampled_from(("own", "below", "moved", "absent")),
    "account": st.sampled_from(("target", "every target")),
    "key": st.sampled_from(("", "aws:ViaAWSService=true", "aws:RequestTag/jump-partner={partner}", _TOKEN)),
}


def circumstances(**fixed: Any) -> st.SearchStrategy[dict[str, str]]:
    """Words of a scene, each drawn, but for those that are given; a strategy or one word."""
    given = {
        key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in fixed.items()
    }
    return st.fixed_dictionaries(_ANYTHING | given)


def rendered(estate: Estate) -> tuple[list[Subject], dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        bodies = bodies_of(estate, Path(folder))
    return subjects_of(estate, bodies), bodies
