"""What an IAM user may hold that keeps IAM from deleting him (IAM API reference, DeleteUser)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Take:
    """A call that takes one: with the user's name, unless not `names_user`, the one's identifier, and `more`.
    `only` is what an identifier must contain for the call to be made."""

    call: str
    more: tuple[tuple[str, str], ...] = ()
    only: str = ""
    names_user: bool = True


@dataclass(frozen=True, slots=True)
class Thing:
    """What a user may hold: the call that lists it, the key of its answer, the field that tells one from
    another, and the calls that take it, each made for all of them before the next.

    `secret`: an identifier that is told to nobody.  `single`: a user has one at most, and the answer is not a
    list.  `denies`, of groups and attached policies: True for those that carry the Denies (the group of all
    members, the freeze policy), False for all others; None where there is no such difference.
    """

    what: str
    lists: str
    key: str
    field: str
    takes: tuple[Take, ...]
    secret: bool = False
    single: bool = False
    denies: bool | None = None


PASSWORD = Thing(
    "password",
    "GetLoginProfile",
    "LoginProfile",
    "UserName",
    (Take("DeleteLoginProfile", names_user=False),),
    single=True,
)
MEMBERSHIP = Thing(
    "group membership", "ListGroupsForUser", "Groups", "GroupName", (Take("RemoveUserFromGroup"),)
)
ATTACHMENT = Thing(
    "policy attachment",
    "ListAttachedUserPolicies",
    "AttachedPolicies",
    "PolicyArn",
    (Take("DetachUserPolicy"),),
)
FREEZE = replace(ATTACHMENT, denies=True)
THINGS = (
    replace(MEMBERSHIP, denies=False),
    PASSWORD,
    Thing(
        "access key",
        "ListAccessKeys",
        "AccessKeyMetadata",
        "AccessKeyId",
        (Take("UpdateAccessKey", (("Status", "Inactive"),)), Take("DeleteAccessKey")),
        secret=True,
    ),
    Thing(
        "MFA device",
        "ListMFADevices",
        "MFADevices",
        "SerialNumber",
        (
            Take("DeactivateMFADevice"),
            # passkeys and hardware tokens have no entity of their own to delete
            Take("DeleteVirtualMFADevice", only=":mfa/", names_user=False),
        ),
        secret=True,
    ),
    Thing(
        "signing certificate",
        "ListSigningCertificates",
        "Certificates",
        "CertificateId",
        (Take("DeleteSigningCertificate"),),
        secret=True,
    ),
    Thing(
        "SSH public key",
        "ListSSHPublicKeys",
        "SSHPublicKeys",
        "SSHPublicKeyId",
        (Take("DeleteSSHPublicKey"),),
        secret=True,
    ),
    Thing(
        "service-specific credential",
        "ListServiceSpecificCredentials",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        (Take("DeleteServiceSpecificCredential"),),
        secret=True,
    ),
    replace(ATTACHMENT, denies=False),
    Thing("inline policy", "ListUserPolicies", "PolicyNames", "PolicyName", (Take("DeleteUserPolicy"),)),
    replace(MEMBERSHIP, denies=True),
    FREEZE,
)
"""In the order in which they are taken.  Groups that only allow go first, and what denies last of all: the group of
all members, then the freeze policy, which was attached before anything was taken.  The group carries every Deny (no
MFA, outside the networks, past the end), so no Allow and no credential lives a moment longer than these.  It carries
self-service as well: after it an open session can make nothing new, also where the freeze policy could not be
attached."""


def words(amounts: Mapping[str, int]) -> str:
    """What and how many: "password, 2 MFA devices, 1 inline policy", or "nothing"."""
    told = [
        what if what == PASSWORD.what else f"{number} {what if number == 1 else _plural(what)}"
        for what, number in amounts.items()
    ]
    return ", ".join(told) or "nothing"


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("policy") else f"{what}s"
