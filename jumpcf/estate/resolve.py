"""Checked files to the Estate: names resolved, dates turned into instants, everything in one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jumpcf.artifacts.lock import StoredParameter
from jumpcf.artifacts.manifest import Connection, Rollout
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.errors import Mark
from jumpcf.estate import levels, networks, partitions, times
from jumpcf.estate.files import Params
from jumpcf.estate.model import (
    Boundary,
    Estate,
    Frozen,
    Grant,
    Left,
    Level,
    Organization,
    Partner,
    Pipeline,
    Statement,
    Until,
    User,
)
from jumpcf.estate.schema import (
    BoundaryFile,
    EstateFile,
    FrozenFile,
    GrantFile,
    LevelFile,
    OrganizationFile,
    PartnerFile,
    Reached,
    StatementFile,
)
from jumpcf.estate.source import Key
from jumpcf.estate.tree import NEVER_ADMITTED, Tree
from jumpcf.estate.validate import File


@dataclass(frozen=True, slots=True)
class Context:
    """What every part of an estate is resolved against."""

    file: EstateFile
    organizations: dict[str, Organization]
    trees: dict[str, Tree]
    levels: dict[str, Level]
    parameters: dict[str, list[str]]

    def until(self, day: str) -> Until:
        return times.until(times.day(day), self.file.defaults.timezone)


def resolve(params: Params, trees: dict[str, Tree]) -> Estate:
    """The estate of params that have passed every check; anything missing here is a bug of the checks."""
    assert params.estate is not None
    file = params.estate.model
    partition = partitions.of_region(file.jump.region)
    assert partition is not None
    organizations = {
        name: _organization(_there(found), trees[name], file.jump.account, params)
        for name, found in sorted(params.organizations.items())
    }
    custom = {name: _level(_there(found)) for name, found in sorted(params.levels.items())}
    tag = file.defaults.ssm_tag
    all_levels = dict(sorted({**levels.built_in(partition, (tag.key, tag.value)), **custom}.items()))
    context = Context(file, organizations, trees, all_levels, locked_networks(params))
    return Estate(
        name=file.estate,
        partition=partition,
        jump=connection(file.jump, file.jump.region),
        timezone=file.defaults.timezone,
        role_session_name=file.defaults.role_session_name,
        assume_scope=file.defaults.assume_scope,
        fence=tuple(sorted(set(file.defaults.fence))),
        password_policy=PasswordPolicy(**file.password_policy.model_dump()),
        unused_password_days=int(file.passwords.expire_unused_after.removesuffix("d")),
        quotas=file.quotas.model_dump(exclude_none=True),
        organizations=organizations,
        partners={name: _partner(_there(found), context) for name, found in sorted(params.partners.items())},
        levels=all_levels,
        boundaries={name: _boundary(_there(found)) for name, found in sorted(params.boundaries.items())},
        parameters=_parameters(params),
        mark=params.estate.mark("estate"),
        pipeline=_pipeline(params.estate),
        marks={
            quota: params.estate.key_mark("quotas", quota)
            for quota in file.quotas.model_dump(exclude_none=True)
        },
    )


def _parameters(params: Params) -> dict[str, StoredParameter]:
    locked = params.parameters.model.parameters if params.parameters else {}
    return {
        name: StoredParameter(
            value=one.value if isinstance(one.value, str) else tuple(one.value), version=one.version
        )
        for name, one in sorted(locked.items())
    }


def _pipeline(file: "File[EstateFile]") -> Pipeline | None:
    found = file.model.pipeline
    return Pipeline(**found.model_dump(), mark=file.key_mark("pipeline")) if found else None


def locked_networks(params: Params) -> dict[str, list[str]]:
    """The networks of each locked parameter."""
    if params.parameters is None:
        return {}
    locked = params.parameters.model.parameters
    return {name: networks_of(one.value) for name, one in locked.items()}


def networks_of(value: str | Iterable[str]) -> list[str]:
    """The networks of a parameter's value; a plain String may hold several, separated by commas."""
    return [part.strip() for part in (value.split(",") if isinstance(value, str) else value)]


def _there(file: "File[Any] | None") -> "File[Any]":
    assert file is not None
    return file


def connection(reached: Reached, region: str) -> Connection:
    """The way to an account, as params name it."""
    return Connection(
        account=reached.account, region=region, profile=reached.profile, role_arn=reached.role_arn
    )


def _organization(file: File[OrganizationFile], tree: Tree, jump: str, params: Params) -> Organization:
    model, lock = file.model, _there(params.locks[file.name]).model
    delegated = {
        account: tuple(sorted(services))
        for account, services in sorted(lock.delegated_administrators.items())
    }
    rollout = model.rollout
    return Organization(
        name=model.organization,
        id=model.id,
        root=tree.root,
        connection=connection(model.admin, model.region),
        rollout=Rollout(
            max_concurrent=rollout.max_concurrent,
            failure_tolerance=rollout.failure_tolerance,
            mode=rollout.mode,
            rings=tuple(tuple(_ids(tree, ring)) for ring in rollout.rings),
        ),
        management_account=lock.management_account,
        delegated_administrators=delegated,
        units=tuple(sorted(tree.units.values(), key=lambda unit: (unit.path, unit.id))),
        accounts=tuple(sorted(tree.accounts.values(), key=lambda account: account.id)),
        protected=protected_accounts(jump, model.admin.account, lock.management_account, delegated),
        mark=file.mark("organization"),
    )


