"""A partner in the jump account: users, groups, and what the groups may and may not do.

The group of all users carries self-service and every Deny; the other groups only say which roles may be
taken.  Groups hold their policies before a user joins them, and users hold no policy of their own, but for one
who is frozen.
"""

from collections.abc import Sequence

from troposphere import Ref, Tags, Template
from troposphere.iam import Group, ManagedPolicy, User

from jumpcf.estate import names
from jumpcf.estate.model import Grant, Partner
from jumpcf.estate.model import User as PartnerUser
from jumpcf.iam import arn, groups
from jumpcf.iam.document import Clause
from jumpcf.iam.packing import POLICIES_PER_GROUP, pack
from jumpcf.iam.selfservice import self_service
from jumpcf.iam.trust import TAG
from jumpcf.stack import StackContext, StackSpec, accounts_below, logical_id

STACK = StackSpec(kind="stack", per="partner", capabilities=("CAPABILITY_NAMED_IAM",))


def build(context: StackContext) -> Template:
    partner = context.partner
    assert partner is not None
    template = Template(Description=f"Users and groups of {partner.name} (jumpcf, {context.estate.name})")
    for_all = [grant for grant in partner.grants if not grant.groups]
    statements = [*members_statements(context, partner), *assume(context, for_all)]
    members = add_group(context, template, "Members", names.members_group(partner.name), statements)
    if partner.frozen is not None:
        members.ManagedPolicyArns = [*members.ManagedPolicyArns, freeze_arn(context)]
        context.cite(members.title, partner.frozen.mark)
    named = {}
    for group in partner.groups:
        statements = assume(context, [grant for grant in partner.grants if group in grant.groups])
        title, name = logical_id("Group", group), names.group(partner.name, group)
        named[group] = add_group(context, template, title, name, statements)
    for user in partner.users:
        add_user(context, template, user, [members, *(named[group] for group in user.groups)])
    return template


def add_user(context: StackContext, template: Template, user: PartnerUser, belongs: list[Group]) -> None:
    """Path, tag and groups are all that makes somebody a partner's user; the roles' trust asks for them."""
    assert context.partner is not None
    resource = User(
        logical_id("User", user.name),
        UserName=user.name,
        Path=names.user_path(context.partner.name),
        Groups=[Ref(group) for group in belongs],
        Tags=Tags({TAG: context.partner.name}),
    )
    if user.frozen is not None:
        resource.ManagedPolicyArns = [freeze_arn(context)]
        context.cite(resource.title, user.frozen.mark)
    template.add_resource(resource)
    context.cite(resource.title, user.mark)


def freeze_arn(context: StackContext) -> str:
    """The policy that denies everything; jump-base makes it.  `jumpcf partner freeze` attaches it by API, and
    here it stands so that no deploy takes it off again."""
    return names.freeze_policy(context.estate.partition, context.estate.jump.account)


def add_group(
    context: StackContext, template: Template, title: str, name: str, statements: Sequence[Clause]
) -> Group:
    """A group and as many managed policies as its statements need."""
    assert context.partner is not None
    path = names.user_path(context.partner.name)
    policies = [
        template.add_resource(ManagedPolicy(f"{title}Policy{part}", Path=path, PolicyDocument=policy))
        for part, policy in pack(statements, most=POLICIES_PER_GROUP).items()
    ]
    group = Group(title, GroupName=name, Path=path)
    if policies:
        group.ManagedPolicyArns = [Ref(policy) for policy in policies]
    template.add_resource(group)
    for resource in (group, *policies):
        context.cite(resource.title, context.partner.mark)
    for policy in policies:
        cite_statements(context, context.partner, policy)
    return group


