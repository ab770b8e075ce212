"""Who we are, checked before anything is read or written: account, organization, root.

`call_as` is derived here and never configured: SELF in the management account, else DELEGATED_ADMIN.
"""

from dataclasses import dataclass

from jumpcf.artifacts.manifest import JUMP, Connection, Manifest, ManifestOrganization
from jumpcf.aws.api import Api
from jumpcf.aws.organizations import Membership, Organizations
from jumpcf.aws.sessions import Clients
from jumpcf.errors import AwsRefused

SELF = "SELF"
DELEGATED_ADMIN = "DELEGATED_ADMIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are in an organization."""

    organization: str
    call_as: str
    management_account: str


def find(manifest: Manifest, name: str) -> ManifestOrganization:
    """The manifest's organization of this name; AwsRefused A533 where it has none."""
    for organization in manifest.organizations:
        if organization.name == name:
            return organization
    known = ", ".join(organization.name for organization in manifest.organizations)
    raise AwsRefused("A533", f"the estate has no organization {name!r}", f"it has: {known}")


def caller(clients: Clients) -> str:
    """The ARN of our credentials in the jump account."""
    return str(Api(clients, JUMP, "sts").call("GetCallerIdentity")["Arn"])


def verify_account(clients: Clients, place: str, connection: Connection) -> None:
    """AwsRefused A507 where the credentials are another account's."""
    account = Api(clients, place, "sts").call("GetCallerIdentity")["Account"]
    if account != connection.account:
        raise AwsRefused(
            "A507",
            f"{place}: the credentials belong to account {account}, the estate names {connection.account}",
            f"check {_credentials(connection)}",
        )


def verify_organization(clients: Clients, organization: ManifestOrganization) -> Identity:
    """The account, the organization's id and its root; then who we are in it."""
    name, connection = organization.name, organization.connection
    membership = verify_membership(clients, name, organization.id, connection)
    root = Organizations(Api(clients, name, "organizations")).root()
    if root != organization.root:
        raise AwsRefused(
            "A509",
            f"{name}: the root of {membership.id} is {root}, the lock names {organization.root}",
            f"refresh params/lock/{name}.json: jumpcf sync --org {name}",
            where=name,
        )
    management = membership.management_account
    call_as = SELF if management == connection.account else DELEGATED_ADMIN
    return Identity(organization=name, call_as=call_as, management_account=management)


def verify_membership(clients: Clients, name: str, wanted: str, connection: Connection) -> Membership:
    """The account and its organization's id; all that is known of an organization before it has a lock."""
    verify_account(clients, name, connection)
    membership = Organizations(Api(clients, name, "organizations")).membership()
    if membership.id != wanted:
        raise AwsRefused(
            "A508",
            f"{name}: account {connection.account} belongs to {membership.id}, the estate names {wanted}",
            f"check the id and the admin account in params/organizations/{name}.yaml",
        )
    return membership


def _credentials(connection: Connection) -> str:
    if connection.role_arn:
        return f"the role {connection.role_arn}"
    if connection.profile:
        return f"the profile {connection.profile}"
    return "the credentials of the environment (AWS_PROFILE and the like)"
