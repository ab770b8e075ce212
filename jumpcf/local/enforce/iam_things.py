"""Which resource each call of IAM is about (Service Authorization Reference, "Actions for AWS IAM").

A call that is in no row is not judged, and therefore refused.
"""

from moto.iam.models import IAMBackend, User

from jumpcf.local.enforce.asked import Asked, names
from jumpcf.local.enforce.callers import Caller, Context, tags
from jumpcf.local.enforce.calls import Call
from jumpcf.local.refusals import NotImplementedHere

_ROLE = names(
    """AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy
    GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags
    PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
    UpdateRoleDescription"""
)
_USER = names(
    """AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential
    CreateUser DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey
    DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary
    DeleteUserPolicy DetachUserPolicy EnableMFADevice GetLoginProfile GetMFADevice GetSSHPublicKey GetUser
    GetUserPolicy ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListSSHPublicKeys
    ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies ListUserTags
    PutUserPermissionsBoundary PutUserPolicy ResetServiceSpecificCredential ResyncMFADevice TagUser UntagUser
    UpdateAccessKey UpdateLoginProfile UpdateSSHPublicKey UpdateServiceSpecificCredential
    UpdateSigningCertificate UpdateUser UploadSSHPublicKey UploadSigningCertificate"""
)
_GROUP = names(
    """AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup
    GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup
    UpdateGroup"""
)
_POLICY = names(
    """CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion
    ListEntitiesForPolicy ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy
    UntagPolicy"""
)
_PROFILE = names(
    """AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile
    ListInstanceProfileTags RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile"""
)
_DEVICE = frozenset({"CreateVirtualMFADevice", "DeleteVirtualMFADevice"})
_PROVIDER = names(
    """AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider
    GetOpenIDConnectProvider ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider
    TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint"""
)
_WHOLE_ACCOUNT = names(
    """CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy GenerateCredentialReport
    GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary GetCredentialReport
    ListAccountAliases ListGroups ListInstanceProfiles ListOpenIDConnectProviders ListPolicies ListRoles
    ListSAMLProviders ListUsers ListVirtualMFADevices UpdateAccountPasswordPolicy"""
)
_BOUNDED = names(  # facts/iam.md 4.2: the actions that have iam:PermissionsBoundary
    """AttachRolePolicy AttachUserPolicy CreateRole CreateUser DeleteRole DeleteRolePermissionsBoundary
    DeleteRolePolicy DeleteUserPermissionsBoundary DeleteUserPolicy DetachRolePolicy DetachUserPolicy GetRole
    PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy UpdateAssumeRolePolicy
    UpdateRole UpdateRoleDescription"""
)
_SETS_BOUNDARY = ("CreateRole", "CreateUser", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary")


def asked(call: Call, caller: Caller) -> list[Asked]:
    """The action on its resource; giving a role to an instance profile also passes the role."""
    resource, context = _resource(call, caller)
    if call.operation in _BOUNDED and call.operation in _SETS_BOUNDARY:
        context.pop("iam:PermissionsBoundary", None)
        if boundary := call.text("PermissionsBoundary"):
            context["iam:PermissionsBoundary"] = boundary
    if call.operation not in _BOUNDED:
        context.pop("iam:PermissionsBoundary", None)
    if call.operation.startswith(("Attach", "Detach")):
        context["iam:PolicyARN"] = call.text("PolicyArn")
    context |= _requested_tags(call)
    made = [Asked(action=call.action, resource=resource, account=caller.account, context=context)]
    if call.operation == "AddRoleToInstanceProfile":
        role, more = _role(call, caller)
        more.pop("iam:PermissionsBoundary", None)
        more["iam:PassedToService"] = "ec2.amazonaws.com"
        made.append(Asked(action="iam:PassRole", resource=role, account=caller.account, context=more))
    if call.operation in ("UpdateUser", "UpdateGroup"):
        made.append(Asked(action=call.action, resource=_renamed(call, resource), account=caller.account))
    return made


def _renamed(call: Call, resource: str) -> str:
    """What the user or group is called afterwards: both must be allowed (IAM API reference, UpdateUser)."""
    kind = call.operation.removeprefix("Update")
    head, _, name = resource.rpartition("/")
    path = call.text("NewPath") or f"/{head.partition('/')[2]}/".replace("//", "/")
    stem = resource.partition("/")[0]
    return f"{stem}{path}{call.text(f'New{kind}Name') or name}"


def _resource(call: Call, caller: Caller) -> tuple[str, Context]:
    operation = call.operation
    if operation in _ROLE:
        return _role(call, caller)
    if operation in _USER or operation == "GetAccessKeyLastUsed":
        return _user(call, caller)
    if operation in _GROUP:
        group = caller.iam.groups.get(call.text("GroupName"))
        return group.arn if group else _new(call, caller, "group", "GroupName"), {}
    if operation in _POLICY:
        return call.text("PolicyArn") or _new(call, caller, "policy", "PolicyName"), {}
    if operation in _PROFILE:
        profile = caller.iam.instance_profiles.get(call.text("InstanceProfileName"))
        return profile.arn if profile else _new(call, caller, "instance-profile", "InstanceProfileName"), {}
    if operation in _DEVICE:
        return call.text("SerialNumber") or _new(call, caller, "mfa", "VirtualMFADeviceName"), {}
    if operation in _PROVIDER:
        url = call.text("Url").removeprefix("https://")
        arn = f"arn:{caller.iam.partition}:iam::{caller.account}:oidc-provider/{url}"
        return call.text("OpenIDConnectProviderArn") or arn, {}
    if operation in _WHOLE_ACCOUNT:
        return "*", {}
    raise NotImplementedHere(f"The embedded AWS cannot judge iam:{operation} (--enforce).")


def _role(call: Call, caller: Caller) -> tuple[str, Context]:
    name = call.text("RoleName")
    found = next((role for role in caller.iam.get_roles() if role.name == name), None)
    if found is None:
        return _new(call, caller, "role", "RoleName"), {}
    context = resource_tags({tag["Key"]: tag["Value"] for tag in found.tags})
    if found.permissions_boundary_arn:
        context["iam:PermissionsBoundary"] = found.permissions_boundary_arn
    return found.arn, context


def _user(call: Call, caller: Caller) -> tuple[str, Context]:
    found = _named_user(call, caller)
    if found is None:
        return _new(call, caller, "user", "UserName"), {}
    context = resource_tags({tag["Key"]: tag["Value"] for tag in found.tags or []})
    if boundary := vars(found).get("permissions_boundary_arn"):
        context["iam:PermissionsBoundary"] = boundary
    return found.arn, context


def _named_user(call: Call, caller: Caller) -> User | None:
    """The user that is named, or who owns the key that is asked about, or the caller."""
    iam: IAMBackend = caller.iam
    if call.operation == "GetAccessKeyLastUsed":
        return iam.get_user_from_access_key_id(call.text("AccessKeyId"))
    name = call.text("UserName")
    return iam.users.get(name) if name else caller.user


def _new(call: Call, caller: Caller, kind: str, parameter: str) -> str:
    """The ARN of what is not there yet, by its path and name."""
    name = call.text(parameter)
    if not name:
        raise NotImplementedHere(
            f"The embedded AWS cannot judge iam:{call.operation} without {parameter} (--enforce)."
        )
    return f"arn:{caller.iam.partition}:iam::{caller.account}:{kind}{call.text('Path') or '/'}{name}"


def resource_tags(values: dict[str, str]) -> Context:
    """IAM's resources have their tags under two names."""
    return tags("aws:ResourceTag/", values) | tags("iam:ResourceTag/", values)


def _requested_tags(call: Call) -> Context:
    """Tags.member.1.Key and .Value, and TagKeys.member.1, as condition keys."""
    context: Context = {}
    keys = [value for name, value in call.parameters.items() if name.startswith("TagKeys.member.")]
    for name, key in call.parameters.items():
        if name.startswith("Tags.member.") and name.endswith(".Key"):
            keys.append(key)
            context[f"aws:RequestTag/{key}"] = call.text(name.removesuffix("Key") + "Value")
    return context | ({"aws:TagKeys": tuple(keys)} if keys else {})
