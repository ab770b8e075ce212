"""Rows on the session of a jump role: the fence, the boundary with its ceiling, the levels' own statements."""

from tests.battery.rows import Row, actions, rows, starting
from tests.battery.scenes import Scene

WORK = Scene(caller="session", action="s3:GetObject", resource="object")
"""A jump role's session works from the partner's network, in time."""

FENCE: list[Row] = [
    *rows(
        "fence",
        WORK,
        [
            ("the session works inside the network", "", "", "allow", "*"),
            ("from both ends of every network", "network", "every end", "allow", "*"),
            ("not outside", "network", "outside", "deny", "DenyOutsideNetworks", "session-fence"),
            ("not outside by IPv6", "network", "outside v6", "deny", "DenyOutsideNetworks", "session-fence"),
            (
                "not from the address beside the network",
                "network",
                "neighbour",
                "deny",
                "DenyOutsideNetworks",
                "session-fence",
            ),
            (
                "not through a VPC endpoint",
                "network",
                "vpc endpoint",
                "deny",
                "DenyOutsideNetworks",
                "session-fence",
            ),
            (
                "not through AWS's managed MCP server",
                "key",
                "aws:ViaAWSMCPService=true",
                "deny",
                "DenyManagedMcp",
            ),
            ("by a service on its behalf, from inside", "key", "aws:ViaAWSService=true", "allow", "*"),
            ("the last second", "time", "before end", "allow", "*", "ends-with-all"),
            ("not from the end on", "time", "end", "deny", "DenyAfterEnd"),
            ("not an hour after the end", "time", "hour-after end", "deny", "DenyAfterEnd"),
            ("not years after the end", "time", "years-after end", "deny", "DenyAfterEnd"),
            (
                "the last second of the user's own time",
                "time",
                "before user end",
                "allow",
                "*",
                "ends-earlier",
            ),
            (
                "not from the end of the user's own time on",
                "time",
                "user end",
                "deny",
                "DenyEndedUsers*",
                "ends-earlier",
            ),
        ],
    ),
    *rows(
        "fence",
        starting(WORK, time="user end", session="somebody else"),
        [
            ("one user's end leaves a colleague at work", "", "", "allow", "*"),
            ("it ends the session under his name", "session", "own", "deny", "DenyEndedUsers*"),
            ("not a session whose name only begins so", "session", "longer", "allow", "*"),
        ],
        when="ends-earlier",
    ),
    *rows(
        "fence",
        WORK,
        [
            ("not of who left", "session", "who left first", "deny", "DenyLeftUsers*"),
            ("not of whoever else left", "session", "who left last", "deny", "DenyLeftUsers*"),
            ("of who is named like him and more", "session", "who left, longer", "allow", "*"),
            ("of whose name ends like his", "session", "ends like who left", "allow", "*"),
        ],
        when="left",
    ),
    *rows(
        "fence",
        WORK,
        [("of who left under a name that is not his", "session", "default", "allow", "*")],
        when="left unnamed",
    ),
    *rows(
        "fence",
        starting(WORK, key="aws:ViaAWSService=true"),
        [
            (
                "a service on its behalf from outside is held too",
                "network",
                "outside",
                "deny",
                "DenyOutsideNetworks",
            )
        ],
        when="session-fence",
    ),
]
for _action in (
    "iam:CreateRole",
    "sts:AssumeRole",
    "ec2:RunInstances",
    "ssm:StartSession",
    "sts:GetCallerIdentity",
):
    FENCE += rows(
        "fence",
        starting(WORK, action=_action, resource="*"),
        [
            (f"{_action} inside", "", "", "allow", "*"),
            (f"{_action} not outside", "network", "outside", "deny", "DenyOutsideNetworks", "session-fence"),
            (f"{_action} not after the end", "time", "end", "deny", "DenyAfterEnd"),
        ],
    )

LOOK = starting(WORK, action="iam:GetRole", resource="*")

