"""The roles of a grant in the accounts of its OUs: one per level, with its fence and its boundary.

The stack depends on no other.  Auto-deployment ignores every account filter, so each resource carries a
Condition on the account: in protected and excepted accounts the stack is there, and empty.
"""

from troposphere import AWS_ACCOUNT_ID, AWSHelperFn, Equals, Not, Or, Ref, Retain, Tags, Template
from troposphere.cloudformation import WaitConditionHandle
from troposphere.iam import ManagedPolicy, Policy, Role

from jumpcf.errors import Mark
from jumpcf.estate import names
from jumpcf.estate.model import Grant, Level, Partner
from jumpcf.iam.boundary import boundary, builtin_boundary
from jumpcf.iam.document import Clause, Document, characters, document
from jumpcf.iam.fence import Per, fence
from jumpcf.iam.packing import pack
from jumpcf.iam.permissions import permissions
from jumpcf.iam.trust import TAG, trust
from jumpcf.stack import StackContext, StackSpec

STACK = StackSpec(kind="stackset", per="grant", capabilities=("CAPABILITY_NAMED_IAM",))

TARGET = "IsTarget"
INLINE_LIMIT = 10_240  # characters of all inline policies of a role (IAM and STS quotas)
POLICIES_PER_ROLE = 10  # managed policies, where AWS has not raised it (the same page)


def build(context: StackContext) -> Template:
    partner, grant = context.partner, context.grant
    assert partner is not None
    assert grant is not None
    template = Template(
        Description=f"Roles of {partner.name} for {grant.name} (jumpcf, {context.estate.name})"
    )
    closed = sorted(grant.closed(context.estate.jump.account))
    template.add_condition(TARGET, Not(any_of([account_is(account) for account in closed])))
    # A stack must have a resource; this one costs nothing and is nothing.
    template.add_resource(WaitConditionHandle("Empty"))
    for level in context.levels:
        add_level(context, template, partner, grant, level)
    return template


def account_is(account: str) -> AWSHelperFn:
    return Equals(Ref(AWS_ACCOUNT_ID), account)


def any_of(conditions: list[AWSHelperFn]) -> AWSHelperFn:
    """Fn::Or takes two to ten conditions, so many are nested."""
    while len(conditions) > 1:
        tens = [conditions[start : start + 10] for start in range(0, len(conditions), 10)]
        conditions = [Or(*ten) if len(ten) > 1 else ten[0] for ten in tens]
    return conditions[0]


def add_level(
    context: StackContext, template: Template, partner: Partner, grant: Grant, level: Level
) -> None:
    ceiling = ManagedPolicy(
        f"Boundary{level.name}",
        Condition=TARGET,
        # IAM refuses to delete a policy that is still the boundary of a role that the partner made.
        DeletionPolicy=Retain,
        UpdateReplacePolicy=Retain,
        Path=names.boundary_path(partner.name, grant.name, level.name, level.boundary),
        Description=f"The most that {level.name} of {partner.name} can do, and what its roles can do",
        PolicyDocument=level_boundary(context, partner, grant, level),
    )
    role = Role(
        f"Role{level.name}",
        Condition=TARGET,
        Path=names.ROLE_PATH,
        RoleName=names.role(partner.name, grant.name, level.name),
        Description=f"{level.name} for {partner.name}, grant {grant.name}",
        AssumeRolePolicyDocument=level_trust(context, partner, grant, level),
        MaxSessionDuration=grant.session[level.name],
        PermissionsBoundary=Ref(ceiling),
        Policies=[Policy(PolicyName="fence", PolicyDocument=level_fence(context, partner, grant))],
        Tags=Tags({TAG: partner.name, "jump-grant": grant.name, "jump-level": level.name}),
    )
    attached: list[str | Ref] = list(level.managed_policies)
    attached += add_permissions(context, template, role, level)
    if attached:
        role.ManagedPolicyArns = attached
    template.add_resource(ceiling)
    template.add_resource(role)
    context.cite(ceiling.title, level.mark)
    if custom(level):
        for number, statement in enumerate(context.estate.boundaries[level.boundary].statements, 1):
            context.cite(f"{ceiling.title}/Ceiling{number}", statement.mark)
    context.cite(role.title, partner.mark, grant.mark, level.mark)
    context.cite(f"{role.title}/fence", partner.mark, grant.mark, *dated(partner))
    if partner.frozen is not None:
        context.cite(f"{role.title}/fence/DenyFrozen", partner.frozen.mark)
    context.cite_length(f"{role.title}/PartnerUsersWithMfa", partner.at("networks"))
    context.cite_length(f"{role.title}/fence/DenyOutsideNetworks", partner.at("networks"))


