import shutil
from dataclasses import replace

import pytest
from rule_samples import document, found, shown_red, statement
from unit import builders as an
from unit.compiled import STACKS, compiled, problems_of

from jumpcf.compiler.promises import promises_in_jump
from jumpcf.compiler.rules import denials
from jumpcf.compiler.rules.base import Denied
from jumpcf.compiler.rules.j2018_undenied_user import RULE
from jumpcf.errors import Mark
from jumpcf.estate.model import Frozen
from jumpcf.stack import logical_id

END, LATER = "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"
LINE = Mark("params/partners/acme.yaml", 7, 5)
ALL = Denied(what="then", mark=LINE, ends=END)
HIS = Denied(what="then", mark=LINE, name="taro", ends=END)
ICE = Denied(what="he is frozen", mark=LINE, before="2026-11-30T02:05:00Z")
LACKS = ["Taro: no policy of his groups or his own denies him everything then"]
WARM = ["Taro: jump-freeze is attached neither to him nor to one of his groups, and he is frozen"]
FREEZE = "arn:aws:iam::111111111111:policy/jump/jump-freeze"
TARO = "arn:aws:iam::111111111111:user/partner/acme/taro"
HIM = {"ArnEquals": {"aws:PrincipalArn": TARO}}


def until(instant=END):
    return {"DateGreaterThanEquals": {"aws:CurrentTime": instant}}


def deny(condition, **parts):
    return statement("Deny", **{"Action": "*", "Resource": "*", "Condition": condition, **parts})


def inline(*statements):
    return {"Policies": [{"PolicyName": "one", "PolicyDocument": document(*statements)}]}


def managed(*statements):
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(*statements)}}


def resources(group, **user):
    own = {"UserName": "taro", "Path": "/partner/acme/", "Groups": [{"Ref": "Members"}]} | user
    return {
        "Members": {"Type": "AWS::IAM::Group", "Properties": group},
        "Taro": {"Type": "AWS::IAM::User", "Properties": own},
    }


def said(one, given, per="partner"):
    return found(RULE, given, per=per, people={"taro": (one,)})


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


@pytest.mark.parametrize(
    ("one", "condition"),
    [
        (ALL, until()),
        (ALL, until("2026-12-01T00:00:00Z")),
        (ALL, until("2027-01-01T09:00:00+09:00")),
        (HIS, {**HIM, **until()}),
        (HIS, {"ArnEquals": {"aws:PrincipalArn": [f"{TARO}.x", TARO]}, **until()}),
        (HIS, {"ArnLike": {"aws:PrincipalArn": TARO.replace("taro", "*")}, **until()}),
        (HIS, {"StringLike": {"aws:PrincipalArn": TARO}, **until()}),
        (HIS, until()),
        (HIS, HIM),
    ],
)
def test_what_denies_at_least_what_is_promised_is_enough_whatever_it_is_called(one, condition):
    assert said(one, resources(inline(deny(condition)))) == []
    assert said(one, resources({}, **inline(deny(condition, Sid="Own")))) == []


