"""AWS::IAM::Group."""

from typing import ClassVar

from moto.iam.models import Group

from jumpcf.local.providers.base import Made, Properties, Provider, Where, undone
from jumpcf.local.providers.identities import attach, backend, check_attached, check_free, held
from jumpcf.local.refusals import ResourceRefused


class GroupProvider(Provider):
    """Source: CloudFormation template reference, AWS::IAM::Group."""

    type: ClassVar[str] = "AWS::IAM::Group"
    name_property: ClassVar[str] = "GroupName"
    name_limit: ClassVar[int] = 128
    properties: ClassVar[frozenset[str]] = frozenset({"GroupName", "ManagedPolicyArns", "Path", "Policies"})
    replaces: ClassVar[frozenset[str]] = frozenset({"GroupName"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        iam = backend(where)
        check_free("Group", name, iam.groups)
        group = iam.create_group(name, properties.get("Path") or "/")
        with undone(lambda: _remove(where, group)):
            attach(where, "group", name, {}, properties)
        return _made(group)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        group = backend(where).get_group(physical_id)
        check_attached(where, "group", new)
        group.path = new.get("Path") or "/"
        attach(where, "group", physical_id, old, new)
        return _made(group)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        group = backend(where).get_group(physical_id)
        if group.users:
            raise ResourceRefused(
                "Cannot delete entity, must remove users from group first.", "ResourceConflict"
            )
        if group.managed_policies.keys() - set(properties.get("ManagedPolicyArns") or []):
            raise ResourceRefused("Cannot delete entity, must detach all policies first.", "ResourceConflict")
        _remove(where, group)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        group = backend(where).groups.get(physical_id)
        if group is None:
            return None
        return {"GroupName": group.name, "Path": group.path, **held(group)}


def _remove(where: Where, group: Group) -> None:
    iam = backend(where)
    for arn in list(group.managed_policies):
        iam.detach_group_policy(arn, group.name)
    group.policies.clear()
    iam.delete_group(group.name)


def _made(group: Group) -> Made:
    return Made(group.name, {"Arn": group.arn})
