"""The questions: may this user take this role there, and does the session then work?"""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.access.model import Graph, Person, Place, RoleKind
from jumpcf.access.probe import OPAQUE, USUAL
from jumpcf.policy import evaluate
from jumpcf.policy.evaluate import Decision
from jumpcf.policy.request import Request

Works = Literal["works", "opaque", "denied", "unknown"]
"""Of a session: a probe is allowed; it is, if the AWS managed policies allow it; it is denied; there is no
action to probe with."""

Context = dict[str, str | tuple[str, ...]]
_MFA_AGE = "60"  # seconds since the code was typed
_NO_IDS = "EXAMPLE0000000000"  # unique ids are AWS's to give; no policy of ours names one


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When, from where and how somebody asks; `at` in the form of aws:CurrentTime.

    `network` None is the partner's own: the first address of its first network.
    """

    at: str
    network: str | None = None
    mfa: bool = True


@dataclass(slots=True)
class Asker:
    """Asks of one graph at one moment; answers are kept, and given for every account that is alike.

    Accounts are alike for a template where they are in one OU and its text does not tell them apart.
    """

    graph: Graph
    moment: Moment
    _trusted: dict[tuple[object, ...], bool] = field(default_factory=dict)
    _taken: dict[tuple[object, ...], bool] = field(default_factory=dict)
    _works: dict[tuple[object, ...], Works] = field(default_factory=dict)

    def may(self, person: Person, role: RoleKind, place: Place) -> bool:
        """May the user take the role?  That the account has it is the graph's to say."""
        alike = (place.organization_id, place.org_path, role.mentions.of(place))
        trusted = (person, role, *alike)
        if trusted not in self._trusted:
            request = self.request(person, role, place)
            self._trusted[trusted] = evaluate.judge(request, role.trust).allowed
        if not self._trusted[trusted]:
            return False
        taken = (*trusted, person.mentions.of(place))
        if taken not in self._taken:
            self._taken[taken] = self.take(person, role, place).allowed
        return self._taken[taken]

    def works(self, person: Person, role: RoleKind, place: Place) -> Works:
        """Is the session of any use, once the role is taken?"""
        alike = (person, role, place.organization_id, place.org_path, role.mentions.of(place))
        if alike not in self._works:
            self._works[alike] = self._session(person, role, place)
        return self._works[alike]

    def take(self, person: Person, role: RoleKind, place: Place) -> Decision:
        """The whole decision on sts:AssumeRole, both sides."""
        return evaluate.assume_role(
            self.request(person, role, place),
            group_policies=person.policies,
            trust=role.trust,
            user_boundary=person.boundary,
        )

    def use(self, person: Person, role: RoleKind, place: Place) -> Decision:
        """The decision on the probe in the role's session; where the role has none, on the usual one, of which
        only an explicit Deny says anything."""
        own = (*role.policies, OPAQUE) if role.opaque else role.policies
        return evaluate.identity(
            self.session_request(person, role, place, role.probe or USUAL), own, role.boundary
        )

    def _session(self, person: Person, role: RoleKind, place: Place) -> Works:
        decision = self.use(person, role, place)
        if role.probe is None and decision.effect != "explicit-deny":
            return "unknown"
        if not decision.allowed:
            return "denied"
        return "opaque" if decision.by.startswith(f"{OPAQUE.name}/") else "works"

    def request(self, person: Person, role: RoleKind, place: Place) -> Request:
        """sts:AssumeRole by the user, with the context that AWS gives (IAM User Guide,
        reference_policies_condition-keys)."""
        context: Context = {
            **self._everywhere(person, place),
            "aws:PrincipalArn": person.arn,
            "aws:PrincipalType": "User",
            "aws:PrincipalAccount": self.graph.jump,
            "aws:username": person.name,
            "aws:userid": f"AIDA{_NO_IDS}",
            "aws:MultiFactorAuthPresent": "true" if self.moment.mfa else "false",
            "sts:RoleSessionName": person.name,
        }
        if self.moment.mfa:
            context["aws:MultiFactorAuthAge"] = _MFA_AGE
        if self.graph.jump_organization:
            context["aws:PrincipalOrgID"] = self.graph.jump_organization
        context |= {f"aws:PrincipalTag/{key}": value for key, value in person.tags.items()}
        return Request(
            action="sts:AssumeRole",
            resource=self.graph.arn(role, place),
            context=context,
            principal=person.arn,
            principal_account=self.graph.jump,
            resource_account=place.id,
        )

    def session_request(self, person: Person, role: RoleKind, place: Place, action: str) -> Request:
        """An action on everything by the role's session; that MFA was there is not in its context."""
        arn = f"arn:{self.graph.partition}:sts::{place.id}:assumed-role/{role.name}/{person.name}"
        context: Context = {
            **self._everywhere(person, place),
            "aws:PrincipalArn": self.graph.arn(role, place),
            "aws:PrincipalType": "AssumedRole",
            "aws:PrincipalAccount": place.id,
            "aws:PrincipalOrgID": place.organization_id,
            "aws:userid": f"AROA{_NO_IDS}:{person.name}",
        }
        context |= {f"aws:PrincipalTag/{key}": value for key, value in role.tags.items()}
        return Request(
            action=action,
            resource="*",
            context=context,
            principal=arn,
            principal_account=place.id,
            resource_account=place.id,
        )

    def _everywhere(self, person: Person, place: Place) -> Context:
        return {
            "aws:CurrentTime": self.moment.at,
            "aws:SecureTransport": "true",
            "aws:SourceIp": self.moment.network or person.network,
            "aws:ViaAWSService": "false",
            "aws:ResourceAccount": place.id,
            "aws:ResourceOrgID": place.organization_id,
            "aws:ResourceOrgPaths": (place.org_path,),
        }
