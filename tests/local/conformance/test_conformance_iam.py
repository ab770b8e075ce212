"""IAM's boundaries, quotas, sizes, names and delete conflicts.

bc = botocore's IAM model (shapes and error codes); UG = IAM User Guide; facts = the notes on IAM by section.
"""

import json
from typing import Any

import pytest

from tests.local.conformance.things import GOOD, READ_ONLY, Things, code, new_name
from tests.local.people import allow, policy, trust

SMALL = policy(allow("s3:*"))
MANAGED = [
    f"arn:aws:iam::aws:policy/{name}"
    for name in (
        *(
            "ReadOnlyAccess",
            "SecurityAudit",
            "PowerUserAccess",
            "IAMReadOnlyAccess",
            "AmazonS3ReadOnlyAccess",
        ),
        *("AmazonEC2ReadOnlyAccess", "AmazonRDSReadOnlyAccess", "CloudWatchReadOnlyAccess"),
        *("AmazonDynamoDBReadOnlyAccess", "AmazonSNSReadOnlyAccess", "AmazonSQSReadOnlyAccess"),
    )
]


def compact(document: str) -> int:
    """Characters without white space."""
    return len(json.dumps(json.loads(document), separators=(",", ":")))


def own_trust(things: Things, **condition: Any) -> str:
    return trust(account=things.account, **condition)


def bounded(things: Things, user: str) -> str | None:
    found: dict[str, str] = things.iam.get_user(UserName=user)["User"].get("PermissionsBoundary", {})
    return found.get("PermissionsBoundaryArn")


def test_a_user_has_a_boundary_from_the_start_or_later(things: Things) -> None:
    """bc CreateUser.PermissionsBoundary, PutUserPermissionsBoundary, DeleteUserPermissionsBoundary."""
    arn = things.policy(SMALL)
    user = things.user(PermissionsBoundary=arn)
    assert bounded(things, user) == arn
    things.iam.delete_user_permissions_boundary(UserName=user)
    assert bounded(things, user) is None
    assert code(things.iam.delete_user_permissions_boundary, UserName=user) == "NoSuchEntity"
    things.iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=READ_ONLY)
    assert bounded(things, user) == READ_ONLY


