"""AWS::IAM::ManagedPolicy."""

from typing import ClassVar

from moto.iam.models import ManagedPolicy, Role, User

from jumpcf.local.providers.base import Made, Properties, Provider, Where, synchronize, undone
from jumpcf.local.providers.identities import (
    ATTACHED_POLICIES,
    MANAGED_POLICY_SIZE,
    backend,
    check_free,
    document,
    limit,
    policy_text,
    size,
)
from jumpcf.local.refusals import ResourceRefused

VERSIONS = 5  # per policy (IAM quotas)
_HOLDERS = (("Groups", "group"), ("Users", "user"), ("Roles", "role"))


class ManagedPolicyProvider(Provider):
    """Source: CloudFormation template reference, AWS::IAM::ManagedPolicy; a changed document is a new version."""

    type: ClassVar[str] = "AWS::IAM::ManagedPolicy"
    name_property: ClassVar[str] = "ManagedPolicyName"
    name_limit: ClassVar[int] = 128
    properties: ClassVar[frozenset[str]] = frozenset(
        ["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"]
    )
    required: ClassVar[frozenset[str]] = frozenset({"PolicyDocument"})
    replaces: ClassVar[frozenset[str]] = frozenset({"ManagedPolicyName", "Path", "Description"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        iam = backend(where)
        own = (item.name for item in iam.managed_policies.values() if ":aws:policy" not in item.arn)
        check_free("Policy", name, own)
        policy = iam.create_policy(
            description=properties.get("Description") or "",
            path=properties.get("Path") or "/",
            policy_document=_document(properties),
            policy_name=name,
            tags=[],
        )

        def undo() -> None:
            _detach_all(where, policy)
            iam.delete_policy(policy.arn)

        with undone(undo):
            _check_holders(where, policy, properties)
            _attach(where, policy, {}, properties)
        return _made(policy)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        iam = backend(where)
        policy = iam.get_policy(physical_id)
        _check_holders(where, policy, new)
        if old["PolicyDocument"] != new["PolicyDocument"]:
            body = _document(new)
            if len(policy.versions) >= VERSIONS:  # CloudFormation deletes the oldest that is not the default
                policy.versions.remove(next(item for item in policy.versions if not item.is_default))
            iam.create_policy_version(policy.arn, body, True)
        _attach(where, policy, old, new)
        return _made(policy)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        """Refused while something else is attached to it or bounded by it (IAM DeletePolicy)."""
        iam = backend(where)
        policy = iam.get_policy(physical_id)
        holders: list[User | Role] = [*iam.users.values(), *iam.roles.values()]
        bounded = [
            item.name for item in holders if getattr(item, "permissions_boundary_arn", None) == policy.arn
        ]
        if bounded:
            raise ResourceRefused(
                "Cannot delete a policy attached to entities: it is the permissions boundary of "
                f"{', '.join(sorted(bounded))}.",
                "ResourceConflict",
            )
        ours = {(kind, name) for prop, kind in _HOLDERS for name in properties.get(prop) or []}
        if set(_holders(where, policy)) - ours:
            raise ResourceRefused("Cannot delete a policy attached to entities.", "ResourceConflict")
        _detach_all(where, policy)
        iam.delete_policy(policy.arn)

    def taken(self, where: Where, properties: Properties) -> str | None:
        name = properties.get("ManagedPolicyName")
        own = (
            item.name for item in backend(where).managed_policies.values() if ":aws:policy" not in item.arn
        )
        return str(name) if name is not None and name in own else None

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        policy = backend(where).managed_policies.get(physical_id)
        if policy is None:
            return None
        body = next(item.document for item in policy.versions if item.is_default)
        holders = _holders(where, policy)
        return {
            "Description": policy.description,
            "ManagedPolicyName": policy.name,
            "Path": policy.path,
            "PolicyDocument": document(body),
            **{prop: [name for kind, name in holders if kind == wanted] for prop, wanted in _HOLDERS},
        }


def _document(properties: Properties) -> str:
    body = policy_text(properties["PolicyDocument"])
    limit("PolicySize", size(body), MANAGED_POLICY_SIZE)
    return body


def _check_holders(where: Where, policy: ManagedPolicy, new: Properties) -> None:
    """Refuse what `_attach` could not do: every holder is there and has room."""
    for prop, kind in _HOLDERS:
        for name in new.get(prop) or []:
            held = getattr(backend(where), f"get_{kind}")(name).managed_policies
            limit(f"AttachedPoliciesPer{kind.title()}", len({*held, policy.arn}), ATTACHED_POLICIES)


def _attach(where: Where, policy: ManagedPolicy, old: Properties, new: Properties) -> None:
    iam = backend(where)
    for prop, kind in _HOLDERS:
        attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")

        def add(name: str, attach=attach) -> None:  # type: ignore[no-untyped-def]
            attach(policy.arn, name)

        def remove(name: str, detach=detach) -> None:  # type: ignore[no-untyped-def]
            detach(policy.arn, name)

        synchronize(old.get(prop) or [], new.get(prop) or [], add, remove)


def _holders(where: Where, policy: ManagedPolicy) -> list[tuple[str, str]]:
    iam = backend(where)
    holders = (("group", iam.groups), ("user", iam.users), ("role", iam.roles))
    return [
        (kind, item.name)
        for kind, items in holders
        for item in items.values()
        if policy.arn in item.managed_policies
    ]


def _detach_all(where: Where, policy: ManagedPolicy) -> None:
    for kind, name in _holders(where, policy):
        getattr(backend(where), f"detach_{kind}_policy")(policy.arn, name)


def _made(policy: ManagedPolicy) -> Made:
    return Made(policy.arn, {"PolicyArn": policy.arn, "PolicyId": policy.id})
