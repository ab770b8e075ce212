"""Quotas, sizes, names and delete conflicts of IAM's own API, which moto does not know.

Numbers: IAM User Guide, "IAM and AWS STS quotas" (facts/iam.md 6); error codes: botocore's IAM model.  White
space in policies is not counted.  CloudFormation's resources have the same in `providers`.
"""

import re
from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import (
    DeleteConflictException,
    EntityAlreadyExists,
    LimitExceededException,
    NoSuchEntity,
    ValidationError,
)
from moto.iam.models import Group, Role, User
from moto.iam.responses import IamResponse

from jumpcf.local.providers.base import Where
from jumpcf.local.providers.identities import (
    ATTACHED_POLICIES,
    INLINE_SIZES,
    MANAGED_POLICY_SIZE,
    TRUST_SIZE,
    check_policy,
    size,
)
from jumpcf.local.refusals import ResourceRefused

USERS, GROUPS, ROLES, POLICIES = 5000, 300, 1000, 1500
GROUPS_OF_USER, DEVICES_OF_USER = 10, 8
DESCRIPTION, TAGS = 1000, 50
DEVICE = 226  # characters of a virtual device's name; no reference states it, its ARN has 256 at most
SESSION = (3600, 43200)  # MaxSessionDuration, seconds
_LENGTHS = {"UserName": 64, "RoleName": 64, "GroupName": 128, "PolicyName": 128}
_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)

Holder = User | Role | Group


def quota(what: str, used: int, most: int) -> None:
    if used > most:
        raise LimitExceededException(f"Cannot exceed quota for {what}: {most}")


def _check_name(parameter: str, name: str, longest: int) -> None:
    if not _NAME.fullmatch(name) or len(name) > longest:
        at = parameter[0].lower() + parameter[1:]
        shown = "".join(one if one.isprintable() else "?" for one in name)  # XML has no control characters
        raise ValidationError(
            f"1 validation error detected: Value '{shown}' at '{at}' failed to satisfy constraint: Member must "
            f"have length less than or equal to {longest} and satisfy regular expression pattern: [\\w+=,.@-]+"
        )


