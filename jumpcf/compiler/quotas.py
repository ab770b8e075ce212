"""Quotas of IAM and CloudFormation, counted on the rendered JSON as AWS counts them.

One row per quota with its source.  What is over is a Problem that names the quota, the size, the culprit and
the way out; the fullest use of each quota goes into the manifest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.manifest import JUMP, QuotaUse
from jumpcf.errors import Mark, Problem
from jumpcf.estate.model import Estate
from jumpcf.iam.document import characters

INLINE_TEMPLATE = 51_200  # bytes of a TemplateBody; a larger one goes by S3 (the same CloudFormation page)

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
_SWITCH = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html"


@dataclass(frozen=True, slots=True)
class Quota:
    """A row: `key` is also its name under `quotas:` in params/estate.yaml."""

    key: str
    code: str
    limit: int
    what: str
    way_out: str
    source: str


_FEWER_NETWORKS = "merge the partner's networks into fewer ranges, or split the partner"
_SHORTER = (
    "merge networks into fewer ranges, use wildcards or managed policies in a level, or split it in two"
)
_SPLIT_PARTNER = "split the partner or the grant"

QUOTAS = {
    quota.key: quota
    for quota in (
        Quota("managed_policy_size", "E401", 6_144, "characters of a managed policy", _SHORTER, _IAM),
        Quota(
            "role_inline_size",
            "E402",
            10_240,
            "characters of a role's inline policies",
            _FEWER_NETWORKS,
            _IAM,
        ),
        Quota("group_inline_size", "E403", 5_120, "characters of a group's inline policies", "", _IAM),
        Quota("trust_policy_length", "E404", 2_048, "characters of a trust policy", _FEWER_NETWORKS, _IAM),
        Quota(
            "managed_policies_per_role",
            "E405",
            10,
            "managed policies on a role",
            "use fewer managed policies in the level",
            _IAM,
        ),
        Quota(
            "managed_policies_per_group",
            "E406",
            10,
            "managed policies on a group (one place is kept free for the freeze policy)",
            "use assume_scope: org-paths, except fewer accounts, or split the partner's grants among groups",
            _IAM,
        ),
        Quota("groups_per_user", "E407", 10, "groups of a user", "put the user into fewer groups", _IAM),
        Quota(
            "role_path_and_name",
            "E408",
            64,
            "characters of a role's path and name together, which the console's switch-role form takes",
            "shorten the name of the partner, the grant or the level",
            _SWITCH,
        ),
        Quota("resources_per_template", "E409", 500, "resources in a template", _SPLIT_PARTNER, _CFN),
        Quota("template_size", "E410", 1_000_000, "bytes of a template", _SPLIT_PARTNER, _CFN),
        Quota("template_description", "E411", 1_024, "bytes of a template's description", "shorten it", _CFN),
        Quota("description", "E412", 1_000, "characters of a description in IAM", "shorten it", _IAM),
        Quota(
            "users_per_account", "E414", 5_000, "users in the jump account", "use a second jump account", _IAM
        ),
        Quota(
            "groups_per_account",
            "E415",
            300,
            "groups in the jump account",
            "ask AWS for more (up to 500) and write it under quotas in params/estate.yaml",
            _IAM,
        ),
        Quota(
            "managed_policies_per_account",
            "E416",
            1_500,
            "customer managed policies in the jump account",
            "ask AWS for more (up to 5,000) and write it under quotas in params/estate.yaml",
            _IAM,
        ),
        Quota(
            "roles_per_account",
            "E417",
            1_000,
            "roles of ours in a target account",
            "ask AWS for more (up to 5,000) and write it under quotas in params/estate.yaml",
            _IAM,
        ),
        Quota(
            "stacks_per_account",
            "E418",
            2_000,
            "stacks in the jump account",
            "ask AWS for more and write it under quotas in params/estate.yaml",
            _CFN,
        ),
        Quota(
            "stack_sets_per_account",
            "E419",
            1_000,
            "StackSets in one admin account",
            "ask AWS for more and write it under quotas in params/estate.yaml",
            _CFN,
        ),
        Quota(
            "resource_control_policy_size",
            "E420",
            5_120,
            "characters of a resource control policy",
            "shorten it",
            _ORGANIZATIONS,
        ),
    )
}


@dataclass(slots=True)
class Ledger:
    """Collects uses: the fullest of each quota, and a Problem for each that is over.

    `raised` are the limits that AWS has raised for this estate (`quotas:` in params/estate.yaml).
    """

    raised: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)
    _fullest: dict[str, QuotaUse] = field(default_factory=dict)
    _totals: Counter[str] = field(default_factory=Counter)
    _stacks: Counter[str] = field(default_factory=Counter)

    def use(self, key: str, where: str, used: int, mark: Mark) -> None:
        quota = QUOTAS[key]
        limit = self.raised.get(key, quota.limit)
        known = self._fullest.get(key)
        # of equally full ones the first by name, so that it does not matter who was counted first
        if known is None or (-used, where) < (-known.used, known.where):
            self._fullest[key] = QuotaUse(quota=key, where=where, used=used, limit=limit)
        if used > limit:
            text = f"{where}: {used:,} {quota.what}; the quota is {limit:,}"
            self.problems.append(Problem.at(mark, quota.code, text, quota.way_out))

    def add(self, other: "Ledger") -> None:
        """Add what another ledger of the same estate counted."""
        self._totals += other._totals
        self._stacks += other._stacks
        for key, use in other._fullest.items():
            known = self._fullest.get(key)
            if known is None or (-use.used, use.where) < (-known.used, known.where):
                self._fullest[key] = use
        self.problems += other.problems

    def fullest(self) -> tuple[QuotaUse, ...]:
        """One use per quota, the fullest first."""
        return tuple(sorted(self._fullest.values(), key=lambda use: (-use.used / use.limit, use.quota)))

    def template(self, place: str, name: str, data: bytes, mark: Mark) -> None:
        """Count one rendered template."""
        where = f"{place}/{name}"
        body = orjson.loads(data)
        self._stacks[place] += 1
        self.use("template_size", where, len(data), mark)
        self.use("resources_per_template", where, len(body["Resources"]), mark)
        self.use("template_description", where, len(body.get("Description", "").encode()), mark)
        for title, resource in body["Resources"].items():
            if place == JUMP:
                self._totals[resource["Type"]] += 1
            for key, used in measures(resource):
                self.use(key, f"{where} {title}", used, mark)
        if not data.isascii():
            self._latin1(where, body, mark)

    def accounts(self, estate: Estate) -> None:
        """Count what an account holds in all: the jump account, and the fullest target account."""
        jump = f"jump account {estate.jump.account}"
        for kind, key in _COUNTED.items():
            self.use(key, jump, self._totals[kind], estate.mark)
        self.use("stacks_per_account", jump, self._stacks[JUMP], estate.mark)
        for name, organization in estate.organizations.items():
            self.use("stack_sets_per_account", f"organization {name}", self._stacks[name], organization.mark)
        for account, roles in roles_by_account(estate):
            self.use("roles_per_account", f"account {account}", roles, estate.mark)

    def _latin1(self, where: str, body: Mapping[str, Any], mark: Mark) -> None:
        """Policies and descriptions take U+00FF at most (IAM API Reference, policyDocumentType)."""
        parts: dict[str, Any] = {"Description": body.get("Description", "")}
        for title, resource in body["Resources"].items():
            properties = resource.get("Properties", {})
            parts |= {f"{title} {key}": properties[key] for key in _LATIN1 if key in properties}
        for part, value in parts.items():
            foreign = sorted({sign for sign in canonical(value).decode() if ord(sign) > 0xFF})
            if foreign:
                text = f"{where} {part}: {' '.join(foreign)} cannot stand there; AWS takes Latin-1 only"
                self.problems.append(Problem.at(mark, "E413", text, "titles belong in tags and pages"))


_COUNTED = {
    "AWS::IAM::User": "users_per_account",
    "AWS::IAM::Group": "groups_per_account",
    "AWS::IAM::ManagedPolicy": "managed_policies_per_account",
}
_LATIN1 = ("AssumeRolePolicyDocument", "PolicyDocument", "Policies", "KeyPolicy", "Description")


def measures(resource: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Every quota that one resource uses, and how much of it."""
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::IAM::ManagedPolicy":
            yield "managed_policy_size", size(properties["PolicyDocument"])
            yield "description", len(properties.get("Description", ""))
        case "AWS::IAM::Role":
            yield "trust_policy_length", size(properties["AssumeRolePolicyDocument"])
            yield "role_inline_size", _inline(properties)
            yield "managed_policies_per_role", len(properties.get("ManagedPolicyArns", ()))
            yield "description", len(properties.get("Description", ""))
            yield "role_path_and_name", len(properties.get("Path", "/")) + len(properties.get("RoleName", ""))
        case "AWS::IAM::Group":
            yield "group_inline_size", _inline(properties)
            yield "managed_policies_per_group", len(properties.get("ManagedPolicyArns", ())) + 1
        case "AWS::IAM::User":
            yield "groups_per_user", len(properties.get("Groups", ()))


def _inline(properties: Mapping[str, Any]) -> int:
    return sum(size(policy["PolicyDocument"]) for policy in properties.get("Policies", ()))


def size(policy: Any) -> int:
    """A policy's length as IAM counts it; the newline of the canonical form is white space."""
    return characters(canonical(policy))


def roles_by_account(estate: Estate) -> Iterator[tuple[str, int]]:
    """How many of our roles each account gets, by the lock's tree; protected accounts are left out."""
    for organization in estate.organizations.values():
        at_unit: Counter[str] = Counter()
        for partner in estate.partners.values():
            for grant in partner.grants:
                if grant.organization == organization.name:
                    at_unit.update({unit: len(grant.levels) for unit in grant.units})
        parents = {unit.id: unit.parent for unit in organization.units}
        for account in organization.accounts:
            if account.id in organization.protected:
                continue
            unit: str | None = account.unit
            roles = 0
            while unit is not None:
                roles += at_unit[unit]
                unit = parents[unit]
            yield account.id, roles
