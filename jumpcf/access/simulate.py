"""What would become of an account's roles, and of those who take them, if it lay in another OU.

Decided on the compiled templates and the lock's tree, as everything of this room; AWS is not asked.  What StackSets
do when an account moves: CloudFormation User Guide, "StackSets concepts" (status QUEUED): the stack of the OU that
it leaves is deleted, then the one of the OU that it joins is created.  Assumed, not verified on AWS: that also holds
where both OUs are targets of one StackSet, and a move below one target does nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from jumpcf.access.ask import Asker
from jumpcf.access.graph import absent
from jumpcf.access.model import Graph, Place, RoleKind
from jumpcf.errors import UnknownName
from jumpcf.estate.model import Estate, Organization, OrgUnit
from jumpcf.estate.select import organizations
from jumpcf.estate.similar import did_you_mean

NEWCOMER = "000000000000"
"""The id of an account that does not exist yet; no template names it, as none can name an account to come."""

Fate = Literal["made", "deleted", "made-anew", "kept", "withheld"]
"""Of a role: it appears, it goes, it goes and comes again (minutes without it), it stays, or an OU of its grant
reaches the account and it is not made, with the reason."""

Why = Mapping[str, Mapping[str, str]]
"""Organization to account to why no role may be there, as the manifest has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFate:
    """What becomes of one role.  `before` and `after` are the users who may take it then and there, `groups` the
    groups of its grant; `target` is the path of the targeted OU that reaches the account, the old one where the role
    goes."""

    fate: Fate
    organization: str
    partner: str
    grant: str
    level: str
    role: str
    target: str
    groups: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a user may take before and after, by level; only where the two differ."""

    partner: str
    user: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The answer.  `origin` is None for an account that is new; `outages` say who is without access for minutes."""

    estate: str
    at: str
    account: str
    name: str
    origin: tuple[str, str] | None
    destination: tuple[str, str]
    roles: tuple[RoleFate, ...]
    people: tuple[Reach, ...]
    outages: tuple[str, ...]
    notices: tuple[str, ...]
    schema: int = field(default=1)


def find_unit(
    estate: Estate, word: str, organization: str | None, home: str | None = None
) -> tuple[Organization, OrgUnit]:
    """The OU of a path or an id: of this organization; without one, of `home` if that has it, else of the only
    one that does.  E603 where there is none, E604 where there are several."""
    names = organizations(list(estate.organizations), [organization] if organization else ())
    searched = [estate.organizations[name] for name in names]
    found = [(one, unit) for one in searched for unit in one.units if word in (unit.id, unit.path)]
    found = [each for each in found if each[0].name == home] or found
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{unit.id} ({one.name})" for one, unit in found)
        raise UnknownName(
            "E604", f"{len(found)} OUs have the path {word}", f"add --org, or write the id: {ids}"
        )
    known = (form for one in searched for unit in one.units for form in (unit.path, unit.id))
    hint = did_you_mean(word, known, "run jumpcf sync if it is new")
    raise UnknownName("E603", f"no OU {word} in {', '.join(names)}", hint)


def newcomer(organization: Organization, unit: OrgUnit) -> Place:
    """An account that is made in an OU."""
    nobody = Place(
        id=NEWCOMER,
        name="",
        organization=organization.name,
        organization_id=organization.id,
        path=unit.path,
        units=frozenset(),
        org_path="",
        state="ACTIVE",
        management=False,
    )
    return moved(nobody, organization, unit)


def moved(place: Place, organization: Organization, unit: OrgUnit) -> Place:
    """The account in another OU, maybe of another organization."""
    units = {one.id: one for one in organization.units}
    chain: list[str] = []
    at: str | None = unit.id
    while at:
        chain.append(at)
        at = units[at].parent
    return replace(
        place,
        organization=organization.name,
        organization_id=organization.id,
        path=unit.path,
        units=frozenset(chain),
        org_path="/".join([organization.id, *reversed(chain), ""]),
        management=place.id == organization.management_account,
    )


def simulate(estate: Estate, asker: Asker, protected: Why, before: Place | None, after: Place) -> Simulation:
    """What becomes of every role that the account has or would have; `before` None is an account that is new.

    UnknownName E607 for the management account of an organization that is to leave it.
    """
    if before and before.management and before.organization != after.organization:
        raise UnknownName(
            "E607",
            f"{before.name} is the management account of {before.organization} and cannot leave it",
            "AWS Organizations moves member accounts only",
        )
    roles = tuple(_fates(estate, asker, protected, before, after))
    return Simulation(
        estate=estate.name,
        at=asker.moment.at,
        account="" if before is None else after.id,
        name=after.name,
        origin=(before.organization, before.path) if before else None,
        destination=(after.organization, after.path),
        roles=roles,
        people=tuple(_people(roles)),
        outages=tuple(_outages(roles)),
        notices=(*_notices(estate, before, after, roles), *_left_behind(asker.graph, before, after, roles)),
    )