def dated(partner: Partner) -> list[Mark]:
    """Who has a place of his own in the fence."""
    users = [user.mark for user in partner.users if user.until is not None or user.frozen is not None]
    return [*users, *(one.mark for one in partner.left)]


def add_permissions(context: StackContext, template: Template, role: Role, level: Level) -> list[Ref]:
    """The level's own statements: inline beside the fence while they fit, else in managed policies."""
    assert context.grant is not None
    grant = context.grant
    statements: list[Clause] = permissions(level.statements, partner=grant.partner, grant=grant.name)
    if not statements:
        return []
    lines = {made.Sid: written.mark for made, written in zip(statements, level.statements, strict=True)}
    own = document(statements)
    used = characters(role.Policies[0].PolicyDocument.rendered)
    if used + characters(own.rendered) <= INLINE_LIMIT:
        role.Policies = [*role.Policies, Policy(PolicyName="level", PolicyDocument=own)]
        context.cite(f"{role.title}/level", *lines.values())
        for sid, line in lines.items():
            context.cite(f"{role.title}/level/{sid}", line)
        return []
    most = context.estate.quotas.get("managed_policies_per_role", POLICIES_PER_ROLE)
    refs = []
    for part, policy in pack(statements, most=most - len(level.managed_policies)).items():
        # The number first: a level may end with a digit, and none begins with one.
        title = f"Level{part}{level.name}"
        # Not the boundary's own path: whatever lies there passes for the boundary.
        resource = ManagedPolicy(title, Condition=TARGET, Path=names.ROLE_PATH, PolicyDocument=policy)
        refs.append(Ref(template.add_resource(resource)))
        context.cite(title, level.mark)
        for statement in policy.Statement:
            context.cite(f"{title}/{statement.Sid}", lines[statement.Sid])
    return refs


def custom(level: Level) -> bool:
    return level.boundary not in ("strict", "relaxed")


def level_boundary(context: StackContext, partner: Partner, grant: Grant, level: Level) -> Document:
    """The level's ceiling with the protecting Denies; the strict one unless the level says relaxed."""
    partition = context.estate.partition
    path = names.boundary_path(partner.name, grant.name, level.name, level.boundary)
    delegated = names.delegated_path(partner.name, grant.name, level.name, level.boundary)
    strict = level.boundary != "relaxed"
    if not custom(level):
        return builtin_boundary(
            partition=partition, boundary_path=path, delegated_path=delegated, strict=strict
        )
    written = context.estate.boundaries[level.boundary].statements
    own = permissions(written, partner=partner.name, grant=grant.name, sid="Ceiling")
    return boundary(own, partition=partition, boundary_path=path, delegated_path=delegated, strict=strict)


def level_trust(context: StackContext, partner: Partner, grant: Grant, level: Level) -> Document:
    estate = context.estate
    return trust(
        partition=estate.partition,
        jump_account=estate.jump.account,
        partner=partner.name,
        user_path=names.user_path(partner.name),
        ends=grant.until.ends,
        session_name=estate.role_session_name == "required",
        networks=partner.networks if "trust" in estate.fence else (),
        mfa_max_age=level.mfa_max_age,
    )


def level_fence(context: StackContext, partner: Partner, grant: Grant) -> Document:
    """A session is known by its name.  Where the trust does not ask for it, the console gives the user's own name
    all the same, and sessions of the time before may bear it: so people are named either way."""
    return fence(
        ends=grant.until.ends,
        networks=partner.networks if "session" in context.estate.fence else (),
        ended_users=ended_users(partner, grant),
        frozen=partner.frozen.before if partner.frozen else "",
        frozen_users=frozen_users(partner),
        left=left(partner),
    )


def ended_users(partner: Partner, grant: Grant) -> Per:
    """Users of the grant whose own time ends before the grant's."""
    ends: dict[str, list[str]] = {}
    for user in partner.users:
        if grant.is_for(user) and user.until is not None and user.until.ends < grant.until.ends:
            ends.setdefault(user.until.ends, []).append(user.name)
    return tuple((end, tuple(sorted(people))) for end, people in sorted(ends.items()))


def frozen_users(partner: Partner) -> Per:
    """Every frozen user of the partner, whatever his groups are now: a session outlives a change of groups."""
    since: dict[str, list[str]] = {}
    for user in partner.users:
        if user.frozen is not None:
            since.setdefault(user.frozen.before, []).append(user.name)
    return tuple((before, tuple(sorted(people))) for before, people in sorted(since.items()))


def left(partner: Partner) -> tuple[str, ...]:
    """Whoever is a user no more, of whatever groups he was, for a session outlives him."""
    return tuple(one.name for one in partner.left)
