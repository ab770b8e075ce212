"""The service role with which CloudFormation works on the jump account's stacks: what each resource type needs.

The actions are those of the resource types' handlers in the CloudFormation registry (`handlers` of each schema,
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html; AWS publishes them for
IAM at https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-iam, for KMS at
https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms).  What is left out, and why, stands
beside them: a test compares both with the schemas that cfn-lint brings.  A stack module that makes something of
another type in the jump account needs a row here, or a statement of its own in stacks/pipeline.py.
"""

from jumpcf.artifacts.marks import ESTATE_TAG, PARTNER_PATH
from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import Clause, allow, parse_actions

NEEDED: dict[str, tuple[str, ...]] = {
    "AWS::IAM::User": (
        "iam:AddUserToGroup",
        "iam:AttachUserPolicy",
        "iam:CreateUser",
        "iam:DeleteAccessKey",
        "iam:DeleteLoginProfile",
        "iam:DeleteUser",
        "iam:DeleteUserPolicy",
        "iam:DetachUserPolicy",
        "iam:GetLoginProfile",
        "iam:GetUser",
        "iam:GetUserPolicy",
        "iam:ListAccessKeys",
        "iam:ListAttachedUserPolicies",
        "iam:ListGroupsForUser",
        "iam:ListUserPolicies",
        "iam:ListUserTags",
        "iam:RemoveUserFromGroup",
        "iam:TagUser",
        "iam:UntagUser",
        "iam:UpdateUser",
    ),
    "AWS::IAM::Group": (
        "iam:AttachGroupPolicy",
        "iam:CreateGroup",
        "iam:DeleteGroup",
        "iam:DeleteGroupPolicy",
        "iam:DetachGroupPolicy",
        "iam:GetGroup",
        "iam:GetGroupPolicy",
        "iam:ListAttachedGroupPolicies",
        "iam:ListGroupPolicies",
        "iam:UpdateGroup",
    ),
    "AWS::IAM::ManagedPolicy": (
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListEntitiesForPolicy",
        "iam:ListPolicyVersions",
    ),
    "AWS::KMS::Key": (
        "kms:CreateKey",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
    ),
    "AWS::KMS::Alias": ("kms:CreateAlias", "kms:DeleteAlias", "kms:ListAliases", "kms:UpdateAlias"),
    "AWS::S3::Bucket": (
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:GetAccelerateConfiguration",
        "s3:GetAnalyticsConfiguration",
        "s3:GetBucketAbac",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLogging",
        "s3:GetBucketMetadataTableConfiguration",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetIntelligentTieringConfiguration",
        "s3:GetInventoryConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetMetricsConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListTagsForResource",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "s3:UntagResource",
    ),
    "AWS::S3::BucketPolicy": ("s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"),
}

LEFT_OUT: dict[str, tuple[str, ...]] = {
    # Nothing that gives: our templates set no LoginProfile, Policies or boundary of a user, and the one managed
    # policy that they attach to one is the freeze policy.
    "AWS::IAM::User": (
        "iam:CreateLoginProfile",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
        "iam:UpdateLoginProfile",
    ),
    # Groups hold managed policies only.
    "AWS::IAM::Group": ("iam:PutGroupPolicy",),
    # Groups name their policies; no policy of ours names its holders, and no role or user of others holds one.
    "AWS::IAM::ManagedPolicy": (
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:DetachGroupPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachUserPolicy",
    ),
}

_ANY = ("kms:CreateKey", "kms:ListAliases")  # know no resource
_NEW_KEY = ("kms:EnableKeyRotation",)  # asked of a key whose tags may not count yet
_TAGGING = ("kms:TagResource",)


def service_statements(
    *, partition: str, account: str, estate: str, bucket: str, key_alias: str, freeze: str, region: str
) -> list[Clause]:
    """What the role may do: users, groups and policies on our paths, our bucket, our key.

    `freeze` is the freeze policy's path and name.  A KMS key has neither path nor name before it is made, so it is
    known by the tag that CloudFormation hands down from the stack.
    """
    partner = [arn.iam(partition, account, f"{kind}{PARTNER_PATH}*") for kind in ("user", "group")]
    frozen = arn.iam(partition, account, f"policy{freeze}")
    policies = [arn.iam(partition, account, f"policy{PARTNER_PATH}*"), frozen]
    keys = [arn.arn(partition, "kms", "key/*", region=region, account=account)]
    alias = arn.arn(partition, "kms", key_alias, region=region, account=account)
    users = [name for name in NEEDED["AWS::IAM::User"] if name != "iam:AttachUserPolicy"]
    groups = [name for name in NEEDED["AWS::IAM::Group"] if name != "iam:AttachGroupPolicy"]
    owned = set(NEEDED["AWS::KMS::Key"]) - {*_ANY, *_NEW_KEY, *_TAGGING}
    ours = ("StringEquals", f"aws:ResourceTag/{ESTATE_TAG}", estate)
    return [
        _allow("PartnerUsers", users, partner),
        allow(
            "OnlyTheFreezeOnUsers",
            action=parse_actions(["iam:AttachUserPolicy"]),
            resource=partner[:1],
            condition=all_of(("ArnEquals", "iam:PolicyARN", frozen)),
        ),
        _allow("PartnerGroups", groups, partner[1:]),
        allow(
            "OnlyOurPoliciesOnGroups",
            action=parse_actions(["iam:AttachGroupPolicy"]),
            resource=partner[1:],
            condition=all_of(("ArnLike", "iam:PolicyARN", tuple(policies))),
        ),
        _allow("OurPolicies", NEEDED["AWS::IAM::ManagedPolicy"], policies),
        _allow("OurBucket", (*NEEDED["AWS::S3::Bucket"], *NEEDED["AWS::S3::BucketPolicy"]), [bucket]),
        _allow("NewKey", _ANY, ["*"]),
        _allow("NewKeyRotation", _NEW_KEY, keys),
        allow(
            "KeyTags",
            action=parse_actions(_TAGGING),
            resource=keys,
            condition=all_of(("StringEquals", f"aws:RequestTag/{ESTATE_TAG}", estate)),
        ),
        allow("OurKey", action=parse_actions(sorted(owned)), resource=keys, condition=all_of(ours)),
        _allow("OurAlias", sorted({*NEEDED["AWS::KMS::Alias"]} - {*_ANY}), [alias, *keys]),
    ]


def _allow(sid: str, actions: "tuple[str, ...] | list[str]", resources: list[str]) -> Clause:
    return allow(sid, action=parse_actions(sorted(actions)), resource=resources)
