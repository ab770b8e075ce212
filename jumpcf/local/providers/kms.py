"""AWS::KMS::Key and AWS::KMS::Alias."""

from typing import ClassVar

from moto.kms.models import Key, KmsBackend, kms_backends

from jumpcf.local.providers.base import Made, Properties, Provider, Where, refuse_properties, tags_of
from jumpcf.local.providers.identities import document, text
from jumpcf.local.refusals import ResourceRefused

_UNKNOWN = frozenset({"KeySpec", "KeyUsage", "MultiRegion", "Origin"})
_INERT = frozenset({"BypassPolicyLockoutSafetyCheck", "PendingWindowInDays", "RotationPeriodInDays"})


def _backend(where: Where) -> KmsBackend:
    return kms_backends[where.account][where.region]


class KeyProvider(Provider):
    """A symmetric key.  Source: CloudFormation template reference, AWS::KMS::Key."""

    type: ClassVar[str] = "AWS::KMS::Key"
    properties: ClassVar[frozenset[str]] = (
        frozenset({"Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "Tags"}) | _INERT | _UNKNOWN
    )

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        self._check(properties)
        key = _backend(where).create_key(
            policy=None, key_usage="ENCRYPT_DECRYPT", key_spec="SYMMETRIC_DEFAULT", description="", tags=None
        )
        return self.update(where, key.id, {}, properties)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        self._check(new)
        kms = _backend(where)
        key: Key = kms.keys[physical_id]
        key.description = new.get("Description", "")
        key.policy = text(new["KeyPolicy"]) if "KeyPolicy" in new else key.generate_default_policy()
        key.key_rotation_status = bool(new.get("EnableKeyRotation", False))
        key.enabled = bool(new.get("Enabled", True))
        key.key_state = "Enabled" if key.enabled else "Disabled"
        kms.tagger.delete_all_tags_for_resource(key.id)
        tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags_of(new)]
        kms.tagger.tag_resource(key.id, tags)
        return Made(key.id, {"Arn": key.arn, "KeyId": key.id})

    def _check(self, properties: Properties) -> None:
        usual = {"SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AWS_KMS", False}
        refuse_properties(
            self.type, properties, (name for name in _UNKNOWN if properties.get(name) not in usual)
        )

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        """Schedules deletion, as AWS does; the key stays, pending, without use."""
        days = int(properties.get("PendingWindowInDays", 30))
        _backend(where).schedule_key_deletion(physical_id, days)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        kms = _backend(where)
        key = kms.keys.get(physical_id)
        if key is None or key.key_state == "PendingDeletion":
            return None
        tags = kms.list_resource_tags(key.id)["Tags"]
        return dict(expected) | {
            "Description": key.description,
            "EnableKeyRotation": key.key_rotation_status,
            "Enabled": key.enabled,
            "KeyPolicy": document(key.policy),
            "Tags": [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags],
        }


class AliasProvider(Provider):
    """Source: CloudFormation template reference, AWS::KMS::Alias."""

    type: ClassVar[str] = "AWS::KMS::Alias"
    properties: ClassVar[frozenset[str]] = frozenset({"AliasName", "TargetKeyId"})
    required: ClassVar[frozenset[str]] = properties
    replaces: ClassVar[frozenset[str]] = frozenset({"AliasName"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        alias = properties["AliasName"]
        if _backend(where).alias_exists(alias):
            raise ResourceRefused(f"An alias with the name {alias} already exists", "AlreadyExists")
        _check_key(where, properties)
        _backend(where).create_alias(properties["TargetKeyId"], alias)
        return Made(alias, {})

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        _check_key(where, new)
        _backend(where).update_alias(new["TargetKeyId"], physical_id)
        return Made(physical_id, {})

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        _backend(where).delete_alias(physical_id)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        kms = _backend(where)
        if not kms.alias_exists(physical_id):
            return None
        target = kms.get_key_id_from_alias(physical_id)
        same = target == kms.get_key_id(expected["TargetKeyId"])
        return {"AliasName": physical_id, "TargetKeyId": expected["TargetKeyId"] if same else target}


def _check_key(where: Where, properties: Properties) -> None:
    key = properties["TargetKeyId"]
    if _backend(where).get_key_id(key) not in _backend(where).keys:
        raise ResourceRefused(f"Key '{key}' does not exist", "NotFound")
