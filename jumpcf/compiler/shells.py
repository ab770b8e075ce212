"""Which levels may open shells: one that is open goes on, whatever IAM denies afterwards.

"After a session is established, it is not affected by IAM role session duration" (AWS Systems Manager User Guide,
"Working with Session Manager"); ECS Exec works by Session Manager as well, and EC2 Instance Connect by SSH.  EKS
knows its callers by a signed sts:GetCallerIdentity, which no Deny stops (STS API reference, GetCallerIdentity).
"""

import re

from jumpcf.estate.model import Estate, Level
from jumpcf.estate.roster import partners_levels
from jumpcf.iam.action_table import concerns

OPENS = (
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ecs:ExecuteCommand",
    "eks:AccessKubernetesApi",
    "ssm:ResumeSession",
    "ssm:StartSession",
)
_READS = re.compile(r":iam::aws:policy/(.*/)?(\w*ReadOnly\w*|SecurityAudit|ViewOnlyAccess)$")
"""AWS's policies that open none, by their names: what stands in a policy is AWS's to change, so every other may.
Some have eks:AccessKubernetesApi, by which the console shows a cluster; whom the cluster lets in, it says."""


def partners_shells(estate: Estate, partner: str) -> dict[str, tuple[str, ...]]:
    """Of a partner's levels those that may open shells, sorted, by organization."""
    return partners_levels(estate, partner, opens_shells)


def opens_shells(level: Level) -> bool:
    """Whether the level's policies may allow one of these; Denies and the boundary are not looked at."""
    if any(not _READS.search(policy) for policy in level.managed_policies):
        return True
    return any(
        statement.effect == "Allow" and concerns(statement.actions, statement.not_actions, action)
        for statement in level.statements
        for action in OPENS
    )
