"""Who may take which role where: every allowed combination, and the grants and roles that lead nowhere."""

import fnmatch
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from jumpcf.access.ask import Asker, Works
from jumpcf.access.model import Graph, Person, RoleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A user may take a role in an account; `session` says whether that is of any use."""

    organization: str
    path: str
    account: str
    account_name: str
    partner: str
    user: str
    grant: str
    level: str
    role: str
    session: Works


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """Roles that a group's policy lets people take, and that no account has."""

    partner: str
    role: str
    statement: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A role that accounts have, and that nobody may take in `accounts` of them."""

    organization: str
    role: str
    accounts: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A partner and how many users it has."""

    partner: str
    users: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The answer.  `entries` are sorted by organization, OU, account, partner, user and level; `judged` is how
    many combinations of user, account and role were decided; `accounts` is how many accounts there are."""

    estate: str
    at: str
    columns: tuple[Column, ...]
    accounts: int
    judged: int
    entries: tuple[Entry, ...]
    dead: tuple[Dead, ...]
    orphans: tuple[Orphan, ...]
    schema: int = field(default=1)


def make_matrix(asker: Asker, organizations: Collection[str], partners: Collection[str]) -> Matrix:
    """The matrix of these organizations and partners; empty means all.  Every user is held against every role
    of every account, those of other partners too.  Orphans are judged over all users."""
    graph = asker.graph
    places = [one for one in graph.places.values() if not organizations or one.organization in organizations]
    wanted = [one for one in graph.people if not partners or one.partner in partners]
    entries, orphans = [], dict[RoleKind, list[str]]()
    for place in places:
        for role in graph.deployed[place.id]:
            takers = [person for person in graph.people if asker.may(person, role, place)]
            if not takers and (not partners or role.partner in partners):
                orphans.setdefault(role, []).append(place.id)
            entries += [_entry(asker, person, role, place.id) for person in takers if person in wanted]
    columns = {one.partner: 0 for one in wanted}
    for one in wanted:
        columns[one.partner] += 1
    return Matrix(
        estate=graph.estate,
        at=asker.moment.at,
        columns=tuple(Column(partner=name, users=users) for name, users in sorted(columns.items())),
        accounts=len(places),
        judged=len(graph.people) * sum(len(graph.deployed[place.id]) for place in places),
        entries=tuple(sorted(entries, key=_order)),
        dead=tuple(_dead(graph, wanted, organizations)),
        orphans=tuple(_orphan(graph, role, accounts) for role, accounts in orphans.items()),
    )


def _order(one: Entry) -> tuple[str, ...]:
    return (one.organization, one.path, one.account, one.partner, one.user, one.level, one.role)


def _entry(asker: Asker, person: Person, role: RoleKind, account: str) -> Entry:
    place = asker.graph.places[account]
    return Entry(
        organization=place.organization,
        path=place.path,
        account=account,
        account_name=place.name,
        partner=person.partner,
        user=person.name,
        grant=role.grant,
        level=role.level,
        role=f"{role.path}{role.name}",
        session=asker.works(person, role, place),
    )


def _orphan(graph: Graph, role: RoleKind, accounts: list[str]) -> Orphan:
    return Orphan(
        organization=role.organization,
        role=f"{role.path}{role.name}",
        accounts=tuple(sorted(accounts)),
        places=graph.cited(role.where, role.title),
    )


def _dead(graph: Graph, people: list[Person], organizations: Collection[str]) -> Iterator[Dead]:
    """What group policies allow and no account has; with organizations chosen, of roles of theirs only."""
    arns = [graph.arn(role, graph.places[at]) for at, roles in graph.deployed.items() for role in roles]
    elsewhere = {
        f"{one.path}{one.name}"
        for one in graph.roles
        if organizations and one.organization not in organizations
    }
    exact, tails = set(arns), {arn.split(":", 5)[5] for arn in arns}
    seen = set()
    for person in people:
        for policy, statement, pattern in _allowed(person):
            name = pattern.rpartition(":role")[2]
            if (person.partner, policy, pattern) in seen or name in elsewhere:
                continue
            seen.add((person.partner, policy, pattern))
            if not _meets(pattern, exact, tails, arns):
                what = f"{policy}/{statement}"
                yield Dead(
                    partner=person.partner, role=name, statement=what, places=graph.cited(person.where, what)
                )


def _allowed(person: Person) -> Iterator[tuple[str, str, str]]:
    """Policy, Sid and resource of everything that lets the user take roles."""
    for policy in person.policies:
        for statement in policy.statements:
            if statement.effect == "Allow" and any(
                fnmatch.fnmatchcase("sts:assumerole", one) for one in statement.actions
            ):
                yield from ((policy.name, statement.sid, one.written) for one in statement.resources)


def _meets(pattern: str, exact: set[str], tails: set[str], arns: list[str]) -> bool:
    """Does any role have an ARN of this pattern?  The two usual forms are looked up."""
    head, _, tail = pattern.rpartition(":")
    if "*" not in tail and "?" not in tail:
        return tail in tails if head.endswith("::*") else pattern in exact
    return any(fnmatch.fnmatchcase(arn, pattern) for arn in arns)
