"""One action in a role's session: what fence, boundary, the role's own policies and snapshots say of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jumpcf.access.arns import account_of, service_of
from jumpcf.access.ask import Asker, Context, Works
from jumpcf.access.model import Person, Place, RoleKind
from jumpcf.access.probe import OPAQUE
from jumpcf.access.snapshots import Snapshot
from jumpcf.errors import UnknownName
from jumpcf.policy import evaluate, keys
from jumpcf.policy.evaluate import Decision
from jumpcf.policy.request import Request

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
_ARN = re.compile(r"arn:[^:*?]+:[^:*?]+:[^:*?]*:[0-9]{0,12}:[^*?]+", re.ASCII)

_ANYBODYS = frozenset({"s3"})
"""Services whose ARNs may name no account although a resource may have a policy of its own (Service Authorization
Reference, "Resource types defined by Amazon S3")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An action on a resource ("*" for none in particular), with condition keys that the request has beside
    the usual ones, and the snapshots of AWS's policies that are at hand."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"

    def missing(self, role: RoleKind) -> list[str]:
        """AWS's policies on the role of which there is no snapshot."""
        return [name for name in role.opaque if name not in self.snapshots]

    @property
    def account(self) -> str:
        """The account of the resource by its ARN, else by aws:ResourceAccount; "" where neither says it."""
        given = (str(value) for key, value in self.context.items() if key.lower() == "aws:resourceaccount")
        return account_of(self.resource) or next(given, "")

    def elsewhere(self, place: Place) -> str:
        """The account of the resource, where it is another one than the role's; else ""."""
        return "" if self.account == place.id else self.account

    def other_side(self, place: Place) -> str:
        """Whose policy has to allow it as well, where the session's own are not enough (IAM User Guide,
        reference_policies_evaluation-logic: another account's resources, trust of roles, keys of KMS); else ""."""
        if account := self.elsewhere(place):
            return f"the resource is in {account}, whose own policies"
        if not self.account and service_of(self.resource) in _ANYBODYS:
            return (
                "the ARN names no account (--context aws:ResourceAccount=… does); the policies of another one"
            )
        service, _, name = self.action.lower().partition(":")
        if service == "kms":
            return "the key's policy"
        return "the trust of the role" if service == "sts" and name.startswith("assumerole") else ""


def read_deed(action: str, resource: str, context: Iterable[str], snapshots: Mapping[str, Snapshot]) -> Deed:
    """A deed from words of the command line; E606 for what no request can have."""
    if not _ACTION.fullmatch(action):
        raise UnknownName("E606", f"{action} is not one action", "write one: s3:GetObject")
    if resource != "*" and not _ARN.fullmatch(resource):
        raise UnknownName("E606", f"{resource} is not one resource", "write its whole ARN, without wildcards")
    return Deed(action=action, resource=resource, context=dict(map(_key, context)), snapshots=snapshots)


def _key(word: str) -> tuple[str, str | tuple[str, ...]]:
    key, equals, value = word.partition("=")
    if not equals or not value or not keys.known(key):
        raise UnknownName(
            "E606", f"{word} is not a condition key and its value", "such as aws:ResourceTag/team=web"
        )
    return key, tuple(value.split(",")) if key.lower() in keys.MULTIVALUED else value


def decide(asker: Asker, person: Person, role: RoleKind, place: Place, deed: Deed) -> Decision:
    """The decision of the role's account on the deed; a policy without a snapshot stands in as one that allows
    everything, so that fence, boundary and what is known decide."""
    known = [deed.snapshots[name].policy for name in role.opaque if name in deed.snapshots]
    unknown = [OPAQUE] if deed.missing(role) else []
    return evaluate.identity(
        _request(asker, person, role, place, deed), (*role.policies, *known, *unknown), role.boundary
    )


def session_of(decision: Decision, role: RoleKind, place: Place, deed: Deed) -> Works:
    """Asker.works for a deed.  Opaque also where a known policy allows: one without a snapshot may deny, or
    the other side not allow."""
    if not decision.allowed:
        return "denied"
    return "opaque" if deed.missing(role) or deed.other_side(place) else "works"


def _request(asker: Asker, person: Person, role: RoleKind, place: Place, deed: Deed) -> Request:
    usual = asker.session_request(person, role, place, deed.action)
    context: Context = dict(usual.context)
    account = deed.elsewhere(place)
    if account:
        context["aws:ResourceAccount"] = account
        del context["aws:ResourceOrgID"], context["aws:ResourceOrgPaths"]
        if other := asker.graph.places.get(account):
            context |= {
                "aws:ResourceOrgID": other.organization_id,
                "aws:ResourceOrgPaths": (other.org_path,),
            }
    given = {key.lower() for key in deed.context}
    kept = {key: value for key, value in context.items() if key.lower() not in given}
    return Request(
        action=deed.action,
        resource=deed.resource,
        context=kept | deed.context,
        principal=usual.principal,
        principal_account=place.id,
        resource_account=account or place.id,
    )