_IDENTITIES = """
    iam:CreateAccessKey iam:UpdateAccessKey iam:DeleteAccessKey iam:CreateAccountAlias iam:DeleteAccountAlias
    iam:CreateServiceSpecificCredential iam:ResetServiceSpecificCredential iam:UpdateSigningCertificate
    iam:DeleteSigningCertificate iam:AddUserToGroup iam:AttachGroupPolicy iam:AttachUserPolicy
    iam:CreateVirtualMFADevice iam:CreateGroup iam:CreateLoginProfile iam:CreateUser iam:DeactivateMFADevice
    iam:DeleteAccountPasswordPolicy iam:DeleteGroup iam:DeleteGroupPolicy iam:DeleteLoginProfile
    iam:DeleteSSHPublicKey iam:DeleteUser iam:DeleteUserPolicy iam:DeleteVirtualMFADevice
    iam:DetachGroupPolicy iam:DetachUserPolicy iam:EnableMFADevice iam:PutGroupPolicy iam:PutUserPolicy
    iam:PutUserPermissionsBoundary iam:RemoveUserFromGroup iam:ResyncMFADevice
    iam:SetSTSRegionalEndpointStatus iam:SetSecurityTokenServicePreferences iam:TagMFADevice iam:TagUser
    iam:UntagMFADevice iam:UntagUser iam:UpdateAccountPasswordPolicy iam:UpdateGroup iam:UpdateLoginProfile
    iam:UpdateSSHPublicKey iam:UpdateUser iam:UploadSSHPublicKey iam:UploadServerCertificate
    iam:UploadSigningCertificate
"""
_FEDERATION = """
    iam:CreateDelegationRequest iam:AcceptDelegationRequest iam:AddClientIDToOpenIDConnectProvider
    iam:CreateSAMLProvider iam:CreateOpenIDConnectProvider iam:DeleteSAMLProvider
    iam:DeleteOpenIDConnectProvider iam:DisableOrganizationsRootSessions
    iam:DisableOutboundWebIdentityFederation iam:EnableOrganizationsRootCredentialsManagement
    iam:EnableOutboundWebIdentityFederation iam:PutAccountProperties
    iam:RemoveClientIDFromOpenIDConnectProvider iam:SendDelegationToken iam:TagSAMLProvider
    iam:UntagOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint iam:UpdateSAMLProvider
    cognito-identity:UpdateIdentityPool ds:EnableRoleAccess ds:ResetUserPassword ds-data:AddGroupMember
    ds-data:CreateUser
    iot:CreateRoleAlias iot:UpdateRoleAlias
    rolesanywhere:CreateTrustAnchor rolesanywhere:EnableProfile rolesanywhere:ImportCrl
    rolesanywhere:PutAttributeMapping rolesanywhere:UpdateProfile
    ssm:CreateActivation
    identitystore:CreateUser identitystore:DeleteUser identitystore:UpdateUser
    signin:DeleteConsoleAuthorizationConfiguration signin:PutConsoleAuthorizationConfiguration
    sso:AttachManagedPolicyToPermissionSet sso:CreateAccountAssignment sso:CreateInstance
    sso:DeletePermissionsBoundaryFromPermissionSet sso:DetachManagedPolicyFromPermissionSet
    sso:PutInlinePolicyToPermissionSet sso:UpdatePermissionSet
    sso-directory:CreateUser sso-directory:UpdatePassword
    sts:AssumeRoot sts:GetFederationToken sts:GetWebIdentityToken sts:SetContext
    transfer:CreateUser transfer:ImportSshPublicKey transfer:UpdateServer
"""
_HOOKS = """
    cloudformation:ActivateType cloudformation:DeactivateType cloudformation:DeregisterType
    cloudformation:RegisterType cloudformation:SetTypeConfiguration cloudformation:SetTypeDefaultVersion
    cloudformation:CreateStackRefactor cloudformation:ExecuteStackRefactor
"""
_ROLE_CHANGES = """
    iam:AttachRolePolicy iam:CreateRole iam:DeleteRole iam:DeleteRolePolicy iam:DetachRolePolicy
    iam:PutRolePermissionsBoundary iam:PutRolePolicy iam:UpdateAssumeRolePolicy iam:UpdateRole
    iam:UpdateRoleDescription
"""
_ROLE_USES = "iam:PassRole iam:TagRole iam:UntagRole sts:AssumeRole"
_OF_POLICIES = """
    iam:CreatePolicy iam:CreatePolicyVersion iam:DeletePolicy iam:DeletePolicyVersion iam:SetDefaultPolicyVersion
"""
_OF_PROFILES = "iam:AddRoleToInstanceProfile iam:DeleteInstanceProfile iam:RemoveRoleFromInstanceProfile"
_PROTECTED_ROLES = """
    {arn}:iam::{account}:role/jump/{partner}-dev-Admin
    {arn}:iam::{account}:role/jump/something/new
    {arn}:iam::{account}:role/stacksets-exec-0123456789abcdef
    {arn}:iam::{account}:role/AWSCloudFormationStackSetExecutionRole
    {arn}:iam::{account}:role/AWSControlTowerExecution
    {arn}:iam::{account}:role/aws-controltower-AdministratorExecutionRole
    {arn}:iam::{account}:role/OrganizationAccountAccessRole
    {arn}:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0
    {arn}:iam::{account}:role/aws-service-role/member.org.stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgMember
"""
STACKSETS_ROLE = _PROTECTED_ROLES.split()[-1]
_TOUCHES = """
    iam:AddRoleToInstanceProfile iam:AttachRolePolicy iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole
    iam:DetachRolePolicy iam:PassRole iam:PutRolePolicy iam:RemoveRoleFromInstanceProfile iam:TagRole
    iam:UntagRole iam:UpdateRole sts:AssumeRole sts:SetSourceIdentity sts:TagSession
"""
OWN_STACK = "{arn}:cloudformation:eu-central-1:{account}:stack/web-shop/0a1b"
_PROTECTED_STACKS = """
    {arn}:cloudformation:eu-central-1:{account}:stack/StackSet-jump-{partner}-dev-0a1b/2c3d
    {arn}:cloudformation:eu-central-1:{account}:stack/AWSControlTowerBP-BASELINE/0a1b
    {arn}:cloudformation:eu-central-1:{account}:stack/CDKToolkit/0a1b
    {arn}:cloudformation:eu-central-1:{account}:stack/jump-pipeline/0a1b
    {arn}:cloudformation:eu-central-1:{account}:stackset/jump-x:0a1b
"""
_STACK_WRITES = """
    cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet cloudformation:DeleteStack
    cloudformation:SetStackPolicy cloudformation:CancelUpdateStack cloudformation:ContinueUpdateRollback
    cloudformation:CreateStackInstances cloudformation:SignalResource cloudformation:TagResource
    cloudformation:UpdateTerminationProtection
"""
_STACK_READS = """
    cloudformation:DescribeStacks cloudformation:DetectStackDrift cloudformation:GetTemplate
    cloudformation:ListStackResources
"""
MINE = starting(WORK, resource="mine", boundary="own")


