"""What a change of params/ means in IAM's words, from the templates that it compiles to."""

import copy
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

from jumpcf.artifacts.plan import PolicyChange
from jumpcf.estate.model import Estate, Partner
from jumpcf.planner.iam_difference import iam_difference
from tests.unit.builders import a_grant, a_level, a_partner, a_user, an_estate, until
from tests.unit.compiled import compiled

JUMP, SET = "jump/jump-partner-acme", "corp/jump-acme-dev"
Words = list[tuple[str, str, str, str, str]]


def acme(**parts: Any) -> Partner:
    grant = a_grant(groups=("ops",), **parts.pop("grant", {}))
    users = (a_user(groups=("ops",)), a_user("hanako.sato"))
    return a_partner(**({"users": users, "grants": (grant,), "groups": ("ops",)} | parts))


def words(changes: tuple[PolicyChange, ...]) -> Words:
    return [(one.mark, one.subject, one.part, one.what, one.action) for one in changes]


def between(old: Estate, new: Estate, folder: Path, stack: str) -> Words:
    before, after = compiled(old, folder / "old")[1], compiled(new, folder / "new")[1]
    return words(iam_difference(before[stack], after[stack]))


def test_nothing_changed_is_nothing_to_say(tmp_path: Path) -> None:
    assert between(an_estate(acme()), an_estate(acme()), tmp_path, SET) == []
    assert between(an_estate(acme()), an_estate(acme()), tmp_path, JUMP) == []


def test_a_longer_contract_is_broadened_in_groups_trust_and_fence(tmp_path: Path) -> None:
    longer = acme(until=until("2028-03-31"), grant={"until": until("2028-03-31")})
    assert between(an_estate(acme()), an_estate(longer), tmp_path, SET) == [
        ("broadened", "acme-dev-Power", "trust", "PartnerUsersWithMfa", "changed"),
        ("broadened", "acme-dev-Power", "fence", "DenyAfterEnd", "changed"),
    ]
    assert between(an_estate(longer), an_estate(acme()), tmp_path, JUMP) == [
        ("narrowed", "acme-ops", "policies", "AssumeDev", "changed"),
        ("narrowed", "acme-members", "policies", "DenyAfterContract", "changed"),
    ]


def test_fewer_networks_are_narrowed_and_the_same_written_otherwise_is_nothing(tmp_path: Path) -> None:
    wide, narrow = acme(networks=("198.51.100.0/24",)), acme(networks=("198.51.100.0/25",))
    halves = acme(networks=("198.51.100.0/25", "198.51.100.128/25"))
    assert between(an_estate(wide), an_estate(narrow), tmp_path, SET) == [
        ("narrowed", "acme-dev-Power", "fence", "DenyOutsideNetworks", "changed")
    ]
    assert between(an_estate(wide), an_estate(halves), tmp_path, SET) == []
    assert between(an_estate(wide), an_estate(halves), tmp_path, JUMP) == []


def test_a_fence_that_goes_is_broadened(tmp_path: Path) -> None:
    open_fence = an_estate(acme(), fence=("self-service",))
    assert between(an_estate(acme()), open_fence, tmp_path, SET) == [
        ("broadened", "acme-dev-Power", "fence", "DenyOutsideNetworks", "removed")
    ]


def test_levels_sessions_and_policies_of_aws(tmp_path: Path) -> None:
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    old = an_estate(acme(), levels=[a_level("Power")])
    new = an_estate(
        acme(grant={"session": {"Power": 7200}}), levels=[a_level("Power", managed_policies=(admin,))]
    )
    assert between(old, new, tmp_path, SET) == [
        ("broadened", "acme-dev-Power", "policies", "AdministratorAccess", "added"),
        ("changed", "acme-dev-Power", "policies", "PowerUserAccess", "removed"),
        ("broadened", "acme-dev-Power", "session", "3600 s to 7200 s", "changed"),
    ]


