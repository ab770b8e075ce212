"""From an Estate to organizations in moto: the trees with their real ids, accounts with keys, trusted access.

What was never seeded is added, what was stays as it is: an account that was moved in the embedded AWS is not
moved back, and one that was removed does not return.  `jumpcf local reset` starts anew from the estate.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.organizations import utils
from moto.organizations.models import (
    FakeAccount,
    FakeOrganizationalUnit,
    OrganizationsBackend,
    organizations_backends,
)
from moto.utilities.utils import get_partition

from jumpcf.estate.model import Account, Estate, Organization
from jumpcf.local import parameter_store, tree
from jumpcf.local.accounts import open_account
from jumpcf.local.documents import open_role
from jumpcf.local.moto_changes import allow_principals
from jumpcf.local.world import World

_POLICIES = (utils.DEFAULT_SCP_POLICY_ID, utils.DEFAULT_RCP_POLICY_ID)


def seed(world: World, estate: Estate) -> None:
    """Add everything of the estate that is not there yet."""
    open_account(estate.jump.account, estate.jump.region)
    for connection in (estate.jump, *(one.connection for one in estate.organizations.values())):
        if connection.role_arn and _is_new(world, connection.role_arn):
            open_role(connection.role_arn, connection.region, trusted=estate.jump.account)
    for organization in estate.organizations.values():
        open_account(organization.connection.account, organization.connection.region)
        _organization(world, organization)
    if estate.parameters:
        parameter_store.when_asked(partial(_parameters, world, estate))


def _parameters(world: World, estate: Estate, backends: Any) -> None:
    backend = backends[estate.jump.account][estate.jump.region]
    for name, locked in estate.parameters.items():
        if _is_new(world, f"parameter {name}"):
            parameter_store.put(backend, name, locked.value, locked.version)


def _organization(world: World, wanted: Organization) -> None:
    region = wanted.connection.region
    backend = tree.backend(wanted.management_account, region)
    if backend.org is None:
        _create(backend, wanted, region)
    assert backend.org is not None
    for unit in wanted.units:
        if unit.id != wanted.root and _is_new(world, unit.id):
            made = FakeOrganizationalUnit(backend.org, Name=unit.name, ParentId=unit.parent)
            made.id = unit.id
            backend.ou.append(made)
            _attach_defaults(backend, unit.id)
    for account in wanted.accounts:
        if account.id != wanted.management_account and _is_new(world, account.id):
            _add_account(backend, account, region)
    open_account(wanted.management_account, region)
    _delegate(world, backend, wanted.delegated_administrators)
    if _is_new(world, wanted.id):
        backend.enable_aws_service_access(ServicePrincipal=tree.STACK_SETS_PRINCIPAL)
        world.trusted.append(wanted.management_account)


def _create(backend: OrganizationsBackend, wanted: Organization, region: str) -> None:
    """An organization with its root; moto rolls ids, which are then replaced by the estate's."""
    before = set(iam_backends)
    backend.create_organization(region, FeatureSet="ALL")
    for stray in set(iam_backends) - before - {wanted.management_account}:
        del iam_backends[stray]  # moto makes a role in the account whose id it threw away
    organization, (root,), (management,) = backend.org, backend.ou, backend.accounts
    assert organization is not None
    organization.id, organization.root_id = wanted.id, wanted.root
    root.id, root.organization_id = wanted.root, wanted.id
    management.organization_id, management.parent_id = wanted.id, wanted.root
    for item in wanted.accounts:
        if item.id == wanted.management_account:
            management.name, management.email, management.parent_id = item.name, _email(item), item.unit
    for policy in backend.policies:
        policy.organization_id = wanted.id


def _add_account(backend: OrganizationsBackend, wanted: Account, region: str) -> None:
    account = object.__new__(FakeAccount)  # its __init__ rolls an id and makes a role under it
    organization = backend.org
    assert organization is not None
    values: dict[str, Any] = {
        "type": "ACCOUNT",
        "region": region,
        "organization_id": organization.id,
        "master_account_id": organization.master_account_id,
        "create_account_status_id": utils.make_random_create_account_status_id(),
        "id": wanted.id,
        "name": wanted.name,
        "email": _email(wanted),
        "create_time": utcnow(),
        # the retired Status has no CLOSED: a closed account was SUSPENDED there (Organizations User Guide)
        "status": "SUSPENDED" if wanted.state == "CLOSED" else wanted.state,
        "state": wanted.state,
        "joined_method": "CREATED",
        "parent_id": wanted.unit,
        "attached_policies": [],
        "tags": {},
    }
    account.__dict__.update(values)
    backend.accounts.append(account)
    organizations_backends.master_accounts[wanted.id] = (backend.account_id, get_partition(region))
    _attach_defaults(backend, wanted.id)
    open_account(wanted.id, region)


def _attach_defaults(backend: OrganizationsBackend, target: str) -> None:
    for policy in _POLICIES:
        backend.attach_policy(PolicyId=policy, TargetId=target)


def _delegate(world: World, backend: OrganizationsBackend, wanted: Mapping[str, tuple[str, ...]]) -> None:
    allow_principals(principal for principals in wanted.values() for principal in principals)
    for account, principals in wanted.items():
        for principal in principals:
            if _is_new(world, f"{account} {principal}"):
                backend.register_delegated_administrator(AccountId=account, ServicePrincipal=principal)


def _is_new(world: World, what: str) -> bool:
    """Whether a thing of the estate was never seeded; says so once."""
    if what in world.seeded:
        return False
    world.seeded.append(what)
    return True


def _email(account: Account) -> str:
    return account.email or f"{account.id}@local.example"
