"""`build/guardrails/<organization>/rcp.json`: what an organization's owner may attach, and where it is needed.

jumpcf attaches nothing there: a resource control policy is the organization's own.
"""

from collections.abc import Collection, Iterator

import orjson

from jumpcf.compiler.ledger import Ledger
from jumpcf.estate.model import Estate, Level
from jumpcf.estate.roster import partners_levels
from jumpcf.iam.action_table import concerns
from jumpcf.iam.guardrail import identity_perimeter

MAKES_ROLES = frozenset(
    """
    AccountManagementFromVercel AdministratorAccess AdministratorAccess-AWSElasticBeanstalk
    AdministratorAccess-Amplify AmazonDataZoneRedshiftGlueProvisioningPolicy
    AmazonDataZoneSageMakerProvisioningRolePolicy AmazonSecurityLakeAdministrator
    AWSApplicationMigrationNetworkMigrationMultiAccount AWSCodeStarServiceRole AWSManagedAccountManagementAccess
    AWSManagedSettingsAdminAccess AWSMcpServiceActionsFullAccess AWSQuickSetupDeploymentRolePolicy
    AWSQuickSetupDistributorPermissionsBoundary AWSQuickSetupEnableDHMCExecutionPolicy
    AWSQuickSetupJITNADeploymentRolePolicy AWSQuickSetupManagedInstanceProfileExecutionPolicy
    AWSQuickSetupManageJITNAResourcesExecutionPolicy AWSQuickSetupPatchPolicyDeploymentRolePolicy
    AWSQuickSetupPatchPolicyPermissionsBoundary AWSQuickSetupSSMDeploymentRolePolicy
    AWSQuickSetupSSMHostMgmtPermissionsBoundary AWSQuickSetupSSMManageResourcesExecutionPolicy
    AWSTransformNetworkMigrationAgentPolicy IAMFullAccess SageMakerStudioAdminIAMDefaultExecutionPolicy
    SageMakerStudioAdminIAMPermissiveExecutionPolicy SageMakerStudioProjectProvisioningRolePolicy
    WellArchitectedConsoleFullAccess
    """.split()  # noqa: SIM905 - a list of names, for people to read
)
"""AWS managed policies that allow iam:CreateRole, by moto's copy of them (moto 5.2, 2026); AWS adds to them."""


def guardrails(estate: Estate, organizations: Collection[str], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    """A path below build/ and its bytes for each organization: sorted keys, indented for people to read."""
    for name in sorted(organizations):
        organization = estate.organizations[name]
        policy = identity_perimeter(
            partition=estate.partition, organization=organization.id, jump_account=estate.jump.account
        )
        data = orjson.dumps(
            orjson.loads(policy.rendered),
            option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE,
        )
        path = f"guardrails/{name}/rcp.json"
        # White space counts unless the console takes it out, so it is counted.
        ledger.use("resource_control_policy_size", path, len(data), organization.mark)
        yield path, data


def role_makers(estate: Estate, organization: str) -> tuple[str, ...]:
    """The levels granted in an organization that may create roles, sorted."""
    granted = {
        level
        for partner in estate.partners.values()
        for grant in partner.grants
        if grant.organization == organization
        for level in grant.levels
    }
    return tuple(sorted(name for name in granted if makes_roles(estate.levels[name])))


def partners_makers(estate: Estate, partner: str) -> dict[str, tuple[str, ...]]:
    """Of a partner's levels those that may create roles, sorted, by organization."""
    return partners_levels(estate, partner, makes_roles)


def makes_roles(level: Level) -> bool:
    """Whether the level's policies allow iam:CreateRole; Denies and the boundary are not looked at."""
    if any(policy.rpartition("/")[2] in MAKES_ROLES for policy in level.managed_policies):
        return True
    return any(
        statement.effect == "Allow" and concerns(statement.actions, statement.not_actions, "iam:CreateRole")
        for statement in level.statements
    )
