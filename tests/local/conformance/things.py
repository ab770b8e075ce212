"""What the bodies make in an account, each thing with a name that begins with `conformance-`, and its end.

A thing goes with everything that hangs on it, whatever a body did to it, last made first.
"""

import contextlib
import uuid
from typing import Any

from tests.local.conformance.ground import Ground
from tests.local.people import policy
from tests.local.support import refused

PREFIX = "conformance-"
GOOD, NEXT, THIRD = "Correct-Horse-12", "Another-Horse-23", "A-Third-Horse-34"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SEED = "Base32StringSeed"
_POLICY_FIELDS = (
    *("MinimumPasswordLength", "RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters"),
    *("RequireLowercaseCharacters", "AllowUsersToChangePassword", "MaxPasswordAge"),
    *("PasswordReusePrevention", "HardExpiry"),
)


def new_name() -> str:
    return f"{PREFIX}{uuid.uuid4().hex[:12]}"


class Things:
    """An account's IAM as its administrator, through which things are made."""

    def __init__(self, ground: Ground, member: str = "one") -> None:
        self.ground = ground
        self.account = ground.members[member]
        self.iam = ground.client("iam", self.account)

    def user(self, *statements: dict[str, Any], **more: Any) -> str:
        """A user with these statements as his own policy."""
        name = new_name()
        self.iam.create_user(UserName=name, Path="/conformance/", **more)
        self.ground.later(self.remove_user, name=name)
        if statements:
            self.iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy(*statements))
        return name

    def key(self, user: str) -> dict[str, Any]:
        """An access key of the user, when it works."""
        made: dict[str, Any] = self.iam.create_access_key(UserName=user)["AccessKey"]
        self.ground.accepted(self.ground.person("sts", made).get_caller_identity)
        return made

    def group(self) -> str:
        name = new_name()
        self.iam.create_group(GroupName=name, Path="/conformance/")
        self.ground.later(self.remove_group, name=name)
        return name

    def role(self, trust: str, **more: Any) -> str:
        """A role's name."""
        name = new_name()
        self.iam.create_role(RoleName=name, Path="/conformance/", AssumeRolePolicyDocument=trust, **more)
        self.ground.later(self.remove_role, name=name)
        return name

    def role_arn(self, name: str) -> str:
        return f"arn:aws:iam::{self.account}:role/conformance/{name}"

    def policy(self, document: str) -> str:
        """A managed policy's ARN."""
        made = self.iam.create_policy(PolicyName=new_name(), Path="/conformance/", PolicyDocument=document)
        arn = str(made["Policy"]["Arn"])
        self.ground.later(self.remove_policy, arn=arn)
        return arn

    def device(self, user: str) -> tuple[str, str]:
        """(serial number, seed) of a device that the administrator enrols for the user."""
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName=new_name())["VirtualMFADevice"]
        serial, seed = str(made["SerialNumber"]), made[SEED].decode()
        self.ground.later(self.iam.delete_virtual_mfa_device, SerialNumber=serial)
        codes = self.ground.code(seed), self.ground.code(seed)
        self.iam.enable_mfa_device(
            UserName=user, SerialNumber=serial, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
        )
        self.ground.later(self.iam.deactivate_mfa_device, UserName=user, SerialNumber=serial)
        return serial, seed

    def password_policy(self, **fields: Any) -> None:
        """Set the account's password policy, or with no fields delete it; what was there comes back."""
        self.ground.later(self._put_back, before=self.found_policy())
        if fields:
            self.iam.update_account_password_policy(**fields)
        else:
            self._put_back(None)

    def found_policy(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.iam.get_account_password_policy()["PasswordPolicy"]
        except self.iam.exceptions.NoSuchEntityException:
            return None
        return {name: found[name] for name in _POLICY_FIELDS if name in found}

    def _put_back(self, before: dict[str, Any] | None) -> None:
        if before is not None:
            self.iam.update_account_password_policy(**before)
        elif self.found_policy() is not None:
            self.iam.delete_account_password_policy()

    def remove_user(self, name: str) -> None:
        iam, named = self.iam, {"UserName": name}
        for one in iam.list_access_keys(**named)["AccessKeyMetadata"]:
            iam.delete_access_key(**named, AccessKeyId=one["AccessKeyId"])
        for group in iam.list_groups_for_user(**named)["Groups"]:
            iam.remove_user_from_group(**named, GroupName=group["GroupName"])
        for attached in iam.list_attached_user_policies(**named)["AttachedPolicies"]:
            iam.detach_user_policy(**named, PolicyArn=attached["PolicyArn"])
        for inline in iam.list_user_policies(**named)["PolicyNames"]:
            iam.delete_user_policy(**named, PolicyName=inline)
        if "PermissionsBoundary" in iam.get_user(**named)["User"]:
            iam.delete_user_permissions_boundary(**named)
        with contextlib.suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_login_profile(**named)
        iam.delete_user(**named)

    def remove_group(self, name: str) -> None:
        iam, named = self.iam, {"GroupName": name}
        for user in iam.get_group(**named)["Users"]:
            iam.remove_user_from_group(**named, UserName=user["UserName"])
        for attached in iam.list_attached_group_policies(**named)["AttachedPolicies"]:
            iam.detach_group_policy(**named, PolicyArn=attached["PolicyArn"])
        for inline in iam.list_group_policies(**named)["PolicyNames"]:
            iam.delete_group_policy(**named, PolicyName=inline)
        iam.delete_group(**named)

    def remove_role(self, name: str) -> None:
        iam, named = self.iam, {"RoleName": name}
        for profile in iam.list_instance_profiles_for_role(**named)["InstanceProfiles"]:
            iam.remove_role_from_instance_profile(**named, InstanceProfileName=profile["InstanceProfileName"])
            iam.delete_instance_profile(InstanceProfileName=profile["InstanceProfileName"])
        for attached in iam.list_attached_role_policies(**named)["AttachedPolicies"]:
            iam.detach_role_policy(**named, PolicyArn=attached["PolicyArn"])
        for inline in iam.list_role_policies(**named)["PolicyNames"]:
            iam.delete_role_policy(**named, PolicyName=inline)
        iam.delete_role(**named)

    def remove_policy(self, arn: str) -> None:
        for one in self.iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not one["IsDefaultVersion"]:
                self.iam.delete_policy_version(PolicyArn=arn, VersionId=one["VersionId"])
        self.iam.delete_policy(PolicyArn=arn)


def left(ground: Ground) -> list[str]:
    """The names of what bodies made in the account `one` and did not take away."""
    account = ground.members["one"]
    iam, found = ground.client("iam", account), []
    for call, rows, name in (
        ("list_users", "Users", "UserName"),
        ("list_groups", "Groups", "GroupName"),
        ("list_roles", "Roles", "RoleName"),
    ):
        found += [row[name] for row in getattr(iam, call)()[rows]]
    found += [row["PolicyName"] for row in iam.list_policies(Scope="Local")["Policies"]]
    found += [
        row["SerialNumber"].rpartition("/")[2] for row in iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    ]
    found += [row["Name"] for row in ground.client("s3", account).list_buckets()["Buckets"]]
    return [name for name in found if name.startswith(PREFIX)]


def code(call: Any, **given: Any) -> str:
    """The code with which the call is refused."""
    return refused(call, **given)[0]
