"""IAM as the tests of offboarding need it: one user, what he holds, and pages of one item each."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from collections.abc import Iterable
from typing import Any

from aws_world import Scripted, refused


class FakeIam(Scripted):
    """`held` maps each kind to its identifiers; a list that is in `lagging` shows what it had once more.
    `name` is None where there is no such user, `freeze` the freeze policy's document, None where there is none.
    Calls of `stuck` answer well and take nothing; after the call `gone_after` the user is gone."""

    def __init__(self, name: str | None = "ken", path: str = "/partner/acme/", partner: str = "acme") -> None:
        super().__init__()
        self.name, self.path = name, path
        self.tags = [{"Key": "own", "Value": "x"}, {"Key": "jump-partner", "Value": partner}]
        self.password = False
        self.keys: dict[str, str] = {}
        self.devices: list[str] = []
        self.virtual: set[str] = set()
        self.held: dict[str, list[str]] = {
            kind: [] for kind in ("certificates", "ssh", "credentials", "attached", "inline", "groups")
        }
        self.lagging: dict[str, list[str]] = {}
        self.stuck: set[str] = set()
        self.gone_after: str | None = None
        self.freeze: dict[str, Any] | None = {
            "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
        }
        self._last = ""

    def get_user(self, UserName: str) -> dict[str, Any]:
        self._check("GetUser", UserName)
        arn = f"arn:aws:iam::111111111111:user{self.path}{UserName}"
        return {"User": {"UserName": UserName, "Path": self.path, "Tags": self.tags, "Arn": arn}}

    def get_login_profile(self, UserName: str) -> dict[str, Any]:
        self._check("GetLoginProfile", UserName)
        if not self.password:
            raise refused("NoSuchEntity", "Login Profile for User ken cannot be found.")
        return {"LoginProfile": {"UserName": UserName}}

    def delete_login_profile(self, UserName: str) -> None:
        self._check("DeleteLoginProfile", UserName)
        self.password = False

    def list_access_keys(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"AccessKeyId": key, "Status": status} for key, status in self.keys.items()]
        return self._page("ListAccessKeys", "AccessKeyMetadata", UserName, items, Marker)

    def update_access_key(self, UserName: str, AccessKeyId: str, Status: str) -> None:
        self._check("UpdateAccessKey", UserName)
        self.keys[AccessKeyId] = Status

    def delete_access_key(self, UserName: str, AccessKeyId: str) -> None:
        self._check("DeleteAccessKey", UserName)
        if self._last not in self.stuck:
            del self.keys[AccessKeyId]

    def list_mfa_devices(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"SerialNumber": serial} for serial in self._seen("devices", self.devices)]
        return self._page("ListMFADevices", "MFADevices", UserName, items, Marker)

    def deactivate_mfa_device(self, UserName: str, SerialNumber: str) -> None:
        self._check("DeactivateMFADevice", UserName)
        self._drop(self.devices, SerialNumber)

    def delete_virtual_mfa_device(self, SerialNumber: str) -> None:
        self._check("DeleteVirtualMFADevice", self.name)
        if SerialNumber in self.devices:
            raise refused("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
        self.virtual.remove(SerialNumber)

    def list_signing_certificates(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"CertificateId": one} for one in self.held["certificates"]]
        return self._page("ListSigningCertificates", "Certificates", UserName, items, Marker)

    def delete_signing_certificate(self, UserName: str, CertificateId: str) -> None:
        self._check("DeleteSigningCertificate", UserName)
        self._drop(self.held["certificates"], CertificateId)

    def list_ssh_public_keys(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"SSHPublicKeyId": one} for one in self.held["ssh"]]
        return self._page("ListSSHPublicKeys", "SSHPublicKeys", UserName, items, Marker)

    def delete_ssh_public_key(self, UserName: str, SSHPublicKeyId: str) -> None:
        self._check("DeleteSSHPublicKey", UserName)
        self._drop(self.held["ssh"], SSHPublicKeyId)

    def list_service_specific_credentials(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"ServiceSpecificCredentialId": one} for one in self.held["credentials"]]
        key = "ServiceSpecificCredentials"
        return self._page("ListServiceSpecificCredentials", key, UserName, items, Marker)

    def delete_service_specific_credential(self, UserName: str, ServiceSpecificCredentialId: str) -> None:
        self._check("DeleteServiceSpecificCredential", UserName)
        self._drop(self.held["credentials"], ServiceSpecificCredentialId)

    def list_attached_user_policies(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"PolicyName": "x", "PolicyArn": one} for one in self.held["attached"]]
        return self._page("ListAttachedUserPolicies", "AttachedPolicies", UserName, items, Marker)

    def attach_user_policy(self, UserName: str, PolicyArn: str) -> dict[str, Any]:
        self._check("AttachUserPolicy", UserName)
        if self.freeze is None:
            raise refused("NoSuchEntity", f"Policy {PolicyArn} does not exist.")
        if self._last not in self.stuck:
            self.held["attached"].append(PolicyArn)
        return {}

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:
        self.check("GetPolicy")
        return {"Policy": {"Arn": PolicyArn, "DefaultVersionId": "v1"}}

    def get_policy_version(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        self.check("GetPolicyVersion")
        return {"PolicyVersion": {"Document": self.freeze}}

    def detach_user_policy(self, UserName: str, PolicyArn: str) -> None:
        self._check("DetachUserPolicy", UserName)
        self._drop(self.held["attached"], PolicyArn)

    def list_user_policies(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        return self._page("ListUserPolicies", "PolicyNames", UserName, self.held["inline"], Marker)

    def delete_user_policy(self, UserName: str, PolicyName: str) -> None:
        self._check("DeleteUserPolicy", UserName)
        self._drop(self.held["inline"], PolicyName)

    def list_groups_for_user(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        items = [{"GroupName": one} for one in self.held["groups"]]
        return self._page("ListGroupsForUser", "Groups", UserName, items, Marker)

    def remove_user_from_group(self, UserName: str, GroupName: str) -> None:
        self._check("RemoveUserFromGroup", UserName)
        self._drop(self.held["groups"], GroupName)

    def _check(self, operation: str, user: str | None) -> None:
        self.check(operation)
        if self._last == self.gone_after:
            self.name = None
        self._last = operation
        if self.name is None or user != self.name:
            raise refused("NoSuchEntity", f"The user with name {user} cannot be found.")

    def _seen(self, kind: str, items: list[str]) -> list[str]:
        return [*self.lagging.pop(kind, []), *items]

    def _drop(self, items: list[str], one: str) -> None:
        if one not in items:
            raise refused("NoSuchEntity", f"{one} cannot be found.")
        if self._last not in self.stuck:
            items.remove(one)

    def _page(self, operation: str, key: str, user: str, items: Iterable[Any], marker: str) -> dict[str, Any]:
        self._check(operation, user)
        whole, at = list(items), int(marker or 0)
        more = at + 1 < len(whole)
        return {
            key: whole[at : at + 1],
            "IsTruncated": more,
            **({"Marker": str(at + 1)} if more else {}),
        }


class FakeAccount(Scripted):
    """The jump account as a plan reads it: its password policy, as AWS's own answer; None where it has none."""

    def __init__(self) -> None:
        super().__init__()
        self.policy: dict[str, Any] | None = None

    def get_account_password_policy(self) -> dict[str, Any]:
        self.check("GetAccountPasswordPolicy")
        if self.policy is None:
            raise refused(
                "NoSuchEntity", "The Password Policy with domain name 111111111111 cannot be found."
            )
        return {"PasswordPolicy": self.policy}

    def update_account_password_policy(self, **fields: Any) -> None:
        """As AWS: what is not named goes back to its default."""
        self.check("UpdateAccountPasswordPolicy")
        default = {"MinimumPasswordLength": 6, "AllowUsersToChangePassword": False, "HardExpiry": False}
        classes = (
            "RequireSymbols",
            "RequireNumbers",
            "RequireUppercaseCharacters",
            "RequireLowercaseCharacters",
        )
        self.policy = {
            **default,
            **dict.fromkeys(classes, False),
            **fields,
            "ExpirePasswords": "MaxPasswordAge" in fields,
        }
