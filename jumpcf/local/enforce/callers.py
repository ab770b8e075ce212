"""Who calls: an account's administrator (its fixed key), a user, a user's session or a role's session.

The condition keys are those of the IAM User Guide, reference_policies_condition-keys; which credentials carry
MFA: id_credentials_mfa_configure-api-require (facts: a long-term key has neither key, a user's session both).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from moto.iam.models import IAMBackend, Role, User
from moto.utilities.utils import get_partition

from jumpcf.artifacts.instants import utc
from jumpcf.local import sessions, tree
from jumpcf.local.accounts import access_key_id, is_known
from jumpcf.local.refusals import Denied
from jumpcf.local.sessions import Session
from jumpcf.local.world import World

Context = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`user` or `role` is whose policies count; neither is an administrator.  `arn` names the caller in
    refusals and is the principal of the request."""

    account: str
    arn: str
    iam: IAMBackend
    user: User | None = None
    role: Role | None = None
    session: Session | None = None
    context: Context = field(default_factory=dict)

    @property
    def is_administrator(self) -> bool:
        return self.user is None and self.role is None


def who(world: World, account: str, key: str, region: str) -> Caller:
    """The caller of known credentials."""
    session, iam = world.sessions.get(key), sessions.iam_of(account, region)
    partition = get_partition(region)
    root = Caller(account=account, arn=f"arn:{partition}:iam::{account}:root", iam=iam)
    if key == access_key_id(account):
        return root
    if session is not None and session.role_id:
        return _of_role(world, session, iam, region)
    if session is not None and not session.user_name:
        return root
    user = iam.users.get(session.user_name) if session else iam.get_user_from_access_key_id(key)
    if user is None:
        raise Denied("The security token included in the request is invalid: its user is no more.")
    return of_user(world, user, session, iam)


def of_user(world: World, user: User, session: Session | None, iam: IAMBackend) -> Caller:
    """A user with an access key, or in a session."""
    context: Context = {
        "aws:PrincipalArn": user.arn,
        "aws:PrincipalType": "User",
        "aws:username": user.name,
        "aws:userid": user.id,
        **tags("aws:PrincipalTag/", {one["Key"]: one["Value"] for one in user.tags or []}),
        **organization("aws:Principal", user.account_id, user.region_name),
    }
    if session is not None:
        context["aws:TokenIssueTime"] = moment(world, session.issued)
        context["aws:MultiFactorAuthPresent"] = "false" if session.mfa_at is None else "true"
        if session.mfa_at is not None:
            context["aws:MultiFactorAuthAge"] = str(max(0, int(world.clock() - session.mfa_at)))
    return Caller(account=user.account_id, arn=user.arn, iam=iam, user=user, session=session, context=context)


def _of_role(world: World, session: Session, iam: IAMBackend, region: str) -> Caller:
    role = iam.get_role_by_id(session.role_id)
    if role is None:
        raise Denied("The security token included in the request is invalid: its role is no more.")
    return _as_role(world, role, iam, region, session.name, session)


def of_service_role(world: World, arn: str, iam: IAMBackend, region: str) -> Caller:
    """CloudFormation with a stack's service role."""
    role = next((role for role in iam.get_roles() if role.arn == arn), None)
    if role is None:
        raise Denied(f"Role {arn} is invalid or cannot be assumed")
    return _as_role(world, role, iam, region, "AWSCloudFormation", None)


def _as_role(
    world: World, role: Role, iam: IAMBackend, region: str, name: str, session: Session | None
) -> Caller:
    context: Context = {
        "aws:PrincipalArn": role.arn,
        "aws:PrincipalType": "AssumedRole",
        "aws:userid": f"{role.id}:{name}",
        "aws:TokenIssueTime": moment(world, session.issued if session else world.time()),
        **tags("aws:PrincipalTag/", {one["Key"]: one["Value"] for one in role.tags}),
        **organization("aws:Principal", role.account_id, region),
    }
    arn = f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    return Caller(account=role.account_id, arn=arn, iam=iam, role=role, session=session, context=context)


def tags(prefix: str, values: Mapping[str, str]) -> Context:
    return {prefix + key: value for key, value in values.items()}


def moment(world: World, second: float) -> str:
    return utc(world.instant(second))


def organization(prefix: str, account: str, region: str) -> Context:
    """`aws:PrincipalAccount …OrgID …OrgPaths`, or the same of `aws:Resource`; an account in no organization
    has the first only."""
    context: Context = {f"{prefix}Account": account}
    management = tree.management_of(account, region) if is_known(account) else None
    if management is None:
        return context
    backend = tree.backend(management, region)
    found = tree.account(backend, account)
    if found is None or backend.org is None:
        return context
    paths = (tree.path_of(backend, found.parent_id),)
    return context | {f"{prefix}OrgID": backend.org.id, f"{prefix}OrgPaths": paths}
