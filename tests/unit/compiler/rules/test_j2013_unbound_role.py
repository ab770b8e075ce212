import shutil

import pytest
from rule_samples import ROOT, document, found, role, shown_red, statement
from unit import builders as an
from unit.compiled import STACKS, problems_of

from jumpcf.compiler.rules.j2013_unbound_role import RULE

UNTIL = {"DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"}}
AFTER = {"DateGreaterThanEquals": {"aws:CurrentTime": "2027-04-01T00:00:00Z"}}


CEILING = statement(Action="*", Resource="*")
KEPT = statement("Deny", Action="iam:DeleteRolePermissionsBoundary", Resource="*")
REF = {"Ref": "Boundary"}


def bound(trusting, *inline, boundary=REF, ceiling=(CEILING, KEPT)):
    made = role(trusting, *inline)
    if boundary:
        made["Role"]["Properties"]["PermissionsBoundary"] = boundary
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(*ceiling)}}
    return made | {"Boundary": policy}


PEOPLE = statement(Principal={"AWS": ROOT}, Condition=UNTIL)
END = statement("Deny", Action="*", Resource="*", Condition=AFTER)


def test_the_bad_example_is_told(golden):
    shown_red(RULE, golden)


def test_a_role_for_people_has_a_boundary_and_an_end_in_trust_and_session():
    assert found(RULE, bound(PEOPLE, END), per="grant") == []
    assert found(RULE, bound(PEOPLE, END, boundary=None), per="grant") == ["Role: has no PermissionsBoundary"]
    endless = statement(Principal={"AWS": ROOT})
    assert found(RULE, bound(endless, END), per="grant") == ["Role: its trust has no end"]
    assert found(RULE, bound(PEOPLE), per="grant") == ["Role: no policy of its own ends its sessions"]


def test_a_boundary_that_cannot_be_read_or_that_allows_everything_is_none():
    for elsewhere in ("arn:aws:iam::aws:policy/AdministratorAccess", {"Ref": "Role"}, {"Fn::Sub": "${X}"}):
        assert found(RULE, bound(PEOPLE, END, boundary=elsewhere), per="grant") == [
            "Role: its PermissionsBoundary is no policy of the template"
        ]
    assert found(RULE, bound(PEOPLE, END, ceiling=(CEILING,)), per="grant") == [
        "Role: its PermissionsBoundary allows everything"
    ]
    narrow = statement(Action="s3:*", Resource="*")
    assert found(RULE, bound(PEOPLE, END, ceiling=(narrow,)), per="grant") == []


ENDS = "2027-04-01T00:00:00Z"
LATE = "2027-04-01T00:00:01Z"


@pytest.mark.parametrize("late", [LATE, "9999-12-31T00:00:00Z", [ENDS, LATE], "some day", {"Ref": "End"}])
def test_a_trust_that_ends_after_the_grant_has_no_end(late):
    trusting = statement(Principal={"AWS": ROOT}, Condition={"DateLessThan": {"aws:CurrentTime": late}})
    said = found(RULE, bound(trusting, END), per="grant", ends=ENDS)
    assert said == ["Role: its trust has no end by 2027-04-01T00:00:00Z"]


@pytest.mark.parametrize("late", [LATE, "9999-12-31T00:00:00Z", "some day", {"Ref": "End"}])
def test_sessions_that_end_after_the_grant_have_no_end(late):
    end = statement(
        "Deny", Action="*", Resource="*", Condition={"DateGreaterThan": {"aws:CurrentTime": late}}
    )
    said = found(RULE, bound(PEOPLE, end), per="grant", ends=ENDS)
    assert said == ["Role: no policy of its own ends its sessions by 2027-04-01T00:00:00Z"]


def test_an_earlier_end_and_the_end_in_another_zone_are_ends():
    for end in ("2026-12-31T00:00:00Z", "2027-04-01T09:00:00+09:00"):
        trusting = statement(Principal={"AWS": ROOT}, Condition={"DateLessThan": {"aws:CurrentTime": end}})
        closing = {"DateGreaterThanEquals": {"aws:CurrentTime": end}}
        ending = statement("Deny", Action="*", Resource="*", Condition=closing)
        assert found(RULE, bound(trusting, ending), per="grant", ends=ENDS) == []


@pytest.mark.parametrize(
    "weak",
    [
        statement("Deny", Action="s3:*", Resource="*", Condition=AFTER),
        statement("Deny", Action="*", Resource="arn:aws:s3:::x", Condition=AFTER),
        statement("Deny", Action="*", Resource="*", Condition={**AFTER, "StringLike": {"aws:userid": "*:x"}}),
        statement("Allow", Action="*", Resource="*", Condition=AFTER),
    ],
)
def test_an_end_that_is_not_for_all_is_none(weak):
    assert found(RULE, bound(PEOPLE, weak), per="grant") == ["Role: no policy of its own ends its sessions"]


def test_roles_of_services_of_other_roles_and_of_the_jump_account_are_left_alone():
    for principal in ({"Service": "lambda.amazonaws.com"}, {"AWS": "arn:aws:iam::111111111111:role/deploy"}):
        assert found(RULE, role(statement(Principal=principal)), per="grant") == []
    assert found(RULE, role(statement(Principal={"AWS": ROOT})), per="estate") == []


MODULE = """from awacs.aws import Allow, AWSPrincipal, PolicyDocument, Statement
from awacs.sts import AssumeRole
from troposphere import Template
from troposphere.iam import Role
from jumpcf.stack import StackSpec
STACK = StackSpec(kind="stackset", per="grant")
def build(context):
    template = Template()
    who = AWSPrincipal(f"arn:aws:iam::{context.estate.jump.account}:root")
    trust = PolicyDocument(
        Version="2012-10-17", Statement=[Statement(Sid="One", Effect=Allow, Principal=who, Action=[AssumeRole])]
    )
    template.add_resource(Role("Role", AssumeRolePolicyDocument=trust))
    return template
"""


def test_a_module_of_ones_own_that_opens_a_role_stops_the_build(tmp_path):
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "extra.py").write_text(MODULE)
    problems = problems_of(an.an_estate(), tmp_path / "build", folder)
    assert {problem.code for problem in problems} == {"J2008", "J2012", "J2013", "J2014"}
    assert all("corp/jump-acme-dev-extra Role" in problem.message for problem in problems)