def _later_templates() -> list[Row]:
    made = []
    for action in (
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:StartInstanceRefresh",
        "autoscaling:UpdateAutoScalingGroup",
    ):
        fixed = "autoscaling:LaunchTemplateVersionSpecified=true"
        later = "autoscaling:LaunchTemplateVersionSpecified=false"
        made += rows(
            "boundary",
            starting(WORK, action=action, resource="*", key=fixed),
            [
                (f"{action} of a fixed version of the launch template", "", "", "allow", "*"),
                (f"{action} of whatever version comes later", "key", later, "deny", "NoLaterTemplate"),
            ],
            when="strict",
        )
    return made


def _only_with_boundary() -> list[Row]:
    made = []
    for action in _ROLE_CHANGES.split():
        base = starting(MINE, action=action)
        table = [
            (f"{action} on a role of the delegated path with the boundary", "", "", "allow", "*"),
            (f"{action} without a boundary", "boundary", "", "deny", "OnlyWithBoundary"),
        ]
        made += rows("boundary", base, table)
        made += rows(
            "boundary",
            base,
            [(f"{action} on an old role", "resource", "old role", "deny", "DelegatedOnly")],
            "strict",
        )
    for other in (
        "elsewhere",
        "wider",
        "other level",
        "other grant",
        "other partner",
        "delegated policy",
        "AdministratorAccess",
    ):
        for action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary"):
            sentence = f"{action} with the boundary {other}"
            base = starting(MINE, action=action)
            made += rows("boundary", base, [(sentence, "boundary", other, "deny", "OnlyWithBoundary")])
    return made


