"""AWS::IAM::User."""

from typing import ClassVar

from moto.iam.models import User

from jumpcf.local import service_credentials
from jumpcf.local.providers.base import Made, Properties, Provider, Where, synchronize, tags_of, undone
from jumpcf.local.providers.identities import (
    attach,
    backend,
    check_attached,
    check_boundary,
    check_free,
    held,
)
from jumpcf.local.refusals import ResourceRefused


class UserProvider(Provider):
    """Source: CloudFormation template reference, AWS::IAM::User."""

    type: ClassVar[str] = "AWS::IAM::User"
    name_property: ClassVar[str] = "UserName"
    properties: ClassVar[frozenset[str]] = frozenset(
        [
            "Groups",
            "LoginProfile",
            "ManagedPolicyArns",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "Tags",
            "UserName",
        ]
    )
    replaces: ClassVar[frozenset[str]] = frozenset({"UserName"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        iam = backend(where)
        check_free("User", name, iam.users)
        user = iam.create_user(where.region, name, properties.get("Path") or "/", tags_of(properties))
        with undone(lambda: _remove(where, user)):
            self._apply(where, user, {}, properties)
        return _made(user)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        iam = backend(where)
        user = iam.get_user(physical_id)
        check_boundary(where, new)
        check_attached(where, "user", new)
        for group in new.get("Groups") or []:
            iam.get_group(group)
        # A person's own tags, put there outside the template, stay: the handler removes only what it had set.
        ours = {tag["Key"] for tag in tags_of(old)}
        kept = [tag for tag in iam.list_user_tags(user.name) if tag["Key"] not in ours]
        iam.tagger.delete_all_tags_for_resource(user.arn)
        user.path = new.get("Path") or "/"  # moto keys tags by ARN, which holds the path
        iam.tag_user(user.name, [*kept, *tags_of(new)])
        self._apply(where, user, old, new)
        return _made(user)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        """Refused while the person has what the template did not make (IAM API reference, DeleteUser)."""
        user = backend(where).get_user(physical_id)
        for things, what in (
            (user.password if "LoginProfile" not in properties else None, "delete login profile"),
            (user.mfa_devices, "deactivate all MFA devices"),
            (user.access_keys, "delete access keys"),
            (user.signing_certificates, "delete signing certificates"),
            (user.ssh_public_keys, "delete SSH public keys"),
            (service_credentials.held_by(user), "delete service specific credentials"),
            (_foreign_policies(user, properties), "detach all policies"),
            (_foreign_groups(where, user, properties), "remove user from all groups"),
        ):
            if things:
                raise ResourceRefused(f"Cannot delete entity, must {what} first.", "ResourceConflict")
        _remove(where, user)

    def _apply(self, where: Where, user: User, old: Properties, new: Properties) -> None:
        iam = backend(where)
        vars(user)["permissions_boundary_arn"] = check_boundary(where, new)
        synchronize(
            old.get("Groups") or [],
            new.get("Groups") or [],
            lambda group: iam.add_user_to_group(group, user.name),
            lambda group: iam.remove_user_from_group(group, user.name),
        )
        attach(where, "user", user.name, old, new)
        _login(where, user, old, new)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        """All but the password, which nobody can read back."""
        iam = backend(where)
        user = iam.users.get(physical_id)
        if user is None:
            return None
        return {
            "Groups": [group.name for group in iam.get_groups_for_user(user.name)],
            "LoginProfile": expected.get("LoginProfile"),
            "Path": user.path,
            "PermissionsBoundary": getattr(user, "permissions_boundary_arn", None),
            "Tags": iam.list_user_tags(user.name),
            "UserName": user.name,
            **held(user),
        }


def _login(where: Where, user: User, old: Properties, new: Properties) -> None:
    iam = backend(where)
    before, after = old.get("LoginProfile"), new.get("LoginProfile")
    if before == after:
        return
    if after is None:
        iam.delete_login_profile(user.name)
    elif before is None:
        iam.create_login_profile(user.name, after["Password"])
    else:
        iam.update_login_profile(user.name, after["Password"], False)
    user.password_reset_required = bool((after or {}).get("PasswordResetRequired"))


def _foreign_policies(user: User, properties: Properties) -> set[str]:
    attached = user.managed_policies.keys() - set(properties.get("ManagedPolicyArns") or [])
    inline = user.policies.keys() - {one["PolicyName"] for one in properties.get("Policies") or []}
    return attached | inline


def _foreign_groups(where: Where, user: User, properties: Properties) -> set[str]:
    groups = {group.name for group in backend(where).get_groups_for_user(user.name)}
    return groups - set(properties.get("Groups") or [])


def _remove(where: Where, user: User) -> None:
    iam = backend(where)
    for group in iam.get_groups_for_user(user.name):
        iam.remove_user_from_group(group.name, user.name)
    for arn in list(user.managed_policies):
        iam.detach_user_policy(arn, user.name)
    user.policies.clear()
    iam.delete_user(user.name)


def _made(user: User) -> Made:
    return Made(user.name, {"Arn": user.arn})