def _fates(
    estate: Estate, asker: Asker, protected: Why, before: Place | None, after: Place
) -> Iterator[RoleFate]:
    for role in asker.graph.roles:
        was = before is not None and absent(role, before) == ""
        lacks = absent(role, after)
        source, target = _target(role, before), _target(role, after)
        grant = next(one for one in estate.partners[role.partner].grants if one.name == role.grant)
        fate = RoleFate(
            fate="kept",
            organization=role.organization,
            partner=role.partner,
            grant=role.grant,
            level=role.level,
            role=role.name,
            target=target,
            groups=grant.groups or ("members",),
            before=_takers(asker, role, before) if was else (),
            after=_takers(asker, role, after) if not lacks else (),
        )
        if was and lacks:
            yield replace(
                fate,
                fate="deleted",
                target=source,
                reason=_withheld(role, after, protected) if target else "",
            )
        elif was:
            yield fate if source == target else replace(fate, fate="made-anew", reason=f"{source} → {target}")
        elif not lacks:
            yield replace(fate, fate="made")
        elif target:
            yield replace(fate, fate="withheld", reason=_withheld(role, after, protected))


def _target(role: RoleKind, place: Place | None) -> str:
    """The path of the targeted OU that reaches the account; "" where none does."""
    if place is None or role.organization != place.organization:
        return ""
    return next(
        (path for unit, path in zip(role.target.ous, role.target.paths, strict=True) if unit in place.units),
        "",
    )


def _takers(asker: Asker, role: RoleKind, place: Place | None) -> tuple[str, ...]:
    return tuple(one.name for one in asker.graph.people if place and asker.may(one, role, place))


def _withheld(role: RoleKind, place: Place, protected: Why) -> str:
    if place.id in role.target.excepted:
        return "excepted"
    if place.state == "ACTIVE" and (why := protected.get(place.organization, {}).get(place.id)):
        return f"protected: {why}"
    return absent(role, place)


def _people(roles: Iterable[RoleFate]) -> Iterator[Reach]:
    before: dict[tuple[str, str], set[str]] = {}
    after: dict[tuple[str, str], set[str]] = {}
    for role in roles:
        for users, found in ((role.before, before), (role.after, after)):
            for user in users:
                found.setdefault((role.partner, user), set()).add(role.role)
    for partner, user in sorted(before.keys() | after.keys()):
        had, has = before.get((partner, user), set()), after.get((partner, user), set())
        if had != has:
            yield Reach(
                partner=partner, user=user, gains=tuple(sorted(has - had)), loses=tuple(sorted(had - has))
            )


def _outages(roles: tuple[RoleFate, ...]) -> Iterator[str]:
    """Who has a level before and after, and in between for minutes does not."""
    for role in roles:
        if role.fate == "made-anew":
            yield (
                f"{role.role} ({role.partner}): deleted, then made anew ({role.reason}): minutes without it, "
                "and its sessions end"
            )
    made = {(role.partner, role.level): role for role in roles if role.fate == "made"}
    for role in roles:
        other = made.get((role.partner, role.level))
        if role.fate == "deleted" and other:
            yield (
                f"{role.role} ({role.partner}): deleted, and {other.role} made in its place: minutes without "
                f"{role.level}, and another role to take"
            )


def _notices(
    estate: Estate, before: Place | None, after: Place, roles: tuple[RoleFate, ...]
) -> Iterator[str]:
    if before and (before.organization, before.units) == (after.organization, after.units):
        yield "the account is there already: nothing changes"
    if after.state != "ACTIVE":
        yield f"the account is {after.state.lower().replace('_', ' ')}: StackSets pass over it, wherever it lies"
    if after.management:
        yield "it is the management account, to which StackSets never deploy"
    if before and before.organization != after.organization:
        yield (
            f"the account leaves {before.organization}: whether AWS deletes its stacks there is not verified; look "
            f"into the account afterwards, and delete roles under /jump/ of {before.organization}'s grants"
        )
    if estate.assume_scope == "accounts" and any(role.fate == "made" for role in roles):
        yield (
            "assume_scope is accounts: nobody can take what is made here before the lock is refreshed and the jump "
            "account is deployed"
        )


def _left_behind(
    graph: Graph, before: Place | None, after: Place, roles: tuple[RoleFate, ...]
) -> Iterator[str]:
    """Exceptions that held where the account was, if it gets roles where it goes: they are of one grant each."""
    if before is None or not any(role.fate == "made" for role in roles):
        return
    excepting = [one for one in graph.roles if _target(one, before) and before.id in one.target.excepted]
    for grant in dict.fromkeys(f"{one.partner}/{one.grant}" for one in excepting):
        yield f"{grant} excepts this account; the grants that reach it in {after.path} do not"
