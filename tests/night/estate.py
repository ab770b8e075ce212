"""The night's estate: 3 organizations with 60 target accounts between them, 12 partners, 27 StackSets."""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
JUMP = "111111111111"
ORGANIZATIONS = {"corp": "2", "retail": "3", "labs": "4"}  # name: first digit of its account ids
UNITS = {  # OU path: (account names, where its account ids begin)
    "/Sandbox": (("sandbox-1", "sandbox-2"), 10),
    "/Workloads/Dev": (("shop-dev", "orders-dev", "search-dev", "billing-dev", "media-dev", "crm-dev"), 20),
    "/Workloads/Staging": (("shop-stg", "orders-stg", "search-stg", "billing-stg"), 30),
    "/Workloads/Prod": (
        ("shop", "orders", "search", "billing", "media", "crm", "warehouse", "mail"),
        40,
    ),
}
PARTNERS = (
    "acme", "borealis", "cumulus", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kestrel",
    "lumen",
)  # fmt: skip
WIDE = ("acme", "ember", "indigo")  # these have a third grant: everything in their first organization


def write(folder: Path) -> None:
    """The estate's folder with params/ and the project's own stacks/."""
    shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    params = folder / "params"
    _put(params / "estate.yaml", _ESTATE)
    for name, digit in ORGANIZATIONS.items():
        _put(params / "organizations" / f"{name}.yaml", _organization(name, digit))
        _put(params / "lock" / f"{name}.json", json.dumps(_lock(name, digit), indent=1) + "\n")
    for number, name in enumerate(PARTNERS):
        _put(params / "partners" / f"{name}.yaml", _partner(name, number))


def account(organization: str, name: str) -> str:
    """The id of an account by its name."""
    digit = ORGANIZATIONS[organization]
    for names, first in UNITS.values():
        if name in names:
            return _account(digit, first + names.index(name))
    raise KeyError(name)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _account(digit: str, number: int) -> str:
    return f"{digit}{number:011}"


_ESTATE = f"""\
estate: night
jump: {{account: "{JUMP}", region: ap-northeast-1, profile: jump-admin}}
defaults:
  timezone: Asia/Tokyo
  session: 1h
  role_session_name: required
  assume_scope: org-paths
  fence: [self-service, session]
  cli: aws-login
"""


def _organization(name: str, digit: str) -> str:
    return f"""\
organization: {name}
id: o-{name:x<10}
region: ap-northeast-1
admin: {{account: "{_account(digit, 2)}", profile: {name}-stacksets}}
rollout:
  max_concurrent: 50%
  failure_tolerance: "0"
  rings: [[/Sandbox], [/Workloads/Dev, /Workloads/Staging], [/Workloads/Prod]]
"""


def _lock(name: str, digit: str) -> dict[str, object]:
    code = f"n{digit}00"
    root = f"r-{code}"
    ids = {path: f"ou-{code}-{number:08}" for number, path in enumerate(("/Workloads", *UNITS), 1)}
    units = [
        {
            "id": unit,
            "name": path.rpartition("/")[2],
            "path": path,
            "parent": ids.get(path.rpartition("/")[0], root),
        }
        for path, unit in sorted(ids.items())
    ]
    accounts = [
        {"id": _account(digit, 1), "name": f"{name}-management", "unit": root, "state": "ACTIVE"},
        {"id": _account(digit, 2), "name": f"{name}-stacksets", "unit": root, "state": "ACTIVE"},
        *(
            {"id": _account(digit, first + k), "name": one, "unit": ids[path], "state": "ACTIVE"}
            for path, (names, first) in UNITS.items()
            for k, one in enumerate(names)
        ),
    ]
    if name == "corp":
        accounts.append({"id": JUMP, "name": "jump", "unit": root, "state": "ACTIVE"})
    return {
        "schema": 1,
        "organization": name,
        "id": f"o-{name:x<10}",
        "management_account": _account(digit, 1),
        "root": {"id": root},
        "units": units,
        "accounts": accounts,
        "delegated_administrators": {
            _account(digit, 2): ["member.org.stacksets.cloudformation.amazonaws.com"]
        },
    }


def _partner(name: str, number: int) -> str:
    names = tuple(ORGANIZATIONS)
    first, second = names[number % 3], names[(number + 1) % 3]
    wide = f"  all: {{organization: {first}, ous: [/Sandbox, /Workloads], levels: [SSM]}}\n"
    return f"""\
partner: {name}
title: {name.title()} Ltd.
contact: desk@{name}.example
until: 2028-03-31
networks: [203.0.113.{number * 16}/28]
users:
  - {{name: one.{name}, email: one@{name}.example, groups: [dev]}}
  - {{name: two.{name}, email: two@{name}.example}}
grants:
  dev: {{organization: {first}, ous: [/Workloads/Dev], levels: [Power], groups: [dev]}}
  prod: {{organization: {second}, ous: [/Workloads/Prod], levels: [Read]}}
{wide if name in WIDE else ""}"""
