"""The resource control policy that an organization's owner may attach."""

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from unit import builders as an
from unit.compiled import ROOT, compiled

from jumpcf.compiler.guardrails import MAKES_ROLES, makes_roles
from jumpcf.compiler.quotas import QUOTAS
from jumpcf.iam.guardrail import identity_perimeter
from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import judge
from jumpcf.policy.request import Request

RCP = "guardrails/corp/rcp.json"
TWO = an.an_estate(organizations=[an.an_organization("corp"), an.an_organization("lab", id="o-lab0example")])


def asked(policy, action="sts:AssumeRole", role="app", **context):
    request = Request(
        action=action,
        resource=f"arn:aws:iam::333333333333:role/{role}",
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


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"])
@pytest.mark.parametrize(
    ("role", "denied"),
    [
        ("partner/acme/dev/PowerAndIam/worker", True),
        ("partner/x", True),
        ("partners/worker", False),
        ("app", False),
        ("aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b", False),
    ],
)
def test_nobody_signs_in_to_a_partners_role_by_a_provider(tmp_path, action, role, denied):
    compiled(TWO, tmp_path)
    policy = (tmp_path / RCP).read_text()
    assert (asked(policy, action, role) == "explicit-deny") is denied
    own = {"aws:PrincipalOrgID": "o-corp0example", "aws:PrincipalAccount": "333333333333"}
    assert (asked(policy, action, role, **own) == "explicit-deny") is denied


def test_a_partners_role_may_be_taken_by_the_organization_and_its_services(tmp_path):
    compiled(TWO, tmp_path)
    policy, role = (tmp_path / RCP).read_text(), "partner/acme/dev/PowerAndIam/worker"
    for who in ({"aws:PrincipalOrgID": "o-corp0example"}, {"aws:PrincipalIsAWSService": "true"}):
        assert asked(policy, role=role, **who) != "explicit-deny"


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_its_arns_are_of_the_partition(partition):
    text = identity_perimeter(partition=partition, organization="o-x", jump_account=an.JUMP).rendered.decode()
    assert f"arn:{partition}:iam::*:role/partner/*" in text
    assert "arn:aws:" not in text


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


def test_the_policies_of_aws_that_make_roles_are_known():
    """By moto's copy of them; a newer copy may bring more."""
    makers = {
        name
        for name, one in json.loads(aws_managed_policies_data).items()
        if not one["Path"].startswith("/aws-service-role/") and _makes_roles(one["Document"]["Statement"])
    }
    assert makers - MAKES_ROLES == set()


def _makes_roles(statements):
    written = [
        an.a_statement(
            **{"actions": listed(each["Action"])}
            if "Action" in each
            else {"not_actions": listed(each["NotAction"])}
        )
        for each in listed(statements)
        if each["Effect"] == "Allow"
    ]
    return makes_roles(an.a_level(managed_policies=(), statements=tuple(written)))


def listed(value):
    return tuple(value) if isinstance(value, list) else (value,)
