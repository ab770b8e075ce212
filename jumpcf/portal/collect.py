"""From who can reach what to a kit: the accounts and roles that the compiled templates let somebody take."""

from collections.abc import Iterator
from dataclasses import dataclass

from jumpcf.access.ask import Asker
from jumpcf.access.model import Graph, Person, Place, RoleKind
from jumpcf.estate import names
from jumpcf.estate.model import Estate, Partner, Until, User
from jumpcf.portal import links
from jumpcf.portal.model import Account, Kit, Level, Link, Organization, Unit


@dataclass(frozen=True, slots=True)
class _Reached:
    place: Place
    role: RoleKind


def collect(estate: Estate, asker: Asker, partner: Partner, user: User | None, sign_in: str) -> Kit:
    """The kit of a partner, or of one user of it, at the asker's moment.

    A role is in it where the user (without one: any user of the partner) may take it and its session is not
    useless.  That the console's form takes every role the build has made sure (E408).
    """
    until = _earlier(partner.until, user.until if user else None)
    people = [
        one
        for one in asker.graph.people
        if one.partner == partner.name and (user is None or one.name == user.name)
    ]
    reached = list(_reached(asker, people))
    fenced = bool(estate.fence)
    return Kit(
        estate=estate.name,
        partner=partner.name,
        title=links.shown(partner.title),
        contact=partner.contact,
        user=user.name if user else "",
        timezone=estate.timezone,
        until=until.day.isoformat(),
        ends=until.ends,
        jump=estate.jump.account,
        region=estate.jump.region,
        user_path=names.user_path(partner.name),
        partition=estate.partition,
        sign_in=sign_in,
        networks=partner.networks if fenced else (),
        cli=partner.cli,
        base=estate.name,
        password_days=estate.unused_password_days,
        password_length=estate.password_policy.minimum_length,
        organizations=tuple(_organizations(estate, asker.graph, partner, until, reached)),
        levels=tuple(_levels(estate, reached)),
    )


def _earlier(first: Until, second: Until | None) -> Until:
    return second if second is not None and second.ends < first.ends else first


def _reached(asker: Asker, people: list[Person]) -> Iterator[_Reached]:
    """By organization, OU, account, level and grant."""
    graph = asker.graph
    order = sorted(graph.places.values(), key=lambda one: (one.organization, one.path, one.name, one.id))
    for place in order:
        for role in sorted(graph.deployed[place.id], key=lambda one: (links.rank(one.level), one.grant)):
            if any(_useful(asker, person, role, place) for person in people):
                yield _Reached(place, role)


def _useful(asker: Asker, person: Person, role: RoleKind, place: Place) -> bool:
    return asker.may(person, role, place) and asker.works(person, role, place) != "denied"


def _organizations(
    estate: Estate, graph: Graph, partner: Partner, until: Until, reached: list[_Reached]
) -> Iterator[Organization]:
    made = _links(graph, partner, until, reached, estate.name)
    tree: dict[str, dict[str, dict[str, list[Link]]]] = {}
    for one, link in zip(reached, made, strict=True):
        units = tree.setdefault(one.place.organization, {})
        units.setdefault(one.place.path, {}).setdefault(one.place.id, []).append(link)
    for name, units in tree.items():
        region = estate.organizations[name].connection.region
        yield Organization(
            name=name,
            units=tuple(
                Unit(
                    path=links.shown(path),
                    accounts=tuple(
                        Account(
                            id=account,
                            name=links.shown(graph.places[account].name),
                            region=region,
                            links=tuple(found),
                        )
                        for account, found in accounts.items()
                    ),
                )
                for path, accounts in units.items()
            ),
        )


def _links(
    graph: Graph, partner: Partner, until: Until, reached: list[_Reached], prefix: str
) -> Iterator[Link]:
    ends = {grant.name: grant.until for grant in partner.grants}
    named = links.profiles(
        prefix, [(one.place.id, one.place.name, one.role.grant, one.role.level) for one in reached]
    )
    for one, profile in zip(reached, named, strict=True):
        role, place = one.role, one.place
        name, shade = f"{role.path}{role.name}".removeprefix("/"), links.color(role.level)
        shown = links.display(links.shown(place.name), role.level)
        own = ends.get(role.grant, until)
        yield Link(
            level=role.level,
            grant=role.grant,
            role=name,
            arn=graph.arn(role, place),
            color=shade,
            url=links.switch_role(graph.partition, place.id, name, shown, shade),
            profile=profile,
            session=_session(role),
            until=own.day.isoformat() if own.ends < until.ends else "",
        )


def _session(role: RoleKind) -> int:
    """Seconds; IAM's default is an hour (CreateRole, MaxSessionDuration)."""
    written = role.resource["Properties"].get("MaxSessionDuration", 3600)
    return written if isinstance(written, int) else 3600


def _levels(estate: Estate, reached: list[_Reached]) -> Iterator[Level]:
    kinds: dict[str, dict[RoleKind, None]] = {}
    for one in reached:
        kinds.setdefault(one.role.level, {})[one.role] = None
    for name, roles in sorted(kinds.items(), key=lambda one: links.rank(one[0])):
        level = estate.levels.get(name)
        yield Level(
            name=name,
            color=links.color(name),
            builtin=level is not None and level.builtin,
            policies=tuple(sorted({policy for role in roles for policy in role.opaque})),
            sessions=tuple(sorted({_session(role) for role in roles})),
            mfa_max_age=level.mfa_max_age if level else None,
        )