def _delegated_only() -> list[Row]:
    made = []
    table = ((_ROLE_USES, "mine", "old role"), (_OF_POLICIES, "my policy", "old policy"))
    for names, inside, outside in (*table, (_OF_PROFILES, "my profile", "old profile")):
        for action in names.split():
            base = starting(MINE, action=action, resource=inside)
            made += rows("boundary", base, [(f"{action} in the delegated path", "", "", "allow", "*")])
            denied = (f"{action} outside the delegated path", "resource", outside, "deny", "DelegatedOnly")
            made += rows("boundary", base, [denied], "strict")
            known = (
                f"{action} outside the delegated path, where escalation was accepted",
                "resource",
                outside,
                "allow",
                "*",
            )
            made += rows("boundary", base, [known], "relaxed")
    return made


def _not_on_delegated_paths() -> list[Row]:
    """A wide role on a path from which strict levels take whatever lies there."""
    made = []
    for action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary"):
        planted = (f"{action} on a delegated path", "resource", "role of another level", "deny", "Not*Paths")
        made += rows("boundary", starting(MINE, action=action), [planted], "relaxed")
    return made


def _protect_roles() -> list[Row]:
    made = []
    for action in _TOUCHES.split():
        base = starting(MINE, action=action, resource="service-linked role")
        table = [(f"{action} on a service-linked role", "", "", "allow", "*")]
        table.append((f"{action} on StackSets' own role", "resource", STACKSETS_ROLE, "deny", "ProtectRoles"))
        made += rows("boundary", base, table)
    for role in _PROTECTED_ROLES.split():
        name = role.partition("role/")[2]
        for action in ("sts:TagSession", "iam:CreateServiceLinkedRole"):
            base = starting(MINE, action=action)
            made += rows(
                "boundary", base, [(f"{action} on {name}", "resource", role, "deny", "ProtectRoles")]
            )
    for role in _PROTECTED_ROLES.split()[:-1]:
        for action in ("iam:PassRole", "sts:AssumeRole"):
            sentence = f"{action} on {role.partition('role/')[2]}"
            made += rows(
                "boundary",
                starting(MINE, action=action),
                [(sentence, "resource", role, "deny", "ProtectRoles")],
            )
    return made


