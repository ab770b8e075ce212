import fnmatch
import importlib

import awacs.aws
import awacs.cloudformation
import orjson
import pytest
from unit.asking import decide

from jumpcf.iam import boundary as room
from jumpcf.iam import groups, selfservice
from jumpcf.iam.boundary import boundary, builtin_boundary
from jumpcf.iam.document import actions, allow, characters

GIVEN = {
    "partition": "aws",
    "boundary_path": "/jump/acme/dev/Power/strict/",
    "delegated_path": "/partner/acme/dev/Power/strict/",
}
STRICT = builtin_boundary(**GIVEN, strict=True)
RELAXED = builtin_boundary(**GIVEN, strict=False)
IAM = "arn:aws:iam::333333333333"
ANYWHERE = "arn:aws:rolesanywhere:eu-west-1:333333333333"
MINE = {
    "iam:PermissionsBoundary": f"{IAM}:policy/jump/acme/dev/Power/strict/StackSet-jump-acme-dev-BoundaryPower-X1"
}


@pytest.mark.parametrize("policy", [STRICT, RELAXED])
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:333333333333:instance/i-0123456789abcdef0"),
        ("iam:ListRoles", "*"),
        ("iam:CreateServiceLinkedRole", f"{IAM}:role/aws-service-role/x"),
        ("iam:GetAccountPasswordPolicy", "*"),
        ("iam:ListAccessKeys", "*"),
        ("organizations:DescribeOrganization", "*"),
        ("rolesanywhere:ListProfiles", "*"),
        ("cloudformation:DescribeStackRefactor", "*"),
        ("cloudformation:CreateStack", "arn:aws:cloudformation:eu-west-1:333333333333:stack/app/1"),
        ("cloudformation:DescribeStacks", "arn:aws:cloudformation:eu-west-1:333333333333:stack/jump-x/1"),
        ("iam:PassRole", f"{IAM}:role/partner/acme/dev/Power/strict/worker"),
        ("sts:AssumeRole", f"{IAM}:role/partner/acme/dev/Power/strict/worker"),
        ("iam:CreatePolicyVersion", f"{IAM}:policy/partner/acme/dev/Power/strict/own"),
    ],
)
def test_everyday_work_is_under_the_ceiling(policy, action, resource):
    here = {
        "aws:ResourceAccount": "333333333333",
        "aws:PrincipalAccount": "333333333333",
        "aws:PrincipalArn": f"{IAM}:role/jump/acme-dev-Power",
    }
    assert decide(policy, action, resource, here) == "Allow"


