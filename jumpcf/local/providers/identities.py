"""What IAM checks for users, groups, roles and policies alike, and moto does not.

Quotas and texts: IAM User Guide, "IAM and AWS STS quotas": white space is not counted.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator, IAMTrustPolicyDocumentValidator

from jumpcf.local.providers.base import Properties, Where, synchronize
from jumpcf.local.refusals import ResourceRefused

MANAGED_POLICY_SIZE = 6144
TRUST_SIZE = 2048
INLINE_SIZES = {"user": 2048, "group": 5120, "role": 10240}
ATTACHED_POLICIES = 10
_AWS_MANAGED = re.compile(r"arn:aws[a-z-]*:iam::aws:policy(/(?:.*/)?)([^/]+)")


def backend(where: Where) -> IAMBackend:
    return iam_backends[where.account][where.partition]


def text(document: Any) -> str:
    """A policy document as IAM stores it."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def size(document: str) -> int:
    """Characters without white space, as IAM counts."""
    return len(re.sub(r"\s", "", document))


def limit(what: str, used: int, most: int) -> None:
    if used > most:
        raise ResourceRefused(f"Cannot exceed quota for {what}: {most}", "ServiceLimitExceeded")


def policy_text(document: Any) -> str:
    """A permissions policy, checked by moto's reading of IAM's grammar."""
    body = text(document)
    IAMPolicyDocumentValidator(body).validate()
    return body


def trust_text(document: Any) -> str:
    """A trust policy, checked, within IAM's default size."""
    body = text(document)
    IAMTrustPolicyDocumentValidator(body).validate()
    limit("ACLSizePerRole", size(body), TRUST_SIZE)
    return body


def check_policy(where: Where, arn: str) -> None:
    """Refuse a policy ARN that is not there; AWS's own policies are made on first use.

    moto has none of them unless it loads all of them for every account, which costs 0.1 s and 5 MiB each.
    A stub carries no document, so its name is not verified: cfn-lint and AWS do that.
    """
    iam = backend(where)
    if arn in iam.managed_policies:
        return
    managed = _AWS_MANAGED.fullmatch(arn)
    if not managed:
        raise ResourceRefused(f"Policy {arn} does not exist or is not attachable.", "NotFound")
    path, name = managed.groups()
    stub = AWSManagedPolicy(  # type: ignore[abstract]
        name, account_id=where.account, region=where.region, default_version_id="v1", path=path, document="{}"
    )
    iam.managed_policies[stub.arn] = stub


def check_free(what: str, name: str, taken: Any) -> None:
    """Names are unique per account without regard to case (IAM User Guide, quotas)."""
    if name.lower() in (item.lower() for item in taken):
        raise ResourceRefused(f"{what} with name {name} already exists.", "AlreadyExists")


def check_attached(where: Where, kind: str, new: Properties) -> None:
    """Refuse what `attach` could not do, before anything is done."""
    arns = list(new.get("ManagedPolicyArns") or [])
    limit(f"AttachedPoliciesPer{kind.title()}", len(arns), ATTACHED_POLICIES)
    for arn in arns:
        check_policy(where, arn)
    documents = _documents(new).values()
    limit(f"{kind.title()}PolicySize", sum(map(size, documents)), INLINE_SIZES[kind])
    for body in documents:
        policy_text(body)


def attach(where: Where, kind: str, name: str, old: Properties, new: Properties) -> None:
    """Managed and inline policies of a user, group or role, from what they were to what they shall be."""
    iam = backend(where)
    check_attached(where, kind, new)
    put_on: Callable[[str, str], Any] = getattr(iam, f"attach_{kind}_policy")
    take_off: Callable[[str, str], Any] = getattr(iam, f"detach_{kind}_policy")
    synchronize(
        old.get("ManagedPolicyArns") or [],
        new.get("ManagedPolicyArns") or [],
        lambda arn: put_on(arn, name),
        lambda arn: take_off(arn, name),
    )
    _inline(iam, kind, name, _documents(old), _documents(new))


def held(holder: Any) -> dict[str, Any]:
    """The policies of a user, group or role as they are, in the template's words."""
    inline = [
        {"PolicyName": name, "PolicyDocument": document(body)} for name, body in holder.policies.items()
    ]
    return {"ManagedPolicyArns": list(holder.managed_policies), "Policies": inline}


def document(body: str) -> Any:
    """A stored policy as an object; what is no JSON stays text."""
    try:
        return json.loads(body)
    except ValueError:
        return body


def _documents(properties: Properties) -> Mapping[str, str]:
    return {item["PolicyName"]: text(item["PolicyDocument"]) for item in properties.get("Policies") or []}


def _inline(iam: IAMBackend, kind: str, name: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for policy in old.keys() - new.keys():
        getattr(iam, f"delete_{kind}_policy")(name, policy)
    for policy, body in new.items():
        if old.get(policy) != body:
            getattr(iam, f"put_{kind}_policy")(name, policy, body)


def check_boundary(where: Where, properties: Properties) -> str | None:
    arn = properties.get("PermissionsBoundary")
    if arn:
        check_policy(where, arn)
    return arn
