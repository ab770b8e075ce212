"""KMS keys by whatever names them: id, ARN, alias or the alias's ARN."""

from moto.kms.models import Key, kms_backends

OF_SYSTEMS_MANAGER = "alias/aws/ssm"
"""AWS's own key for SecureStrings without a KeyId; everybody in the account may use it through the service."""


def find(account: str, region: str, wanted: str) -> Key | None:
    kms = kms_backends[account][region]
    name = kms.get_alias_name(wanted)
    identity = kms.get_key_id(name)
    if identity.startswith("alias/"):
        return next((key for key in kms.keys.values() if identity in key.aliases), None)
    return kms.keys.get(identity)
