"""Kits of the example estate, and ones made up: many accounts, and names that mean harm."""

import functools
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "access"))

from compiled_access import asker, changed, compiled

from jumpcf.access.model import Graph
from jumpcf.portal import links
from jumpcf.portal.collect import collect
from jumpcf.portal.model import Account, Kit, Level, Link, Organization, Unit

LONG = "a-name-of-fifty-characters-as-AWS-allows-it-to-be"
SIGN_IN = "https://111111111111.signin.aws.amazon.com/console"
LEVELS = ("Read", "SSM", "Power", "PowerAndIam", "Admin")
RTL = "\u202egnp.exe\u2066\u200f"
INI = "x\n[profile y]\ncredential_process = sh"
HOSTILE = '<script>document.title="x"</script>"\'><img src=http://evil.example/ onerror=alert(1)>'
WICKED = (HOSTILE, RTL, INI, "{{ kit }}{% raw %}", "שלום עולם", "</style><style>*{display:none}", LONG)


def of(partner: str, user: str | None = None, *, graph: Graph | None = None, **parts: Any) -> Kit:
    estate = compiled()[0]
    found = estate.partners[partner]
    person = next((one for one in found.users if one.name == user), None)
    return collect(estate, asker(graph, **parts), found, person, SIGN_IN)


@functools.cache
def example(partner: str = "acme", user: str | None = None) -> Kit:
    return of(partner, user)


def hostile() -> Kit:
    """The example's kit, where accounts, an OU and the company have names that the estate's checks never let pass."""
    estate = compiled()[0]
    graph = asker().graph
    wicked = dict(zip(sorted(account.id for account in example().accounts), WICKED, strict=False))
    places = {
        one.id: replace(one, name=wicked.get(one.id, one.name), path=one.path + HOSTILE + RTL)
        for one in graph.places.values()
    }
    partner = replace(estate.partners["acme"], title=HOSTILE + RTL + INI)
    return collect(estate, asker(replace(graph, places=places)), partner, None, SIGN_IN)


def useless(stack: str, title: str) -> Graph:
    """The example's graph, where a role can be taken and its sessions may do nothing."""

    def deny(body: dict[str, Any]) -> None:
        (fence, *_) = body["Resources"][title]["Properties"]["Policies"]
        nothing = {"Sid": "Nothing", "Effect": "Deny", "Action": "*", "Resource": "*"}
        fence["PolicyDocument"]["Statement"].append(nothing)

    return changed(stack, deny)


def link(account: str, name: str, level: str, grant: str = "all", until: str = "") -> Link:
    role, shade = f"jump/acme-{grant}-{level}", links.color(level)
    return Link(
        level=level,
        grant=grant,
        role=role,
        arn=f"arn:aws:iam::{account}:role/{role}",
        color=shade,
        url=links.switch_role("aws", account, role, links.display(name, level), shade),
        profile=f"example-{name}-{level}",
        session=3600,
        until=until,
    )


def many(accounts: int = 200, **parts: Any) -> Kit:
    """A kit of two organizations with OUs of ten accounts each, every level in each."""
    units: dict[str, list[Unit]] = {"corp": [], "subsidiary": []}
    for first in range(0, accounts, 10):
        found = []
        for number in range(first, min(first + 10, accounts)):
            id_ = f"{500000000000 + number}"
            name = f"service-{number:03}"
            found.append(
                Account(
                    id=id_,
                    name=name,
                    region="ap-northeast-1",
                    links=tuple(link(id_, name, level) for level in LEVELS),
                )
            )
        whose = "corp" if first < accounts * 0.7 else "subsidiary"
        units[whose].append(Unit(path=f"/Workloads/Team{first // 10:02}", accounts=tuple(found)))
    defaults: dict[str, Any] = {
        "estate": "example",
        "partner": "acme",
        "title": "Acme Consulting K.K.",
        "contact": "cloud-desk@acme.example",
        "user": "taro.yamada",
        "timezone": "Asia/Tokyo",
        "until": "2028-03-31",
        "ends": "2028-03-31T15:00:00Z",
        "jump": "111111111111",
        "region": "ap-northeast-1",
        "user_path": "/partner/acme/",
        "partition": "aws",
        "sign_in": SIGN_IN,
        "networks": ("203.0.113.0/26",),
        "cli": "aws-login",
        "base": "example",
        "password_days": 14,
        "password_length": 14,
        "organizations": tuple(
            Organization(name=name, units=tuple(one)) for name, one in units.items() if one
        ),
        "levels": tuple(
            Level(
                name=level,
                color=links.color(level),
                builtin=True,
                policies=(),
                sessions=(3600,),
                mfa_max_age=None,
            )
            for level in LEVELS
        ),
    }
    return Kit(**(defaults | parts))