@pytest.mark.parametrize("policy", [STRICT, RELAXED])
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:DeleteRolePermissionsBoundary", f"{IAM}:role/partner/acme/dev/Power/strict/worker"),
        ("iam:CreatePolicy", f"{IAM}:policy/jump/acme/dev/Power/fake"),
        ("iam:CreatePolicyVersion", f"{IAM}:policy/jump/acme/dev/Power/StackSet-x"),
        ("iam:SetDefaultPolicyVersion", f"{IAM}:policy/jump/other/dev/Read/StackSet-x"),
        ("iam:UpdateRole", f"{IAM}:role/jump/acme-dev-Power"),
        ("iam:DeleteRolePolicy", f"{IAM}:role/jump/acme-dev-Power"),
        ("iam:CreateRole", f"{IAM}:role/jump/acme-dev-Extra"),
        ("iam:PassRole", f"{IAM}:role/stacksets-exec-0123456789abcdef"),
        ("sts:AssumeRole", f"{IAM}:role/OrganizationAccountAccessRole"),
        ("sts:AssumeRole", f"{IAM}:role/jump/other-dev-Admin"),
        (
            "cloudformation:UpdateStack",
            "arn:aws:cloudformation:eu-west-1:333333333333:stack/StackSet-jump-a-b-1/2",
        ),
        (
            "cloudformation:CreateChangeSet",
            "arn:aws:cloudformation:eu-west-1:333333333333:stack/StackSet-jump-a/2",
        ),
        (
            "cloudformation:UpdateStack",
            "arn:aws:cloudformation:eu-west-1:333333333333:stack/StackSet-baseline-1/2",
        ),
        ("cloudformation:RegisterType", "*"),
        ("cloudformation:CreateStackRefactor", "*"),
        ("cloudformation:ExecuteStackRefactor", "*"),
        ("iam:DeleteSAMLProvider", f"{IAM}:saml-provider/AWSSSO_x_DO_NOT_DELETE"),
        ("iam:DeleteLoginProfile", f"{IAM}:user/breakglass"),
        ("iam:RemoveUserFromGroup", f"{IAM}:group/admins"),
        ("iam:DeleteVirtualMFADevice", f"{IAM}:mfa/breakglass"),
        ("iam:UpdateAccountEmailAddress", "*"),
        ("cloudformation:DeleteStackSet", "arn:aws:cloudformation:eu-west-1:333333333333:stackset/any:1"),
        ("iam:CreateUser", f"{IAM}:user/x"),
        ("iam:CreateAccessKey", f"{IAM}:user/x"),
        ("iam:UpdateLoginProfile", f"{IAM}:user/x"),
        ("iam:UploadSSHPublicKey", f"{IAM}:user/x"),
        ("iam:CreateSAMLProvider", f"{IAM}:saml-provider/x"),
        ("iam:AcceptDelegationRequest", "*"),
        ("sts:AssumeRoot", "arn:aws:iam::333333333333:root"),
        ("sts:GetWebIdentityToken", "*"),
        ("rolesanywhere:CreateProfile", "*"),
        ("rolesanywhere:CreateTrustAnchor", "*"),
        ("rolesanywhere:EnableTrustAnchor", f"{ANYWHERE}:trust-anchor/0a1b"),
        ("rolesanywhere:ImportCrl", "*"),
        ("rolesanywhere:PutAttributeMapping", f"{ANYWHERE}:profile/0a1b"),
        ("rolesanywhere:UpdateProfile", f"{ANYWHERE}:profile/0a1b"),
    ],
)
def test_the_ways_around_are_closed_even_for_the_right_boundary(policy, action, resource):
    assert decide(policy, action, resource, MINE) == "Deny"


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"])
@pytest.mark.parametrize(
    ("context", "decision"),
    [
        (MINE, "Allow"),
        ({}, "Deny"),
        ({"iam:PermissionsBoundary": f"{IAM}:policy/AdministratorAccess"}, "Deny"),
        ({"iam:PermissionsBoundary": f"{IAM}:policy/jump/acme/dev/Admin/x"}, "Deny"),
        ({"iam:PermissionsBoundary": f"{IAM}:policy/jump/acme/dev/PowerAndIam/x"}, "Deny"),
    ],
)
def test_roles_are_made_and_changed_only_with_this_levels_boundary(action, context, decision):
    assert decide(STRICT, action, f"{IAM}:role/partner/acme/dev/Power/strict/worker", context) == decision


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:PassRole", f"{IAM}:role/legacy-admin"),
        ("iam:PutRolePermissionsBoundary", f"{IAM}:role/legacy-admin"),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/partner/acme/dev/Admin/strict/worker"),
        ("iam:DeleteRole", f"{IAM}:role/legacy-admin"),
        ("iam:TagRole", f"{IAM}:role/legacy-admin"),
        ("iam:CreateRole", f"{IAM}:role/other-dev-Power"),
        ("iam:RemoveRoleFromInstanceProfile", f"{IAM}:instance-profile/app"),
        ("sts:AssumeRole", f"{IAM}:role/legacy-admin"),
        ("iam:CreatePolicyVersion", f"{IAM}:policy/on-a-legacy-role"),
        ("iam:PassRole", f"{IAM}:role/partner/other/worker"),
    ],
)
def test_what_the_company_had_before_is_closed_only_by_strict(action, resource):
    assert decide(STRICT, action, resource, MINE) == "Deny"
    assert decide(RELAXED, action, resource, MINE) == "Allow"


