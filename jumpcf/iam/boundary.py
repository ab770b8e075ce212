"""The permissions boundary: a ceiling, and the Denies that keep a partner from stepping around it.

The same boundary must be on every role that a partner's people create, so nothing in it may speak of
networks or dates.  It has no fixed name (CloudFormation could not replace it), so it is recognised by its
path; hence nobody below it may create or edit a policy under /jump/.
"""

import functools
from collections.abc import Sequence

from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import Clause, Document, actions, allow, deny, document

# What AWS's own control of the account hangs on, and what rolls our roles out.
_PROTECTED_ROLES = (
    "role/jump/*",
    "role/stacksets-exec-*",
    "role/AWSCloudFormationStackSet*",
    "role/AWSControlTowerExecution",
    "role/OrganizationAccountAccessRole",
    "role/aws-reserved/*",
    "role/aws-service-role/*stacksets.cloudformation.amazonaws.com/*",
)
_ANY_POLICY = "policy/jump/*"


@functools.cache
def ceiling() -> tuple[Clause, ...]:
    """Everything but the organization and the account itself.

    NotAction, because an Allow of * on * in a customer policy is a finding of Security Hub (IAM.1) and of
    the CIS benchmark even where it is only a boundary.
    """
    outside = [*actions("account", "*"), *actions("aws-portal", "*"), *actions("organizations", "*")]
    read = [*actions("account", "Get*", "List*"), *actions("organizations", "Describe*", "List*")]
    return (allow("Ceiling", not_action=outside), allow("CeilingRead", action=read))


def protection(*, partition: str, boundary_path: str, delegated_path: str, strict: bool) -> list[Clause]:
    """The Denies that the compiler appends to every ceiling.

    `boundary_path` is where this boundary lies ("/jump/acme/dev/Power/"); `delegated_path` is where a
    partner's people put roles and policies that they may pass, take and edit ("/partner/acme/").
    """
    mine = arn.iam(partition, "*", f"policy{boundary_path}*")
    statements = [_only_with(mine), _no_removal(), _no_jump_policies(partition), _protect_roles(partition)]
    statements += [_protect_stacks(partition), _no_identities(), _no_federation()]
    if strict:
        statements.append(_delegated_only(partition, delegated_path))
    return statements


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
            "AttachRolePolicy",
            "CreateRole",
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
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
        resource=[arn.iam(partition, "*", role) for role in _PROTECTED_ROLES],
    )


@functools.cache
def _protect_stacks(partition: str) -> Clause:
    """The stacks that make these roles, and stack sets as such, are read only.

    Who may update a stack acts with its service role without iam:PassRole (CloudFormation User Guide,
    "CloudFormation service role"), so every write is meant: hence NotAction.
    """
    return deny(
        "ProtectStacks",
        not_action=actions("cloudformation", "Describe*", "Detect*", "Get*", "List*"),
        resource=[
            arn.arn(partition, "cloudformation", resource, region="*", account="*")
            for resource in ("stack/StackSet-jump-*", "stack/jump-*", "stackset/*")
        ],
    )


@functools.cache
def _no_identities() -> Clause:
    """No users, groups, passwords, keys or devices in a target account: people come from the jump account."""
    return deny(
        "NoIdentities",
        action=actions(
            "iam",
            "AddUserToGroup",
            "AttachGroupPolicy",
            "AttachUserPolicy",
            "CreateAccessKey",
            "CreateAccountAlias",
            "CreateGroup",
            "CreateLoginProfile",
            "CreateServiceSpecificCredential",
            "CreateUser",
            "CreateVirtualMFADevice",
            "DeactivateMFADevice",
            "DeleteAccountAlias",
            "DeleteAccountPasswordPolicy",
            "DeleteGroupPolicy",
            "DeleteUserPolicy",
            "DetachGroupPolicy",
            "DetachUserPolicy",
            "EnableMFADevice",
            "PutGroupPolicy",
            "PutUserPermissionsBoundary",
            "PutUserPolicy",
            "ResetServiceSpecificCredential",
            "UpdateAccessKey",
            "UpdateAccountPasswordPolicy",
            "UpdateGroup",
            "UpdateLoginProfile",
            "UpdateSSHPublicKey",
            "UpdateServiceSpecificCredential",
            "UpdateSigningCertificate",
            "Upload*",
            "UpdateUser",
        ),
    )


@functools.cache
def _no_federation() -> Clause:
    """No other door: identity providers, delegation, root sessions, tokens for outside services."""
    return deny(
        "NoFederation",
        action=[
            *actions(
                "iam",
                "*DelegationRequest",
                "AddClientIDToOpenIDConnectProvider",
                "CreateOpenIDConnectProvider",
                "CreateSAMLProvider",
                "DisableOrganizations*",
                "DisableOutbound*",
                "EnableOrganizations*",
                "EnableOutbound*",
                "PutAccountProperties",
                "SendDelegationToken",
                "UpdateOpenIDConnectProviderThumbprint",
                "UpdateSAMLProvider",
            ),
            *actions("sts", "AssumeRoot", "GetFederationToken", "GetWebIdentityToken"),
        ],
    )


def _delegated_only(partition: str, delegated_path: str) -> Clause:
    """Strict: pass, take and edit only what lies in the delegated path, and service-linked roles.

    Without this, existing roles that have no boundary can be passed to a service or taken, and the policies
    on them can be rewritten: no condition key of these actions knows the boundary.
    """
    open_to = (f"role{delegated_path}*", f"policy{delegated_path}*", "role/aws-service-role/*")
    return deny(
        "DelegatedOnly",
        action=[
            *actions(
                "iam",
                "CreatePolicyVersion",
                "DeletePolicy",
                "DeletePolicyVersion",
                "PassRole",
                "SetDefaultPolicyVersion",
            ),
            *actions("sts", "AssumeRole"),
        ],
        not_resource=[arn.iam(partition, "*", resource) for resource in open_to],
    )
