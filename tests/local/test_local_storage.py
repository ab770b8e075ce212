"""S3's conditional writes and Parameter Store under a KMS key.

Sources: S3 User Guide, "How to prevent object overwrites with conditional writes" (412 and 404); Systems
Manager API reference, PutParameter (KeyId, Overwrite, Tags, Tier) and GetParameter.
"""

from typing import Any

import pytest

from jumpcf.local.session import LocalAws
from tests.local.support import JUMP, REGION, refused

NAME = "/jump/acme/taro.yamada/initial-password"


class TestConditionalWrites:
    @pytest.fixture
    def s3(self, aws: LocalAws) -> Any:
        made = aws.client("s3", JUMP)
        made.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        made.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
        return made

    def put(self, s3: Any, body: bytes = b"1", **more: str) -> str:
        return str(s3.put_object(Bucket="artifacts", Key="lock", Body=body, **more)["ETag"])

    def test_only_the_first_of_two_creates(self, s3: Any) -> None:
        self.put(s3, IfNoneMatch="*")
        assert refused(self.put, s3, b"2", IfNoneMatch="*")[0] == "PreconditionFailed"
        assert s3.get_object(Bucket="artifacts", Key="lock")["Body"].read() == b"1"

    def test_a_deleted_object_can_be_created_again(self, s3: Any) -> None:
        """In a versioned bucket a delete marker is no object."""
        self.put(s3, IfNoneMatch="*")
        s3.delete_object(Bucket="artifacts", Key="lock")
        self.put(s3, b"2", IfNoneMatch="*")

    def test_only_who_has_read_the_last_one_overwrites(self, s3: Any) -> None:
        first = self.put(s3)
        second = self.put(s3, b"2", IfMatch=first)
        assert refused(self.put, s3, b"3", IfMatch=first)[0] == "PreconditionFailed"
        assert (
            refused(s3.delete_object, Bucket="artifacts", Key="lock", IfMatch=first)[0]
            == "PreconditionFailed"
        )
        s3.delete_object(Bucket="artifacts", Key="lock", IfMatch=second)
        assert refused(self.put, s3, b"3", IfMatch=second)[0] == "NoSuchKey"

    def test_another_value_of_if_none_match_is_refused(self, s3: Any) -> None:
        """PutObject: "Expects the '*' (asterisk) character"."""
        assert refused(self.put, s3, IfNoneMatch='"abc"')[0] == "NotImplemented"


class TestSecureParameters:
    @pytest.fixture
    def key(self, aws: LocalAws) -> str:
        return str(aws.client("kms", JUMP).create_key()["KeyMetadata"]["KeyId"])

    @pytest.fixture
    def ssm(self, aws: LocalAws) -> Any:
        return aws.client("ssm", JUMP)

    def put(self, ssm: Any, key: str | None, value: str = "secret", **more: Any) -> Any:
        named = {"KeyId": key} if key else {}
        return ssm.put_parameter(Name=NAME, Value=value, Type="SecureString", **named, **more)

    def test_it_is_put_once_with_its_tags(self, ssm: Any, key: str) -> None:
        tags = [{"Key": "jump-partner", "Value": "acme"}]
        self.put(ssm, key, Tags=tags)
        assert refused(self.put, ssm, key)[0] == "ParameterAlreadyExists"
        assert refused(self.put, ssm, key, Overwrite=True, Tags=tags)[0] == "ValidationException"
        assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"] == tags
        assert self.put(ssm, key, Overwrite=True)["Version"] == 2

    def test_it_is_read_in_plain_only_when_asked_so(self, ssm: Any, key: str) -> None:
        self.put(ssm, key)
        assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] != "secret"
        assert ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == "secret"

    def test_its_key_must_be_there_and_in_use(self, aws: LocalAws, ssm: Any, key: str) -> None:
        assert refused(self.put, ssm, "alias/nothing")[0] == "InvalidKeyId"
        kms = aws.client("kms", JUMP)
        kms.create_alias(AliasName="alias/jumpcf-example", TargetKeyId=key)
        self.put(ssm, "alias/jumpcf-example")
        kms.disable_key(KeyId=key)
        assert refused(self.put, ssm, key, Overwrite=True)[0] == "InvalidKeyId"
        for call, given in ((ssm.get_parameter, {"Name": NAME}), (ssm.get_parameters, {"Names": [NAME]})):
            call(**given)
            assert refused(call, **given, WithDecryption=True)[0] == "InvalidKeyId"
        kms.enable_key(KeyId=key)
        kms.schedule_key_deletion(KeyId=key)
        assert refused(ssm.get_parameter, Name=NAME, WithDecryption=True)[0] == "InvalidKeyId"

    def test_a_version_without_a_key_is_under_aws_own(self, ssm: Any, key: str) -> None:
        """KeyId: "the system uses the default key" where none is given."""
        self.put(ssm, key)
        self.put(ssm, None, Overwrite=True)
        assert ssm.describe_parameters()["Parameters"][0]["KeyId"] == "alias/aws/ssm"

    def test_a_standard_value_has_4096_characters(self, ssm: Any, key: str) -> None:
        self.put(ssm, key, "x" * 4096)
        assert refused(self.put, ssm, key, "x" * 4097, Overwrite=True)[0] == "ValidationException"
