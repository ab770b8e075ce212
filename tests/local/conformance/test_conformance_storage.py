"""S3's conditional writes, Parameter Store's secrets, and the keys beneath both.

S3UG = S3 User Guide, "How to prevent object overwrites with conditional writes"; SSM = Systems Manager API
reference; KMS = KMS API reference and developer guide.
"""

from typing import Any

import pytest

from tests.local.conformance.ground import Ground
from tests.local.conformance.things import code, new_name

TAGS = [{"Key": "jump-partner", "Value": "acme"}]


class Bucket:
    """A versioned bucket, which goes with everything in it."""

    def __init__(self, ground: Ground) -> None:
        self.s3, self.name = ground.client("s3", ground.members["one"]), new_name()
        where = {"LocationConstraint": ground.region}
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration=where)
        ground.later(self.remove)
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})

    def put(self, body: bytes = b"1", **more: str) -> str:
        return str(self.s3.put_object(Bucket=self.name, Key="lock", Body=body, **more)["ETag"])

    def read(self) -> bytes:
        return bytes(self.s3.get_object(Bucket=self.name, Key="lock")["Body"].read())

    def remove(self) -> None:
        found = self.s3.list_object_versions(Bucket=self.name)
        for row in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            self.s3.delete_object(Bucket=self.name, Key=row["Key"], VersionId=row["VersionId"])
        self.s3.delete_bucket(Bucket=self.name)


@pytest.fixture
def bucket(judged: Ground) -> Bucket:
    return Bucket(judged)


@pytest.fixture
def kms(judged: Ground) -> Any:
    return judged.client("kms", judged.members["one"])


@pytest.fixture
def ssm(judged: Ground) -> Any:
    return judged.client("ssm", judged.members["one"])


@pytest.fixture
def key(judged: Ground, kms: Any) -> str:
    """A symmetric key; on AWS it is gone a week after."""
    made = str(kms.create_key(Description=new_name())["KeyMetadata"]["KeyId"])
    judged.later(_forget, kms=kms, key=made)
    return made


def _forget(kms: Any, key: str) -> None:
    if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


class Parameter:
    """A name in Parameter Store, which is free again at the end."""

    def __init__(self, ground: Ground, ssm: Any) -> None:
        self.ssm, self.name = ssm, f"/{new_name()}/initial-password"
        ground.later(ssm.delete_parameter, Name=self.name)

    def put(self, value: str = "secret", **more: Any) -> Any:
        return self.ssm.put_parameter(Name=self.name, Value=value, **{"Type": "SecureString", **more})

    def code(self, value: str = "secret", **more: Any) -> str:
        return code(self.ssm.put_parameter, Name=self.name, Value=value, **{"Type": "SecureString", **more})

    def read(self, *, plain: bool = True) -> str:
        found = self.ssm.get_parameter(Name=self.name, WithDecryption=plain)
        return str(found["Parameter"]["Value"])


@pytest.fixture
def parameter(judged: Ground, ssm: Any) -> Parameter:
    return Parameter(judged, ssm)


def test_only_the_first_of_two_creates(bucket: Bucket) -> None:
    """S3UG: If-None-Match: *, 412 Precondition Failed."""
    bucket.put(IfNoneMatch="*")
    again = {"Bucket": bucket.name, "Key": "lock", "Body": b"2", "IfNoneMatch": "*"}
    assert code(bucket.s3.put_object, **again) == "PreconditionFailed"
    assert bucket.read() == b"1"


def test_a_deleted_object_can_be_created_again(bucket: Bucket) -> None:
    """S3UG: in a versioned bucket a delete marker is no current object."""
    bucket.put(IfNoneMatch="*")
    bucket.s3.delete_object(Bucket=bucket.name, Key="lock")
    bucket.put(b"2", IfNoneMatch="*")
    assert bucket.read() == b"2"


def test_only_who_has_read_the_last_one_overwrites(bucket: Bucket) -> None:
    """S3UG: If-Match with an ETag; 412, and 404 where nothing is."""
    first = bucket.put()
    second = bucket.put(b"2", IfMatch=first)
    third = {"Bucket": bucket.name, "Key": "lock", "Body": b"3"}
    assert code(bucket.s3.put_object, **third, IfMatch=first) == "PreconditionFailed"
    gone = {"Bucket": bucket.name, "Key": "lock"}
    assert code(bucket.s3.delete_object, **gone, IfMatch=first) == "PreconditionFailed"
    bucket.s3.delete_object(**gone, IfMatch=second)
    assert code(bucket.s3.put_object, **third, IfMatch=second) == "NoSuchKey"


