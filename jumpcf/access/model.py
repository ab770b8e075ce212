"""The graph of access: people of the jump account, roles of the templates, accounts of the organizations."""

from dataclasses import dataclass, field
from typing import Any

from jumpcf.artifacts.manifest import Target
from jumpcf.policy.document import Policy

Sources = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Person:
    """An IAM user of the jump account as its template has it, with every policy of its groups.

    `where` is the place of the template ("jump/jump-partner-acme"), `title` the resource in it.
    `network` is the first address of the partner's first network.
    """

    name: str
    arn: str
    partner: str
    tags: dict[str, str]
    groups: tuple[str, ...]
    policies: tuple[Policy, ...]
    boundary: Policy | None
    network: str
    where: str
    title: str
    mentions: "Mentions" = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoleKind:
    """A role as a StackSet's template has it; in which accounts it is, the graph says.

    `opaque` are the names of AWS managed policies: what they hold is not in the bytes.  `fence` stands among
    `policies` too.
    """

    name: str
    path: str
    partner: str
    grant: str
    level: str
    organization: str
    tags: dict[str, str]
    trust: Policy
    policies: tuple[Policy, ...]
    opaque: tuple[str, ...]
    boundary: Policy | None
    probe: str | None
    target: Target
    where: str
    title: str
    mentions: "Mentions" = field(repr=False)
    body: dict[str, Any] = field(repr=False)
    resource: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """A member account, with what AWS says of it in a request.

    `units` are the ids of its OU and of everything above it; `org_path` is its value of aws:ResourceOrgPaths.
    """

    id: str
    name: str
    organization: str
    organization_id: str
    path: str
    units: frozenset[str]
    org_path: str
    state: str
    management: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which accounts the text of some policies names; two that it does not name, in one OU, are alike.

    `every` is True where the text has something that could tell any two accounts apart.
    """

    text: str
    every: bool

    def of(self, place: Place) -> str:
        """What of an account's id can matter: all of it, or nothing."""
        return place.id if self.every or place.id in self.text else ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Everything that a question about access is answered from.

    `deployed` maps an account's id to the roles that are in it; `units` maps an
    organization's name to its OUs, path and id each to the id.  `sources` are build/sources.json.
    """

    estate: str
    partition: str
    jump: str
    jump_organization: str | None
    timezone: str
    people: tuple[Person, ...]
    roles: tuple[RoleKind, ...]
    places: dict[str, Place]
    deployed: dict[str, tuple[RoleKind, ...]]
    units: dict[str, dict[str, str]]
    sources: Sources

    def arn(self, role: RoleKind, place: Place) -> str:
        return f"arn:{self.partition}:iam::{place.id}:role{role.path}{role.name}"

    def cited(self, where: str, what: str) -> tuple[str, ...]:
        """The places in params/ that made a statement, else its policy, else the resource."""
        known = self.sources.get(where, {})
        while what not in known and "/" in what:
            what = what.rpartition("/")[0]
        return tuple(known.get(what, ()))
