"""A frozen partner, and a frozen user: what is compiled, what a plan says of it, what is proved of it."""

import dataclasses
from pathlib import Path
from typing import Any

import orjson
import pytest

from jumpcf.access.ask import Asker, Moment
from jumpcf.access.graph import read_graph
from jumpcf.access.matrix import make_matrix
from jumpcf.artifacts.marks import freeze_policy, is_freeze
from jumpcf.compiler.build import compile_estate
from jumpcf.estate.model import Estate, Frozen, Partner
from jumpcf.estate.times import spread
from jumpcf.planner.iam_difference import iam_difference
from tests.unit.builders import JUMP, a_grant, a_partner, a_user, an_estate
from tests.unit.compiled import STACKS, compiled

ARN = f"arn:aws:iam::{JUMP}:policy/jump/jump-freeze"
AT = "2026-11-30T02:00:00Z"
ICE = Frozen(reason="INC-42", at=AT, before=spread(AT), mark=a_partner().mark)
SET = "corp/jump-acme-dev"


def acme(*, frozen: bool = False, taro: bool = False, **parts: Any) -> Partner:
    users = (a_user("hanako.sato"), a_user("taro.yamada"))
    if taro:
        users = (users[0], _frozen(users[1]))
    return a_partner(users=users, frozen=ICE if frozen else None, **parts)


def _frozen(user: Any) -> Any:
    return dataclasses.replace(user, frozen=ICE)