BOUNDARY: list[Row] = [
    *rows("boundary", LOOK, [("a session may look at roles", "", "", "allow", "*")]),
    *_only_with_boundary(),
    *actions(
        "boundary",
        starting(MINE, action="iam:PutRolePolicy"),
        "NoBoundaryRemoval",
        "iam:DeleteRolePermissionsBoundary",
    ),
    *actions("boundary", LOOK, "NoBoundaryRemoval", "iam:DeleteUserPermissionsBoundary"),
    *[
        row
        for action in (*_OF_POLICIES.split(), "iam:TagPolicy", "iam:UntagPolicy")
        for row in rows(
            "boundary",
            starting(MINE, action=action, resource="my policy"),
            [
                (f"{action} on an own policy", "", "", "allow", "*"),
                (f"{action} on a policy under /jump/", "resource", "jump policy", "deny", "NoJumpPolicies"),
            ],
        )
    ],
    *_protect_roles(),
    *[
        row
        for stack in _PROTECTED_STACKS.split()
        for row in rows(
            "boundary",
            starting(WORK, action="cloudformation:UpdateStack", resource=OWN_STACK),
            [
                (
                    f"UpdateStack on {stack.split(':')[-1] if ':' in stack else stack}",
                    "resource",
                    stack,
                    "deny",
                    "ProtectStacks",
                )
            ],
        )
    ],
    *rows(
        "boundary",
        starting(WORK, action="cloudformation:UpdateStack", resource=OWN_STACK),
        [("UpdateStack on an own stack", "", "", "allow", "*")],
    ),
    *actions(
        "boundary",
        starting(WORK, action="cloudformation:DescribeStacks", resource=_PROTECTED_STACKS.split()[0]),
        "ProtectStacks",
        _STACK_WRITES,
    ),
    *actions(
        "boundary",
        starting(WORK, action="cloudformation:DescribeStacks", resource=_PROTECTED_STACKS.split()[0]),
        "*",
        _STACK_READS,
        says="allow",
    ),
    *actions("boundary", LOOK, "NoHooks", _HOOKS),
    *actions("boundary", LOOK, "NoIdentities", _IDENTITIES),
    *actions("boundary", LOOK, "NoFederation", _FEDERATION),
    *_delegated_only(),
    *_not_on_delegated_paths(),
    *rows(
        "boundary",
        starting(MINE, action="sts:AssumeRole"),
        [
            ("a role of another level", "resource", "role of another level", "deny", "DelegatedOnly"),
            (
                "a role that was made under a wider boundary",
                "resource",
                "role made under a wider boundary",
                "deny",
                "DelegatedOnly",
            ),
            ("a role that he made takes no other one", "caller", "chained session", "deny", "NoChain"),
            (
                "a role of another account on our path",
                "key",
                "aws:ResourceAccount=999999999999",
                "deny",
                "NoOtherAccount",
            ),
            (
                "a role of an account that AWS does not name",
                "key",
                "-aws:ResourceAccount",
                "deny",
                "NoOtherAccount",
            ),
        ],
        when="strict",
    ),
    *_later_templates(),
    *rows(
        "boundary",
        starting(MINE, action="iam:PassRole"),
        [("a service-linked role may be passed", "resource", "service-linked role", "allow", "*")],
    ),
    *actions(
        "boundary",
        LOOK,
        "*",
        "iam:CreateInstanceProfile iam:ListRoles iam:GetPolicy lambda:UpdateFunctionCode ecs:RunTask"
        " ssm:StartSession codebuild:StartBuild sagemaker:CreatePresignedNotebookInstanceUrl",
        says="allow",
    ),
]

CEILING: list[Row] = [
    *rows("ceiling", WORK, [("the ceiling lets objects be read", "", "", "allow", "Ceiling")], "wide"),
    *actions(
        "ceiling",
        starting(WORK, resource="*"),
        "",
        "account:PutAlternateContact account:CloseAccount billing:UpdateBillingPreferences"
        " consolidatedbilling:GetAccountBillingRole invoicing:GetInvoicePDF payments:MakePayment"
        " purchase-orders:AddPurchaseOrder tax:UpdateTaxRegistration organizations:LeaveOrganization"
        " organizations:CreateAccount organizations:MoveAccount",
        says="nothing",
        when="wide",
    ),
    *actions(
        "ceiling",
        starting(WORK, resource="*"),
        "CeilingRead",
        "account:GetAccountInformation account:ListRegions organizations:DescribeOrganization"
        " organizations:ListRoots",
        says="allow",
        when="wide",
    ),
    *rows(
        "ceiling",
        starting(WORK, action="rds:StopDBInstance", resource="*"),
        [
            ("a ceiling of one's own lets its databases be stopped", "", "", "allow", "Ceiling1"),
            ("and its instances be described", "action", "ec2:DescribeInstances", "allow", "Ceiling1"),
            ("no instances be started", "action", "ec2:RunInstances", "nothing", ""),
            ("no objects be read", "action", "s3:GetObject", "nothing", ""),
            ("no roles be listed", "action", "iam:ListRoles", "nothing", ""),
            ("no metrics be written", "action", "cloudwatch:PutMetricData", "nothing", ""),
            ("no logs be deleted", "action", "logs:DeleteLogGroup", "nothing", ""),
        ],
        when="narrow",
    ),
    *actions(
        "ceiling",
        starting(WORK, action="rds:StopDBInstance", resource="*"),
        "Ceiling1",
        "cloudwatch:GetMetricData cloudwatch:ListMetrics logs:DescribeLogGroups logs:GetLogEvents",
        says="allow",
        when="narrow DbOperator",
    ),
]

