"""Organizations as StackSets see them: moto's tree, read only."""

from collections.abc import Iterator

from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends
from moto.utilities.utils import get_partition

STACK_SETS_PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


def backend(management: str, region: str) -> OrganizationsBackend:
    return organizations_backends[management][get_partition(region)]


def management_of(account: str, region: str) -> str | None:
    """The management account of the organization that an account is in, or None."""
    if backend(account, region).org is not None:
        return account
    found = organizations_backends.master_accounts.get(account)
    return found[0] if found else None


def is_delegated(organization: OrganizationsBackend, account: str, principal: str | None = None) -> bool:
    """Whether the account is a delegated administrator, of one service or of any."""
    return any(
        admin.account.id == account and (principal is None or principal in admin.services)
        for admin in organization.admins
    )


def units_below(organization: OrganizationsBackend, unit: str) -> Iterator[str]:
    """The unit itself and every OU below it, at any depth."""
    yield unit
    for child in organization.ou:
        if child.parent_id == unit:
            yield from units_below(organization, child.id)


def path_of(organization: OrganizationsBackend, unit: str) -> str:
    """`o-…/r-…/ou-…/ou-…/`, the form of Account.Paths (Organizations User Guide)."""
    parents = {item.id: item.parent_id for item in organization.ou}
    names: list[str] = []
    at: str | None = unit
    while at:
        names.append(at)
        at = parents.get(at)
    assert organization.org is not None
    return "/".join([organization.org.id, *reversed(names)]) + "/"


def depth(organization: OrganizationsBackend, unit: str) -> int:
    """How many OUs lie between the root and the unit, itself included; 0 for the root."""
    return path_of(organization, unit).count("/") - 2


def knows(organization: OrganizationsBackend, unit: str) -> bool:
    return any(item.id == unit for item in organization.ou)


def accounts_below(organization: OrganizationsBackend, unit: str) -> list[FakeAccount]:
    """Every account in the unit and below, without the management account, which StackSets never touch."""
    inside = set(units_below(organization, unit))
    return [
        account
        for account in organization.accounts
        if account.parent_id in inside and account.id != organization.account_id
    ]


def account(organization: OrganizationsBackend, account_id: str) -> FakeAccount | None:
    return next((item for item in organization.accounts if item.id == account_id), None)


def is_active(organization: OrganizationsBackend, account_id: str) -> bool:
    """Whether StackSets deploy there: ACTIVE, or PENDING_CLOSURE, which still works."""
    found = account(organization, account_id)
    return found is not None and str(found.state) in ("ACTIVE", "PENDING_CLOSURE")
