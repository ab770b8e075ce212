"""The resource control policy that an organization's owner may attach."""

import pytest
from unit import builders as an
from unit.compiled import ROOT, compiled

from jumpcf.compiler.guardrails import makes_roles
from jumpcf.compiler.quotas import QUOTAS
from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import judge
from jumpcf.policy.request import Request

RCP = "guardrails/corp/rcp.json"
TWO = an.an_estate(organizations=[an.an_organization("corp"), an.an_organization("lab", id="o-lab0example")])


def asked(policy, **context):
    request = Request(
        action="sts:AssumeRole",
        resource="arn:aws:iam::333333333333:role/app",
        context=context,
        principal="arn:aws:iam::999999999999:role/stranger",
        principal_account="999999999999",
        resource_account="333333333333",
    )
    return judge(request, parse(policy, name="rcp")).effect


@pytest.mark.parametrize(
    ("context", "denied"),
    [
        ({"aws:PrincipalAccount": "999999999999"}, True),
        ({"aws:PrincipalAccount": "999999999999", "aws:PrincipalOrgID": "o-stranger01"}, True),
        ({"aws:PrincipalAccount": "999999999999", "aws:PrincipalOrgID": "o-corp0example"}, False),
        ({"aws:PrincipalAccount": an.JUMP}, False),
        ({"aws:PrincipalIsAWSService": "true"}, False),
        ({"aws:PrincipalAccount": "999999999999", "aws:PrincipalIsAWSService": "false"}, True),
        ({"aws:PrincipalAccount": "999999999999", "aws:ViaAWSService": "true"}, True),
        ({}, True),
    ],
)
def test_only_the_organization_the_jump_account_and_services_take_roles(tmp_path, context, denied):
    compiled(TWO, tmp_path)
    effect = asked((tmp_path / RCP).read_text(), **context)
    assert (effect == "explicit-deny") is denied


def test_each_organization_has_its_own_for_people_to_read(tmp_path, golden):
    compiled(TWO, tmp_path)
    for name in ("corp", "lab"):
        data = (tmp_path / "guardrails" / name / "rcp.json").read_bytes()
        assert len(data) <= QUOTAS["resource_control_policy_size"].limit
        golden(ROOT / "tests/golden/guardrails" / name / "rcp.json", data)


def test_that_of_an_organization_that_is_gone_is_removed(tmp_path):
    compiled(TWO, tmp_path)
    compiled(an.an_estate(), tmp_path)
    assert sorted(path.name for path in (tmp_path / "guardrails").iterdir()) == ["corp"]


@pytest.mark.parametrize(
    ("parts", "makes"),
    [
        ({}, False),
        ({"managed_policies": ("arn:aws-cn:iam::aws:policy/AdministratorAccess",)}, True),
        ({"statements": (an.a_statement(actions=("iam:Create*",)),)}, True),
        ({"statements": (an.a_statement(actions=("iam:Create*",), effect="Deny"),)}, False),
        ({"statements": (an.a_statement(not_actions=("s3:*",)),)}, True),
        ({"statements": (an.a_statement(not_actions=("iam:*",)),)}, False),
    ],
)
def test_a_build_says_where_a_level_can_make_roles(tmp_path, parts, makes):
    level = an.a_level(**parts)
    manifest, _ = compiled(an.an_estate(levels=[level]), tmp_path)
    said = [notice for notice in manifest.notices if "rcp.json" in notice]
    assert bool(said) is makes is makes_roles(level)
