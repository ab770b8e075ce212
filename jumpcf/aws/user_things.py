"""What an IAM user may hold that keeps IAM from deleting him (IAM API reference, DeleteUser)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """What a user may hold: the call that lists it, the key of its answer, the field that tells one from
    another, and the calls that take it, each made for all of them before the next."""

    what: str
    lists: str
    key: str
    field: str
    takes: tuple[str, ...]


PASSWORD = Thing("password", "GetLoginProfile", "LoginProfile", "UserName", ("DeleteLoginProfile",))
THINGS = (
    PASSWORD,
    Thing(
        "access key",
        "ListAccessKeys",
        "AccessKeyMetadata",
        "AccessKeyId",
        ("UpdateAccessKey", "DeleteAccessKey"),
    ),
    Thing(
        "MFA device",
        "ListMFADevices",
        "MFADevices",
        "SerialNumber",
        ("DeactivateMFADevice", "DeleteVirtualMFADevice"),
    ),
    Thing(
        "signing certificate",
        "ListSigningCertificates",
        "Certificates",
        "CertificateId",
        ("DeleteSigningCertificate",),
    ),
    Thing("SSH public key", "ListSSHPublicKeys", "SSHPublicKeys", "SSHPublicKeyId", ("DeleteSSHPublicKey",)),
    Thing(
        "service-specific credential",
        "ListServiceSpecificCredentials",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        ("DeleteServiceSpecificCredential",),
    ),
    Thing(
        "policy attachment",
        "ListAttachedUserPolicies",
        "AttachedPolicies",
        "PolicyArn",
        ("DetachUserPolicy",),
    ),
    Thing("inline policy", "ListUserPolicies", "PolicyNames", "PolicyName", ("DeleteUserPolicy",)),
    Thing("group membership", "ListGroupsForUser", "Groups", "GroupName", ("RemoveUserFromGroup",)),
)
"""In the order in which they are taken.  The groups go last: they carry every Deny (no MFA, outside the networks,
past the end), so no credential lives a moment longer than these.  They carry self-service as well: after them
an open session can make nothing new."""


def words(amounts: Mapping[str, int]) -> str:
    """What and how many: "password, 2 MFA devices, 1 inline policy", or "nothing"."""
    told = [
        what if what == PASSWORD.what else f"{number} {what if number == 1 else _plural(what)}"
        for what, number in amounts.items()
    ]
    return ", ".join(told) or "nothing"


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("policy") else f"{what}s"