def test_a_relaxed_boundary_is_broadened(tmp_path: Path) -> None:
    relaxed = an_estate(
        acme(), levels=[a_level(boundary="relaxed", accept_escalation="they build the platform")]
    )
    said = between(an_estate(acme()), relaxed, tmp_path, SET)
    gone = {
        what
        for mark, _, part, what, action in said
        if (mark, part, action) == ("broadened", "boundary", "removed")
    }
    assert gone == {"DelegatedOnly", "NoChain", "NoLaterTemplate", "NoOtherAccount"}


def test_people_who_come_go_and_change_groups(tmp_path: Path) -> None:
    users = (a_user(groups=()), a_user("ken.mori"))
    assert between(an_estate(acme()), an_estate(acme(users=users)), tmp_path, JUMP) == [
        ("narrowed", "hanako.sato", "user", "", "removed"),
        ("broadened", "ken.mori", "user", "", "added"),
        ("changed", "taro.yamada", "group", "acme-ops", "removed"),
    ]


def test_a_whole_template_that_comes_is_broadened_and_one_that_goes_is_narrowed(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    assert words(iam_difference({}, body))[0] == ("broadened", "acme-dev-Power", "role", "", "added")
    assert ("narrowed", "acme-dev-Power", "role", "", "removed") in words(iam_difference(body, {}))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda role: role["AssumeRolePolicyDocument"]["Statement"][0].update({"NotPrincipal": "*"}),
        lambda role: role.update({"AssumeRolePolicyDocument": "text"}),
    ],
)
def test_what_somebody_wrote_by_hand_and_cannot_be_read_is_broadened(tmp_path: Path, spoil: Any) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    live = copy.deepcopy(body)
    spoil(live["Resources"]["RolePower"]["Properties"])
    assert words(iam_difference(live, body))[0][:3] == ("broadened", "acme-dev-Power", "trust")


def test_a_resource_that_is_not_iams_is_not_judged(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1]["jump/jump-base"]
    other = copy.deepcopy(body)
    other["Resources"]["Artifacts"]["Properties"]["VersioningConfiguration"]["Status"] = "Suspended"
    assert words(iam_difference(body, other)) == [("broadened", "Artifacts", "resource", "", "changed")]


