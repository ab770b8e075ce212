"""From DeploymentTargets to accounts.

Source: CloudFormation API reference, DeploymentTargets: an OU includes the OUs below it, the management
account is never a target, and an account filter needs its OUs.  Two of the texts are on record
(docs/local.md), the others are plain.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.organizations.models import OrganizationsBackend

from jumpcf.local.records import Result, StackSet, key
from jumpcf.local.refusals import NotImplementedHere, ValidationError
from jumpcf.local.tree import accounts_below, knows, units_below

UNITS_LIMIT = 50  # OUs in one call (CreateStackInstances and its siblings)
FILTERS = ("NONE", "INTERSECTION", "DIFFERENCE", "UNION")


def check(organization: OrganizationsBackend, targets: Mapping[str, Any], action: str) -> list[str]:
    """The OUs that are named, or a refusal."""
    units: list[str] = list(targets.get("OrganizationalUnitIds") or [])
    listed, how = targets.get("Accounts"), targets.get("AccountFilterType")
    if targets.get("AccountsUrl"):
        raise NotImplementedHere("The embedded AWS does not read AccountsUrl.")
    if not units:
        raise ValidationError(
            "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target"
        )
    if len(units) > UNITS_LIMIT:
        raise ValidationError(f"A call may name {UNITS_LIMIT} organizational units at most.")
    if how is not None and how not in FILTERS:
        raise ValidationError(f"AccountFilterType must be one of {', '.join(FILTERS)}.")
    if action == "CREATE" and how == "UNION":
        raise ValidationError("AccountFilterType UNION is not supported for CreateStackInstances.")
    if listed and how in (None, "NONE") and action == "CREATE":
        raise ValidationError(
            "AccountFilterType should be specified when both OrganizationalUnitIds and Accounts are provided"
        )
    if how in ("INTERSECTION", "DIFFERENCE") and not listed:
        raise ValidationError(f"AccountFilterType {how} needs Accounts.")
    for unit in units:
        if not knows(organization, unit):
            raise ValidationError(f"Organizational unit {unit} not found in the organization")
    return units


def resolve(
    organization: OrganizationsBackend, targets: Mapping[str, Any], regions: Sequence[str], action: str
) -> list[Result]:
    """A pending result per account and region.  An account's unit is the first named OU that holds it."""
    units = check(organization, targets, action)
    listed = set(targets.get("Accounts") or [])
    # without a filter type the API reference's default is UNION
    how = targets.get("AccountFilterType") or ("UNION" if listed else "NONE")
    found: dict[str, str] = {}
    for unit in units:
        for account in accounts_below(organization, unit):
            found.setdefault(account.id, unit)
    if how == "INTERSECTION":
        found = {account: unit for account, unit in found.items() if account in listed}
    elif how == "DIFFERENCE":
        found = {account: unit for account, unit in found.items() if account not in listed}
    elif how == "UNION":
        found |= {
            account.id: account.parent_id
            for account in organization.accounts
            if account.id in listed and account.id not in found and account.id != organization.account_id
        }
    return [Result(account, region, unit) for region in regions for account, unit in found.items()]


def existing(
    organization: OrganizationsBackend,
    stack_set: StackSet,
    targets: Mapping[str, Any],
    regions: Sequence[str],
    action: str,
) -> list[Result]:
    """The results for instances that are there: of accounts in the OUs now, and of instances made for them.

    Refuses an OU that the StackSet has nothing to do with, in AWS's words.
    """
    units = check(organization, targets, action)
    listed, how = set(targets.get("Accounts") or []), targets.get("AccountFilterType") or "NONE"
    for unit in units:
        if not _is_target(organization, stack_set, unit):
            raise ValidationError(f"Organizational unit {unit} not found in StackSet")
    named = {below for unit in units for below in units_below(organization, unit)}
    wanted = {result.account for result in resolve(organization, targets, regions, action)}
    wanted |= {
        item.account
        for item in stack_set.instances.values()
        if item.unit in named
        and (how != "INTERSECTION" or item.account in listed)
        and (how != "DIFFERENCE" or item.account not in listed)
    }
    rows = (stack_set.instances.get(key(account, region)) for region in regions for account in sorted(wanted))
    return [Result(item.account, item.region, item.unit) for item in rows if item is not None]


def _is_target(organization: OrganizationsBackend, stack_set: StackSet, unit: str) -> bool:
    """Whether the OU is a target, lies below one or above one, or has instances made for it."""
    related = {*stack_set.targets, *(item.unit for item in stack_set.instances.values())}
    below = set(units_below(organization, unit))
    return bool(related & below) or any(
        unit in units_below(organization, target) for target in related if knows(organization, target)
    )
