"""What all partners share in the jump account: artifacts, the key of initial passwords, the freeze policy."""

from awacs.aws import Allow, AWSPrincipal, Deny, PolicyDocument, Principal, Statement
from awacs.kms import Action as KmsAction
from awacs.s3 import Action as S3Action
from awacs.s3 import GetObject
from troposphere import GetAtt, Join, Ref, Retain, Template
from troposphere.iam import ManagedPolicy
from troposphere.kms import Alias, Key
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from jumpcf.estate import names
from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import deny, document, everything
from jumpcf.stack import StackContext, StackSpec

STACK = StackSpec(kind="stack", per="estate", capabilities=("CAPABILITY_NAMED_IAM",))


def build(context: StackContext) -> Template:
    estate = context.estate
    template = Template(Description=f"What all partners of the jump account share (jumpcf, {estate.name})")
    bucket = template.add_resource(artifacts(context))
    template.add_resource(artifacts_policy(context, bucket))
    key = template.add_resource(password_key(context))
    template.add_resource(
        Alias("PasswordKeyAlias", AliasName=names.key_alias(estate.name), TargetKeyId=Ref(key))
    )
    template.add_resource(freeze())
    for resource in template.resources:
        context.cite(resource, estate.mark)
    return template


def artifacts(context: StackContext) -> Bucket:
    """The one bucket: templates by their digest, plans, journals.  It outlives the stack."""
    jump = context.estate.jump
    return Bucket(
        "Artifacts",
        DeletionPolicy=Retain,
        UpdateReplacePolicy=Retain,
        BucketName=names.bucket(context.estate.name, jump.account, jump.region),
        # AES256 rather than a KMS key: CloudFormation reads templates as the organizations' admin accounts.
        BucketEncryption=BucketEncryption(
            ServerSideEncryptionConfiguration=[
                ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        OwnershipControls=OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        # Current versions stay for ever (they are the record); only what was overwritten or broken off goes.
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[
                LifecycleRule(
                    Id="overwritten",
                    Status="Enabled",
                    AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                    NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=365),
                )
            ]
        ),
    )


def artifacts_policy(context: StackContext, bucket: Bucket) -> BucketPolicy:
    """TLS only; the organizations' admin accounts may read templates, for CloudFormation fetches a
    TemplateURL with the rights of the caller."""
    estate = context.estate
    admins = sorted({organization.connection.account for organization in estate.organizations.values()})
    statements = [
        Statement(
            Sid="TlsOnly",
            Effect=Deny,
            Principal=Principal("*"),
            Action=[S3Action("*")],
            Resource=[GetAtt(bucket, "Arn"), Join("/", [GetAtt(bucket, "Arn"), "*"])],
            Condition=all_of(("Bool", "aws:SecureTransport", "false")),
        )
    ]
    if admins:
        statements.append(
            Statement(
                Sid="AdminAccountsReadTemplates",
                Effect=Allow,
                Principal=AWSPrincipal([arn.root(estate.partition, account) for account in admins]),
                Action=[GetObject],
                Resource=[Join("/", [GetAtt(bucket, "Arn"), "templates", "*"])],
            )
        )
    return BucketPolicy(
        "ArtifactsPolicy",
        DeletionPolicy=Retain,
        UpdateReplacePolicy=Retain,
        Bucket=Ref(bucket),
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=statements),
    )


def password_key(context: StackContext) -> Key:
    """Encrypts initial passwords in Parameter Store.  The account's own IAM policies decide who may use it,
    but a partner's user never, whatever they say."""
    estate = context.estate
    everyone = arn.user(estate.partition, estate.jump.account, names.user_path("*"), "*")
    policy = PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AccountDecides",
                Effect=Allow,
                Principal=AWSPrincipal(arn.root(estate.partition, estate.jump.account)),
                Action=[KmsAction("*")],
                Resource=["*"],
            ),
            Statement(
                Sid="NeverPartners",
                Effect=Deny,
                Principal=Principal("*"),
                Action=[KmsAction("*")],
                Resource=["*"],
                Condition=all_of(("ArnLike", "aws:PrincipalArn", everyone)),
            ),
        ],
    )
    return Key(
        "PasswordKey",
        Description="Initial passwords of partners' users, in Parameter Store",
        EnableKeyRotation=True,
        KeyPolicy=policy,
        # The waiting time before deletion is the safety net; 30 days is the longest that KMS offers.
        PendingWindowInDays=30,
    )


def freeze() -> ManagedPolicy:
    """Attached to a partner's groups in an emergency: it denies everything, at once."""
    return ManagedPolicy(
        "Freeze",
        ManagedPolicyName=names.FREEZE_POLICY,
        Path=names.ROLE_PATH,
        Description="Denies everything; attached to the groups of a frozen partner",
        PolicyDocument=document([deny("Frozen", action=everything())]),
    )