@pytest.mark.parametrize(
    ("one", "condition"),
    [
        (ALL, until(LATER)),
        (ALL, {**HIM, **until()}),
        (HIS, {**HIM, **until(LATER)}),
        (HIS, {"ArnEquals": {"aws:PrincipalArn": TARO.replace("acme", "globex")}, **until()}),
        (HIS, {"ArnNotEquals": {"aws:PrincipalArn": TARO}, **until()}),
        (HIS, {"ArnEquals": {"aws:PrincipalArn": {"Fn::Sub": TARO}}, **until()}),
        (HIS, {**HIM, **until(), "Bool": {"aws:ViaAWSService": "false"}}),
        (HIS, {**HIM, **until(), "StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
        (HIS, {"StringLike": {"made:up": "x"}}),
    ],
)
def test_a_deny_that_leaves_him_something_is_none(one, condition):
    assert said(one, resources(inline(deny(condition)))) == LACKS


def test_a_deny_of_less_than_everything_and_an_allow_are_none():
    for other in (
        deny(until(), Action="iam:*"),
        deny(until(), Resource=TARO),
        statement("Allow", Action="*", Resource="*", Condition=until()),
    ):
        assert said(ALL, resources(inline(other))) == LACKS


def test_his_end_is_that_of_the_path_that_he_has_in_the_template():
    given = resources(inline(deny({**HIM, **until()})), Path="/partner/other/")
    assert said(HIS, given) == LACKS
    assert said(ALL, resources(inline(deny(until())), Path="/partner/other/")) == []


def test_a_policy_of_the_template_counts_where_his_group_or_he_names_it():
    for holder in ("Members", "Taro"):
        given = resources({}) | {"Beside": managed(deny(until()))}
        assert said(ALL, given) == LACKS
        given[holder]["Properties"]["ManagedPolicyArns"] = [FREEZE, {"Ref": "Beside"}]
        assert said(ALL, given) == []


@pytest.mark.parametrize(
    "groups",
    [[], ["acme-members"], [{"Ref": "Other"}], [{"Fn::If": ["Is", {"Ref": "Members"}, {"Ref": "Other"}]}]],
)
def test_a_group_counts_where_he_is_in_it_for_certain(groups):
    given = resources(inline(deny(until())), Groups=groups)
    assert said(ALL, given) == LACKS


def test_who_is_frozen_has_the_policy_himself_or_by_a_group():
    assert said(ICE, resources({})) == WARM
    assert said(ICE, resources({}, ManagedPolicyArns=[FREEZE])) == []
    assert said(ICE, resources({"ManagedPolicyArns": [FREEZE]})) == []
    for other in (FREEZE.replace("1111", "2222"), f"{FREEZE}r", {"Fn::Sub": FREEZE}):
        assert said(ICE, resources({"ManagedPolicyArns": [other]})) == WARM


def test_whom_params_do_not_name_and_other_stacks_are_left_alone():
    given = resources({})
    assert said(ALL, given, per="estate") == LACKS
    assert said(ALL, given, per="grant") == said(ALL, given, per="pipeline") == []
    assert said(ALL, resources({}, UserName="robot")) == []
    assert said(ALL, {"Members": given["Members"]}) == []


FROST = Frozen(reason="INC-1", at="2026-11-30T02:00:00Z", before="2026-11-30T02:05:00Z", mark=LINE)


def everybody(*, all_frozen=False, **parts):
    users = (
        replace(an.a_user("cold.one"), frozen=FROST),
        an.a_user("early.bird", ends="2026-12-31"),
        an.a_user("late", ends="2027-03-31"),
        an.a_user("open.end"),
    )
    return an.an_estate(an.a_partner(users=users, frozen=FROST if all_frozen else None), **parts)


def changed(tmp_path, line, instead):
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "partner.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(line) == 1
    module.write_text(text.replace(line, instead), encoding="utf-8")
    return folder


FORGETFUL = {
    "user.until.ends < partner.until.ends:": (
        "user.until.ends < partner.until.ends and user.name != 'early.bird':",
        {"early.bird": "denies him everything from 2027-01-01T00:00:00Z on, his own end"},
    ),
    "    if user.frozen is not None:\n": (
        "    if user.frozen is not None and user.name != 'cold.one':\n",
        {"cold.one": "jump-freeze is attached neither to him nor to one of his groups, and he is frozen"},
    ),
    "    statements.append(groups.deny_after(partner.until.ends))\n": (
        "",
        {
            name: "denies him everything from 2027-04-01T00:00:00Z on, the end of acme"
            for name in ("cold.one", "early.bird", "late", "open.end")
        },
    ),
    "add_user(context, template, user, [members, *(": (
        "add_user(context, template, user, [*([members] if user.name != 'late' else []), *(",
        {"late": "denies him everything from 2027-04-01T00:00:00Z on, the end of acme"},
    ),
}


@pytest.mark.parametrize("line", FORGETFUL)
def test_a_module_that_forgets_a_promise_stops_the_build(tmp_path, line):
    instead, words = FORGETFUL[line]
    folder = changed(tmp_path, line, instead)
    problems = problems_of(everybody(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2018"}
    assert len(problems) == len(words)
    for name, said in words.items():
        title = logical_id("User", name)
        assert any(f" {title}: " in one.message and said in one.message for one in problems), problems


def test_a_module_that_forgets_that_the_partner_is_frozen_stops_the_build(tmp_path):
    folder = changed(tmp_path, "if partner.frozen is not None:\n", "if partner.frozen is not None and 0:\n")
    problems = problems_of(everybody(all_frozen=True), tmp_path / "build", folder)
    assert {(one.code, "acme is frozen" in one.message) for one in problems} == {("J2018", True)}
    assert {(one.file, one.line, one.column) for one in problems} == {(LINE.file, LINE.line, LINE.column)}


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
@pytest.mark.parametrize("all_frozen", [False, True])
def test_the_module_as_it_is_keeps_what_params_promise(tmp_path, partition, all_frozen):
    compiled(everybody(all_frozen=all_frozen, partition=partition), tmp_path)


def test_what_is_the_same_for_all_is_proved_once():
    users = tuple(an.a_user(f"user{number}") for number in range(100))
    promises = promises_in_jump(an.an_estate(an.a_partner(users=users)))
    given = resources(inline(deny(until()), deny({**HIM, **until()})))
    given |= {f"User{n}": resources({}, UserName=f"user{n}")["Taro"] for n in range(100)}
    denials.statement_denies.cache_clear()
    assert found(RULE, given, people=promises.people) == []
    assert denials.statement_denies.cache_info().misses <= 2
