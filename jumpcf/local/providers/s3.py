"""AWS::S3::Bucket and AWS::S3::BucketPolicy."""

from typing import Any, ClassVar

from moto.s3.models import S3Backend, s3_backends

from jumpcf.local.providers.base import Made, Properties, Provider, Where, refuse_properties, tags_of
from jumpcf.local.providers.identities import document, text
from jumpcf.local.refusals import ResourceRefused

_INERT = frozenset({"LifecycleConfiguration"})  # stored and compared; nothing expires here
_UNKNOWN = frozenset(
    [
        "AbacStatus",
        "AccelerateConfiguration",
        "AccessControl",
        "AnalyticsConfigurations",
        "BucketNamePrefix",
        "BucketNamespace",
        "CorsConfiguration",
        "IntelligentTieringConfigurations",
        "InventoryConfigurations",
        "LoggingConfiguration",
        "MetadataConfiguration",
        "MetadataTableConfiguration",
        "MetricsConfigurations",
        "NotificationConfiguration",
        "ObjectLockConfiguration",
        "ObjectLockEnabled",
        "ReplicationConfiguration",
        "WebsiteConfiguration",
    ]
)


def _backend(where: Where) -> S3Backend:
    return s3_backends[where.account][where.partition]


class BucketProvider(Provider):
    """Source: CloudFormation template reference, AWS::S3::Bucket."""

    type: ClassVar[str] = "AWS::S3::Bucket"
    name_property: ClassVar[str] = "BucketName"
    name_limit: ClassVar[int] = 63
    properties: ClassVar[frozenset[str]] = (
        frozenset(
            [
                "BucketEncryption",
                "BucketName",
                "OwnershipControls",
                "PublicAccessBlockConfiguration",
                "Tags",
                "VersioningConfiguration",
            ]
        )
        | _INERT
        | _UNKNOWN
    )
    replaces: ClassVar[frozenset[str]] = frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        refuse_properties(self.type, properties, _UNKNOWN)
        bucket = name.lower()
        if bucket in s3_backends.bucket_accounts:
            raise ResourceRefused(f"{bucket} already exists", "AlreadyExists")
        _encryption(properties.get("BucketEncryption"))
        _ownership(properties.get("OwnershipControls"))
        _backend(where).create_bucket(bucket, where.region)
        return self.update(where, bucket, {}, properties)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        refuse_properties(self.type, new, _UNKNOWN)
        s3 = _backend(where)
        bucket = s3.get_bucket(physical_id)
        encryption, ownership = (
            _encryption(new.get("BucketEncryption")),
            _ownership(new.get("OwnershipControls")),
        )
        versioning = new.get("VersioningConfiguration") or {}
        had = bucket.versioning_status is not None
        bucket.versioning_status = versioning.get("Status") or ("Suspended" if had else None)
        bucket.public_access_block = None
        if new.get("PublicAccessBlockConfiguration"):
            s3.put_public_access_block(physical_id, _flags(new["PublicAccessBlockConfiguration"]))
        bucket.encryption = encryption
        s3.put_bucket_ownership_controls(physical_id, ownership)
        s3.put_bucket_tagging(physical_id, {tag["Key"]: tag["Value"] for tag in tags_of(new)})
        return Made(physical_id, _attributes(where, physical_id))

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        if _backend(where).delete_bucket(physical_id) is None:
            raise ResourceRefused("The bucket you tried to delete is not empty", "ResourceConflict")

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        """Settings that moto keeps in forms of its own are compared in those."""
        s3 = _backend(where)
        bucket = s3.buckets.get(physical_id)
        if bucket is None:
            return None
        status = bucket.versioning_status
        encryption, ownership = expected.get("BucketEncryption"), expected.get("OwnershipControls")
        return dict(expected) | {
            "BucketEncryption": encryption
            if _encryption(encryption) == bucket.encryption
            else bucket.encryption,
            "OwnershipControls": ownership
            if _ownership(ownership) == bucket.ownership_rule
            else {"Rules": [{"ObjectOwnership": bucket.ownership_rule}]},
            "PublicAccessBlockConfiguration": _block(
                bucket.public_access_block, expected.get("PublicAccessBlockConfiguration")
            ),
            "Tags": s3.tagger.list_tags_for_resource(bucket.arn)["Tags"],
            "VersioningConfiguration": {"Status": status} if status else None,
        }


class BucketPolicyProvider(Provider):
    """Source: CloudFormation template reference, AWS::S3::BucketPolicy."""

    type: ClassVar[str] = "AWS::S3::BucketPolicy"
    properties: ClassVar[frozenset[str]] = frozenset({"Bucket", "PolicyDocument"})
    required: ClassVar[frozenset[str]] = properties
    replaces: ClassVar[frozenset[str]] = frozenset({"Bucket"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        bucket = properties["Bucket"]
        _backend(where).put_bucket_policy(bucket, text(properties["PolicyDocument"]).encode())
        return Made(bucket, {})

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        return self.create(where, "", new)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        if physical_id in _backend(where).buckets:
            _backend(where).delete_bucket_policy(physical_id)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        bucket = _backend(where).buckets.get(physical_id)
        if bucket is None or not bucket.policy:
            return None
        return {"Bucket": bucket.name, "PolicyDocument": document(bytes(bucket.policy).decode())}


def _flags(block: dict[str, Any]) -> dict[str, str]:
    """moto's API layer keeps what the XML said: lower-case words."""
    return {name: str(value).lower() for name, value in block.items()}


def _block(block: Any, expected: Any) -> dict[str, bool] | None:
    """What is switched on, and what is off although it was asked for."""
    flags = block and {
        "BlockPublicAcls": block.block_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "IgnorePublicAcls": block.ignore_public_acls,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }
    return flags and {name: on for name, on in flags.items() if on or name in (expected or {})}


def _encryption(encryption: dict[str, Any] | None) -> dict[str, Any] | None:
    """CloudFormation's shape as moto keeps PutBucketEncryption's; S3 allows one rule."""
    if not encryption:
        return None
    (rule,) = encryption["ServerSideEncryptionConfiguration"]
    return {
        "Rule": {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault", {}),
            "BucketKeyEnabled": str(rule.get("BucketKeyEnabled", False)).lower(),
        }
    }


def _ownership(controls: dict[str, Any] | None) -> Any:
    """moto keeps the one word of the one rule, whatever its types say."""
    return controls["Rules"][0]["ObjectOwnership"] if controls else None


def _attributes(where: Where, name: str) -> dict[str, str]:
    return {
        "Arn": f"arn:{where.partition}:s3:::{name}",
        "DomainName": f"{name}.s3.{where.suffix}",
        "RegionalDomainName": f"{name}.s3.{where.region}.{where.suffix}",
    }
