"""The permissions boundary: a ceiling, and the Denies that keep a partner from stepping around it.

The same boundary must be on every role that a partner's people create, so nothing in it may speak of
networks or dates.  It has no fixed name (CloudFormation could not replace it), so it is recognised by its
path; hence nobody below it may create or edit a policy under /jump/.
"""

import functools
from collections.abc import Sequence

from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.delegation import relaxed_only, strict_only
from jumpcf.iam.document import Clause, Document, actions, allow, deny, document

# What AWS's own control of the account hangs on, and what rolls our roles out.
_PROTECTED_ROLES = (
    "role/jump/*",
    "role/stacksets-exec-*",
    "role/AWSCloudFormationStackSet*",
    "role/AWSControlTowerExecution",
    "role/aws-controltower-*",
    "role/OrganizationAccountAccessRole",
    "role/aws-reserved/*",
    "role/aws-service-role/*stacksets.cloudformation.amazonaws.com/*",
)
_ANY_POLICY = "policy/jump/*"


@functools.cache
def ceiling() -> tuple[Clause, ...]:
    """Everything but the organization, the account itself and its bills.

    NotAction, because an Allow of * on * in a customer policy is a finding of Security Hub (IAM.1) and of
    the CIS benchmark even where it is only a boundary.
    """
    money = ("billing", "consolidatedbilling", "invoicing", "payments", "purchase-orders", "tax")
    outside = [name for service in ("account", *money, "organizations") for name in actions(service, "*")]
    read = [*actions("account", "Get*", "List*"), *actions("organizations", "Describe*", "List*")]
    return (allow("Ceiling", not_action=outside), allow("CeilingRead", action=read))


def protection(*, partition: str, boundary_path: str, delegated_path: str, strict: bool) -> list[Clause]:
    """The Denies that the compiler appends to every ceiling.

    `boundary_path` is where this boundary lies ("/jump/acme/dev/Power/strict/"); `delegated_path` is where
    the people of this level put roles and policies that they may change, pass and take
    ("/partner/acme/dev/Power/strict/").
    """
    mine = arn.iam(partition, "*", f"policy{boundary_path}*")
    statements = [_only_with(mine), _no_removal(), _no_jump_policies(partition), _protect_roles(partition)]
    statements += [_protect_stacks(partition), _no_hooks(), _no_identities(), _no_federation()]
    return [*statements, *(strict_only(partition, delegated_path) if strict else relaxed_only(partition))]


@functools.lru_cache(maxsize=64)
def builtin_boundary(*, partition: str, boundary_path: str, delegated_path: str, strict: bool) -> Document:
    """The boundary of a level that states no ceiling of its own."""
    return boundary(
        ceiling(),
        partition=partition,
        boundary_path=boundary_path,
        delegated_path=delegated_path,
        strict=strict,
    )


def boundary(
    ceiling: Sequence[Clause], *, partition: str, boundary_path: str, delegated_path: str, strict: bool
) -> Document:
    """A ceiling with its protection.  Sids of the ceiling must not be those of the protection."""
    protecting = protection(
        partition=partition, boundary_path=boundary_path, delegated_path=delegated_path, strict=strict
    )
    return document([*ceiling, *protecting])


def _only_with(mine: str) -> Clause:
    """A role may be made or changed only while it carries this boundary.

    The key is absent where a role has no boundary; a negated operator is then true, so the Deny holds.
    The actions are those that know the key (Service Authorization Reference, IAM).
    """
    return deny(
        "OnlyWithBoundary",
        action=actions(
            "iam",
            "*tachRolePolicy",
            "CreateRole",
            "DeleteRole*",
            "PutRole*",
            "UpdateAssumeRolePolicy",
            "UpdateRole*",
        ),
        condition=all_of(("StringNotLike", "iam:PermissionsBoundary", mine)),
    )


@functools.cache
def _no_removal() -> Clause:
    return deny(
        "NoBoundaryRemoval",
        action=actions("iam", "DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary"),
    )


@functools.cache
def _no_jump_policies(partition: str) -> Clause:
    """CreatePolicy too: a policy of one's own under /jump/ would pass for the boundary."""
    return deny(
        "NoJumpPolicies",
        action=actions(
            "iam",
            "CreatePolicy",
            "CreatePolicyVersion",
            "DeletePolicy",
            "DeletePolicyVersion",
            "SetDefaultPolicyVersion",
            "TagPolicy",
            "UntagPolicy",
        ),
        resource=[arn.iam(partition, "*", _ANY_POLICY)],
    )


@functools.cache
def _protect_roles(partition: str) -> Clause:
    """Roles that hold the account together can be neither changed, passed nor taken.

    Create* under /jump/ is among it: another role there would be within reach of a group's pattern.
    """
    writes = ("Add*", "Attach*", "Create*", "Delete*", "Detach*", "PassRole", "Put*", "Remove*", "Tag*")
    return deny(
        "ProtectRoles",
        action=[
            *actions("iam", *writes, "Untag*", "Update*"),
            *actions("sts", "Assume*", "SetSourceIdentity", "TagSession"),
        ],
        resource=[arn.iam(partition, "*", _role(partition, role)) for role in _PROTECTED_ROLES],
    )


def _role(partition: str, role: str) -> str:
    """In China some service principals end in amazonaws.com.cn; which one is in the path of the service-linked
    role is not verified on AWS, so both are meant there."""
    return role.replace("amazonaws.com/", "amazonaws.com*/") if partition == "aws-cn" else role