def test_a_boundary_must_exist(things: Things) -> None:
    """bc CreateUser, CreateRole, PutRolePermissionsBoundary: NoSuchEntity."""
    ghost = f"arn:aws:iam::{things.account}:policy/{new_name()}"
    assert code(things.iam.create_user, UserName=new_name(), PermissionsBoundary=ghost) == "NoSuchEntity"
    given = {"RoleName": new_name(), "AssumeRolePolicyDocument": own_trust(things)}
    assert code(things.iam.create_role, **given, PermissionsBoundary=ghost) == "NoSuchEntity"
    role = things.role(own_trust(things))
    put = things.iam.put_role_permissions_boundary
    assert code(put, RoleName=role, PermissionsBoundary=ghost) == "NoSuchEntity"


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_policy_that_bounds_somebody_is_not_deleted(things: Things, kind: str) -> None:
    """bc DeletePolicy, DeleteConflict; facts 7.4."""
    arn = things.policy(SMALL)
    if kind == "user":
        user = things.user(PermissionsBoundary=arn)
        assert code(things.iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
        things.iam.delete_user_permissions_boundary(UserName=user)
    else:
        role = things.role(own_trust(things), PermissionsBoundary=arn)
        assert code(things.iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
        things.iam.delete_role_permissions_boundary(RoleName=role)
    things.iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_ten_managed_policies_each(things: Things, kind: str) -> None:
    """UG reference_iam-quotas, "Managed policies attached to an IAM user, group, role": 10; facts 6."""
    name = things.role(own_trust(things)) if kind == "role" else getattr(things, kind)()
    attach = getattr(things.iam, f"attach_{kind}_policy")
    named = {f"{kind.title()}Name": name}
    for arn in MANAGED[:10]:
        attach(**named, PolicyArn=arn)
    attach(**named, PolicyArn=MANAGED[0])  # again is nothing new
    assert code(attach, **named, PolicyArn=MANAGED[10]) == "LimitExceeded"
    ghost = f"arn:aws:iam::{things.account}:policy/{new_name()}"
    assert code(attach, **named, PolicyArn=ghost) == "NoSuchEntity"


@pytest.mark.parametrize(("kind", "most"), [("user", 2048), ("group", 5120), ("role", 10240)])
def test_inline_policies_have_one_size_together(things: Things, kind: str, most: int) -> None:
    """UG reference_iam-quotas: 2,048, 5,120 and 10,240 characters, "IAM doesn't count white space"; facts 6."""
    name = things.role(own_trust(things)) if kind == "role" else getattr(things, kind)()
    put, named = getattr(things.iam, f"put_{kind}_policy"), {f"{kind.title()}Name": name}
    room = most - 2 * compact(SMALL) + len("*")
    wide = policy(allow("s3:*", f"arn:aws:s3:::{'b' * (room - len('arn:aws:s3:::'))}"))
    put(**named, PolicyName="one", PolicyDocument=SMALL)
    put(**named, PolicyName="two", PolicyDocument=wide + " " * 500)
    longer = policy(allow("s3:*", "arn:aws:s3:::ab"))
    assert code(put, **named, PolicyName="one", PolicyDocument=longer) == "LimitExceeded"


def test_a_managed_policy_has_a_size_and_five_versions(things: Things) -> None:
    """UG reference_iam-quotas: 6,144 characters, 5 versions; facts 6."""
    big = policy(allow("s3:*", [f"arn:aws:s3:::{'b' * 60}{number}" for number in range(100)]))
    assert code(things.iam.create_policy, PolicyName=new_name(), PolicyDocument=big) == "LimitExceeded"
    arn = things.policy(SMALL)
    assert code(things.iam.create_policy_version, PolicyArn=arn, PolicyDocument=big) == "LimitExceeded"
    for number in range(2, 6):
        document = policy(allow(f"s3:Get{number}*"))
        things.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=number == 5)
    assert code(things.iam.create_policy_version, PolicyArn=arn, PolicyDocument=SMALL) == "LimitExceeded"
    versions = {
        row["VersionId"]: row["IsDefaultVersion"]
        for row in things.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    }
    assert versions == {"v1": False, "v2": False, "v3": False, "v4": False, "v5": True}
    assert code(things.iam.delete_policy_version, PolicyArn=arn, VersionId="v5") == "DeleteConflict"


def test_a_trust_has_a_size(things: Things) -> None:
    """UG reference_iam-quotas, "Role trust policy length": 2,048 by default; facts 6."""
    long = own_trust(
        things, StringEquals={"aws:PrincipalTag/x": ["y" * 200 + str(number) for number in range(10)]}
    )
    given = {"RoleName": new_name(), "AssumeRolePolicyDocument": long}
    assert code(things.iam.create_role, **given) == "LimitExceeded"
    role = things.role(own_trust(things))
    update = things.iam.update_assume_role_policy
    assert code(update, RoleName=role, PolicyDocument=long) == "LimitExceeded"


def test_ten_groups_and_two_keys_per_user(things: Things) -> None:
    """UG reference_iam-quotas: 10 groups, 2 access keys; facts 6."""
    user = things.user()
    for _ in range(10):
        things.iam.add_user_to_group(GroupName=things.group(), UserName=user)
    assert code(things.iam.add_user_to_group, GroupName=things.group(), UserName=user) == "LimitExceeded"
    for _ in range(2):
        things.iam.create_access_key(UserName=user)
    assert code(things.iam.create_access_key, UserName=user) == "LimitExceeded"


def test_a_role_lasts_between_one_and_twelve_hours(things: Things) -> None:
    """bc roleMaxSessionDurationType, 3600 to 43200; UpdateRole: what is not named stays."""
    given = {"RoleName": new_name(), "AssumeRolePolicyDocument": own_trust(things)}
    assert code(things.iam.create_role, **given, MaxSessionDuration=43201) == "ValidationError"
    role = things.role(own_trust(things), MaxSessionDuration=43200, Description="mine")
    things.iam.update_role(RoleName=role, Description="other")
    found = things.iam.get_role(RoleName=role)["Role"]
    assert (found["MaxSessionDuration"], found["Description"]) == (43200, "other")
    assert code(things.iam.update_role, RoleName=role, MaxSessionDuration=43201) == "ValidationError"


def test_names_are_short_plain_and_taken_in_any_letter_case(things: Things) -> None:
    """bc userNameType, [\\w+=,.@-]+, 64; UG reference_iam-quotas: "Names ... are not distinguished by case"."""
    user, group = things.user(), things.group()
    assert code(things.iam.create_user, UserName=user.upper()) == "EntityAlreadyExists"
    assert code(things.iam.create_group, GroupName=group.upper()) == "EntityAlreadyExists"
    role = things.role(own_trust(things))
    given = {"RoleName": role.upper(), "AssumeRolePolicyDocument": own_trust(things)}
    assert code(things.iam.create_role, **given) == "EntityAlreadyExists"
    for name in ("u" * 65, "a b", "ä"):
        assert code(things.iam.create_user, UserName=name) == "ValidationError", name


@pytest.mark.parametrize("document", ["{", '{"Version":"2012-10-17"}', policy({"Effect": "Perhaps"})])
def test_a_policy_has_a_form(things: Things, document: str) -> None:
    """bc MalformedPolicyDocument."""
    given = {"PolicyName": new_name(), "PolicyDocument": document}
    assert code(things.iam.create_policy, **given) == "MalformedPolicyDocument"
    assert code(things.iam.put_user_policy, UserName=things.user(), **given) == "MalformedPolicyDocument"


def test_users_are_tagged_and_their_tags_have_a_number(things: Things) -> None:
    """UG id_tags, bc TagUser: 50 tags, keys without regard to case; a value is replaced."""
    user = things.user(Tags=[{"Key": "jump-partner", "Value": "acme"}])
    things.iam.tag_user(UserName=user, Tags=[{"Key": "jump-partner", "Value": "other"}])
    assert things.iam.list_user_tags(UserName=user)["Tags"] == [{"Key": "jump-partner", "Value": "other"}]
    things.iam.untag_user(UserName=user, TagKeys=["jump-partner"])
    assert things.iam.list_user_tags(UserName=user)["Tags"] == []
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    assert code(things.iam.tag_user, UserName=user, Tags=many) in ("LimitExceeded", "ValidationError")


def test_a_user_goes_only_after_everything_that_hangs_on_him(things: Things) -> None:
    """bc DeleteUser, DeleteConflict: "you must remove ... password, access keys, ..."; facts 7.4."""
    iam, user = things.iam, things.user(allow("s3:*"))
    group, (serial, _) = things.group(), things.device(user)
    named = {"UserName": user}
    key = iam.create_access_key(**named)["AccessKey"]["AccessKeyId"]
    iam.create_login_profile(**named, Password=GOOD)
    iam.attach_user_policy(**named, PolicyArn=READ_ONLY)
    iam.add_user_to_group(**named, GroupName=group)
    for call, given in (
        (iam.delete_login_profile, {}),
        (iam.deactivate_mfa_device, {"SerialNumber": serial}),
        (iam.delete_access_key, {"AccessKeyId": key}),
        (iam.detach_user_policy, {"PolicyArn": READ_ONLY}),
        (iam.delete_user_policy, {"PolicyName": "rights"}),
        (iam.remove_user_from_group, {"GroupName": group}),
    ):
        assert code(iam.delete_user, **named) == "DeleteConflict", call
        call(**named, **given)
    iam.delete_user(**named)
    assert code(iam.get_user, **named) == "NoSuchEntity"


def test_a_group_goes_only_when_it_is_empty(things: Things) -> None:
    """bc DeleteGroup, DeleteConflict: "must not contain any users or have any attached policies"."""
    iam, user, group = things.iam, things.user(), things.group()
    named = {"GroupName": group}
    iam.add_user_to_group(**named, UserName=user)
    iam.attach_group_policy(**named, PolicyArn=READ_ONLY)
    iam.put_group_policy(**named, PolicyName="rights", PolicyDocument=SMALL)
    for call, given in (
        (iam.remove_user_from_group, {"UserName": user}),
        (iam.detach_group_policy, {"PolicyArn": READ_ONLY}),
        (iam.delete_group_policy, {"PolicyName": "rights"}),
    ):
        assert code(iam.delete_group, **named) == "DeleteConflict", call
        call(**named, **given)
    iam.delete_group(**named)


def test_a_role_goes_only_without_policies_and_profiles(things: Things) -> None:
    """bc DeleteRole, DeleteConflict: policies and instance profiles go first."""
    iam, role = things.iam, things.role(own_trust(things))
    named, profile = {"RoleName": role}, new_name()
    iam.create_instance_profile(InstanceProfileName=profile)
    things.ground.later(iam.delete_instance_profile, InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, **named)
    iam.attach_role_policy(**named, PolicyArn=READ_ONLY)
    iam.put_role_policy(**named, PolicyName="rights", PolicyDocument=SMALL)
    for call, given in (
        (iam.remove_role_from_instance_profile, {"InstanceProfileName": profile}),
        (iam.detach_role_policy, {"PolicyArn": READ_ONLY}),
        (iam.delete_role_policy, {"PolicyName": "rights"}),
    ):
        assert code(iam.delete_role, **named) == "DeleteConflict", call
        call(**named, **given)
    iam.delete_role(**named)


def test_a_policy_goes_only_detached_and_with_one_version(things: Things) -> None:
    """bc DeletePolicy, DeleteConflict: detach it, delete its other versions."""
    iam, arn, group = things.iam, things.policy(SMALL), things.group()
    iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("iam:*")), SetAsDefault=True)
    assert code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    iam.detach_group_policy(GroupName=group, PolicyArn=arn)
    assert code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    assert code(iam.get_policy, PolicyArn=arn) == "NoSuchEntity"
