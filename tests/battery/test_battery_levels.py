"""What the built-in levels can do under a snapshot of AWS's managed policies (moto's copy; AWS changes them).

Reaching a role is decided from our own bytes; this says only what such a session may do under that copy,
with the fence and the boundary on it.  Which version of which day was judged stands in pytest's summary.
"""

import json
from functools import cache
from importlib.metadata import version

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import identity
from tests.battery.battery import asks, policies
from tests.battery.rows import starting
from tests.battery.rows_escalation import IDENTITIES, ON_COMPUTE
from tests.battery.rows_sessions import MINE, WORK
from tests.battery.scenes import Scene
from tests.battery.subjects import Subject


@cache
def snapshot(arn: str) -> Policy:
    """Moto's copy, named by its version and its day: "ReadOnlyAccess v190 of 2026-09-24"."""
    name = arn.rpartition("/")[2]
    known = json.loads(aws_managed_policies_data)[name]
    dated = f"{name} {known['DefaultVersionId']} of {known['UpdateDate'][:10]}"
    return parse(known["Document"], name=dated)


def allowed(subject: Subject, scene: Scene) -> bool:
    aws = [snapshot(arn) for arn in subject.level.managed_policies]
    mine = [*aws, *policies(subject, "role"), *policies(subject, "fence")]
    boundary = policies(subject, "boundary")[0]
    return all(identity(request, mine, boundary).allowed for request in asks(scene, subject))


def anything(action: str) -> Scene:
    return starting(WORK, action=action, resource="*")


def own_role(action: str) -> Scene:
    return starting(MINE, action=action)


def old_role(action: str) -> Scene:
    return starting(MINE, action=action, resource="old role")


CASES = [
    ("Read", anything("s3:GetObject"), True),
    ("Read", anything("s3:PutObject"), False),
    ("Read", anything("ec2:RunInstances"), False),
    ("Read", own_role("iam:CreateRole"), False),
    ("Read", own_role("iam:PassRole"), False),
    ("Read", anything("lambda:UpdateFunctionCode"), False),
    ("Read", anything("ssm:StartSession"), False),
    ("Power", anything("ec2:RunInstances"), True),
    ("Power", anything("lambda:UpdateFunctionCode"), True),
    ("Power", own_role("iam:CreateRole"), False),
    ("Power", own_role("iam:PassRole"), False),
    ("Power", own_role("sts:AssumeRole"), True),
    ("Power", old_role("sts:AssumeRole"), False),
    ("Power", anything("organizations:LeaveOrganization"), False),
    ("PowerAndIam", own_role("iam:CreateRole"), True),
    ("PowerAndIam", own_role("iam:PassRole"), True),
    ("PowerAndIam", old_role("iam:PassRole"), False),
    ("PowerAndIam", old_role("iam:AttachRolePolicy"), False),
    ("PowerAndIam", anything("iam:CreateUser"), False),
    ("PowerAndIam", anything("iam:CreateAccessKey"), False),
    ("PowerAndIam", anything("iam:UpdateLoginProfile"), False),
    ("Admin", own_role("iam:CreateRole"), True),
    ("Admin", starting(own_role("iam:CreateRole"), boundary=""), False),
    ("Admin", old_role("iam:PassRole"), False),
    ("Admin", old_role("sts:AssumeRole"), False),
    ("Admin", anything("iam:CreateUser"), False),
    ("Admin", anything("organizations:LeaveOrganization"), False),
    ("Admin", anything("account:PutAlternateContact"), False),
    ("Admin", anything("sts:GetFederationToken"), False),
]


# Ways to act with a role that sits on compute; none needs an iam action (docs/security.md, "roles on compute").
CASES += [("Power", anything(action), True) for action in ON_COMPUTE.values()]
CASES += [("Read", anything(action), False) for action in ON_COMPUTE.values()]
CASES += [
    ("Power", own_role(f"iam:{action}"), False)
    for action in ("AttachRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy", "CreatePolicyVersion")
]
CASES += [
    (level, anything(action), False)
    for level in ("Power", "PowerAndIam", "Admin")
    for action in IDENTITIES.values()
]


@pytest.mark.parametrize(
    ("level", "scene", "may"),
    CASES,
    ids=lambda one: f"{one.action} on {one.resource}" if isinstance(one, Scene) else str(one),
)
def test_a_level_can_do_what_its_name_says_and_not_escalate(
    level: str, scene: Scene, may: bool, subjects: list[Subject], summary: list[str]
) -> None:
    about = [one for one in subjects if one.level.name == level and one.estate.name == "example"]
    assert about
    assert {allowed(subject, scene) for subject in about} == {may}
    for judged in (snapshot(arn) for subject in about for arn in subject.level.managed_policies):
        line = f"snapshot of an AWS managed policy: {judged.name} (moto {version('moto')})"
        summary += [line] if line not in summary else []
