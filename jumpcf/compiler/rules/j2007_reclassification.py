"""J2007: no policy of a partner's people allows what would change who they are, or whose credentials they hold.

Trust rests on path and tag.  That a Deny stands elsewhere is no reason to allow it: each layer must hold alone.
A managed policy that nothing in its template names may be attached to anybody, so it is judged as well.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, listed, texts
from jumpcf.iam.action_table import concerns

FORBIDDEN = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachUserPolicy",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:CreateUser",
    "iam:DeleteGroupPolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DeleteVirtualMFADevice",
    "iam:DetachGroupPolicy",
    "iam:DetachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:SetDefaultPolicyVersion",
    "iam:TagUser",
    "iam:UntagUser",
    "iam:UpdateLoginProfile",
    "iam:UpdateUser",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
OWN_ONLY = ("iam:CreateAccessKey", "iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:UpdateAccessKey")
"""Allowed on oneself; on anybody else they are a way to become him."""


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if statement.get("Effect") != "Allow" or not uses & {"group", "user", "identity"}:
        return
    yield from (f"allows {action}" for action in FORBIDDEN if _allows(statement, action))
    if not _own(statement):
        yield from (f"allows {action} on others" for action in OWN_ONLY if _allows(statement, action))


def _allows(statement: Statement, action: str) -> bool:
    return concerns(texts(statement.get("Action")), texts(statement.get("NotAction")), action)


def _own(statement: Statement) -> bool:
    """Every resource is the caller himself."""
    resources = listed(statement.get("Resource"))
    return bool(resources) and all(
        any("/${aws:username" in each or "/${!aws:username" in each for each in texts(resource))
        for resource in resources
    )


RULE = policy_rule(
    code="J2007",
    meaning="A partner's users may change tags, paths, groups or policies of users, on which every trust rests.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html",
    hint="take the action out of the group's policy; a user is changed in params/ only",
    check=check,
)