INSTANCE = "{arn}:ec2:eu-central-1:{account}:instance/i-0a1b2c3d"
NODE = "{arn}:ssm:eu-central-1:{account}:managed-instance/mi-0a1b2c3d"
SHELL = "{arn}:ssm:eu-central-1:{account}:document/SSM-SessionManagerRunShell"
SSH = SHELL.replace("SSM-SessionManagerRunShell", "AWS-StartSSHSession")
FORWARDING = SHELL.replace("SSM-SessionManagerRunShell", "AWS-StartPortForwardingSession")
COMMAND = "{arn}:ssm:eu-central-1:{account}:document/AWS-RunShellScript"
HIS_SESSION = "{arn}:ssm:eu-central-1:{account}:session/some.body-0a1b"
_TAG = "ssm:resourceTag/jump-partner"
_CHECK = "ssm:SessionDocumentAccessCheck"
_SESSION_TAG = "ssm:resourceTag/aws:ssmmessages:session-id"
START = starting(WORK, action="ssm:StartSession", resource=INSTANCE, key=f"{_TAG}={{partner}}")

_CREDENTIALS = """
    cognito-identity:GetOpenIdTokenForDeveloperIdentity connect:GetFederationToken
    gamelift:GetComputeAccess gamelift:GetInstanceAccess license-manager:GetAccessToken s3:GetDataAccess
    ssm:GetAccessToken
"""

