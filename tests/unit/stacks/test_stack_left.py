"""Somebody who left: the fence that his sessions meet, and what a plan says of it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from jumpcf.compiler.build import compile_estate
from jumpcf.estate.model import Frozen, Partner
from jumpcf.estate.times import spread
from jumpcf.planner.iam_difference import iam_difference
from tests.unit.builders import a_grant, a_leaver, a_partner, a_user, an_estate, until
from tests.unit.compiled import STACKS, compiled

SET = "corp/jump-acme-dev"
AT = "2026-11-30T02:00:00Z"
ICE = Frozen(reason="INC-42", at=AT, before=spread(AT), mark=a_partner().mark)
HANAKO, TARO = a_user("hanako.sato"), a_user("taro.yamada")


def acme(*users: Any, gone: tuple[str, ...] = (), **parts: Any) -> Partner:
    return a_partner(users=users, left=tuple(map(a_leaver, gone)), **parts)


def role_of(partner: Partner, folder: Path, **estate: Any) -> dict[str, Any]:
    found: dict[str, Any] = compiled(an_estate(partner, **estate), folder)[1][SET]
    return found


def fences(stack: dict[str, Any]) -> dict[str, Any]:
    policies = stack["Resources"]["RolePower"]["Properties"]["Policies"]
    (fence,) = (one["PolicyDocument"] for one in policies if one["PolicyName"] == "fence")
    return {one["Sid"]: one for one in fence["Statement"] if "Left" in one["Sid"]}


def test_every_session_of_who_left_is_denied_whenever_it_began(tmp_path: Path) -> None:
    assert fences(role_of(acme(HANAKO, gone=("ken.mori", "taro.yamada")), tmp_path)) == {
        "DenyLeftUsersPart1": {
            "Sid": "DenyLeftUsersPart1",
            "Effect": "Deny",
            "Action": ["*"],
            "Resource": ["*"],
            "Condition": {"StringLike": {"aws:userid": ["*:ken.mori", "*:taro.yamada"]}},
        }
    }


def test_who_left_is_fenced_in_grants_of_groups_that_he_was_not_in_at_the_end(tmp_path: Path) -> None:
    ops = a_user("hanako.sato", groups=("ops",))
    partner = acme(ops, gone=("taro.yamada",), grants=(a_grant(groups=("ops",)),), groups=("ops",))
    assert len(fences(role_of(partner, tmp_path))) == 1


def test_where_a_sessions_name_may_be_anything_his_own_is_denied_and_the_build_says_so(
    tmp_path: Path,
) -> None:
    estate = an_estate(acme(HANAKO, gone=("taro.yamada",)), role_session_name="optional")
    manifest, templates = compiled(estate, tmp_path)
    (deny,) = fences(templates[SET]).values()
    assert deny["Condition"] == {"StringLike": {"aws:userid": "*:taro.yamada"}}
    assert (
        "role_session_name is optional: running sessions of taro.yamada, who left, are denied only where they bear "
        "the user's name"
    ) in manifest.notices


@pytest.mark.parametrize(
    ("he", "until_then"),
    [
        (dataclasses.replace(TARO, frozen=ICE), "a frozen user"),
        (dataclasses.replace(TARO, until=until("2026-12-31")), "one with an end of his own"),
        (TARO, "any other"),
    ],
)
def test_leaving_is_proved_to_give_nothing_more_whatever_he_was_before(
    tmp_path: Path, he: Any, until_then: str
) -> None:
    before = role_of(acme(HANAKO, he), tmp_path / "before")
    after = role_of(acme(HANAKO, gone=("taro.yamada",)), tmp_path / "after")
    marks = {one.mark for one in iam_difference(before, after)}
    assert "narrowed" in marks, until_then
    assert marks <= {"narrowed", "same"}, until_then


def test_the_manifest_says_who_left(tmp_path: Path) -> None:
    manifest = compile_estate(an_estate(acme(HANAKO, gone=("ken.mori",))), STACKS, tmp_path, alone=True)
    assert [(one.partner, one.name) for one in manifest.left] == [("acme", "ken.mori")]
