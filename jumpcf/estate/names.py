"""Every name that jumpcf gives to something in AWS, in one place; the checks and the stacks share it.

Limits: role path + name ≤ 64 characters for the console's switch-role form, names of users and roles ≤ 64,
of groups and policies ≤ 128, unique case-insensitively per account (IAM and STS quotas, IAM User Guide).
"""

from jumpcf.artifacts import marks
from jumpcf.artifacts.marks import MEMBERS, PARTNER_PATH

FREEZE_POLICY = marks.FREEZE_POLICY
freeze_policy = marks.freeze_policy

ROLE_PATH = "/jump/"
JUMP_BASE = "jump-base"


def user_path(partner: str) -> str:
    return f"{PARTNER_PATH}{partner}/"


def members_group(partner: str) -> str:
    """The group that every user of the partner is in; it carries self-service and every Deny."""
    return f"{partner}{MEMBERS}"


def group(partner: str, name: str) -> str:
    return f"{partner}-{name}"


def partner_stack(partner: str) -> str:
    return f"jump-partner-{partner}"


def stack_set(partner: str, grant: str) -> str:
    return f"jump-{partner}-{grant}"


def role(partner: str, grant: str, level: str) -> str:
    return f"{partner}-{grant}-{level}"


def boundary_path(partner: str, grant: str, level: str, boundary: str) -> str:
    """The path by which a level's boundary is recognised.

    The level is part of it so that a role made by one level's people cannot carry another level's wider
    boundary; the kind ("strict", "relaxed" or a file's name) so that a wide one, kept when a grant was
    removed, does not pass for today's narrow one.
    """
    return f"/jump/{partner}/{grant}/{level}/{boundary}/"


def bucket(estate: str, account: str, region: str) -> str:
    """The one artifact bucket; S3 allows 63 characters."""
    return f"jumpcf-{estate}-{account}-{region}"


PIPELINE_PATH = "/jump/pipeline/"
PIPELINE_STACK = "jump-pipeline"
SERVICE_ROLE = "jump-cloudformation"
"""The role with which CloudFormation works on the jump account's stacks, where a pipeline deploys."""


def service_role(partition: str, account: str) -> str:
    """Its ARN."""
    return f"arn:{partition}:iam::{account}:role{PIPELINE_PATH}{SERVICE_ROLE}"


def pipeline_role(role: str, organization: str | None = None) -> str:
    """The pipeline's role of this kind ("plan", "deploy"): in the jump account, or in an organization's admin
    account, which may be the jump account too."""
    return f"jump-{role}-{organization}" if organization else f"jump-{role}"


def pipeline_stack(organization: str | None = None) -> str:
    return f"{PIPELINE_STACK}-{organization}" if organization else PIPELINE_STACK


def delegated_path(partner: str, grant: str, level: str, boundary: str) -> str:
    """Where the people of one level put the roles and policies that they may change, pass and take in a
    target account (the strict boundary).

    The boundary's kind is part of it: taking and passing a role looks at its path and not at its boundary, so
    a role that was made under a wide one must be out of reach under today's narrow one.
    """
    return f"{PARTNER_PATH}{partner}/{grant}/{level}/{boundary}/"


def password_path(estate: str) -> str:
    """Where initial passwords are kept in Parameter Store, by partner and user (artifacts/marks.py)."""
    return f"/jump/{estate}/passwords"


def key_alias(estate: str) -> str:
    """The KMS key that encrypts initial passwords in Parameter Store."""
    return f"alias/jumpcf-{estate}"