ROLE: list[Row] = [
    *actions(
        "role beside AWS's policy",
        starting(WORK, action="cognito-identity:DescribeIdentityPool", resource="*"),
        "Level1",
        _CREDENTIALS,
        when="Read",
    ),
    *rows(
        "role",
        START,
        [
            ("a shell on a tagged instance", "", "", "allow", "Level*"),
            ("a shell on a tagged node outside EC2", "resource", NODE, "allow", "Level*"),
            ("no shell on another partner's instance", "key", f"{_TAG}=other-partner", "nothing", ""),
            ("no shell on an instance whose tag goes on", "key", f"{_TAG}={{partner}}x", "nothing", ""),
            ("no shell on an instance without the tag", "key", "", "nothing", ""),
            ("no shell where the tag is in capitals", "key", f"{_TAG}={{PARTNER}}", "nothing", ""),
            (
                "no shell with the document check switched off",
                "key",
                f"{_TAG}={{partner}};{_CHECK}=false",
                "nothing",
                "",
            ),
            ("no shell by another session document", "resource", COMMAND, "nothing", ""),
            ("no command on a tagged instance", "action", "ssm:SendCommand", "nothing", ""),
            ("no automation", "action", "ssm:StartAutomationExecution", "nothing", ""),
            ("no shell on a task", "resource", "{arn}:ecs:eu-central-1:{account}:task/a/b", "nothing", ""),
            ("no new instance", "action", "ec2:RunInstances", "nothing", ""),
            ("no tag on an instance", "action", "ec2:CreateTags", "nothing", ""),
            (
                "no change of an instance's start script",
                "action",
                "ec2:ModifyInstanceAttribute",
                "nothing",
                "",
            ),
            ("no parameters", "action", "ssm:GetParameter", "nothing", ""),
            ("no roles", "action", "iam:PassRole", "nothing", ""),
        ],
        when="SSM",
    ),
    *rows(
        "role",
        starting(START, resource=SHELL, key=""),
        [
            ("the shell's session document", "", "", "allow", "Level*"),
            ("SSH's session document", "resource", SSH, "allow", "Level*"),
            ("port forwarding's session document", "resource", FORWARDING, "allow", "Level*"),
            ("not the document that runs commands", "resource", COMMAND, "nothing", ""),
            (
                "not where the document check is switched off",
                "key",
                "ssm:SessionDocumentAccessCheck=false",
                "nothing",
                "",
            ),
            ("with the document check", "key", "ssm:SessionDocumentAccessCheck=true", "allow", "Level*"),
        ],
        when="SSM",
    ),
    *rows(
        "role",
        starting(START, action="ssm:GetDocument", resource=SHELL, key=""),
        [
            ("the shell's document can be read", "", "", "allow", "Level*"),
            ("and described", "action", "ssm:DescribeDocument", "allow", "Level*"),
            ("so can SSH's", "resource", SSH, "allow", "Level*"),
            ("so can port forwarding's", "resource", FORWARDING, "allow", "Level*"),
            ("no other document", "resource", COMMAND, "nothing", ""),
            ("and not changed", "action", "ssm:UpdateDocument", "nothing", ""),
        ],
        when="SSM",
    ),
    *actions(
        "role",
        starting(WORK, action="ssm:DescribeSessions", resource="*"),
        "Level*",
        "ec2:DescribeInstances ssm:DescribeInstanceInformation ssm:DescribeInstanceProperties"
        " ssm:DescribeSessions ssm:GetConnectionStatus ssm:ListDocuments ssmmessages:OpenDataChannel",
        says="allow",
        when="SSM",
    ),
    *actions(
        "role",
        starting(WORK, action="ssm:DescribeSessions", resource="*"),
        "",
        "ssmmessages:OpenControlChannel ssmmessages:CreateControlChannel ec2:TerminateInstances s3:GetObject"
        " ssm:CreateDocument ssm:ModifyDocumentPermission kms:Decrypt",
        says="nothing",
        when="SSM",
    ),
    *rows(
        "role",
        starting(
            WORK,
            action="ssm:TerminateSession",
            resource=HIS_SESSION,
            key=f"{_SESSION_TAG}=AROAEXAMPLE00000000:{{user}}",
        ),
        [
            ("one's own session can be ended", "", "", "allow", "Level*"),
            ("and resumed", "action", "ssm:ResumeSession", "allow", "Level*"),
            ("not somebody else's", "key", f"{_SESSION_TAG}=AROAEXAMPLE00000000:some.body", "nothing", ""),
            (
                "not a session whose name goes on",
                "key",
                f"{_SESSION_TAG}=AROAEXAMPLE00000000:{{user}}x",
                "nothing",
                "",
            ),
            (
                "not a session under his name in capitals",
                "key",
                f"{_SESSION_TAG}=AROAEXAMPLE00000000:{{USER}}",
                "nothing",
                "",
            ),
            ("not a session without the tag", "key", "", "nothing", ""),
            ("no other thing of that tag", "resource", INSTANCE, "nothing", ""),
            ("and nothing else with it", "action", "ssm:SendCommand", "nothing", ""),
        ],
        when="SSM",
    ),
    *rows(
        "role",
        starting(
            WORK, action="rds:StopDBInstance", resource="*", key="aws:ResourceTag/jump-partner={partner}"
        ),
        [
            ("an operator stops a database of the partner", "", "", "allow", "Level1"),
            ("and starts it", "action", "rds:StartDBInstance", "allow", "Level1"),
            ("and a cluster", "action", "rds:StopDBCluster", "allow", "Level1"),
            ("and starts the cluster", "action", "rds:StartDBCluster", "allow", "Level1"),
            ("not another partner's", "key", "aws:ResourceTag/jump-partner=other-partner", "nothing", ""),
            ("not one without the tag", "key", "", "nothing", ""),
            ("not one whose tag goes on", "key", "aws:ResourceTag/jump-partner={partner}x", "nothing", ""),
            (
                "not one whose tag is in capitals",
                "key",
                "aws:ResourceTag/jump-partner={PARTNER}",
                "nothing",
                "",
            ),
            ("and never deletes it", "action", "rds:DeleteDBInstance", "nothing", ""),
        ],
        when="DbOperator",
    ),
    *rows(
        "role",
        starting(WORK, action="rds:StartDBInstance", resource="*"),
        [
            ("a level of one's own allows what it says", "", "", "allow", "Level1"),
            ("and no more", "action", "rds:DeleteDBInstance", "nothing", ""),
        ],
        when="Own",
    ),
]
