"""What lets a GitHub repository plan and deploy: roles in the jump account and in each admin account.

`jumpcf bootstrap` rolls these stacks out, with a person's rights, and no deploy touches them: the pipeline cannot
change itself.  A job of the repository takes a role of the jump account by GitHub's token, and from there the role
of the same kind in an admin account; plan only reads, deploy makes exactly the calls that deploy makes.
"""

from troposphere import Template
from troposphere.iam import OIDCProvider, Policy, Role

from jumpcf.estate import names
from jumpcf.estate.model import Organization
from jumpcf.estate.model import Pipeline as Repository
from jumpcf.iam import arn, pipeline, service_role
from jumpcf.iam.document import Document, document
from jumpcf.stack import StackContext, StackSpec

STACK = StackSpec(kind="stack", per="pipeline", capabilities=("CAPABILITY_NAMED_IAM",))

TYPES = ("AWS-CloudFormation-WaitConditionHandle", "AWS-IAM-ManagedPolicy", "AWS-IAM-Role")
"""The resource types that a deploy may put into target accounts."""

SESSION = (
    3600  # seconds; a rollout that takes longer begins new sessions with new tokens, as the workflow does
)


def build(context: StackContext) -> Template:
    repository, organization = context.estate.pipeline, context.organization
    assert repository is not None
    where = f"for {organization.name}" if organization else "in the jump account"
    template = Template(Description=f"The pipeline's roles {where} (jumpcf, {context.estate.name})")
    if organization:
        add_organization_roles(context, template, organization)
    else:
        add_jump_roles(context, template, repository)
    for resource in template.resources:
        context.cite(resource, repository.mark)
    return template


def add_jump_roles(context: StackContext, template: Template, repository: Repository) -> None:
    """GitHub's provider, the service role, and the two roles that jobs take."""
    estate = context.estate
    provider = pipeline.provider(estate.partition, estate.jump.account)
    if repository.provider == "create":
        template.add_resource(
            OIDCProvider("GitHub", Url=f"https://{pipeline.ISSUER}", ClientIdList=[pipeline.AUDIENCE])
        )
    template.add_resource(service(context))
    subjects: dict[pipeline.Role, str] = {
        "plan": f"repo:{repository.repository}:pull_request",
        "deploy": f"repo:{repository.repository}:environment:{repository.environment}",
    }
    for kind, subject in subjects.items():
        others = [
            arn.role(
                estate.partition,
                one.connection.account,
                names.PIPELINE_PATH,
                names.pipeline_role(kind, one.name),
            )
            for one in estate.organizations.values()
        ]
        statements = pipeline.role_statements("jump", kind, jump_place(context))
        if others:
            statements.append(pipeline.may_assume("AdminAccounts", others))
        role = a_role(context, kind, pipeline.github_trust(provider, subject), document(statements))
        if repository.provider == "create":
            role.DependsOn = "GitHub"
        template.add_resource(role)


def add_organization_roles(context: StackContext, template: Template, organization: Organization) -> None:
    """The roles of an admin account, which only the jump account's roles of the same kind may take."""
    estate = context.estate
    kinds: tuple[pipeline.Role, ...] = ("plan", "deploy")
    for kind in kinds:
        jump = arn.role(estate.partition, estate.jump.account, names.PIPELINE_PATH, names.pipeline_role(kind))
        trust = pipeline.role_trust(estate.partition, estate.jump.account, jump)
        statements = pipeline.role_statements("organization", kind, organization_place(context, organization))
        template.add_resource(a_role(context, kind, trust, document(statements), organization))


def a_role(
    context: StackContext,
    kind: pipeline.Role,
    trust: Document,
    policy: Document,
    organization: Organization | None = None,
) -> Role:
    return Role(
        kind.capitalize(),
        Path=names.PIPELINE_PATH,
        RoleName=names.pipeline_role(kind, organization.name if organization else None),
        Description=f"jumpcf {kind}, for the repository's workflows",
        AssumeRolePolicyDocument=trust,
        MaxSessionDuration=SESSION,
        Policies=[Policy(PolicyName=kind, PolicyDocument=policy)],
    )


def service(context: StackContext) -> Role:
    """With this role CloudFormation works on the jump account's stacks, whoever deploys."""
    estate = context.estate
    account = estate.jump.account
    statements = [
        *service_role.service_statements(
            partition=estate.partition,
            account=account,
            estate=estate.name,
            bucket=bucket_arn(context),
            key_alias=names.key_alias(estate.name),
            freeze=f"{names.ROLE_PATH}{names.FREEZE_POLICY}",
            region=estate.jump.region,
        ),
        pipeline.not_the_pipeline(estate.partition, account, names.PIPELINE_PATH),
    ]
    return Role(
        "CloudFormation",
        Path=names.PIPELINE_PATH,
        RoleName=names.SERVICE_ROLE,
        Description="CloudFormation, for the jump account's stacks of jumpcf",
        AssumeRolePolicyDocument=pipeline.service_trust(),
        Policies=[Policy(PolicyName="stacks", PolicyDocument=document(statements))],
    )


def bucket_arn(context: StackContext) -> str:
    estate = context.estate
    return arn.arn(estate.partition, "s3", names.bucket(estate.name, estate.jump.account, estate.jump.region))


def jump_place(context: StackContext) -> pipeline.Place:
    estate = context.estate
    return pipeline.Place(
        partition=estate.partition,
        account=estate.jump.account,
        region=estate.jump.region,
        bucket=bucket_arn(context),
        passwords=names.password_path(estate.name),
        key_alias=names.key_alias(estate.name),
        service_role=names.service_role(estate.partition, estate.jump.account),
        own_path=names.PIPELINE_PATH,
        prefixes=("state", "templates"),
        parameters=tuple(sorted(estate.parameters)),
    )


def organization_place(context: StackContext, organization: Organization) -> pipeline.Place:
    """An admin account: its StackSets' region, and the templates of the jump account's bucket."""
    return pipeline.Place(
        partition=context.estate.partition,
        account=organization.connection.account,
        region=organization.connection.region,
        bucket=bucket_arn(context),
        passwords=names.password_path(context.estate.name),
        key_alias=names.key_alias(context.estate.name),
        service_role="",
        own_path=names.PIPELINE_PATH,
        prefixes=("templates",),
        types=TYPES,
    )