@functools.cache
def _protect_stacks(partition: str) -> Clause:
    """The stacks that make these roles, those of every other StackSet, and stack sets as such, are read only.

    Who may update a stack acts with its service role without iam:PassRole (CloudFormation User Guide,
    "CloudFormation service role"), so every write is meant: hence NotAction.  The company's baseline comes
    by StackSets as well, made by roles that no boundary holds: assumed, not verified on AWS, that their
    instances carry such a role (docs/live-checks.md).
    """
    return deny(
        "ProtectStacks",
        not_action=actions("cloudformation", "Describe*", "Detect*", "Get*", "List*"),
        resource=[
            arn.arn(partition, "cloudformation", resource, region="*", account="*")
            for resource in (
                "stack/StackSet-*",
                "stack/AWSControlTower*",
                "stack/CDKToolkit*",
                "stack/jump-*",
                "stackset/*",
            )
        ],
    )


@functools.cache
def _no_hooks() -> Clause:
    """A hook of one's own on AWS::IAM::Role could make every update and removal of our stacks fail.

    A stack refactor moves resources between stacks: it could take ours out of a stack that ProtectStacks
    covers.  Its two writing actions are denied whatever they name as the resource.  The patterns (short, for
    the size of the boundary) mean (De)activateType, (De)registerType, Create- and ExecuteStackRefactor.
    """
    return deny(
        "NoHooks",
        action=actions("cloudformation", "*ctivateType", "*egisterType", "*teStackRefactor", "SetType*"),
    )


@functools.cache
def _no_identities() -> Clause:
    """No users, groups, passwords, keys or devices in a target account: people come from the jump account.

    Nor are those that are there taken away or changed: they are the company's emergency access.
    """
    return deny(
        "NoIdentities",
        action=actions(
            "iam",
            "*AccessKey",
            "*AccountAlias",
            "*ServiceSpecificCredential",
            "*SigningCertificate",
            "AddUserToGroup",
            "AttachGroupPolicy",
            "AttachUserPolicy",
            "Create*MFADevice",
            "CreateGroup",
            "CreateLoginProfile",
            "CreateUser",
            "DeactivateMFADevice",
            "DeleteAccount*",
            "DeleteGroup*",
            "DeleteLoginProfile",
            "DeleteSSHPublicKey",
            "DeleteUser*",
            "DeleteVirtualMFADevice",
            "DetachGroupPolicy",
            "DetachUserPolicy",
            "EnableMFADevice",
            "PutGroupPolicy",
            "PutUser*",
            "RemoveUserFromGroup",
            "ResyncMFADevice",
            "SetST*",
            "SetSecurity*",
            "Tag*Device",
            "TagUser",
            "Untag*Device",
            "UntagUser",
            "UpdateAccount*",
            "UpdateGroup",
            "UpdateLoginProfile",
            "UpdateSSHPublicKey",
            "UpdateUser",
            "Upload*",
        ),
    )


_DOORS = {
    "iam": (
        "*DelegationRequest",
        "AddClientIDToOpenIDConnectProvider",
        "Create*Provider",
        "Delete*Provider",
        "DisableOrganizations*",
        "DisableOutbound*",
        "EnableOrganizations*",
        "EnableOutbound*",
        "PutAccountProperties",
        "RemoveClientIDFromOpenIDConnectProvider",
        "SendDelegationToken",
        "Tag*Provider",
        "Untag*Provider",
        "UpdateOpenIDConnectProviderThumbprint",
        "UpdateSAMLProvider",
    ),
    "cognito-identity": ("UpdateIdentityPool",),
    "ds": ("EnableR*", "Reset*"),
    "ds-data": ("A*", "C*"),
    "identitystore": ("Create*", "Delete*", "Update*"),
    "iot": ("*RoleAlias",),
    "rolesanywhere": ("Create*", "Enable*", "Import*", "Put*", "Update*"),
    "signin": ("Delete*", "Put*"),
    "ssm": ("CreateActivation",),
    "sso": ("A*", "Create*", "Del*", "Det*", "P*", "U*"),
    "sso-directory": ("*",),
    "sts": ("AssumeRoot", "GetFederationToken", "GetWebIdentityToken", "SetContext"),
    "transfer": ("Create*", "Import*", "Update*"),
}
"""No other door: identity providers, delegation, root sessions, tokens for outside services.

IAM Roles Anywhere gives sessions of roles to whoever holds a certificate of a trust anchor: nobody makes,
changes or switches on an anchor, a profile, a mapping or a revocation list.  A role alias of IoT, an
activation of Systems Manager and a key at Transfer Family give them to whoever holds a certificate, a
machine or a key, for years.
IAM Identity Center: its delegated administrator assigns people to every account, and any account may have an
instance of its own, whose users outlive the contract (IAM Identity Center User Guide, "Delegated
administration", "Account instances").  A*, P* and U* (short, for the size of the boundary) mean Add,
Associate, Attach, Provision, Put, Update, Untag.  sso-directory has the people of the older directory.
signin: who may sign in to the account's console (AWS Sign-In User Guide, console access control).
AWS Directory Service lets people of a directory into the console with roles, by passwords that are reset
there (its Administration Guide, "AWS Management Console access with Managed Microsoft AD credentials"); Cognito
gives an identity pool's role to whom the pool lets in; servers and users of Transfer Family stay for years.
"""


@functools.cache
def _no_federation() -> Clause:
    """No door but ours into the account, nor one that outlives the contract."""
    return deny(
        "NoFederation", action=[one for service in _DOORS for one in actions(service, *_DOORS[service])]
    )
