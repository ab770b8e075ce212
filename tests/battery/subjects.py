"""What the battery is held against: rendered templates, read as (partner, user, grant, level) and their policies.

The estates say what is meant; every policy comes from the JSON that the compiler wrote.  A `Subject` is one
way to one role: it names the documents of each layer, and a `Document` knows where it was found.
"""

import copy
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from jumpcf.estate import names
from jumpcf.estate.model import Estate, Grant, Level, Organization, Partner, User
from jumpcf.policy.document import Policy, parse
from tests.unit.builders import (
    a_boundary,
    a_grant,
    a_leaver,
    a_level,
    a_partner,
    a_statement,
    a_user,
    an_estate,
    until,
)
from tests.unit.compiled import compiled


def bodies_of(estate: Estate, folder: Path) -> dict[str, Any]:
    """Every template by "<place>/<stack>", and every guardrail by "guardrails/<organization>"."""
    bodies = compiled(estate, folder)[1]
    for organization in estate.organizations:
        bodies[f"guardrails/{organization}"] = orjson.loads(
            (folder / "guardrails" / organization / "rcp.json").read_bytes()
        )
    return bodies


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """A policy as rendered; `where` is "<estate>:<place>/<stack>/<resource>"."""

    layer: str
    where: str
    body: dict[str, Any]
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A user's way to one role of one grant, with the documents of every layer on it."""

    estate: Estate
    partner: Partner
    user: User
    grant: Grant
    level: Level
    layers: dict[str, tuple[Document, ...]] = field(repr=False)

    @property
    def organization(self) -> Organization:
        return self.estate.organizations[self.grant.organization]

    def __str__(self) -> str:
        return f"{self.estate.name}: {self.user.name} of {self.partner.name} to {self.grant.name}/{self.level.name}"


def document(layer: str, where: str, body: dict[str, Any]) -> Document:
    return Document(layer=layer, where=where, body=body, policy=parse(body, name=where.rpartition("/")[2]))


def subjects_of(estate: Estate, bodies: dict[str, Any]) -> list[Subject]:
    """One subject per (partner, grant, level) and a user of each set of groups or with an end of his own."""
    base = bodies[f"jump/{names.JUMP_BASE}"]["Resources"]
    shared = {
        "key": (_of(estate, "key", "jump/jump-base/PasswordKey", base["PasswordKey"], "KeyPolicy"),),
        "bucket": (_bucket(estate, base),),
        "freeze": (_of(estate, "freeze", "jump/jump-base/Freeze", base["Freeze"], "PolicyDocument"),),
    }
    rcps = {
        name: (document("rcp", f"{estate.name}:{name}/rcp", bodies[f"guardrails/{name}"]),)
        for name in estate.organizations
    }
    found = []
    for partner in estate.partners.values():
        groups = _group_policies(estate, partner, bodies)
        for grant in partner.grants:
            roles = _roles(estate, grant, bodies)
            for user in _reaching(partner, grant):
                mine = (
                    names.members_group(partner.name),
                    *(names.group(partner.name, g) for g in user.groups),
                )
                own = tuple(one for group in mine for one in groups[group])
                layers = {**shared, "rcp": rcps[grant.organization], "groups": own}
                found += [
                    Subject(
                        estate=estate,
                        partner=partner,
                        user=user,
                        grant=grant,
                        level=estate.levels[level],
                        layers=layers | roles[level],
                    )
                    for level in grant.levels
                ]
    return found


def _reaching(partner: Partner, grant: Grant) -> Iterator[User]:
    seen: set[tuple[Any, ...]] = set()
    for user in partner.users:
        kind = (user.groups, user.until and user.until.ends)
        if (not grant.groups or set(grant.groups) & set(user.groups)) and kind not in seen:
            seen.add(kind)
            yield user


def _of(estate: Estate, layer: str, where: str, resource: dict[str, Any], name: str) -> Document:
    return document(layer, f"{estate.name}:{where}", resource["Properties"][name])


def _bucket(estate: Estate, base: dict[str, Any]) -> Document:
    """The bucket's policy with the bucket's ARN in the place of Fn::GetAtt and Fn::Join."""
    body = copy.deepcopy(base["ArtifactsPolicy"]["Properties"]["PolicyDocument"])
    bucket = f"arn:{estate.partition}:s3:::{base['Artifacts']['Properties']['BucketName']}"
    for statement in body["Statement"]:
        statement["Resource"] = [_filled(one, bucket) for one in statement["Resource"]]
    return document("bucket", f"{estate.name}:jump/jump-base/ArtifactsPolicy", body)


def _filled(value: Any, bucket: str) -> str:
    if value == {"Fn::GetAtt": ["Artifacts", "Arn"]}:
        return bucket
    if isinstance(value, dict):
        assert list(value) == ["Fn::Join"], value
        between, parts = value["Fn::Join"]
        return str(between).join(_filled(part, bucket) for part in parts)
    return str(value)


def _group_policies(
    estate: Estate, partner: Partner, bodies: dict[str, Any]
) -> dict[str, tuple[Document, ...]]:
    place = f"jump/{names.partner_stack(partner.name)}"
    resources = bodies[place]["Resources"]
    return {
        resource["Properties"]["GroupName"]: tuple(
            _of(estate, "groups", f"{place}/{one['Ref']}", resources[one["Ref"]], "PolicyDocument")
            for one in resource["Properties"].get("ManagedPolicyArns", ())
        )
        for resource in resources.values()
        if resource["Type"] == "AWS::IAM::Group"
    }