def test_another_path_tag_or_condition_is_broadened(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    open_everywhere = copy.deepcopy(body)
    del open_everywhere["Resources"]["RolePower"]["Condition"]
    what = "name, path, tags or condition"
    assert words(iam_difference(body, open_everywhere)) == [
        ("broadened", "acme-dev-Power", "role", what, "changed")
    ]


def test_a_handle_that_keeps_a_stack_from_being_empty_is_nothing_to_say(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    assert body["Resources"]["Empty"]["Type"] == "AWS::CloudFormation::WaitConditionHandle"
    assert [one.subject for one in iam_difference({}, body)] == ["acme-dev-Power"]


def test_a_wider_network_and_a_later_end_are_broadened_wherever_they_stand(tmp_path: Path) -> None:
    wide, narrow = acme(networks=("198.51.100.0/24",)), acme(networks=("198.51.100.0/25",))
    both = {"fence": ("self-service", "session", "trust")}
    assert between(an_estate(narrow, **both), an_estate(wide, **both), tmp_path, SET) == [
        ("broadened", "acme-dev-Power", "trust", "PartnerUsersWithMfa", "changed"),
        ("broadened", "acme-dev-Power", "fence", "DenyOutsideNetworks", "changed"),
    ]
    said = between(an_estate(narrow, **both), an_estate(wide, **both), tmp_path / "jump", JUMP)
    assert said
    assert {mark for mark, *_ in said} == {"broadened"}


@pytest.mark.parametrize("sid", ["DenyAfterEnd", "DenyManagedMcp", "DenyOutsideNetworks"])
def test_a_deny_that_goes_is_broadened_though_only_policies_of_aws_allow_anything(
    tmp_path: Path, sid: str
) -> None:
    """What PowerUserAccess allows is not in the template, so a Deny is never about nothing."""
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    without = copy.deepcopy(body)
    (fence,) = without["Resources"]["RolePower"]["Properties"]["Policies"]
    kept = [one for one in fence["PolicyDocument"]["Statement"] if one["Sid"] != sid]
    fence["PolicyDocument"]["Statement"] = kept
    assert words(iam_difference(body, without)) == [("broadened", "acme-dev-Power", "fence", sid, "removed")]
    assert words(iam_difference(without, body)) == [("narrowed", "acme-dev-Power", "fence", sid, "added")]


@pytest.mark.parametrize(
    ("operator", "key"),
    [
        ("ArnLike", "aws:PrincipalArn"),
        ("StringEquals", "aws:PrincipalTag/jump-partner"),
        ("StringEquals", "aws:PrincipalType"),
        ("StringEquals", "sts:RoleSessionName"),
        ("Bool", "aws:MultiFactorAuthPresent"),
        ("DateLessThan", "aws:CurrentTime"),
    ],
)
def test_every_condition_that_a_trust_loses_is_broadened(tmp_path: Path, operator: str, key: str) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    open_ = copy.deepcopy(body)
    (trust,) = open_["Resources"]["RolePower"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    del trust["Condition"][operator][key]
    if not trust["Condition"][operator]:
        del trust["Condition"][operator]
    assert words(iam_difference(body, open_)) == [
        ("broadened", "acme-dev-Power", "trust", "PartnerUsersWithMfa", "changed")
    ]
    assert iam_difference(body, open_)[0].details[0].startswith(f"no more if {key} ")


def test_a_policy_or_a_group_that_is_attached_is_broadened(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][SET]
    more = copy.deepcopy(body)
    more["Resources"]["RolePower"]["Properties"]["ManagedPolicyArns"].append(
        "arn:aws:iam::aws:policy/IAMFullAccess"
    )
    (change,) = iam_difference(body, more)
    assert (change.mark, change.gains) == ("broadened", ("IAMFullAccess",))
    users = (a_user(groups=("ops",)), a_user("hanako.sato", groups=("ops",)))
    assert between(an_estate(acme()), an_estate(acme(users=users)), tmp_path, JUMP) == [
        ("broadened", "hanako.sato", "group", "acme-ops", "added")
    ]


def test_what_somebody_put_in_a_names_place_by_hand_is_told_as_it_stands(tmp_path: Path) -> None:
    body = compiled(an_estate(acme()), tmp_path)[1][JUMP]
    hand = copy.deepcopy(body)
    hand["Resources"]["ByHand"] = {
        "Type": "AWS::IAM::Group",
        "Properties": {"GroupName": OrderedDict(Ref="Name"), "Path": "/partner/acme/"},
    }
    (change,) = iam_difference(hand, body)
    assert (change.subject, change.action) == ('{"Ref":"Name"}', "removed")


def one(kind: str, **properties: Any) -> Any:
    return {"Resources": {"One": {"Type": f"AWS::IAM::{kind}", "Properties": properties}}}


def marked(before: Any, after: Any) -> list[str]:
    return [each.mark for each in iam_difference(before, after)]


def test_a_policy_of_the_freezes_name_denies_people_and_is_somebodys_own_on_a_role() -> None:
    freeze = ["arn:aws:iam::810000000001:policy/jump/jump-freeze"]
    assert marked(one("User"), one("User", ManagedPolicyArns=freeze)) == ["narrowed"]
    assert marked(one("Group"), one("Group", ManagedPolicyArns=freeze)) == ["narrowed"]
    assert set(marked(one("Role"), one("Role", ManagedPolicyArns=freeze))) == {"broadened"}


def test_a_boundary_that_is_elsewhere_is_told_when_it_comes_changes_and_goes() -> None:
    limits = ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess", None)
    users = [one("User", **({"PermissionsBoundary": limit} if limit else {})) for limit in limits]
    for before in users:
        for after in users:
            assert marked(before, after) == ([] if before == after else ["broadened"])
