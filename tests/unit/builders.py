"""Small estates made by hand, for tests that need an Estate and no files.

`an_estate()` is one organization, one partner with one user, one grant of one level; every part can be given.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from jumpcf.artifacts.manifest import Connection, Rollout
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.errors import Mark
from jumpcf.estate.model import (
    Account,
    Boundary,
    Estate,
    Grant,
    Left,
    Level,
    Organization,
    OrgUnit,
    Partner,
    Statement,
    Until,
    User,
)

JUMP = "111111111111"
ADMIN = "222222222222"
PASSWORDS = PasswordPolicy(
    minimum_length=14,
    reuse_prevention=24,
    maximum_age=None,
    require_symbols=True,
    require_numbers=True,
    require_uppercase=True,
    require_lowercase=True,
)


def until(day: str = "2027-03-31") -> Until:
    """The last valid day in UTC: access ends with the next midnight."""
    date = datetime.date.fromisoformat(day)
    return Until(day=date, ends=f"{date + datetime.timedelta(days=1)}T00:00:00Z")


def a_statement(**parts: Any) -> Statement:
    defaults: dict[str, Any] = {
        "effect": "Allow",
        "actions": ("rds:StartDBInstance",),
        "resources": ("*",),
        "conditions": {},
        "mark": Mark("params/levels/x.yaml", 3, 5),
    }
    if "not_actions" in parts:
        del defaults["actions"]
    if "not_resources" in parts:
        del defaults["resources"]
    return Statement(**(defaults | parts))


def a_level(name: str = "Power", **parts: Any) -> Level:
    defaults: dict[str, Any] = {
        "managed_policies": ("arn:aws:iam::aws:policy/PowerUserAccess",),
        "statements": (),
        "boundary": "strict",
        "accept_escalation": None,
        "session": None,
        "mfa_max_age": None,
        "builtin": True,
        "mark": Mark("(built-in)"),
    }
    return Level(name=name, **(defaults | parts))


def a_boundary(name: str, statements: Sequence[Statement]) -> Boundary:
    return Boundary(
        name=name, statements=tuple(statements), mark=Mark(f"params/boundaries/{name}.yaml", 1, 1)
    )


def a_user(name: str = "taro.yamada", *, groups: Sequence[str] = (), ends: str | None = None) -> User:
    return User(
        name=name,
        email=f"{name}@acme.example",
        groups=tuple(groups),
        until=until(ends) if ends else None,
        mark=Mark("params/partners/acme.yaml", 7, 5),
    )


def a_leaver(name: str, day: str = "2026-11-30") -> Left:
    return Left(name=name, day=datetime.date.fromisoformat(day), mark=Mark("params/partners/acme.yaml", 9, 5))


def a_grant(name: str = "dev", *, levels: Sequence[str] = ("Power",), **parts: Any) -> Grant:
    defaults: dict[str, Any] = {
        "partner": "acme",
        "organization": "corp",
        "units": ("ou-ab12-11111111",),
        "groups": (),
        "excepted": (),
        "protected": (JUMP, ADMIN),
        "accept_delegated_admin": None,
        "until": until(),
        "session": dict.fromkeys(levels, 3600),
        "mark": Mark("params/partners/acme.yaml", 10, 3),
    }
    return Grant(name=name, levels=tuple(levels), **(defaults | parts))


def a_partner(name: str = "acme", **parts: Any) -> Partner:
    defaults: dict[str, Any] = {
        "title": "Acme Consulting K.K.",
        "contact": "desk@acme.example",
        "until": until(),
        "networks": ("198.51.100.0/24", "2001:db8:10::/48"),
        "users": (a_user(),),
        "grants": (a_grant(partner=name),),
        "groups": (),
        "cli": "aws-login",
        "mark": Mark(f"params/partners/{name}.yaml", 1, 1),
    }
    return Partner(name=name, **(defaults | parts))


def an_organization(name: str = "corp", **parts: Any) -> Organization:
    """A root, two OUs below it and one below the first; an account in each and two that are protected."""
    units = (
        OrgUnit(id="r-ab12", name="Root", path="/", parent=None),
        OrgUnit(id="ou-ab12-11111111", name="Workloads", path="/Workloads", parent="r-ab12"),
        OrgUnit(id="ou-ab12-22222222", name="Dev", path="/Workloads/Dev", parent="ou-ab12-11111111"),
        OrgUnit(id="ou-ab12-33333333", name="Sandbox", path="/Sandbox", parent="r-ab12"),
    )
    places = {
        JUMP: "ou-ab12-11111111",
        ADMIN: "r-ab12",
        "333333333333": "ou-ab12-11111111",
        "444444444444": "ou-ab12-22222222",
        "555555555555": "ou-ab12-33333333",
    }
    defaults: dict[str, Any] = {
        "id": "o-corp0example",
        "root": "r-ab12",
        "connection": Connection(account=ADMIN, region="ap-northeast-1"),
        "rollout": Rollout(),
        "management_account": ADMIN,
        "delegated_administrators": {},
        "units": units,
        "accounts": tuple(
            Account(id=account, name=f"account-{account[0]}", unit=unit, state="ACTIVE")
            for account, unit in sorted(places.items())
        ),
        "protected": {JUMP: "jump account", ADMIN: "admin account"},
        "mark": Mark(f"params/organizations/{name}.yaml", 1, 1),
    }
    return Organization(name=name, **(defaults | parts))


def an_estate(
    *partners: Partner,
    levels: Iterable[Level] = (),
    organizations: Iterable[Organization] = (),
    boundaries: Iterable[Boundary] = (),
    **parts: Any,
) -> Estate:
    defaults: dict[str, Any] = {
        "name": "example",
        "partition": "aws",
        "jump": Connection(account=JUMP, region="ap-northeast-1"),
        "timezone": "UTC",
        "role_session_name": "required",
        "assume_scope": "org-paths",
        "fence": ("self-service", "session"),
        "password_policy": PASSWORDS,
        "unused_password_days": 14,
        "quotas": {},
        "mark": Mark("params/estate.yaml", 1, 1),
    }
    return Estate(
        organizations={one.name: one for one in (tuple(organizations) or (an_organization(),))},
        partners={one.name: one for one in (partners or (a_partner(),))},
        levels={one.name: one for one in (tuple(levels) or (a_level(),))},
        boundaries={one.name: one for one in boundaries},
        **(defaults | parts),
    )
