"""AWS::IAM::Role."""

from typing import ClassVar

from moto.iam.models import Role

from jumpcf.local.providers.base import Made, Properties, Provider, Where, tags_of, undone
from jumpcf.local.providers.identities import (
    attach,
    backend,
    check_attached,
    check_boundary,
    check_free,
    document,
    held,
    limit,
    trust_text,
)
from jumpcf.local.refusals import ResourceRefused


class RoleProvider(Provider):
    """Source: CloudFormation template reference, AWS::IAM::Role; IAM CreateRole (MaxSessionDuration 3600-43200)."""

    type: ClassVar[str] = "AWS::IAM::Role"
    name_property: ClassVar[str] = "RoleName"
    properties: ClassVar[frozenset[str]] = frozenset(
        [
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        ]
    )
    required: ClassVar[frozenset[str]] = frozenset({"AssumeRolePolicyDocument"})
    replaces: ClassVar[frozenset[str]] = frozenset({"RoleName", "Path"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        iam = backend(where)
        check_free("Role", name, (role.name for role in iam.roles.values()))
        role = iam.create_role(
            role_name=name,
            assume_role_policy_document=trust_text(properties["AssumeRolePolicyDocument"]),
            path=properties.get("Path") or "/",
            permissions_boundary=check_boundary(where, properties),
            description=properties.get("Description", ""),
            tags=tags_of(properties),
            max_session_duration=_duration(properties),
        )
        with undone(lambda: _remove(where, role)):
            attach(where, "role", name, {}, properties)
        return _made(role)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        role = backend(where).get_role(physical_id)
        trust, duration = trust_text(new["AssumeRolePolicyDocument"]), _duration(new)
        boundary = check_boundary(where, new)
        check_attached(where, "role", new)
        role.assume_role_policy_document, role.max_session_duration = trust, duration
        role.permissions_boundary_arn = boundary
        role.description = new.get("Description", "")
        role.tags = tags_of(new)
        attach(where, "role", physical_id, old, new)
        return _made(role)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        role = backend(where).get_role(physical_id)
        foreign = role.managed_policies.keys() - set(properties.get("ManagedPolicyArns") or [])
        if foreign:  # attached by somebody else: CloudFormation's handler meets IAM's DeleteConflict
            raise ResourceRefused("Cannot delete entity, must detach all policies first.", "ResourceConflict")
        limit("foreign instance profiles", len(role.instance_profile_list), 0)
        _remove(where, role)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        role = next((item for item in backend(where).roles.values() if item.name == physical_id), None)
        if role is None:
            return None
        return {
            "AssumeRolePolicyDocument": document(role.assume_role_policy_document),
            "Description": role.description,
            "MaxSessionDuration": role.max_session_duration,
            "Path": role.path,
            "PermissionsBoundary": role.permissions_boundary_arn,
            "RoleName": role.name,
            "Tags": list(role.tags or []),
            **held(role),
        }


def _remove(where: Where, role: Role) -> None:
    iam = backend(where)
    for arn in list(role.managed_policies):
        iam.detach_role_policy(arn, role.name)
    role.policies.clear()
    iam.delete_role(role.name)


def _duration(properties: Properties) -> str:
    seconds = int(properties.get("MaxSessionDuration", 3600))
    if not 3600 <= seconds <= 43200:
        raise ResourceRefused(
            f"1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy "
            "constraint: Member must have value between 3600 and 43200"
        )
    return str(seconds)


def _made(role: Role) -> Made:
    return Made(role.name, {"Arn": role.arn, "RoleId": role.id})