def _roles(
    estate: Estate, grant: Grant, bodies: dict[str, Any]
) -> dict[str, dict[str, tuple[Document, ...]]]:
    place = f"{grant.organization}/{names.stack_set(grant.partner, grant.name)}"
    resources = bodies[place]["Resources"]
    found = {}
    for level in grant.levels:
        name = names.role(grant.partner, grant.name, level)
        title, role = next(
            (title, one["Properties"])
            for title, one in resources.items()
            if one["Type"] == "AWS::IAM::Role" and one["Properties"]["RoleName"] == name
        )
        boundary = role["PermissionsBoundary"]["Ref"]
        inline = {one["PolicyName"]: one["PolicyDocument"] for one in role["Policies"]}
        where = f"{estate.name}:{place}/{title}"
        own = [document("role", f"{where}.{name}", body) for name, body in inline.items() if name != "fence"]
        found[level] = {
            "trust": (document("trust", f"{where}.trust", role["AssumeRolePolicyDocument"]),),
            "fence": (document("fence", f"{where}.fence", inline["fence"]),),
            "boundary": (
                _of(estate, "boundary", f"{place}/{boundary}", resources[boundary], "PolicyDocument"),
            ),
            "role": (*own, *_attached(estate, place, resources, role)),
        }
    return found


def _attached(
    estate: Estate, place: str, resources: dict[str, Any], role: dict[str, Any]
) -> Iterator[Document]:
    """The role's own managed policies; those of AWS are opaque here."""
    for one in role.get("ManagedPolicyArns", ()):
        if isinstance(one, dict):
            yield _of(estate, "role", f"{place}/{one['Ref']}", resources[one["Ref"]], "PolicyDocument")


def small_estates() -> dict[str, Estate]:
    """Estates for the sides of every switch that the example does not show."""
    fenced = ("self-service", "session", "trust")
    relaxed = a_level(boundary="relaxed", accept_escalation="a test")
    aged = a_level(mfa_max_age=3600)
    own = a_level("Own", managed_policies=(), boundary="ceiling", statements=(a_statement(),), builtin=False)
    bound = a_boundary("ceiling", [a_statement(actions=("rds:*", "ec2:Describe*"))])
    busy = a_partner(
        users=(a_user(groups=("ops",)), a_user("hanako.sato", ends="2026-12-31"), a_user("jun.ito")),
        grants=(
            a_grant(levels=("Power",), groups=("ops",), until=until("2027-01-31")),
            a_grant("all", levels=("Power",), excepted=("444444444444",), units=("r-ab12",)),
        ),
        groups=("ops",),
        cli="access-keys",
        left=(a_leaver("ken.mori"), a_leaver("mio.kato")),
    )
    estates = {
        "trust": an_estate(fence=fenced),
        "open": an_estate(fence=()),
        "org-id": an_estate(busy, assume_scope="org-id"),
        "role-name": an_estate(assume_scope="role-name"),
        "accounts": an_estate(assume_scope="accounts"),
        "unnamed": an_estate(busy, role_session_name="optional", fence=fenced),
        "relaxed": an_estate(levels=[relaxed]),
        "aged": an_estate(levels=[aged]),
        "own": an_estate(a_partner(grants=(a_grant(levels=("Own",)),)), levels=[own], boundaries=[bound]),
        "two": an_estate(a_partner(), a_partner("globex", users=(a_user("ana.lopez"),))),
        "china": an_estate(partition="aws-cn"),
    }
    return {name: dataclasses.replace(estate, name=name) for name, estate in estates.items()}


def shape(found: Document, subject: Subject) -> str:
    """The policy with names, numbers, networks and dates left out: two of one shape differ in nothing else."""
    text = orjson.dumps(found.body["Statement"]).decode()
    text = text.replace(f"jumpcf-{subject.estate.name}-", "jumpcf-ESTATE-").replace("arn:aws-cn:", "arn:aws:")
    text = text.replace("amazonaws.com*/*", "amazonaws.com/*")  # China's pattern for the same roles
    text = re.sub(r"\d{12}", "ACCOUNT", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "DATE", text)
    text = re.sub(r"(DenyEndedUsers)\d+T\d+Z", r"\1", text)
    text = re.sub(r'"[0-9.]+/\d+"', '"V4"', text)
    text = re.sub(r'"[0-9a-f:]+/\d+"', '"V6"', text)
    for organization in subject.estate.organizations.values():
        text = text.replace(organization.id, "ORG")
    text = re.sub(r"(ou|r)-[a-z0-9]{4}(-[a-z0-9]+)?", "OU", text)
    text = re.sub(r"/jump/(\w[\w-]*?)-(\w+)-(\w+)\"", '/jump/ROLE"', text)
    text = re.sub(r"/(jump|partner)/[a-z-]+/[a-z-]+/\w+/(strict|relaxed)?", r"/\1/BOUND/\2", text)
    text = text.replace(f"/{subject.partner.name}/", "/PARTNER/").replace(
        f'"{subject.partner.name}"', '"PARTNER"'
    )
    text = re.sub(r'"Assume[A-Z]\w*"', '"AssumeGRANT"', text) if found.layer == "groups" else text
    for user in subject.partner.users:
        text = text.replace(user.name, "USER")
    for repeated in (r'("[^"]*")(,\1)+', r"(\{[^{}]*\})(,\1)+"):
        text = re.sub(repeated, r"\1", text)
    return f"{found.layer} {text}"