def protected_accounts(jump: str, admin: str, management: str, delegated: Iterable[str]) -> dict[str, str]:
    """Account id to why no role may be there.

    The jump account is protected in every organization, so that it stays so when it moves into one.  The last
    reason given wins.
    """
    protected = dict.fromkeys(delegated, "delegated administrator")
    protected[admin] = "admin account"
    protected[management] = "management account"
    protected[jump] = "jump account"
    return dict(sorted(protected.items()))


def _ids(tree: Tree, references: Iterable[str]) -> list[str]:
    return [tree.find(reference)[0] for reference in references]


def _level(file: File[LevelFile]) -> Level:
    model = file.model
    return Level(
        name=model.level,
        managed_policies=tuple(sorted(set(model.managed_policies))),
        statements=_statements(file, model.statements),
        boundary=model.boundary,
        accept_escalation=model.accept_escalation,
        session=None if model.session is None else times.seconds(model.session),
        mfa_max_age=None if model.mfa_max_age is None else times.seconds(model.mfa_max_age),
        builtin=False,
        mark=file.mark("level"),
    )


def _boundary(file: File[BoundaryFile]) -> Boundary:
    model = file.model
    return Boundary(
        name=model.boundary, statements=_statements(file, model.statements), mark=file.mark("boundary")
    )


def _statements(file: File[Any], statements: list[StatementFile]) -> tuple[Statement, ...]:
    return tuple(
        _statement(statement, file.mark("statements", index)) for index, statement in enumerate(statements)
    )


def _statement(statement: StatementFile, mark: Mark) -> Statement:
    conditions = {
        operator: {
            key: (values,) if isinstance(values, str) else tuple(sorted(set(values)))
            for key, values in sorted(keys.items())
        }
        for operator, keys in sorted(statement.conditions.items())
    }
    return Statement(
        effect=statement.effect,
        actions=_sorted(statement.actions),
        not_actions=_sorted(statement.not_actions),
        resources=_sorted(statement.resources),
        not_resources=_sorted(statement.not_resources),
        conditions=conditions,
        mark=mark,
    )


def _sorted(values: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted(set(values or ())))


def _partner(file: File[PartnerFile], context: Context) -> Partner:
    model = file.model
    written = model.networks
    cidrs = context.parameters[written.removeprefix("ssm:")] if isinstance(written, str) else written
    until = context.until(model.until)
    grants = {name: _grant(file, name, until, context) for name in sorted(model.grants)}
    return Partner(
        name=model.partner,
        title=model.title,
        contact=model.contact,
        until=until,
        networks=tuple(str(network) for network in networks.ordered(networks.parse(cidr) for cidr in cidrs)),
        users=_users(file, context),
        grants=tuple(grants.values()),
        groups=tuple(sorted({group for grant in grants.values() for group in grant.groups})),
        cli=model.cli or context.file.defaults.cli,
        mark=file.mark("partner"),
        frozen=_frozen(model.frozen, file.key_mark("frozen")),
        left=_left(file),
        marks={"networks": file.key_mark("networks")},
    )


def _frozen(written: FrozenFile | None, mark: Mark) -> Frozen | None:
    if written is None:
        return None
    return Frozen(reason=written.reason, at=written.at, before=times.spread(written.at), mark=mark)


def _left(file: File[PartnerFile]) -> tuple[Left, ...]:
    left = [
        Left(name=one.name, day=times.day(one.day), mark=file.mark("left", index))
        for index, one in enumerate(file.model.left)
    ]
    return tuple(sorted(left, key=lambda one: one.name))


def _users(file: File[PartnerFile], context: Context) -> tuple[User, ...]:
    users = [
        User(
            name=user.name,
            email=user.email,
            groups=_sorted(user.groups),
            until=None if user.until is None else context.until(user.until),
            mark=file.mark("users", index),
            frozen=_frozen(user.frozen, file.key_mark("users", index, "frozen")),
        )
        for index, user in enumerate(file.model.users)
    ]
    return tuple(sorted(users, key=lambda user: user.name))


def _grant(file: File[PartnerFile], name: str, partner_until: Until, context: Context) -> Grant:
    model = file.model.grants[name]
    organization, tree = context.organizations[model.organization], context.trees[model.organization]
    own = partner_until if model.until is None else context.until(model.until)
    path: tuple[Key, ...] = ("grants", name)
    lists = {"ous": model.ous, "except_accounts": model.except_accounts}
    return Grant(
        name=name,
        partner=file.model.partner,
        organization=model.organization,
        units=tuple(sorted(_ids(tree, model.ous))),
        levels=_sorted(model.levels),
        groups=_sorted(model.groups),
        excepted=_sorted(model.except_accounts),
        protected=still_protected(organization, model),
        accept_delegated_admin=model.accept_delegated_admin,
        until=min(own, partner_until, key=lambda until: until.day),
        session={level: _session(model, context.levels[level], context) for level in _sorted(model.levels)},
        mark=file.key_mark(*path),
        marks={key: file.key_mark(*path, key) for key, values in lists.items() if values},
    )


def still_protected(organization: Organization, grant: GrantFile) -> tuple[str, ...]:
    """The protected accounts less those admitted."""
    return tuple(
        account
        for account, reason in organization.protected.items()
        if not admitted(grant, reason, organization.delegated_administrators.get(account, ()))
    )


def admitted(grant: GrantFile, reason: str, services: Iterable[str]) -> bool:
    """Whether a grant lets in an account that is protected for this reason: delegated administrators of services
    that stay in the account, where it accepts them."""
    delegated = reason == "delegated administrator"
    return delegated and bool(grant.accept_delegated_admin) and not NEVER_ADMITTED.intersection(services)


def _session(grant: GrantFile, level: Level, context: Context) -> int:
    if grant.session is not None:
        return times.seconds(grant.session)
    return level.session or times.seconds(context.file.defaults.session)