@pytest.mark.parametrize("action", ["organizations:LeaveOrganization", "account:CloseAccount"])
def test_the_account_and_the_organization_are_beyond_the_ceiling(action):
    assert decide(RELAXED, action, "*", {}) == "implicit deny"


def test_a_ceiling_of_ones_own_gets_the_same_denies():
    own = boundary([allow("Ceiling1", action=actions("rds", "*"))], **GIVEN, strict=True)
    assert decide(own, "rds:StartDBInstance", "*", {}) == "Allow"
    assert decide(own, "ec2:RunInstances", "*", {}) == "implicit deny"
    ours, builtin = (orjson.loads(one.rendered)["Statement"] for one in (own, STRICT))
    assert ours[1:] == builtin[2:]


def test_a_ceiling_cannot_take_the_name_of_a_protecting_deny():
    with pytest.raises(ValueError, match="ProtectRoles stands twice"):
        boundary([allow("ProtectRoles", action=actions("rds", "*"))], **GIVEN, strict=True)


def test_the_built_in_boundary_leaves_room_for_a_ceiling_of_ones_own():
    longest = builtin_boundary(
        partition="aws-us-gov",
        boundary_path=f"/jump/{'p' * 20}/{'g' * 20}/{'L' * 20}/strict/",
        delegated_path=f"/partner/{'p' * 20}/{'g' * 20}/{'L' * 20}/{'b' * 20}/",
        strict=True,
    )
    assert characters(longest.rendered) < 5_800


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_every_arn_has_the_partition(partition):
    text = builtin_boundary(**(GIVEN | {"partition": partition}), strict=True).rendered.decode()
    assert f"arn:{partition}:iam::*:role/jump/*" in text
    assert "arn:aws:" not in text


def test_no_statement_allows_everything_on_everything():
    """Security Hub IAM.1 and CIS 1.16 look for a literal Allow of * on *."""
    for statement in orjson.loads(STRICT.rendered)["Statement"]:
        assert statement["Effect"] == "Deny" or "*" not in statement.get("Action", [])


def test_every_action_that_is_named_exists():
    """awacs lists the actions of every service; a misspelt one would deny nothing."""
    documents = [room.protection(**GIVEN, strict=True), list(room.ceiling()), [groups.deny_without_mfa()]]
    documents += [[groups.deny_identity_changes(keys=False)]]
    documents += [
        selfservice.self_service("aws", "1" * 12, "/p/", cli) for cli in ("aws-login", "access-keys")
    ]
    named = {
        action.JSONrepr()
        for statements in documents
        for statement in statements
        for action in statement.properties.get("Action", statement.properties.get("NotAction"))
    }
    unknown = []
    for name in sorted(named - {"*"}):
        service, action = name.split(":")
        module = importlib.import_module(f"awacs.{service.replace('-', '_')}")
        known = [each.action for each in vars(module).values() if isinstance(each, awacs.aws.Action)]
        if not fnmatch.filter(known, action):
            unknown.append(name)
    assert unknown == []


def test_the_short_patterns_against_hooks_mean_no_other_action():
    (hooks,) = (
        statement for statement in orjson.loads(STRICT.rendered)["Statement"] if statement["Sid"] == "NoHooks"
    )
    known = [
        each.action for each in vars(awacs.cloudformation).values() if isinstance(each, awacs.aws.Action)
    ]
    meant = {
        action
        for action in known
        for pattern in hooks["Action"]
        if fnmatch.fnmatch(f"cloudformation:{action}", pattern)
    }
    assert meant == {
        "ActivateType",
        "CreateStackRefactor",
        "DeactivateType",
        "DeregisterType",
        "ExecuteStackRefactor",
        "RegisterType",
        "SetTypeConfiguration",
        "SetTypeDefaultVersion",
    }


def test_no_role_of_another_account_is_taken_whatever_its_path():
    elsewhere = {"aws:ResourceAccount": "999999999999", "aws:PrincipalAccount": "333333333333"}
    role = "arn:aws:iam::999999999999:role/partner/acme/dev/Power/strict/worker"
    assert decide(STRICT, "sts:AssumeRole", role, elsewhere) == "Deny"