def body(estate: Estate, folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = compiled(estate, folder)[1][name]
    return found


def attached(resources: dict[str, Any]) -> set[str]:
    return {
        title
        for title, one in resources.items()
        if ARN in (one.get("Properties", {}).get("ManagedPolicyArns") or ())
    }


def fences(stack: dict[str, Any]) -> dict[str, Any]:
    (fence,) = (
        one["PolicyDocument"]
        for one in stack["Resources"]["RolePower"]["Properties"]["Policies"]
        if one["PolicyName"] == "fence"
    )
    return {one["Sid"]: one for one in fence["Statement"] if "Frozen" in one["Sid"]}


def test_a_frozen_partners_group_carries_the_freeze_policy_and_the_fence_an_instant(tmp_path: Path) -> None:
    estate = an_estate(acme(frozen=True))
    assert attached(body(estate, tmp_path, "jump/jump-partner-acme")["Resources"]) == {"Members"}
    assert fences(body(estate, tmp_path, SET)) == {
        "DenyFrozen": {
            "Sid": "DenyFrozen",
            "Effect": "Deny",
            "Action": ["*"],
            "Resource": ["*"],
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-30T02:05:00Z"}},
        }
    }


def test_a_frozen_user_carries_it_himself_and_the_fence_knows_his_sessions_by_name(tmp_path: Path) -> None:
    estate = an_estate(acme(taro=True))
    (title,) = attached(body(estate, tmp_path, "jump/jump-partner-acme")["Resources"])
    assert title.startswith("UserTaroYamada")
    (deny,) = fences(body(estate, tmp_path, SET)).values()
    assert deny["Condition"] == {
        "StringLike": {"aws:userid": "*:taro.yamada"},
        "DateLessThan": {"aws:TokenIssueTime": "2026-11-30T02:05:00Z"},
    }


def test_where_a_sessions_name_may_be_anything_the_fence_denies_what_bears_his(tmp_path: Path) -> None:
    optional = fences(
        body(an_estate(acme(taro=True), role_session_name="optional"), tmp_path / "optional", SET)
    )
    assert optional == fences(body(an_estate(acme(taro=True)), tmp_path / "required", SET))
    assert len(optional) == 1


def test_a_frozen_user_is_fenced_in_grants_of_groups_that_he_is_in_no_more(tmp_path: Path) -> None:
    others = a_partner(
        users=(a_user("hanako.sato", groups=("ops",)), _frozen(a_user())),
        grants=(a_grant(groups=("ops",)),),
        groups=("ops",),
    )
    assert len(fences(body(an_estate(others), tmp_path, SET))) == 1


def test_the_policy_that_is_attached_is_the_one_that_jump_base_makes(tmp_path: Path) -> None:
    made = body(an_estate(), tmp_path, "jump/jump-base")["Resources"]["Freeze"]["Properties"]
    assert freeze_policy("aws", JUMP).endswith(f":policy{made['Path']}{made['ManagedPolicyName']}")
    assert made["PolicyDocument"]["Statement"] == [
        {"Sid": "Frozen", "Effect": "Deny", "Action": ["*"], "Resource": ["*"]}
    ]


@pytest.mark.parametrize(
    "other",
    [
        "arn:aws:iam::aws:policy/jump/jump-freeze",
        "arn:aws:iam::111111111111:policy/jump-freeze",
        "jump-freeze",
    ],
)
def test_no_other_policy_is_taken_for_it(other: str) -> None:
    assert not is_freeze(other)
    assert is_freeze(ARN)


@pytest.mark.parametrize("who", [{"frozen": True}, {"taro": True}])
@pytest.mark.parametrize("stack", [SET, "jump/jump-partner-acme"])
def test_freezing_is_proved_narrower_and_thawing_is_broader(
    tmp_path: Path, who: dict[str, bool], stack: str
) -> None:
    before = body(an_estate(acme()), tmp_path / "before", stack)
    after = body(an_estate(acme(**who)), tmp_path / "after", stack)
    freezing, thawing = iam_difference(before, after), iam_difference(after, before)
    assert {one.mark for one in freezing} == {"narrowed"}
    assert {one.mark for one in thawing} == {"broadened"}
    assert {one.what.rstrip("0123456789TZPart") for one in (*freezing, *thawing)} <= {
        "jump-freeze",
        "DenyFrozen",
        "DenyFrozenUsers",
    }


def reached(estate: Estate, folder: Path) -> set[str]:
    """Who takes any role at all, by the proof from the templates."""
    manifest = compile_estate(estate, STACKS, folder, alone=True)
    paths = {one.digest: folder / one.path for one in manifest.stacks}
    graph = read_graph(estate, manifest, lambda digest: orjson.loads(paths[digest].read_bytes()), {})
    return {one.user for one in make_matrix(Asker(graph, Moment(at="2026-12-01T00:00:00Z")), (), ()).entries}


def test_the_proof_finds_nobody_of_a_frozen_partner_and_all_but_one_where_one_is_frozen(
    tmp_path: Path,
) -> None:
    assert reached(an_estate(acme()), tmp_path / "a") == {"hanako.sato", "taro.yamada"}
    assert reached(an_estate(acme(frozen=True)), tmp_path / "b") == set()
    assert reached(an_estate(acme(taro=True)), tmp_path / "c") == {"hanako.sato"}


def test_the_manifest_says_who_is_frozen(tmp_path: Path) -> None:
    def frozen(partner: Partner) -> list[str]:
        manifest = compile_estate(an_estate(partner), STACKS, tmp_path / "m", alone=True)
        return [one.name for one in manifest.people if one.frozen]

    assert frozen(acme()) == []
    assert frozen(acme(taro=True)) == ["taro.yamada"]
    assert frozen(acme(frozen=True)) == ["hanako.sato", "taro.yamada"]


def test_the_place_that_is_kept_free_on_a_group_is_the_freeze_policys(tmp_path: Path) -> None:
    def on_the_group(partner: Partner) -> int:
        manifest = compile_estate(an_estate(partner), STACKS, tmp_path / "q", alone=True)
        (use,) = [one for one in manifest.quotas if one.quota == "managed_policies_per_group"]
        return use.used

    assert on_the_group(acme(frozen=True)) == on_the_group(acme())


def test_every_build_names_who_is_frozen(tmp_path: Path) -> None:
    def notes(partner: Partner) -> list[str]:
        manifest = compile_estate(an_estate(partner), STACKS, tmp_path / "n", alone=True)
        return [one for one in manifest.notices if "frozen" in one]

    assert notes(acme()) == []
    assert notes(acme(frozen=True)) == [f"acme is frozen since {AT}: INC-42"]
    assert notes(acme(taro=True)) == [f"taro.yamada of acme is frozen since {AT}: INC-42"]