def test_another_value_of_if_none_match_is_refused(bucket: Bucket) -> None:
    """S3 PutObject, IfNoneMatch: "Expects the '*' (asterisk) character"; NotImplemented."""
    given = {"Bucket": bucket.name, "Key": "lock", "Body": b"1", "IfNoneMatch": '"abc"'}
    assert code(bucket.s3.put_object, **given) == "NotImplemented"


def test_a_bucket_is_made_once_and_goes_only_when_it_is_empty(judged: Ground, bucket: Bucket) -> None:
    """S3 CreateBucket: BucketAlreadyOwnedByYou, BucketAlreadyExists; DeleteBucket: BucketNotEmpty, also where
    only old versions are left."""
    where = {"LocationConstraint": judged.region}
    again = {"Bucket": bucket.name, "CreateBucketConfiguration": where}
    assert code(bucket.s3.create_bucket, **again) == "BucketAlreadyOwnedByYou"
    other = judged.client("s3", judged.members["two"])
    assert code(other.create_bucket, **again) == "BucketAlreadyExists"
    bucket.put()
    bucket.s3.delete_object(Bucket=bucket.name, Key="lock")
    assert code(bucket.s3.delete_bucket, Bucket=bucket.name) == "BucketNotEmpty"
    assert code(bucket.s3.get_object, Bucket=bucket.name, Key="lock") == "NoSuchKey"


def test_a_secret_is_put_once_with_its_tags(ssm: Any, parameter: Parameter, key: str) -> None:
    """SSM PutParameter: ParameterAlreadyExists; tags not together with Overwrite; each value is a version."""
    assert parameter.put(KeyId=key, Tags=TAGS)["Version"] == 1
    assert parameter.code(KeyId=key) == "ParameterAlreadyExists"
    assert parameter.code(KeyId=key, Overwrite=True, Tags=TAGS) == "ValidationException"
    named = {"ResourceType": "Parameter", "ResourceId": parameter.name}
    assert ssm.list_tags_for_resource(**named)["TagList"] == TAGS
    assert parameter.put("other", KeyId=key, Overwrite=True)["Version"] == 2
    assert ssm.list_tags_for_resource(**named)["TagList"] == TAGS
    assert (
        ssm.get_parameter(Name=f"{parameter.name}:1", WithDecryption=True)["Parameter"]["Value"] == "secret"
    )


def test_a_secret_is_read_in_plain_only_when_asked_so(parameter: Parameter, key: str) -> None:
    """SSM GetParameter, WithDecryption."""
    parameter.put(KeyId=key)
    assert parameter.read(plain=False) != "secret"
    assert parameter.read() == "secret"


def test_its_key_must_be_there_and_in_use(
    judged: Ground, ssm: Any, kms: Any, parameter: Parameter, key: str
) -> None:
    """SSM PutParameter, GetParameter: InvalidKeyId."""
    assert parameter.code(KeyId=f"alias/{new_name()}") == "InvalidKeyId"
    alias = f"alias/{new_name()}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    judged.later(kms.delete_alias, AliasName=alias)
    parameter.put(KeyId=alias)
    kms.disable_key(KeyId=key)
    assert parameter.code(KeyId=key, Overwrite=True) == "InvalidKeyId"
    assert parameter.read(plain=False) != "secret"
    assert code(ssm.get_parameter, Name=parameter.name, WithDecryption=True) == "InvalidKeyId"
    assert code(ssm.get_parameters, Names=[parameter.name], WithDecryption=True) == "InvalidKeyId"
    kms.enable_key(KeyId=key)
    assert parameter.read() == "secret"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert code(ssm.get_parameter, Name=parameter.name, WithDecryption=True) == "InvalidKeyId"


def test_a_version_without_a_key_is_under_aws_own(ssm: Any, parameter: Parameter, key: str) -> None:
    """SSM PutParameter, KeyId: "the system uses the default key" where none is given."""
    parameter.put(KeyId=key)
    parameter.put(Overwrite=True)
    only = [{"Key": "Name", "Values": [parameter.name]}]
    (found,) = ssm.describe_parameters(ParameterFilters=only)["Parameters"]
    assert found["KeyId"] == "alias/aws/ssm"


