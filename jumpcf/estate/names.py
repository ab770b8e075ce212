"""Every name that jumpcf gives to something in AWS, in one place; the checks and the stacks share it.

Limits: role path + name ≤ 64 characters for the console's switch-role form, names of users and roles ≤ 64,
of groups and policies ≤ 128, unique case-insensitively per account (IAM and STS quotas, IAM User Guide).
"""

ROLE_PATH = "/jump/"
JUMP_BASE = "jump-base"


def user_path(partner: str) -> str:
    return f"/partner/{partner}/"


def members_group(partner: str) -> str:
    """The group that every user of the partner is in; it carries self-service and every Deny."""
    return f"{partner}-members"


def group(partner: str, name: str) -> str:
    return f"{partner}-{name}"


def partner_stack(partner: str) -> str:
    return f"jump-partner-{partner}"


def stack_set(partner: str, grant: str) -> str:
    return f"jump-{partner}-{grant}"


def role(partner: str, grant: str, level: str) -> str:
    return f"{partner}-{grant}-{level}"


def boundary_path(partner: str, grant: str, level: str) -> str:
    """The path of a level's boundary.  The level is part of it so that a role made by one level's people
    cannot carry another level's wider boundary."""
    return f"/jump/{partner}/{grant}/{level}/"


def bucket(estate: str, account: str, region: str) -> str:
    """The one artifact bucket; S3 allows 63 characters."""
    return f"jumpcf-{estate}-{account}-{region}"


FREEZE_POLICY = "jump-freeze"


def delegated_path(partner: str) -> str:
    """Where a partner's people put roles and policies that they may pass, take and edit in target accounts
    (the strict boundary); the same word as their path in the jump account."""
    return user_path(partner)


def key_alias(estate: str) -> str:
    """The KMS key that encrypts initial passwords in Parameter Store."""
    return f"alias/jumpcf-{estate}"
