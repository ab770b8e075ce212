"""What marks somebody, or a stack, as ours in AWS; the builders write it, planner and gateway read it."""

import re

PARTNER_PATH = "/partner/"
PARTNER_TAG = "jump-partner"
"""An IAM path below the one, and the other as a tag whose value is the partner's name."""

ESTATE_TAG = "jumpcf-estate"
STACK_PARTNER_TAG = "jumpcf-partner"
STACK_GRANT_TAG = "jumpcf-grant"
"""Tags of stacks, StackSets and parameters: whose estate they are, and which partner and grant they are for."""

ORGANIZATION_TAG = "jumpcf-organization/"
"""Followed by an organization's local name; the value is its id."""

PIPELINE_TAG = "jumpcf-pipeline"
"""The tag of a pipeline's stacks, which no deploy may take for its own."""

MEMBERS = "-members"
"""After the partner's name: the group that every user of his is in, which carries self-service and every Deny."""

FREEZE_POLICY = "jump-freeze"
_FREEZE = "policy/jump/jump-freeze"


def freeze_policy(partition: str, account: str) -> str:
    """The ARN of the managed policy that denies everything, in the jump account."""
    return f"arn:{partition}:iam::{account}:{_FREEZE}"


def freeze_policy_beside(user: str) -> str:
    """The same, in the account of the user with this ARN."""
    _, partition, _, _, account, _ = user.split(":", 5)
    return freeze_policy(partition, account)


def is_freeze(policy: str) -> bool:
    """Whether this ARN is that policy's; IAM attaches no other account's policies but AWS's own."""
    return policy.endswith(f":{_FREEZE}") and not policy.endswith(f":aws:{_FREEZE}")


_UNFIT = re.compile(r"[^A-Za-z0-9.-]")


def password_parameter(prefix: str, partner: str, user: str) -> str:
    """Where a user's initial password is kept in Parameter Store, whose names know fewer characters than IAM's:
    what is none of a-z A-Z 0-9 . - is written as _ and two hexadecimal digits, so that no two users share one
    (Systems Manager API reference, PutParameter, Name)."""
    return f"{prefix}/{partner}/{_UNFIT.sub(lambda found: f'_{ord(found[0]):02X}', user)}"
