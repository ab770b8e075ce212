import shutil
from dataclasses import replace

import pytest
from rule_samples import ROOT, document, found, role, shown_red, statement
from unit import builders as an
from unit.compiled import STACKS, compiled, problems_of

from jumpcf.compiler.rules.base import Denied
from jumpcf.compiler.rules.j2014_broken_promise import RULE
from jumpcf.errors import Mark
from jumpcf.estate.model import Frozen

NAMED = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
HIS = {"StringLike": {"aws:userid": "*:taro.yamada"}}
END, LATER = "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"
LINE = Mark("params/partners/acme.yaml", 7, 5)
LEFT = Denied(what="him", mark=LINE, name="taro.yamada")
FROZEN = Denied(what="him", mark=LINE, name="taro.yamada", before=END)
ALL_FROZEN = Denied(what="them", mark=LINE, before=END)
ENDED = Denied(what="him", mark=LINE, name="taro.yamada", ends=END)
LACKS = ["Role: no policy of its own denies him"]
NAMELESS = ["Role: its trust does not ask for the user's own name as the session's name"]


def people(**condition):
    return statement(Principal={"AWS": ROOT}, **({"Condition": condition} if condition else {}))


def deny(condition, **parts):
    return statement("Deny", **{"Action": "*", "Resource": "*", "Condition": condition, **parts})


def until(instant):
    return {"DateGreaterThanEquals": {"aws:CurrentTime": instant}}


def issued(instant):
    return {"DateLessThan": {"aws:TokenIssueTime": instant}}


def said(one, *inline, **parts):
    return found(RULE, role(people(**NAMED), *inline), per="grant", denied=(one,), **parts)


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


@pytest.mark.parametrize(
    ("one", "condition"),
    [
        (LEFT, HIS),
        (LEFT, {"StringLike": {"aws:userid": ["*:ken.mori", "*:taro.yamada"]}}),
        (LEFT, {"StringLike": {"AWS:UserId": "*:*.yamada"}}),
        (FROZEN, {**HIS, **issued(END)}),
        (FROZEN, {**HIS, **issued(LATER)}),
        (FROZEN, issued(END)),
        (FROZEN, HIS),
        (ALL_FROZEN, issued("2027-01-01T09:00:00+09:00")),
        (ENDED, {**HIS, **until(END)}),
        (ENDED, until(END)),
        (ENDED, {**HIS, **until("2026-12-01T00:00:00Z")}),
    ],
)
def test_what_denies_at_least_the_sessions_that_are_meant_is_enough_whatever_it_is_called(one, condition):
    assert said(one, deny(condition)) == []
    assert said(one, deny(condition, Action=["*"], Resource=["*"], Sid="Anything")) == []


@pytest.mark.parametrize(
    ("one", "condition"),
    [
        (LEFT, {"StringLike": {"aws:userid": "*:ken.mori"}}),
        (LEFT, {"StringLike": {"aws:userid": "AROAEXAMPLE:taro.yamada"}}),
        (LEFT, {"StringEquals": {"aws:userid": "*:taro.yamada"}}),
        (LEFT, {"StringNotLike": {"aws:userid": "*:taro.yamada"}}),
        (LEFT, {"StringLike": {"aws:username": "taro.yamada"}}),
        (LEFT, {**HIS, "Bool": {"aws:ViaAWSService": "false"}}),
        (LEFT, {**HIS, "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}),
        (LEFT, {**HIS, **until("2020-01-01T00:00:00Z")}),
        (LEFT, {"StringLike": {"aws:userid": {"Fn::Sub": "*:taro.yamada"}}}),
        (LEFT, {"StringLike": {"made:up": "x"}}),
        (FROZEN, {**HIS, **issued("2026-12-31T23:59:59Z")}),
        (ALL_FROZEN, {**HIS, **issued(END)}),
        (ENDED, {**HIS, **until(LATER)}),
    ],
)
def test_a_deny_that_leaves_one_of_the_sessions_is_none(one, condition):
    assert said(one, deny(condition)) == [f"Role: no policy of its own denies {one.what}"]


def test_a_deny_of_less_than_everything_and_an_allow_are_none():
    assert said(LEFT) == LACKS
    assert said(LEFT, deny(HIS, Action="s3:*")) == LACKS
    assert said(LEFT, deny(HIS, Resource="arn:aws:s3:::x")) == LACKS
    assert said(LEFT, statement("Allow", Action="*", Resource="*", Condition=HIS)) == LACKS


def test_a_policy_of_the_template_that_the_role_names_is_its_own_and_another_is_not():
    beside = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(deny(HIS))}}
    resources = role(people(**NAMED)) | {"Beside": beside}
    assert found(RULE, resources, per="grant", denied=(LEFT,)) == LACKS
    resources["Role"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Beside"}, "arn:aws:iam::aws:policy/x"]
    assert found(RULE, resources, per="grant", denied=(LEFT,)) == []


def test_a_deny_that_cloudformation_may_leave_out_is_none():
    resources = role(people(**NAMED), deny(HIS))
    policies = resources["Role"]["Properties"]["Policies"]
    resources["Role"]["Properties"]["Policies"] = [
        {"Fn::If": ["Maybe", policies[0], {"Ref": "AWS::NoValue"}]}
    ]
    assert found(RULE, resources, per="grant", denied=(LEFT,)) == LACKS


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEqualsIfExists": NAMED["StringEquals"]},
        {"ForAllValues:StringEquals": NAMED["StringEquals"]},
        {"StringLike": {"sts:RoleSessionName": "*"}},
        {"StringEquals": {"sts:RoleSessionName": ["${aws:username}", "x"]}},
        {"StringEquals": {"sts:RoleSessionName": "${aws:username, 'x'}"}},
    ],
)
def test_a_trust_that_does_not_ask_for_the_users_own_name_is_told_where_params_ask_for_it(condition):
    assert found(RULE, role(people(**condition)), per="grant", named=True) == NAMELESS
    assert found(RULE, role(people(**condition)), per="grant") == []


