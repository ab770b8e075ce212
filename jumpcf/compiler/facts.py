"""What a manifest says that stands in params/ alone, whatever stacks/ make of it."""

from jumpcf.artifacts.manifest import Leaver, ManifestOrganization, PasswordStore, Person, Target
from jumpcf.estate import names
from jumpcf.estate.model import Estate, Grant, Organization


def target_of(organization: Organization, grant: Grant) -> Target:
    """Where a grant's StackSets go."""
    paths = {unit.id: unit.path for unit in organization.units}
    return Target(ous=grant.units, paths=tuple(paths[unit] for unit in grant.units), excepted=grant.excepted)


def people_of(estate: Estate) -> tuple[Person, ...]:
    """Every user, and the stack that makes him."""
    return tuple(
        Person(
            partner=partner.name,
            name=user.name,
            stack=names.partner_stack(partner.name),
            frozen=bool(partner.frozen or user.frozen),
        )
        for partner in estate.partners.values()
        for user in partner.users
    )


def leavers_of(estate: Estate) -> tuple[Leaver, ...]:
    """Everybody who is a partner's user no more."""
    return tuple(
        Leaver(partner=partner.name, name=one.name)
        for partner in estate.partners.values()
        for one in partner.left
    )


def password_store(estate: Estate) -> PasswordStore:
    """Where initial passwords are kept, and for how long."""
    return PasswordStore(
        prefix=names.password_path(estate.name),
        key=names.key_alias(estate.name),
        unused_days=estate.unused_password_days,
    )


def manifest_organization(organization: Organization) -> ManifestOrganization:
    """An organization as a plan needs it."""
    return ManifestOrganization(
        name=organization.name,
        id=organization.id,
        root=organization.root,
        connection=organization.connection,
        rollout=organization.rollout,
        protected=organization.protected,
    )
