"""Facts of the template that all partners share: what keeps templates, initial passwords and the freeze."""

from typing import Any

from jumpcf.estate import names
from jumpcf.estate.model import Estate
from tests.battery.templates import Facts, Template

CLOSED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def base_facts(template: Template) -> Facts:
    """What the rendered template says."""
    found: Facts = set()
    for title, resource in template["Resources"].items():
        body = resource.get("Properties", {})
        kept = [resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")]
        found |= {f"{title}: {fact}" for fact in _FACTS[resource["Type"]](body)}
        found.add(f"{title} stays: {kept}")
    return found


def _bucket(body: Template) -> Facts:
    encryption = body.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
    owners = body.get("OwnershipControls", {}).get("Rules", [{}])
    (rule,) = body.get("LifecycleConfiguration", {}).get("Rules", [{}])
    return {
        f"is {body.get('BucketName')}",
        f"open to the public by {[one for one in CLOSED if not _of(body, 'PublicAccessBlockConfiguration', one)]}",
        f"versions {_of(body, 'VersioningConfiguration', 'Status')}",
        f"encrypts with {encryption[0].get('ServerSideEncryptionByDefault', {}).get('SSEAlgorithm')}",
        f"objects belong to {owners[0].get('ObjectOwnership')}",
        f"rule {rule.get('Status')}, current {rule.get('ExpirationInDays')}",
        f"broken off {_of(rule, 'AbortIncompleteMultipartUpload', 'DaysAfterInitiation')} days",
        f"overwritten {_of(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays')} days",
    }


def _of(body: Template, first: str, second: str) -> Any:
    return body.get(first, {}).get(second)


_FACTS = {
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": lambda body: {f"of {body.get('Bucket')}", f"there {'PolicyDocument' in body}"},
    "AWS::KMS::Key": lambda body: {
        f"rotates {body.get('EnableKeyRotation')}",
        f"waits {body.get('PendingWindowInDays')} days",
        f"has a policy {'KeyPolicy' in body}",
    },
    "AWS::KMS::Alias": lambda body: {f"{body.get('AliasName')} of {body.get('TargetKeyId')}"},
    "AWS::IAM::ManagedPolicy": lambda body: {f"{body.get('Path')}{body.get('ManagedPolicyName')}"},
}


def base_expected(estate: Estate) -> Facts:
    """The same from the estate."""
    jump, kept, left = estate.jump, ["Retain", "Retain"], [None, None]
    return {
        f"Artifacts: is {names.bucket(estate.name, jump.account, jump.region)}",
        "Artifacts: open to the public by []",
        "Artifacts: versions Enabled",
        "Artifacts: encrypts with AES256",
        "Artifacts: objects belong to BucketOwnerEnforced",
        "Artifacts: rule Enabled, current None",
        "Artifacts: broken off 7 days",
        "Artifacts: overwritten 365 days",
        f"Artifacts stays: {kept}",
        "ArtifactsPolicy: of {'Ref': 'Artifacts'}",
        "ArtifactsPolicy: there True",
        f"ArtifactsPolicy stays: {kept}",
        "PasswordKey: rotates True",
        "PasswordKey: waits 30 days",
        "PasswordKey: has a policy True",
        f"PasswordKey stays: {left}",
        f"PasswordKeyAlias: {names.key_alias(estate.name)} of {{'Ref': 'PasswordKey'}}",
        f"PasswordKeyAlias stays: {left}",
        f"Freeze: {names.ROLE_PATH}{names.FREEZE_POLICY}",
        f"Freeze stays: {left}",
    }