def test_the_name_may_be_asked_by_a_pattern_too_and_a_variable_needs_its_version():
    like = {"StringLike": NAMED["StringEquals"]}
    assert found(RULE, role(people(**like)), per="grant", named=True) == []
    old = role(people(**NAMED))
    old["Role"]["Properties"]["AssumeRolePolicyDocument"]["Version"] = "2008-10-17"
    assert found(RULE, old, per="grant", named=True) == NAMELESS


@pytest.mark.parametrize(
    "trusting",
    [
        statement(Principal={"Service": "lambda.amazonaws.com"}),
        statement(Principal={"AWS": "arn:aws:iam::222222222222:root"}),
        statement(Principal={"AWS": "arn:aws:iam::111111111111:role/deploy"}),
        statement(Principal={"AWS": {"Fn::GetAtt": ["Other", "Arn"]}}),
        people(ArnEquals={"aws:PrincipalArn": "arn:aws:iam::111111111111:role/deploy"}),
        people(StringLike={"aws:PrincipalArn": "arn:aws:iam::111111111111:role/x/*"}),
    ],
)
def test_roles_that_nobody_of_the_jump_account_takes_are_left_alone(trusting):
    assert found(RULE, role(trusting), per="grant", named=True, denied=(LEFT,)) == []


@pytest.mark.parametrize(
    "principal",
    ["*", "111111111111", {"Fn::Sub": "arn:aws:iam::${Jump}:root"}, ["222222222222", ROOT]],
)
def test_whoever_may_be_of_the_jump_account_counts(principal):
    trusting = statement(Principal={"AWS": principal}, Condition=NAMED)
    assert found(RULE, role(trusting), per="grant", denied=(LEFT,)) == LACKS


ICE = Frozen(reason="INC-1", at="2026-11-30T02:00:00Z", before="2026-11-30T02:05:00Z", mark=LINE)


def everybody(**parts):
    users = (
        an.a_user("early.bird", ends="2026-12-31"),
        replace(an.a_user("cold.one"), frozen=replace(ICE, before="2026-11-30T03:05:00Z")),
        an.a_user("late", ends="2027-03-31"),
    )
    partner = an.a_partner(users=users, left=(an.a_leaver("taro.yamada"),), frozen=ICE)
    return an.an_estate(partner, **parts)


FORGETFUL = {
    "return tuple(one.name for one in partner.left)": ("return ()", "the sessions of taro.yamada, who left"),
    "if user.frozen is not None:\n            since": (
        "if user.frozen is not None and user.groups:\n            since",
        "sessions of cold.one from before 2026-11-30T03:05:00Z, who is frozen",
    ),
    "frozen=partner.frozen.before if partner.frozen else": (
        "frozen=",
        "sessions from before 2026-11-30T02:05:00Z, for acme is frozen",
    ),
    "user.until.ends < grant.until.ends:\n            ends": (
        'user.until.ends < "":\n            ends',
        "the sessions of early.bird from 2027-01-01T00:00:00Z on, his own end",
    ),
    'session_name=estate.role_session_name == "required"': (
        "session_name=False",
        "the user's own name as the session's name",
    ),
}


@pytest.mark.parametrize("line", FORGETFUL)
def test_a_module_that_forgets_a_promise_stops_the_build(tmp_path, line):
    instead, words = FORGETFUL[line]
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "target_roles.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(line) == 1
    module.write_text(text.replace(line, instead), encoding="utf-8")
    problems = problems_of(everybody(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2014"}
    assert all(words in problem.message and "Role" in problem.message for problem in problems), problems


@pytest.mark.parametrize("name", ["required", "optional"])
def test_the_modules_as_they_are_keep_what_params_promise(tmp_path, name):
    compiled(everybody(role_session_name=name), tmp_path)


BREAK_GLASS = "arn:aws:iam::111111111111:role/break-glass"


@pytest.mark.parametrize("prefix", ["", "ForAnyValue:", "ForAllValues:"])
@pytest.mark.parametrize("operator", ["ArnNotLike", "ArnNotEquals", "StringNotLike", "StringNotEquals"])
def test_who_is_all_but_a_role_is_everybody(prefix, operator):
    trust = people(**{f"{prefix}{operator}": {"aws:PrincipalArn": BREAK_GLASS}})
    assert found(RULE, role(trust), per="grant", denied=(LEFT,)) == LACKS


@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "StringLike", "StringEquals"])
def test_who_is_a_role_is_nobody_of_the_people(operator):
    trust = people(**{operator: {"aws:PrincipalArn": BREAK_GLASS}})
    assert found(RULE, role(trust), per="grant", denied=(LEFT,)) == []


@pytest.mark.parametrize("delimiter", [":role/", "/", ":"])
def test_what_stands_between_the_parts_of_a_principal_makes_it_no_role(delimiter):
    principal = {"AWS": {"Fn::Join": [delimiter, [":role/" if delimiter == ":" else ROOT]]}}
    assert found(RULE, role(statement(Principal=principal)), per="grant", denied=(LEFT,)) != []


def test_a_role_that_is_put_together_is_one():
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::222222222222:role/deploy"]
    for principal in ({"Fn::Join": ["", parts]}, {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/deploy"}):
        trust = statement(Principal={"AWS": principal})
        assert found(RULE, role(trust), per="grant", denied=(LEFT,)) == []