def cite_statements(context: StackContext, partner: Partner, policy: ManagedPolicy) -> None:
    """Which grant let people take a role, whose last day ended whom, and what the long lists come from."""
    made = {logical_id("Assume", grant.name): [grant.mark] for grant in partner.grants}
    made["DenyEndedUsers"] = [user.mark for user in partner.users if user.until is not None]
    long = {logical_id("Assume", grant.name): [grant.at("ous")] for grant in partner.grants}
    long["DenyOutsideNetworks"] = [partner.at("networks")]
    long["DenyExcepted"] = [grant.at("except_accounts") for grant in partner.grants if grant.excepted]
    for statement in policy.PolicyDocument.Statement:
        what = f"{policy.title}/{statement.Sid}"
        # A grant may be called "part2".
        sid = statement.Sid if statement.Sid in long else groups.family(statement.Sid)
        context.cite(what, *made.get("DenyEndedUsers" if sid.startswith("DenyEndedUsers") else sid, ()))
        context.cite_length(what, *long.get(sid, ()))


def members_statements(context: StackContext, partner: Partner) -> list[Clause]:
    """Self-service, and every Deny of the partner."""
    estate = context.estate
    path = names.user_path(partner.name)
    statements = self_service(estate.partition, estate.jump.account, path, partner.cli)
    statements.append(groups.deny_without_mfa())
    if "self-service" in estate.fence:
        everywhere = "trust" in estate.fence
        statements.append(groups.deny_outside(partner.networks, also_assume_role=everywhere))
    statements.append(groups.deny_identity_changes(keys=partner.cli == "access-keys"))
    statements.append(groups.deny_after(partner.until.ends))
    statements += groups.deny_ended_users(ended_users(context, partner))
    statements += groups.deny_roles("DenyProtected", protected_roles(context, partner))
    statements += groups.deny_roles("DenyExcepted", excepted_roles(context, partner))
    return statements


def ended_users(context: StackContext, partner: Partner) -> dict[str, list[str]]:
    """Users whose own time ends before the partner's, by the instant of their end."""
    estate = context.estate
    path = names.user_path(partner.name)
    ends: dict[str, list[str]] = {}
    for user in partner.users:
        if user.until is not None and user.until.ends < partner.until.ends:
            mine = arn.user(estate.partition, estate.jump.account, path, user.name)
            ends.setdefault(user.until.ends, []).append(mine)
    return ends


def assume(context: StackContext, grants: Sequence[Grant]) -> list[Clause]:
    """Which roles these grants let people take."""
    estate = context.estate
    statements: list[Clause] = []
    for grant in grants:
        organization = estate.organizations[grant.organization]
        closed = grant.closed(estate.jump.account)
        inside = accounts_below(organization, grant.units)
        statements += groups.assume(
            sid=logical_id("Assume", grant.name),
            partition=estate.partition,
            roles=role_names(grant),
            ends=grant.until.ends,
            scope=estate.assume_scope,
            organization=organization.id,
            units=grant.units,
            accounts=[account for account in inside if account not in closed],
        )
    return statements


def role_names(grant: Grant) -> list[str]:
    return [names.ROLE_PATH + names.role(grant.partner, grant.name, level) for level in grant.levels]


def protected_roles(context: StackContext, partner: Partner) -> list[str]:
    """Every role of ours in accounts that are protected; where one grant admits a delegated administrator,
    exactly the roles of the partner's other grants there."""
    partition = context.estate.partition
    protected = {context.estate.jump.account}
    admitted: set[str] = set()
    for grant in partner.grants:
        everyone = set(context.estate.organizations[grant.organization].protected)
        protected |= everyone
        admitted |= everyone - set(grant.protected)
    closed = [arn.role(partition, account, names.ROLE_PATH, "*") for account in sorted(protected - admitted)]
    # In the user's own account a role's trust may name the user and needs no Allow of ours: close them all.
    closed.append(arn.role(partition, context.estate.jump.account, "/", "*"))
    return closed + [
        arn.iam(partition, account, f"role{role}")
        for account in sorted(admitted)
        for grant in partner.grants
        if account in grant.protected
        for role in role_names(grant)
    ]


def excepted_roles(context: StackContext, partner: Partner) -> list[str]:
    return [
        arn.iam(context.estate.partition, account, f"role{role}")
        for grant in partner.grants
        for account in grant.excepted
        for role in role_names(grant)
    ]
