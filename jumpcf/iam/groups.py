"""The policies of a partner's groups: the roles that may be taken, and every Deny."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from jumpcf.iam import arn
from jumpcf.iam.conditions import Term, all_of, before, from_then_on, outside
from jumpcf.iam.document import Clause, actions, allow, deny, everything
from jumpcf.iam.packing import chunks

AssumeScope = Literal["org-paths", "org-id", "role-name", "accounts"]


def assume(
    *,
    sid: str,
    partition: str,
    roles: Sequence[str],
    ends: str,
    scope: AssumeScope,
    organization: str,
    units: Sequence[str],
    accounts: Sequence[str],
) -> list[Clause]:
    """The Allows to take a grant's roles; `roles` are paths with names ("/jump/acme-dev-Power").

    `organization` is the id, `units` are ids of OUs or of the root; `accounts` are used by the scope
    "accounts" only, which names every role by its full ARN.  The other scopes name the role in any account,
    so that an account which joins later works at once, and limit the account by the condition: a role's
    name alone would also match one that a stranger made in an account of his own.

    Assumed, not verified on AWS: an Allow of sts:AssumeRole sees aws:ResourceOrgID and aws:ResourceOrgPaths
    when the role lies in another organization than the caller; live check 3.  `assume_scope: role-name` or
    `accounts` needs no such assumption.
    """
    terms: list[Term] = [before(ends)]
    if scope in ("org-paths", "org-id"):
        terms.append(("StringEquals", "aws:ResourceOrgID", organization))
    if scope == "org-paths":
        paths = tuple(_org_path(organization, unit) for unit in units)
        terms.append(("ForAnyValue:StringLike", "aws:ResourceOrgPaths", paths))
    where = accounts if scope == "accounts" else [arn.ANY_ACCOUNT]
    named = [arn.iam(partition, account, f"role{role}") for account in where for role in roles]
    return [
        allow(
            sid if number == 1 else f"{sid}Part{number}",
            action=actions("sts", "AssumeRole"),
            resource=part,
            condition=all_of(*terms),
        )
        for number, part in chunks(named).items()
    ]


def _org_path(organization: str, unit: str) -> str:
    """Every account below the unit.  The OU's parents are left open, so that a moved OU still matches."""
    return f"{organization}/{unit}/*" if unit.startswith("r-") else f"{organization}/*/{unit}/*"


@functools.cache
def deny_without_mfa() -> Clause:
    """Everything but the first steps: change the initial password, enrol a device, sign in with it.

    BoolIfExists, since the key is absent for long-term access keys.  ChangePassword must work without MFA
    because the forced change of an initial password comes before a device can be enrolled; signin:* because
    a Deny on it can stop the console session itself (AWS Sign-In User Guide, console access control).
    """
    return deny(
        "DenyWithoutMfa",
        not_action=[
            *actions(
                "iam",
                "ChangePassword",
                "CreateVirtualMFADevice",
                "EnableMFADevice",
                "GetAccountPasswordPolicy",
                "GetMFADevice",
                "GetUser",
                "ListMFADevices",
                "ListVirtualMFADevices",
                "ResyncMFADevice",
            ),
            *actions("signin", "*"),
            *actions("sts", "GetSessionToken"),
        ],
        condition=all_of(("BoolIfExists", "aws:MultiFactorAuthPresent", "false")),
    )


def deny_outside(networks: tuple[str, ...], *, also_assume_role: bool) -> Clause:
    """Nothing from outside the partner's networks.

    The console switches roles by a call of its own, and whether AWS shows the user's address in it is
    not verified (live check 1); without `trust` in `fence` this Deny spares sts:AssumeRole, and the fence
    of the role holds the session.
    """
    condition = all_of(outside(networks))
    if also_assume_role:
        return deny("DenyOutsideNetworks", action=everything(), condition=condition)
    return deny("DenyOutsideNetworks", not_action=actions("sts", "AssumeRole"), condition=condition)


@functools.cache
def deny_identity_changes(*, keys: bool) -> Clause:
    """Nothing that would change who a user is: path, tags, groups, policies, other identities.

    The trust of every role rests on path and tag, so a user who could set his own would choose his partner.
    `keys` says whether users may hold access keys.
    """
    credentials = (
        "CreateServiceSpecificCredential",
        "UploadSSHPublicKey",
        "UploadSigningCertificate",
        *(() if keys else ("CreateAccessKey", "UpdateAccessKey")),
    )
    return deny(
        "DenyReclassification",
        action=[
            *actions(
                "iam",
                "AddUserToGroup",
                "Attach*",
                "CreateGroup",
                "CreateLoginProfile",
                "CreatePolicy*",
                "CreateRole",
                "CreateUser",
                "DeleteGroup*",
                "DeleteLoginProfile",
                "DeletePolicy*",
                "DeleteUser*",
                "Detach*",
                "PassRole",
                "Put*",
                "RemoveUserFromGroup",
                "SetDefaultPolicyVersion",
                "Tag*",
                "Untag*",
                "UpdateGroup",
                "UpdateLoginProfile",
                "UpdateUser",
                *credentials,
            ),
            *actions("sts", "GetFederationToken", "SetSourceIdentity", "TagSession"),
        ],
    )


def deny_after(ends: str) -> Clause:
    """Nothing from the end of the contract on."""
    return deny("DenyAfterContract", action=everything(), condition=all_of(from_then_on(ends)))


def deny_ended_users(users_by_end: Mapping[str, Sequence[str]]) -> list[Clause]:
    """One Deny per date on which users' own time ends; `users_by_end` maps the instant to user ARNs.

    The date stands here and not on the user, whose stack resource then changes for no date.
    """
    return [
        deny(
            f"DenyEndedUsers{_sid(ends)}Part{number}",
            action=everything(),
            condition=all_of(("ArnEquals", "aws:PrincipalArn", part), from_then_on(ends)),
        )
        for ends, users in sorted(users_by_end.items())
        for number, part in chunks(sorted(users)).items()
    ]


def deny_roles(sid: str, roles: Sequence[str]) -> list[Clause]:
    """These roles may not be taken, whatever else allows it; `roles` are ARNs or patterns of ARNs."""
    return [
        deny(f"{sid}Part{number}", action=actions("sts", "AssumeRole"), resource=part)
        for number, part in chunks(roles).items()
    ]


def family(sid: str) -> str:
    """The Sid of the whole, for a part of a list that stands in several statements."""
    return re.sub(r"Part\d+$", "", sid)


def _sid(text: str) -> str:
    """Sids are letters and digits only (IAM User Guide, "Sid")."""
    return "".join(character for character in text if character.isalnum())
