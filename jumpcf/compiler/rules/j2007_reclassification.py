"""J2007: no policy of a partner's people allows what would change who they are.

Trust rests on path and tag.  That a Deny stands elsewhere is no reason to allow it: each layer must hold alone.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, listed
from jumpcf.iam.action_table import matches

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


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if statement.get("Effect") != "Allow" or not uses & {"group", "user"}:
        return
    named, spared = listed(statement.get("Action")), listed(statement.get("NotAction"))
    for action in FORBIDDEN:
        allowed = any(matches(each, action) for each in named)
        if allowed or (spared and not any(matches(each, action) for each in spared)):
            yield f"allows {action}"


RULE = policy_rule(
    code="J2007",
    meaning="A partner's users may change tags, paths, groups or policies of users, on which every trust rests.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html",
    hint="take the action out of the group's policy; a user is changed in params/ only",
    check=check,
)
