"""Every resource type of the embedded AWS: made, changed and deleted by a stack, read back from its own service."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jumpcf.local.session import LocalAws
from tests.local.support import JUMP, REGION, refused, role_template

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
BILLING = "arn:aws:iam::aws:policy/job-function/Billing"
TRUST = json.loads(role_template())["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]


def policy(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


Deploy = Callable[..., str]


@pytest.fixture
def deploy(aws: LocalAws) -> Deploy:
    """Create or update the stack "one" with these resources; gives its status."""
    client = aws.client("cloudformation", JUMP)

    def run(**resources: Any) -> str:
        body = json.dumps({"Resources": resources})
        known = client.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])["StackSummaries"]
        call = client.update_stack if known else client.create_stack
        made = call(StackName="one", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        return str(client.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"])

    return run


def why(aws: LocalAws) -> str:
    """The reason of the first failed resource."""
    client = aws.client("cloudformation", JUMP)
    stack = client.list_stacks()["StackSummaries"][0]["StackId"]
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    return str(
        [
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"] in ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
            and event["ResourceType"] != "AWS::CloudFormation::Stack"
        ][-1]
    )


def test_a_role_with_all_its_properties(aws: LocalAws, deploy: Deploy) -> None:
    boundary = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "boundary", "Path": "/jump/", "PolicyDocument": policy("*")},
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "acme-dev-Read",
            "Path": "/jump/",
            "Description": "Read",
            "MaxSessionDuration": 7200,
            "AssumeRolePolicyDocument": TRUST,
            "PermissionsBoundary": {"Ref": "Boundary"},
            "ManagedPolicyArns": [READ_ONLY, BILLING],
            "Policies": [{"PolicyName": "fence", "PolicyDocument": policy("s3:GetObject")}],
            "Tags": [{"Key": "jump-partner", "Value": "acme"}],
        },
    }
    assert deploy(Role=role, Boundary=boundary) == "CREATE_COMPLETE"
    iam = aws.client("iam", JUMP)
    found = iam.get_role(RoleName="acme-dev-Read")["Role"]
    assert (found["Path"], found["Description"], found["MaxSessionDuration"]) == ("/jump/", "Read", 7200)
    assert found["AssumeRolePolicyDocument"] == TRUST
    assert found["Tags"] == [{"Key": "jump-partner", "Value": "acme"}]
    assert (
        found["PermissionsBoundary"]["PermissionsBoundaryArn"] == f"arn:aws:iam::{JUMP}:policy/jump/boundary"
    )
    attached = iam.list_attached_role_policies(RoleName="acme-dev-Read")["AttachedPolicies"]
    assert sorted(row["PolicyArn"] for row in attached) == [READ_ONLY, BILLING]
    inline = iam.get_role_policy(RoleName="acme-dev-Read", PolicyName="fence")["PolicyDocument"]
    assert inline == policy("s3:GetObject")

    changed = json.loads(json.dumps(role))
    changed["Properties"] |= {"ManagedPolicyArns": [READ_ONLY], "MaxSessionDuration": 3600}
    changed["Properties"]["Policies"] = [{"PolicyName": "other", "PolicyDocument": policy("s3:PutObject")}]
    del changed["Properties"]["Description"]
    assert deploy(Role=changed, Boundary=boundary) == "UPDATE_COMPLETE"
    found = iam.get_role(RoleName="acme-dev-Read")["Role"]
    assert (found.get("Description", ""), found["MaxSessionDuration"]) == ("", 3600)
    assert iam.list_role_policies(RoleName="acme-dev-Read")["PolicyNames"] == ["other"]
    assert len(iam.list_attached_role_policies(RoleName="acme-dev-Read")["AttachedPolicies"]) == 1

    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


def user(name: str = "taro.yamada", **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::User", "Properties": {"UserName": name, **more}}


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Group", "Properties": {"GroupName": name, **more}}


def test_users_and_groups(aws: LocalAws, deploy: Deploy) -> None:
    tags = [{"Key": "jump-partner", "Value": "acme"}]
    assert (
        deploy(
            User=user(Path="/partner/acme/", Groups=[{"Ref": "Members"}], Tags=tags),
            Members=group("acme-members", Path="/partner/acme/", ManagedPolicyArns=[READ_ONLY]),
        )
        == "CREATE_COMPLETE"
    )
    iam = aws.client("iam", JUMP)
    found = iam.get_user(UserName="taro.yamada")["User"]
    assert found["Arn"] == f"arn:aws:iam::{JUMP}:user/partner/acme/taro.yamada"
    assert iam.list_user_tags(UserName="taro.yamada")["Tags"] == tags
    iam.tag_user(UserName="taro.yamada", Tags=[{"Key": "own", "Value": "kept"}])
    assert (
        deploy(
            User=user(
                Path="/partner/acme/", Groups=[{"Ref": "Ops"}], Tags=tags, PermissionsBoundary=READ_ONLY
            ),
            Members=group("acme-members", Path="/partner/acme/"),
            Ops=group(
                "acme-ops", Policies=[{"PolicyName": "assume", "PolicyDocument": policy("sts:AssumeRole")}]
            ),
        )
        == "UPDATE_COMPLETE"
    )
    assert [row["GroupName"] for row in iam.list_groups_for_user(UserName="taro.yamada")["Groups"]] == [
        "acme-ops"
    ]
    assert iam.list_attached_group_policies(GroupName="acme-members")["AttachedPolicies"] == []
    assert iam.list_group_policies(GroupName="acme-ops")["PolicyNames"] == ["assume"]
    found = iam.get_user(UserName="taro.yamada")["User"]
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    kept = {tag["Key"] for tag in iam.list_user_tags(UserName="taro.yamada")["Tags"]}
    assert kept == {"jump-partner", "own"}


def enable(iam: Any, serial: str) -> None:
    iam.enable_mfa_device(
        UserName="taro.yamada",
        SerialNumber=serial,
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )


def test_a_user_with_an_mfa_device_is_not_deleted(aws: LocalAws, deploy: Deploy) -> None:
    deploy(User=user(), Other=group("other"))
    iam = aws.client("iam", JUMP)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    enable(iam, device)
    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert "MFA devices" in why(aws)
    iam.deactivate_mfa_device(UserName="taro.yamada", SerialNumber=device)
    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert iam.list_users()["Users"] == []


OWN: dict[str, tuple[str, dict[str, Any]]] = {
    "login profile": ("create_login_profile", {"Password": "Secret-password-1"}),
    "access keys": ("create_access_key", {}),
    "SSH public keys": ("upload_ssh_public_key", {"SSHPublicKeyBody": "ssh-rsa AAAA"}),
    "service specific credentials": (
        "create_service_specific_credential",
        {"ServiceName": "codecommit.amazonaws.com"},
    ),
    "detach all policies": ("attach_user_policy", {"PolicyArn": READ_ONLY}),
    "remove user from all groups": ("add_user_to_group", {"GroupName": "other"}),
}
"""What a person or an administrator may add to a user, by the words of the refusal (IAM, DeleteUser)."""


@pytest.mark.parametrize("what", OWN)
def test_a_user_with_something_that_the_stack_did_not_make_is_not_deleted(
    aws: LocalAws, deploy: Deploy, what: str
) -> None:
    ours = group("ours", ManagedPolicyArns=[READ_ONLY])
    deploy(User=user(Groups=[{"Ref": "Ours"}], ManagedPolicyArns=[BILLING]), Ours=ours, Other=group("other"))
    call, more = OWN[what]
    getattr(aws.client("iam", JUMP), call)(UserName="taro.yamada", **more)
    assert deploy(Ours=ours, Other=group("other")) == "UPDATE_COMPLETE"  # a failed cleanup fails nothing
    assert what in why(aws)
    assert [row["UserName"] for row in aws.client("iam", JUMP).list_users()["Users"]] == ["taro.yamada"]


def test_a_password_of_the_template_goes_with_the_user(aws: LocalAws, deploy: Deploy) -> None:
    deploy(User=user(LoginProfile={"Password": "Secret-password-1"}), Other=group("other"))
    deploy(Other=group("other"))
    assert aws.client("iam", JUMP).list_users()["Users"] == []


def test_several_mfa_devices_a_passkey_among_them_are_listed_and_taken_off(
    aws: LocalAws, deploy: Deploy
) -> None:
    deploy(User=user())
    iam = aws.client("iam", JUMP)
    phone = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    passkey = f"arn:aws:iam::{JUMP}:u2f/user/taro.yamada/passkey-1"
    enable(iam, phone)
    enable(iam, passkey)
    listed = iam.list_mfa_devices(UserName="taro.yamada")["MFADevices"]
    assert {row["SerialNumber"] for row in listed} == {phone, passkey}
    for serial in (phone, passkey):
        iam.deactivate_mfa_device(UserName="taro.yamada", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=phone)
    assert iam.list_mfa_devices(UserName="taro.yamada")["MFADevices"] == []
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []


def test_service_specific_credentials_are_made_listed_and_deleted(aws: LocalAws, deploy: Deploy) -> None:
    deploy(User=user())
    iam = aws.client("iam", JUMP)
    of_git = {"UserName": "taro.yamada", "ServiceName": "codecommit.amazonaws.com"}
    made = iam.create_service_specific_credential(**of_git)["ServiceSpecificCredential"]
    assert made["ServicePassword"]
    aws.save()
    (listed,) = iam.list_service_specific_credentials(UserName="taro.yamada")["ServiceSpecificCredentials"]
    assert listed == {key: value for key, value in made.items() if key != "ServicePassword"}
    key = {"UserName": "taro.yamada", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    iam.delete_service_specific_credential(**key)
    assert iam.list_service_specific_credentials(UserName="taro.yamada")["ServiceSpecificCredentials"] == []
    assert refused(iam.delete_service_specific_credential, **key)[0] == "NoSuchEntity"
    assert refused(iam.list_service_specific_credentials, UserName="nobody")[0] == "NoSuchEntity"


def test_a_managed_policy_keeps_five_versions(aws: LocalAws, deploy: Deploy) -> None:
    def managed(*actions: str) -> dict[str, Any]:
        properties = {
            "ManagedPolicyName": "acme",
            "PolicyDocument": policy(*actions),
            "Groups": [{"Ref": "Group"}],
        }
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}

    deploy(Policy=managed("s3:Get0"), Group=group("acme-members"))
    for number in range(1, 7):
        assert deploy(Policy=managed(f"s3:Get{number}"), Group=group("acme-members")) == "UPDATE_COMPLETE"
    iam = aws.client("iam", JUMP)
    arn = f"arn:aws:iam::{JUMP}:policy/acme"
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [row["VersionId"] for row in versions if row["IsDefaultVersion"]] == ["v7"]
    assert len(versions) == 5
    attached = iam.list_attached_group_policies(GroupName="acme-members")["AttachedPolicies"]
    assert [row["PolicyArn"] for row in attached] == [arn]


def test_a_policy_that_bounds_somebody_else_is_not_deleted(aws: LocalAws, deploy: Deploy) -> None:
    boundary = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "boundary", "PolicyDocument": policy("*")},
    }
    deploy(Boundary=boundary, Other=group("other"))
    iam = aws.client("iam", JUMP)
    iam.create_role(
        RoleName="theirs",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=f"arn:aws:iam::{JUMP}:policy/boundary",
    )
    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert "permissions boundary of theirs" in why(aws)


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        (
            user(ManagedPolicyArns=[f"arn:aws:iam::{JUMP}:policy/nothing"]),
            "does not exist or is not attachable",
        ),
        (user(Groups=["nobody"]), "nobody"),
        (
            user(PermissionsBoundary=f"arn:aws:iam::{JUMP}:policy/nothing"),
            "does not exist or is not attachable",
        ),
        (group("big", Policies=[{"PolicyName": "p", "PolicyDocument": policy("s3:" + "x" * 5200)}]), "5120"),
        (
            group("many", ManagedPolicyArns=[f"{READ_ONLY}{n}" for n in range(11)]),
            "AttachedPoliciesPerGroup: 10",
        ),
        (
            group("wrong", Policies=[{"PolicyName": "p", "PolicyDocument": {"Statement": []}}]),
            "Syntax errors in policy",
        ),
        (
            {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": policy("s3:" + "x" * 6200)},
            },
            "PolicySize: 6144",
        ),
        (
            {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": TRUST,
                    "Policies": [{"PolicyName": "p", "PolicyDocument": policy("s3:" + "x" * 10300)}],
                },
            },
            "RolePolicySize: 10240",
        ),
        (
            {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [*TRUST["Statement"], {**TRUST["Statement"][0], "Sid": "x" * 2100}],
                    }
                },
            },
            "ACLSizePerRole: 2048",
        ),
    ],
)
def test_what_iam_refuses_fails_and_leaves_nothing(
    aws: LocalAws, deploy: Deploy, resource: dict[str, Any], what: str
) -> None:
    """IAM User Guide, "IAM and AWS STS quotas"."""
    assert deploy(Thing=resource) == "ROLLBACK_COMPLETE"
    assert what in why(aws)
    iam = aws.client("iam", JUMP)
    assert iam.list_users()["Users"] == iam.list_groups()["Groups"] == iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_names_are_unique_without_regard_to_case(aws: LocalAws, deploy: Deploy) -> None:
    aws.client("iam", JUMP).create_user(UserName="TARO.YAMADA")
    assert deploy(User=user()) == "ROLLBACK_COMPLETE"
    assert "already exists" in why(aws)


def test_a_bucket_with_its_policy(aws: LocalAws, deploy: Deploy) -> None:
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy("kms:*"), "EnableKeyRotation": True}}
    encryption = {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
        ]
    }
    closed = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "jumpcf-example",
            "BucketEncryption": encryption,
            "VersioningConfiguration": {"Status": "Enabled"},
            "PublicAccessBlockConfiguration": closed,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "Tags": [{"Key": "jumpcf-estate", "Value": "example"}],
        },
    }
    tls = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    guard = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": tls},
    }
    assert deploy(Bucket=bucket, Policy=guard, Key=key) == "CREATE_COMPLETE"
    s3 = aws.client("s3", JUMP)
    name = {"Bucket": "jumpcf-example"}
    assert s3.get_bucket_versioning(**name)["Status"] == "Enabled"
    assert s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"] == closed
    rules = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert rules[0]["BucketKeyEnabled"] is True
    owner = s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert json.loads(s3.get_bucket_policy(**name)["Policy"]) == tls
    s3.put_object(Key="k", Body=b"v", **name)  # policies are not evaluated: moto would drop the Condition
    s3.delete_object(Key="k", **name)
    assert s3.get_bucket_tagging(**name)["TagSet"] == [{"Key": "jumpcf-estate", "Value": "example"}]
    assert s3.get_bucket_location(**name)["LocationConstraint"] == REGION
    assert deploy(Bucket=bucket, Key=key) == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(**name)


def test_a_key_and_its_alias(aws: LocalAws, deploy: Deploy) -> None:
    def key(**more: Any) -> dict[str, Any]:
        return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy("kms:*"), **more}}

    alias = {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": "alias/jumpcf", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
    }
    assert deploy(Key=key(EnableKeyRotation=True, Description="Passwords"), Alias=alias) == "CREATE_COMPLETE"
    kms = aws.client("kms", JUMP)
    found = kms.describe_key(KeyId="alias/jumpcf")["KeyMetadata"]
    assert (found["Description"], found["Enabled"]) == ("Passwords", True)
    assert kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"] is True
    assert deploy(Key=key(), Alias=alias) == "UPDATE_COMPLETE"
    assert kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"] is False
    aws.client("cloudformation", JUMP).delete_stack(StackName="one")
    assert kms.describe_key(KeyId=found["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms.list_aliases(KeyId=found["KeyId"])["Aliases"] == []


def test_an_oidc_provider(aws: LocalAws, deploy: Deploy) -> None:
    def provider(*clients: str) -> dict[str, Any]:
        url = "https://token.actions.githubusercontent.com"
        return {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": url, "ClientIdList": list(clients)}}

    assert deploy(Provider=provider("sts.amazonaws.com")) == "CREATE_COMPLETE"
    assert deploy(Provider=provider("sts.amazonaws.com", "other")) == "UPDATE_COMPLETE"
    iam = aws.client("iam", JUMP)
    (row,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=row["Arn"])
    assert found["ClientIDList"] == ["sts.amazonaws.com", "other"]


@pytest.mark.parametrize(
    ("resource", "code", "what"),
    [
        (
            {"Type": "AWS::EC2::Instance"},
            "ValidationError",
            "Unrecognized resource types: [AWS::EC2::Instance]",
        ),
        (user(Nickname="taro"), "ValidationError", "unsupported property Nickname"),
        ({"Type": "AWS::IAM::Role"}, "ValidationError", "required key [AssumeRolePolicyDocument] not found"),
        (
            group("one") | {"Condition": "Missing"},
            "ValidationError",
            "Unresolved condition dependency Missing",
        ),
        (group({"Ref": "Missing"}), "ValidationError", "Unresolved resource dependencies [Missing]"),
    ],
)
def test_what_is_not_known_is_refused(deploy: Deploy, resource: dict[str, Any], code: str, what: str) -> None:
    found, message = refused(deploy, Thing=resource)
    assert (found, what in message) == (code, True), message
