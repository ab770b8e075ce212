"""The rendered templates, the manifest's targets and the lock's accounts, read into one graph."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jumpcf.access import template
from jumpcf.access.arns import PARTS, parts
from jumpcf.access.codes import UnknownTemplate
from jumpcf.access.model import Graph, Mentions, Person, Place, RoleKind, Sources
from jumpcf.access.probe import probe_action
from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.manifest import CompiledStack, Manifest
from jumpcf.artifacts.marks import FREEZE_POLICY, is_freeze
from jumpcf.estate.model import Estate, Organization
from jumpcf.policy.document import Policy, parse

Bodies = Callable[[str], Mapping[str, Any]]

_USER = {"Groups", "ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies", "Tags", "UserName"}
_GROUP = {"GroupName", "ManagedPolicyArns", "Path", "Policies"}
_POLICY = {"Description", "ManagedPolicyName", "Path", "PolicyDocument"}
_ROLE = {
    *("AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path"),
    *("PermissionsBoundary", "Policies", "RoleName", "Tags"),
}
_ARN = re.compile(r'"(arn:[^"]*)"')
# "The caller's own account": in a session's probe always so and in the taking of a role never, in any account.
_OWN_ACCOUNT = re.compile(r'"aws:ResourceAccount":\[?"\$\{aws:PrincipalAccount\}"\]?')


def read_graph(estate: Estate, manifest: Manifest, body: Bodies, sources: Sources) -> Graph:
    """The graph; UnknownTemplate (E6xx) or UnknownConstruct (P2xx) for whatever could hide an access."""
    people: list[Person] = []
    roles: list[RoleKind] = []
    for stack in manifest.stacks:
        reader = _Template(stack, body(stack.digest), lambda: _freeze(manifest, body))
        if stack.kind == "stackset":
            roles += reader.roles()
        else:
            people += reader.people(estate)
    places = {place.id: place for one in estate.organizations.values() for place in _places(one)}
    home = places.get(estate.jump.account)
    return Graph(
        estate=estate.name,
        partition=estate.partition,
        jump=estate.jump.account,
        jump_organization=home.organization_id if home else None,
        timezone=estate.timezone,
        people=tuple(sorted(people, key=lambda one: (one.partner, one.name))),
        roles=tuple(sorted(roles, key=lambda one: (one.organization, one.name))),
        places=dict(sorted(places.items())),
        deployed={place.id: tuple(deployed(roles, place)) for place in places.values()},
        units={
            one.name: {word: unit.id for unit in one.units for word in (unit.path, unit.id)}
            for one in estate.organizations.values()
        },
        sources=sources,
    )


def deployed(roles: Iterable[RoleKind], place: Place) -> list[RoleKind]:
    """The roles that an account has."""
    return [role for role in roles if absent(role, place) == ""]


def absent(role: RoleKind, place: Place) -> str:
    """Why an account does not have a role; "" where it has it.

    StackSets User Guide: service-managed StackSets never deploy to the management account, and accounts that
    are not ACTIVE are left alone.
    """
    if role.organization != place.organization:
        return f"the StackSet is of the organization {role.organization}, the account of {place.organization}"
    if not place.units.intersection(role.target.ous):
        return f"the StackSet goes to {', '.join(role.target.paths)}, and the account is in {place.path}"
    if place.management:
        return "it is the management account, to which StackSets never deploy"
    if place.state != "ACTIVE":
        return f"the account is {place.state.lower().replace('_', ' ')}"
    if not template.exists(role.body, role.resource, place.id, role.where):
        return "the template's Condition leaves this account out (excepted or protected)"
    return ""


def _places(organization: Organization) -> Iterable[Place]:
    units = {unit.id: unit for unit in organization.units}
    for account in organization.accounts:
        chain, at = [], units[account.unit].id
        while at:
            chain.append(at)
            at = units[at].parent or ""
        yield Place(
            id=account.id,
            name=account.name,
            organization=organization.name,
            organization_id=organization.id,
            path=units[account.unit].path,
            units=frozenset(chain),
            org_path="/".join([organization.id, *reversed(chain), ""]),
            state=account.state,
            management=account.id == organization.management_account,
        )


def _freeze(manifest: Manifest, body: Bodies) -> Policy | None:
    """The policy that a frozen partner's group names by its ARN, from the template that makes it."""
    for stack in manifest.stacks:
        for title, one in body(stack.digest)["Resources"].items() if stack.kind == "stack" else ():
            if one.get("Properties", {}).get("ManagedPolicyName") == FREEZE_POLICY:
                return parse(one["Properties"]["PolicyDocument"], name=title)
    return None


