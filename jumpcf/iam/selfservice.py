"""What a partner's user may do about his own password, MFA device and, where wanted, access keys."""

from typing import Literal

from jumpcf.iam import arn
from jumpcf.iam.document import Clause, actions, allow

CliMode = Literal["aws-login", "access-keys"]


def self_service(partition: str, jump_account: str, user_path: str, cli: CliMode) -> list[Clause]:
    """The Allows of self-service, on the user's own ARN.

    The path is part of that ARN: ${aws:username} is the name without the path, so the samples of the IAM
    User Guide ("user/${aws:username}") match no user who has one.  A virtual MFA device may have any name
    (since November 2022), hence mfa/*; deleting one is not here, for it is not bound to its owner.
    """
    own = arn.user(partition, jump_account, user_path, "${aws:username}")
    statements = [
        allow("ViewAccount", action=actions("iam", "GetAccountPasswordPolicy", "ListVirtualMFADevices")),
        allow(
            "OwnPasswordAndMfa",
            action=actions(
                "iam",
                "ChangePassword",
                "DeactivateMFADevice",
                "EnableMFADevice",
                "GetLoginProfile",
                "GetMFADevice",
                "GetUser",
                "ListMFADevices",
                "ResyncMFADevice",
            ),
            resource=[own],
        ),
        allow(
            "OwnVirtualMfa",
            action=actions("iam", "CreateVirtualMFADevice"),
            resource=[arn.iam(partition, jump_account, "mfa/*")],
        ),
    ]
    return [*statements, *(_login(partition, own) if cli == "aws-login" else _keys(own))]


def _login(partition: str, own: str) -> list[Clause]:
    """`aws login` (CLI 2.32 and later) signs in by the browser and needs no access key; one from the days of
    `access-keys` can be taken away by its owner."""
    clients = arn.arn(partition, "signin", "oauth2/public-client/*", region="*", account="*")
    granted = actions("signin", "AuthorizeOAuth2Access", "CreateOAuth2Token")
    away = actions("iam", "DeleteAccessKey", "ListAccessKeys")
    return [
        allow("SignInFromCli", action=granted, resource=[clients]),
        allow("OwnOldKeysAway", action=away, resource=[own]),
    ]


def _keys(own: str) -> list[Clause]:
    return [
        allow(
            "OwnAccessKeys",
            action=actions(
                "iam",
                "CreateAccessKey",
                "DeleteAccessKey",
                "GetAccessKeyLastUsed",
                "ListAccessKeys",
                "UpdateAccessKey",
            ),
            resource=[own],
        ),
        allow("SessionWithMfa", action=actions("sts", "GetSessionToken")),
    ]