def test_a_standard_value_has_4096_characters(parameter: Parameter) -> None:
    """SSM PutParameter, Value: "Standard parameters have a value limit of 4 KB"."""
    parameter.put("x" * 4096)
    assert parameter.code("x" * 4097, Overwrite=True) == "ValidationException"


def test_a_parameter_that_is_not_there_is_told_so(ssm: Any) -> None:
    """SSM GetParameter, DeleteParameter: ParameterNotFound; GetParameters: InvalidParameters."""
    name = f"/{new_name()}"
    assert code(ssm.get_parameter, Name=name) == "ParameterNotFound"
    assert code(ssm.delete_parameter, Name=name) == "ParameterNotFound"
    assert ssm.get_parameters(Names=[name])["InvalidParameters"] == [name]


def test_versions_have_labels_that_move(ssm: Any, parameter: Parameter) -> None:
    """SSM LabelParameterVersion: a label is of one version at a time; InvalidLabels for a wrong one."""
    parameter.put("1", Type="String")
    parameter.put("2", Type="String", Overwrite=True)
    named = {"Name": parameter.name}
    ssm.label_parameter_version(**named, ParameterVersion=1, Labels=["live"])
    assert ssm.get_parameter(Name=f"{parameter.name}:live")["Parameter"]["Value"] == "1"
    answer = ssm.label_parameter_version(**named, ParameterVersion=2, Labels=["live", "aws-own"])
    assert answer["InvalidLabels"] == ["aws-own"]
    assert ssm.get_parameter(Name=f"{parameter.name}:live")["Parameter"]["Value"] == "2"
    rows = ssm.get_parameter_history(**named)["Parameters"]
    assert {row["Version"]: row["Labels"] for row in rows} == {1: [], 2: ["live"]}
    nothing = {**named, "ParameterVersion": 9, "Labels": ["x"]}
    assert code(ssm.label_parameter_version, **nothing) == "ParameterVersionNotFound"


def test_a_key_encrypts_and_decrypts_in_its_context(kms: Any, key: str) -> None:
    """KMS Encrypt, Decrypt: the same context; InvalidCiphertextException otherwise."""
    context = {"partner": "acme"}
    secret = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=secret, EncryptionContext=context)["Plaintext"] == b"secret"
    assert code(kms.decrypt, CiphertextBlob=secret) == "InvalidCiphertextException"


def test_a_key_that_is_disabled_or_going_does_nothing(kms: Any, key: str) -> None:
    """KMS developer guide, key-state table: DisabledException, KMSInvalidStateException."""
    secret = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    assert code(kms.encrypt, KeyId=key, Plaintext=b"x") == "DisabledException"
    assert code(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == "DisabledException"
    assert code(kms.decrypt, CiphertextBlob=secret) == "DisabledException"
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"secret"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert code(kms.encrypt, KeyId=key, Plaintext=b"x") == "KMSInvalidStateException"
    assert code(kms.enable_key, KeyId=key) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_an_alias_is_of_one_key_and_has_a_form(judged: Ground, kms: Any, key: str) -> None:
    """KMS CreateAlias: AlreadyExistsException, NotFoundException, "alias/"; alias/aws/ is AWS's."""
    alias = f"alias/{new_name()}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    judged.later(kms.delete_alias, AliasName=alias)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
    assert code(kms.create_alias, AliasName=alias, TargetKeyId=key) == "AlreadyExistsException"
    reserved = {"AliasName": f"alias/aws/{new_name()}", "TargetKeyId": key}
    assert code(kms.create_alias, **reserved) == "NotAuthorizedException"
    nothing = "00000000-0000-4000-8000-000000000000"
    assert code(kms.describe_key, KeyId=nothing) == "NotFoundException"
    assert code(kms.describe_key, KeyId=f"alias/{new_name()}") == "NotFoundException"


def test_a_key_rotates_and_is_tagged(kms: Any, key: str) -> None:
    """KMS EnableKeyRotation, GetKeyRotationStatus, TagResource."""
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "jump-partner", "TagValue": "acme"}])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "jump-partner", "TagValue": "acme"}]
