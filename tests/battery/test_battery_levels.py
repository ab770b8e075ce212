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
from tests.battery.rows_sessions import MINE, OWN_STACK, WORK
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


def on_stack(action: str, stack: str) -> Scene:
    return starting(WORK, action=f"cloudformation:{action}", resource=stack)


def of_policy(action: str, policy: str) -> Scene:
    return starting(MINE, action=action, resource=policy)


OUR_STACK = "{arn}:cloudformation:eu-central-1:{account}:stack/StackSet-jump-{partner}-dev-0a1b/2c3d"
STACK_SET = "{arn}:cloudformation:eu-central-1:{account}:stackset/baseline:0a1b"

# docs/levels.md, "No level, under any boundary", and the built-in ceiling
_NEVER = """
    iam:DeleteUserPermissionsBoundary iam:CreateUser iam:CreateAccessKey iam:CreateLoginProfile
    iam:CreateSAMLProvider iam:CreateOpenIDConnectProvider iam:CreateDelegationRequest
    rolesanywhere:CreateTrustAnchor sso:CreateAccountAssignment sso:CreateInstance identitystore:CreateUser
    sso-directory:UpdatePassword cloudformation:RegisterType cloudformation:CreateStackRefactor
    organizations:LeaveOrganization account:PutAlternateContact account:CloseAccount
    billing:UpdateBillingPreferences payments:MakePayment tax:UpdateTaxRegistration
    purchase-orders:AddPurchaseOrder invoicing:GetInvoicePDF
"""
NEVER = [
    *(anything(action) for action in _NEVER.split()),
    own_role("iam:DeleteRolePermissionsBoundary"),
    starting(own_role("iam:PutRolePermissionsBoundary"), boundary="AdministratorAccess"),
    *(starting(MINE, action=f"{one}", resource="jump role") for one in ("iam:PassRole", "sts:AssumeRole")),
    *(on_stack(action, OUR_STACK) for action in ("UpdateStack", "DeleteStack", "CreateChangeSet")),
    *(on_stack(action, STACK_SET) for action in ("UpdateStackSet", "DeleteStackSet", "CreateStackInstances")),
    of_policy("iam:CreatePolicyVersion", "jump policy"),
    old_role("iam:PassRole"),
    old_role("sts:AssumeRole"),
    old_role("iam:CreateRole"),
    of_policy("iam:CreatePolicy", "old policy"),
    of_policy("iam:CreatePolicyVersion", "old policy"),
    starting(own_role("sts:AssumeRole"), key="aws:ResourceAccount=999999999999"),
]

# docs/levels.md, the known ways to more: what a level can do by roles that are there already
_BY_OTHERS = """
    lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration ssm:SendCommand ssm:StartSession
    ssm:StartAutomationExecution ec2:ModifyInstanceAttribute ec2:StartInstances ecs:RunTask ecs:ExecuteCommand
    glue:StartJobRun glue:UpdateJob sagemaker:CreatePresignedNotebookInstanceUrl codebuild:StartBuild
"""
_READS = """
    s3:GetObject dynamodb:GetItem logs:GetLogEvents sqs:ReceiveMessage ec2:DescribeInstanceAttribute
    lambda:GetFunction ssm:GetParameter
"""
_WRITES = """
    dynamodb:PutItem lambda:UpdateFunctionCode ssm:SendCommand ssm:StartSession ec2:RunInstances ec2:CreateTags
    kms:Decrypt secretsmanager:GetSecretValue sts:AssumeRole iam:CreateServiceLinkedRole
"""

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
    *((level, scene, False) for level in ("Admin", "Power", "PowerAndIam", "Read", "SSM") for scene in NEVER),
    *(("Read", anything(action), True) for action in _READS.split()),
    *(("Read", anything(action), False) for action in _WRITES.split()),
    *(
        (level, anything(action), True)
        for level in ("Admin", "Power", "PowerAndIam")
        for action in (*_BY_OTHERS.split(), "iam:CreateServiceLinkedRole")
    ),
    *(
        (level, on_stack("UpdateStack", OWN_STACK), may)
        for level, may in (("Power", True), ("Admin", True), ("Read", False), ("SSM", False))
    ),
    *(
        (level, of_policy(action, resource), True)
        for level in ("Admin", "PowerAndIam")
        for action, resource in (
            ("iam:CreatePolicy", "my policy"),
            ("iam:CreatePolicyVersion", "my policy"),
            ("iam:CreateInstanceProfile", "my profile"),
            ("iam:AddRoleToInstanceProfile", "my profile"),
            ("iam:AttachRolePolicy", "mine"),
            ("iam:UpdateAssumeRolePolicy", "mine"),
        )
    ),
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
CASES = list(dict.fromkeys(CASES))


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