class Limits(IamResponse):
    """Every call that can exceed something, checked before moto does it."""

    def create_user(self) -> ActionResult:
        self._new("User", self.backend.users, USERS)
        boundary = self._boundary()
        result = super().create_user()
        vars(self.backend.get_user(self._get_param("UserName")))["permissions_boundary_arn"] = boundary
        return result

    def create_group(self) -> ActionResult:
        self._new("Group", self.backend.groups, GROUPS)
        return super().create_group()

    def create_virtual_mfa_device(self) -> ActionResult:
        _check_name("VirtualMFADeviceName", self._get_param("VirtualMFADeviceName"), DEVICE)
        return super().create_virtual_mfa_device()

    def create_role(self) -> ActionResult:
        self._new("Role", [role.name for role in self.backend.get_roles()], ROLES)
        quota("ACLSizePerRole", size(self._get_param("AssumeRolePolicyDocument")), TRUST_SIZE)
        self._boundary()
        self._role_values()
        return super().create_role()

    def create_policy(self) -> ActionResult:
        own = [one.name for one in self.backend.managed_policies.values() if ":aws:policy/" not in one.arn]
        self._new("Policy", own, POLICIES)
        quota("PolicySize", size(self._get_param("PolicyDocument")), MANAGED_POLICY_SIZE)
        return super().create_policy()

    def create_policy_version(self) -> ActionResult:
        quota("PolicySize", size(self._get_param("PolicyDocument")), MANAGED_POLICY_SIZE)
        return super().create_policy_version()

    def update_assume_role_policy(self) -> ActionResult:
        quota("ACLSizePerRole", size(self._get_param("PolicyDocument")), TRUST_SIZE)
        return super().update_assume_role_policy()

    def update_role(self) -> ActionResult:
        """What is not given stays as it is; moto would set it back."""
        role = self.backend.get_role(self._get_param("RoleName"))
        self._role_values()
        self.backend.update_role(
            role.name,
            self._get_param("Description", role.description),
            self._get_param("MaxSessionDuration", role.max_session_duration),
        )
        return EmptyResult()

    def attach_user_policy(self) -> ActionResult:
        self._attachable(self.backend.get_user(self._get_param("UserName")), "User")
        return super().attach_user_policy()

    def attach_group_policy(self) -> ActionResult:
        self._attachable(self.backend.get_group(self._get_param("GroupName")), "Group")
        return super().attach_group_policy()

    def attach_role_policy(self) -> ActionResult:
        self._attachable(self.backend.get_role(self._get_param("RoleName")), "Role")
        return super().attach_role_policy()

    def put_user_policy(self) -> ActionResult:
        self._fits(self.backend.get_user(self._get_param("UserName")), "user")
        return super().put_user_policy()

    def put_group_policy(self) -> ActionResult:
        self._fits(self.backend.get_group(self._get_param("GroupName")), "group")
        return super().put_group_policy()

    def put_role_policy(self) -> ActionResult:
        self._fits(self.backend.get_role(self._get_param("RoleName")), "role")
        return super().put_role_policy()

    def put_role_permissions_boundary(self) -> ActionResult:
        self._boundary()
        return super().put_role_permissions_boundary()

    def put_user_permissions_boundary(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        vars(user)["permissions_boundary_arn"] = self._boundary()
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        if not vars(user).get("permissions_boundary_arn"):
            raise NoSuchEntity(f"No permissions boundary is associated with User {user.name}")
        vars(user)["permissions_boundary_arn"] = None
        return EmptyResult()

    def tag_user(self) -> ActionResult:
        name, tags = self._get_param("UserName"), self._get_param("Tags", [])
        held = {one["Key"] for one in self.backend.list_user_tags(name)}
        quota("TagsPerUser", len(held | {one["Key"] for one in tags}), TAGS)
        return super().tag_user()

    def add_user_to_group(self) -> ActionResult:
        name, group = self._get_param("UserName"), self._get_param("GroupName")
        groups = {one.name for one in self.backend.get_groups_for_user(name)} | {group}
        quota("GroupsPerUser", len(groups), GROUPS_OF_USER)
        return super().add_user_to_group()

    def enable_mfa_device(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        quota("MfaDevicesPerUser", len(user.mfa_devices) + 1, DEVICES_OF_USER)
        return super().enable_mfa_device()

    def delete_user(self) -> ActionResult:
        """IAM API reference, DeleteUser: everything that hangs on the user goes first."""
        user = self.backend.get_user(self._get_param("UserName"))
        _free(
            (user.password, "delete login profile"),
            (user.mfa_devices, "deactivate all MFA devices"),
            (user.access_keys, "delete access keys"),
            (user.signing_certificates, "delete signing certificates"),
            (user.ssh_public_keys, "delete SSH public keys"),
            (vars(user).get("service_credentials"), "delete service specific credentials"),
            (user.managed_policies, "detach all policies"),
            (user.policies, "delete policies"),
            (self.backend.get_groups_for_user(user.name), "remove user from all groups"),
        )
        return super().delete_user()

    def delete_group(self) -> ActionResult:
        group = self.backend.get_group(self._get_param("GroupName"))
        _free(
            (group.users, "remove users from group"),
            (group.managed_policies, "detach all policies"),
            (group.policies, "delete policies"),
        )
        return super().delete_group()

    def delete_policy(self) -> ActionResult:
        policy = self.backend.get_policy(self._get_param("PolicyArn"))
        holders: list[Holder] = [*self.backend.users.values(), *self.backend.groups.values()]
        holders += self.backend.get_roles()
        bounded = (vars(one).get("permissions_boundary_arn") == policy.arn for one in holders)
        if any(policy.arn in one.managed_policies for one in holders) or any(bounded):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy."
            )
        return super().delete_policy()

    def delete_virtual_mfa_device(self) -> ActionResult:
        device = self.backend.virtual_mfa_devices.get(self._get_param("SerialNumber"))
        if device is not None and device.user is not None:
            raise DeleteConflictException("MFA VirtualDevice in use. Must deactivate first.")
        return super().delete_virtual_mfa_device()

    def _new(self, kind: str, taken: Iterable[str], most: int) -> None:
        """A name that is short and plain enough, not taken in any letter case, in an account with room."""
        parameter = f"{kind}Name"
        name, names = self._get_param(parameter), list(taken)
        longest = _LENGTHS[parameter]
        _check_name(parameter, name, longest)
        if name.lower() in (one.lower() for one in names):
            raise EntityAlreadyExists(f"{kind} with name {name} already exists.")
        quota(f"{'Policies' if kind == 'Policy' else kind + 's'}PerAccount", len(names) + 1, most)

    def _boundary(self) -> str | None:
        """The boundary that is given, which must exist."""
        arn = self._get_param("PermissionsBoundary")
        if arn:
            self._known(arn)
        return str(arn) if arn else None

    def _known(self, arn: str) -> None:
        try:
            check_policy(Where(self.current_account, self.region), arn)
        except ResourceRefused as refused:
            raise NoSuchEntity(refused.message) from None

    def _attachable(self, holder: Holder, kind: str) -> None:
        arn = self._get_param("PolicyArn")
        self._known(arn)
        quota(f"PoliciesPer{kind}", len({*holder.managed_policies, arn}), ATTACHED_POLICIES)

    def _fits(self, holder: Holder, kind: str) -> None:
        """The sum of the inline policies."""
        documents = holder.policies | {self._get_param("PolicyName"): self._get_param("PolicyDocument")}
        if sum(map(size, documents.values())) > INLINE_SIZES[kind]:
            raise LimitExceededException(
                f"Maximum policy size of {INLINE_SIZES[kind]} bytes exceeded for {kind} {holder.name}"
            )

    def _role_values(self) -> None:
        seconds, description = self._get_param("MaxSessionDuration"), self._get_param("Description") or ""
        if seconds is not None and not SESSION[0] <= int(seconds) <= SESSION[1]:
            raise ValidationError(
                f"1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy "
                f"constraint: Member must have value between {SESSION[0]} and {SESSION[1]}"
            )
        if len(description) > DESCRIPTION:
            raise ValidationError(
                "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must "
                f"have length less than or equal to {DESCRIPTION}"
            )


def _free(*things: tuple[Any, str]) -> None:
    for held, what in things:
        if held:
            raise DeleteConflictException(f"Cannot delete entity, must {what} first.")
