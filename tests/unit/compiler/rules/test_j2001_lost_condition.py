"""awacs keeps the last of two condition elements with one operator; this rule is why nobody is hurt by it."""

import shutil

import pytest
from rule_samples import BAD, found, trust
from unit import builders as an
from unit.compiled import STACKS, problems_of

from jumpcf.compiler.rules.j2001_lost_condition import RULE

MODULE = """from awacs.aws import Allow, AWSPrincipal, Condition, PolicyDocument, StringEquals, Statement
from awacs.sts import AssumeRole
from troposphere import Template
from troposphere.iam import Role
from jumpcf.stack import StackSpec
STACK = StackSpec(kind="stack", per="partner")
def build(context):
    template = Template()
    trust = PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="Trust",
                Effect=Allow,
                Principal=AWSPrincipal("arn:aws:iam::111111111111:root"),
                Action=[AssumeRole],
                Condition=Condition(
                    [StringEquals("aws:PrincipalOrgID", "o-1"), StringEquals("sts:ExternalId", "x")]
                ),
            )
        ],
    )
    template.add_resource(Role("Role", AssumeRolePolicyDocument=trust))
    return template
"""


def test_a_condition_that_awacs_loses_stops_the_build(tmp_path, golden):
    folder = tmp_path / "stacks"
    shutil.copytree(STACKS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "extra.py").write_text(MODULE)
    problems = problems_of(an.an_estate(), tmp_path / "build", folder)
    golden(BAD / "J2001.txt", "".join(f"{problem}\n" for problem in problems))
    assert [problem.code for problem in problems] == ["J2001"]


@pytest.mark.parametrize(
    ("asked", "lost"),
    [
        ({("StringEquals", "aws:PrincipalOrgID")}, 0),
        ({("StringEquals", "aws:principalorgid")}, 0),
        ({("StringEquals", "aws:PrincipalOrgID"), ("StringEquals", "sts:ExternalId")}, 1),
        ({("StringLike", "aws:PrincipalOrgID")}, 1),
    ],
)
def test_what_was_asked_is_compared_with_what_is_there(asked, lost):
    resources = trust(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    terms = {("Role", "AssumeRolePolicyDocument"): (frozenset(asked),)}
    assert len(found(RULE, resources, asked=terms)) == lost


def test_two_keys_that_iam_takes_for_one_are_told():
    twice = {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:principalorgid": "o-2"}}
    assert found(RULE, trust(Condition=twice)) == [
        "Role: AssumeRolePolicyDocument, One: StringEquals aws:principalorgid is lost"
    ]