class _Template:
    """One template, and how its IAM resources refer to each other; `freeze` gives the policy of another."""

    def __init__(
        self, stack: CompiledStack, body: Mapping[str, Any], freeze: Callable[[], Policy | None]
    ) -> None:
        self.stack = stack
        self.freeze = freeze
        self.body = dict(body)
        self.where = f"{stack.place}/{stack.name}"
        self.resources = template.resources(body, self.where)

    def of(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        return [(title, one) for title, one in self.resources.items() if one["Type"] == f"AWS::IAM::{kind}"]

    def read(self, title: str, kind: str, known: set[str]) -> dict[str, Any]:
        """A resource's properties, by title; E601 where it is not there, or of another type."""
        resource = self.resources.get(title)
        if resource is None or resource["Type"] != f"AWS::IAM::{kind}":
            raise self.unknown(f"{title} is no {kind} of this template.")
        return template.properties(resource, known, f"{self.where}/{title}")

    def unknown(self, what: str) -> UnknownTemplate:
        return UnknownTemplate("E601", what, where=self.where)

    def managed(self, reference: Any) -> Policy:
        """A managed policy of the same template, or the freeze policy; AWS's own is opaque and may not decide who
        takes a role."""
        if isinstance(reference, str) and is_freeze(reference) and (policy := self.freeze()):
            return policy
        if not isinstance(reference, dict) or set(reference) != {"Ref"}:
            raise self.unknown(
                f"The policy {reference!r} is not in the bytes, and would decide about access."
            )
        title = reference["Ref"]
        return parse(self.read(title, "ManagedPolicy", _POLICY)["PolicyDocument"], name=title)

    def inline(self, title: str, written: Mapping[str, Any]) -> tuple[Policy, ...]:
        return tuple(
            parse(one["PolicyDocument"], name=f"{title}/{one['PolicyName']}")
            for one in written.get("Policies", ())
        )

    def boundary(self, written: Mapping[str, Any]) -> Policy | None:
        return self.managed(written["PermissionsBoundary"]) if "PermissionsBoundary" in written else None

    def people(self, estate: Estate) -> list[Person]:
        if found := self.of("Role"):
            raise self.unknown(
                f"{found[0][0]} is a role in the jump account, which the proof does not judge."
            )
        users = self.of("User")
        if not users:
            return []
        mentions = _mentions(self.resources)
        groups = {title: self._group(title) for title, _ in self.of("Group")}
        return [self._person(title, groups, mentions, estate) for title, _ in users]

    def _group(self, title: str) -> tuple[str, tuple[Policy, ...]]:
        written = self.read(title, "Group", _GROUP)
        managed = tuple(self.managed(one) for one in written.get("ManagedPolicyArns", ()))
        return written["GroupName"], (*managed, *self.inline(title, written))

    def _person(
        self,
        title: str,
        groups: dict[str, tuple[str, tuple[Policy, ...]]],
        mentions: Mentions,
        estate: Estate,
    ) -> Person:
        written = self.read(title, "User", _USER)
        partner = self.stack.partner
        if partner is None or partner not in estate.partners:
            raise self.unknown(f"{title} is a user, and the stack belongs to no partner.")
        try:
            belongs = [groups[one["Ref"]] for one in written.get("Groups", ())]
        except (KeyError, TypeError):
            raise self.unknown(f"{title} is in a group that is not in this template.") from None
        own = (
            *(self.managed(one) for one in written.get("ManagedPolicyArns", ())),
            *self.inline(title, written),
        )
        path = written.get("Path", "/")
        network = ipaddress.ip_network(estate.partners[partner].networks[0])
        return Person(
            name=written["UserName"],
            arn=f"arn:{estate.partition}:iam::{estate.jump.account}:user{path}{written['UserName']}",
            partner=partner,
            tags=_tags(written),
            groups=tuple(name for name, _ in belongs),
            policies=(*(policy for _, held in belongs for policy in held), *own),
            boundary=self.boundary(written),
            network=str(network[0]),
            where=self.where,
            title=title,
            mentions=mentions,
        )

    def roles(self) -> list[RoleKind]:
        for kind in ("User", "Group"):
            if found := self.of(kind):
                raise self.unknown(f"{found[0][0]} is a {kind} in a target account.")
        mentions = _mentions(self.resources)
        return [self._role(title, resource, mentions) for title, resource in self.of("Role")]

    def _role(self, title: str, resource: dict[str, Any], mentions: Mentions) -> RoleKind:
        written = self.read(title, "Role", _ROLE)
        target = self.stack.target
        if target is None or self.stack.partner is None or self.stack.grant is None:
            raise self.unknown(f"{title} is a role, and the StackSet belongs to no grant.")
        attached = written.get("ManagedPolicyArns", ())
        opaque = [one for one in attached if isinstance(one, str)]
        policies = (
            *self.inline(title, written),
            *(self.managed(one) for one in attached if not isinstance(one, str)),
        )
        tags, boundary = _tags(written), self.boundary(written)
        return RoleKind(
            name=written["RoleName"],
            path=written.get("Path", "/"),
            partner=self.stack.partner,
            grant=self.stack.grant,
            level=tags.get("jump-level", title.removeprefix("Role")),
            organization=self.stack.place,
            tags=tags,
            trust=parse(written["AssumeRolePolicyDocument"], name=title),
            policies=policies,
            opaque=tuple(one.rpartition(":policy/")[2] for one in opaque),
            boundary=boundary,
            probe=probe_action(policies, boundary, opaque=bool(opaque)),
            target=target,
            where=self.where,
            title=title,
            mentions=mentions,
            body=self.body,
            resource=resource,
        )


def _tags(written: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in written.get("Tags", ())}


def _mentions(resources: Mapping[str, Any]) -> Mentions:
    text = canonical(resources).decode()
    compared = _OWN_ACCOUNT.sub("", text).lower()
    return Mentions(text, "resourceaccount" in compared or any(map(_tells_apart, _ARN.findall(text))))


def _tells_apart(arn: str) -> bool:
    """Could the pattern match one account and not another without naming either?"""
    head = parts(arn)[: PARTS - 1]
    return any(part != "*" and re.search(r"[*?$]", part) is not None for part in head)
