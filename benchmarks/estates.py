"""Reference estates of any size: deterministic, in three organizations, all five built-in levels in use.

Every partner has the same shape (three users, two networks, one grant per organization with two levels), so that
a partner costs the same whether it is the 10th or the 450th.  No named groups: IAM allows at most 500 groups.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

LEVELS = ("Admin", "Power", "Read", "PowerAndIam", "SSM")
ORGANIZATIONS = ("corp", "lab", "subsidiary")
SUFFIX = {"corp": "bc01", "lab": "bc02", "subsidiary": "bc03"}  # of root and OU ids
UNITS = 12
ACCOUNTS_PER_UNIT = 5
WIDE, WIDE_UNITS = 20, 10
JUMP = "100000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFacts:
    """What differs from partner to partner, as it stands in the templates."""

    name: str
    ipv4: str
    ipv6: str
    until: str
    user_until: str
    units: tuple[str, ...]

    @classmethod
    def of(cls, number: int) -> "PartnerFacts":
        month = 1 + number % 12
        return cls(
            name=f"p{number:04}",
            ipv4=f"203.0.113.{number % 256}/32",
            ipv6=f"2001:db8:{number + 1:x}::/48",
            until=f"2028-{month:02}-28",
            user_until=f"2027-{month:02}-15",
            units=tuple(unit_id(organization, number % UNITS) for organization in ORGANIZATIONS),
        )


def levels(number: int, organization: str) -> tuple[str, str]:
    """The two levels of a partner's grant; they repeat every five partners, and over them all five are used."""
    first = number + ORGANIZATIONS.index(organization)
    return LEVELS[first % 5], LEVELS[(first + 2) % 5]


def unit_id(organization: str, number: int) -> str:
    return f"ou-{SUFFIX[organization]}-{number:08}"


def write(folder: Path, partners: int, *, wide: bool = False) -> None:
    """Write `folder`/params for so many partners.

    `wide`: 240 accounts in each organization instead of 60, every grant for ten of its twelve OUs, and profiles
    that are named after the accounts.  So each StackSet has 200 accounts.
    """
    params, per_unit = folder / "params", WIDE if wide else ACCOUNTS_PER_UNIT
    _put(params / "estate.yaml", _ESTATE)
    for organization in ORGANIZATIONS:
        text = _organization(organization)
        if wide:
            text = text.replace('"}', f'", profile: "{_admin(organization)}"}}', 1)
        _put(params / "organizations" / f"{organization}.yaml", text)
        lock = json.dumps(_lock(organization, per_unit), indent=1)
        _put(params / "lock" / f"{organization}.json", f"{lock}\n")
    for number in range(partners):
        facts = PartnerFacts.of(number)
        if wide:
            units = (", ".join(unit_id(name, n) for n in range(WIDE_UNITS)) for name in ORGANIZATIONS)
            facts = replace(facts, units=tuple(units))
        _put(params / "partners" / f"{facts.name}.yaml", _partner(number, facts))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


_ESTATE = f"""\
estate: bench
jump: {{account: "{JUMP}", region: ap-northeast-1}}
defaults:
  timezone: Asia/Tokyo
  session: 1h
  role_session_name: required
  assume_scope: org-paths
  fence: [self-service, session]
  cli: aws-login
quotas: {{groups_per_account: 500}}
"""


def _admin(organization: str) -> str:
    return f"1{ORGANIZATIONS.index(organization) + 1:02}000000000"


def _organization(organization: str) -> str:
    return f"""\
organization: {organization}
id: o-bench{organization:x<10}
region: ap-northeast-1
admin: {{account: "{_admin(organization)}"}}
rollout: {{max_concurrent: 25%, failure_tolerance: 10%, mode: soft}}
"""


def _lock(organization: str, per_unit: int) -> dict[str, object]:
    root = f"r-{SUFFIX[organization]}"
    units = [
        {"id": unit_id(organization, n), "name": f"Unit{n:02}", "path": f"/Unit{n:02}", "parent": root}
        for n in range(UNITS)
    ]
    accounts = [{"id": _admin(organization), "name": "management", "unit": root, "state": "ACTIVE"}]
    if organization == ORGANIZATIONS[0]:
        accounts.append({"id": JUMP, "name": "jump", "unit": root, "state": "ACTIVE"})
    accounts += [
        {
            "id": f"{int(_admin(organization)) + 1 + n * per_unit + k}",
            "name": f"unit{n:02}-{k}",
            "unit": unit_id(organization, n),
            "state": "ACTIVE",
        }
        for n in range(UNITS)
        for k in range(per_unit)
    ]
    return {
        "schema": 1,
        "organization": organization,
        "id": f"o-bench{organization:x<10}",
        "management_account": _admin(organization),
        "root": {"id": root},
        "units": units,
        "accounts": accounts,
        "delegated_administrators": {},
    }


def _partner(number: int, facts: PartnerFacts) -> str:
    name = facts.name
    grants = "".join(
        f"  {organization}: {{organization: {organization}, ous: [{unit}], "
        f"levels: [{', '.join(levels(number, organization))}]}}\n"
        for organization, unit in zip(ORGANIZATIONS, facts.units, strict=True)
    )
    return f"""\
partner: {name}
title: Partner {name} Ltd.
contact: desk@{name}.example
until: {facts.until}
networks: [{facts.ipv4}, "{facts.ipv6}"]
users:
  - {{name: anna.{name}, email: anna@{name}.example}}
  - {{name: ben.{name}, email: ben@{name}.example}}
  - {{name: cleo.{name}, email: cleo@{name}.example, until: {facts.user_until}}}
grants:
{grants}"""
