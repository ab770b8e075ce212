"""The shape of each kind of file in params/: strict pydantic models and the JSON Schema made from them.

What one file can get wrong by itself is refused here; `validate` turns it into Problems.  Importing pydantic
is slow, so nothing but loading params/ imports this module.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import models_json_schema
from pydantic_core import PydanticKnownError

from jumpcf.estate import levels, shapes
from jumpcf.estate.shapes import Shape


def shaped(shape: Shape, description: str, **more: Any) -> Any:
    """A text of a shape; the description is what editors show and what hints say."""
    return Field(pattern=shape.pattern, title=shape.noun, description=description, **more)


AccountId = Annotated[str, shaped(shapes.ACCOUNT_ID, "AWS account id, twelve digits in quotes")]
Region = Annotated[str, shaped(shapes.REGION, "AWS region")]
Day = Annotated[str, shaped(shapes.DAY, "The last valid day (year-month-day) in the estate's time zone")]
Duration = Annotated[str, shaped(shapes.DURATION, "Duration: 1h, 90m or 3600s")]
Unit = Annotated[str, shaped(shapes.UNIT, "An OU: its path from the root (/ is the root) or its id")]
Network = Annotated[str, shaped(shapes.NETWORK, "Public network, IPv4 or IPv6, as CIDR without host bits")]
Reason = Annotated[str, shaped(shapes.TEXT, "Why this is accepted; every build prints it", max_length=500)]
LevelName = Annotated[
    str, shaped(shapes.LEVEL, "A level: Admin, Power, Read, PowerAndIam, SSM or a custom one")
]
GroupName = Annotated[str, shaped(shapes.GROUP, "A named group of the partner")]
GrantName = Annotated[
    str, shaped(shapes.GRANT, "The grant's name, part of the StackSet's and the roles' names")
]
Share = Annotated[str, shaped(shapes.SHARE, 'A share of the accounts ("25%") or a count ("10")')]
NONE = ("0", "0%")  # OperationPreferences: MaxConcurrentCount and -Percentage are at least 1


def _some(value: str) -> str:
    if value in NONE:
        raise PydanticKnownError("greater_than_equal", {"ge": 1})
    return value


Amount = Annotated[Share, AfterValidator(_some), Field(json_schema_extra={"not": {"enum": list(NONE)}})]
Action = Annotated[str, shaped(shapes.ACTION, "IAM action, * and ? allowed after the colon")]
Resource = Annotated[
    str, shaped(shapes.RESOURCE, "ARN or *; ${jump:partner} and ${jump:grant} are filled in")
]
ConditionKey = Annotated[str, shaped(shapes.CONDITION_KEY, "IAM condition key")]


class Strict(BaseModel):
    """No unknown keys, no conversions."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Reached(Strict):
    """An account and the way to it: a profile, a role, or neither (the environment's credentials)."""

    account: AccountId
    profile: Annotated[str, shaped(shapes.PROFILE, "boto3 profile")] | None = None
    role_arn: Annotated[str, shaped(shapes.ROLE_ARN, "Role to assume in that account")] | None = None


class Jump(Reached):
    """The jump account and the one region of its stacks."""

    region: Region


class SsmTag(Strict):
    """The tag of the instances that the built-in level SSM opens to a partner."""

    key: Annotated[str, shaped(shapes.TAG_KEY, "The tag's key", max_length=128)] = levels.SSM_TAG[0]
    value: Annotated[
        str,
        shaped(
            shapes.TAG_VALUE,
            "The tag's value; ${jump:partner} and ${jump:grant} are filled in",
            max_length=256,
        ),
    ] = levels.SSM_TAG[1]


class Defaults(Strict):
    """What holds unless a partner, level or grant says otherwise."""

    timezone: str = Field(description="Time zone of every date (IANA name, such as Asia/Tokyo)")
    session: Duration = Field("1h", description="MaxSessionDuration of roles, 1h to 12h")
    role_session_name: Literal["required", "optional"] = Field(
        "required", description="required: a role session must bear its user's name, for the audit trail"
    )
    assume_scope: Literal["org-paths", "org-id", "role-name", "accounts"] = Field(
        "org-paths", description="How a group's sts:AssumeRole is scoped"
    )
    fence: list[Literal["self-service", "session", "trust"]] = Field(
        ["self-service", "session"], description="Where networks are enforced", min_length=1
    )
    cli: Literal["aws-login", "access-keys"] = Field(
        "aws-login", description="How partners sign in on a command line"
    )
    ssm_tag: SsmTag = Field(
        default_factory=lambda: SsmTag.model_validate({}),
        description="The tag of the instances that the built-in level SSM opens to a partner",
    )


class PasswordPolicy(Strict):
    """The jump account's password policy; AWS keeps nothing of an old one, so it is always set whole."""

    minimum_length: int = Field(14, ge=8, le=128, description="Characters")
    reuse_prevention: int = Field(24, ge=1, le=24, description="Old passwords that may not come again")
    maximum_age: int | None = Field(
        None, ge=1, le=1095, description="Days; none means passwords do not expire"
    )
    require_symbols: bool = True
    require_numbers: bool = True
    require_uppercase: bool = True
    require_lowercase: bool = True


class Passwords(Strict):
    """Initial passwords: made by a deploy, kept in Parameter Store until they are handed over."""

    expire_unused_after: Annotated[str, shaped(shapes.DAYS, "Days: 1d to 90d")] = Field(
        "14d", description="When a password that nobody has signed in with is withdrawn"
    )


class PipelineFile(Strict):
    """The repository whose workflows plan and deploy; `jumpcf bootstrap` makes their roles."""

    repository: Annotated[
        str, shaped(shapes.REPOSITORY, "The GitHub repository: owner/name, or owner@id/name@id")
    ]
    environment: Annotated[
        str, shaped(shapes.ENVIRONMENT, "The repository's environment whose jobs may deploy", max_length=255)
    ] = "production"
    provider: Literal["create", "existing"] = Field(
        "create", description="existing: the jump account has GitHub's identity provider already"
    )


class Quotas(Strict):
    """Quotas that AWS has raised for an account (IAM and STS quotas; CloudFormation quotas)."""

    # From AWS's default to the most that it documents, as in the table of jumpcf/compiler/quotas.py.

    groups_per_account: int | None = Field(None, ge=300, le=500, description="Default 300")
    roles_per_account: int | None = Field(None, ge=1000, le=5000, description="Default 1,000")
    managed_policies_per_account: int | None = Field(None, ge=1500, le=5000, description="Default 1,500")
    managed_policies_per_role: int | None = Field(None, ge=10, le=25, description="Default 10")
    managed_policies_per_user: int | None = Field(None, ge=10, le=20, description="Default 10")
    trust_policy_length: int | None = Field(None, ge=2048, le=4096, description="Characters; default 2,048")
    stacks_per_account: int | None = Field(None, ge=2000, description="Default 2,000")
    stack_sets_per_account: int | None = Field(None, ge=1000, description="Default 1,000")


class EstateFile(Strict):
    """params/estate.yaml: the jump account and the defaults."""

    estate: Annotated[str, shaped(shapes.ESTATE, "The estate's name; a tag on every stack")]
    jump: Jump
    defaults: Defaults
    password_policy: PasswordPolicy = Field(default_factory=lambda: PasswordPolicy.model_validate({}))
    passwords: Passwords = Field(default_factory=lambda: Passwords.model_validate({}))
    pipeline: PipelineFile | None = Field(None, description="Who plans and deploys; none means people only")
    quotas: Quotas = Field(default_factory=lambda: Quotas.model_validate({}))


class RolloutFile(Strict):
    """How a StackSet operation spreads over an organization's accounts."""

    max_concurrent: Amount = Field("25%", description="Accounts worked on at once")
    failure_tolerance: Share = Field("10%", description="Failed accounts before an operation stops")
    mode: Literal["soft", "strict"] = Field("soft", description="strict lowers concurrency after failures")
    rings: list[list[Unit]] = Field([], description="OUs in the order in which they are rolled out to")


class OrganizationFile(Strict):
    """params/organizations/<name>.yaml: one AWS Organization."""

    organization: Annotated[str, shaped(shapes.ORGANIZATION, "The organization's local name")]
    id: Annotated[str, shaped(shapes.ORGANIZATION_ID, "AWS Organization id")]
    region: Region = Field(description="Home region of the StackSets, and the one region of their instances")
    admin: Reached = Field(description="The management account, or a delegated administrator for StackSets")
    rollout: RolloutFile = Field(default_factory=lambda: RolloutFile.model_validate({}))


class FrozenFile(Strict):
    """A door that was closed in an emergency; written by `jumpcf partner freeze`, taken out by `thaw`."""

    reason: Annotated[str, shaped(shapes.TEXT, "Why: the incident's number", max_length=500)]
    at: Annotated[
        str, shaped(shapes.INSTANT, "Since when, in UTC; sessions from before and shortly after are denied")
    ]


class UserFile(Strict):
    """A partner's engineer: an IAM user in the jump account."""

    name: Annotated[str, shaped(shapes.USER, "IAM user name, unique in the jump account")]
    email: Annotated[str, shaped(shapes.EMAIL, "E-mail address")]
    groups: list[GroupName] = Field([], description="Named groups; every user is in the group of all users")
    until: Day | None = Field(None, description="The user's last valid day, if before the partner's")
    frozen: FrozenFile | None = Field(None, description="Present while the user is denied everything")


class LeftFile(Strict):
    """Somebody who was taken out of users: what he still has open is denied."""

    name: Annotated[str, shaped(shapes.USER, "The name that he had in users")]
    day: Day = Field(description="The day on which he left; two days later nothing of his is open any more")


class GrantFile(Strict):
    """Roles in every account of some OUs of one organization: one StackSet."""

    organization: Annotated[str, shaped(shapes.ORGANIZATION, "Local name of an organization")]
    ous: list[Unit] = Field(min_length=1, description="OUs, with everything below them; none below another")
    levels: list[LevelName] = Field(min_length=1, description="One role per level in each account")
    groups: list[GroupName] | None = Field(
        None, min_length=1, description="Named groups that gain it; left out, every user of the partner does"
    )
    except_accounts: list[AccountId] = Field([], description="Accounts in the OUs that get no role")
    accept_delegated_admin: Reason | None = None
    until: Day | None = Field(None, description="The grant's last valid day, if before the partner's")
    session: Duration | None = Field(None, description="MaxSessionDuration of its roles, 1h to 12h")


def _networks_kind(value: Any) -> str:
    return "parameter" if isinstance(value, str) else "list"


class PartnerFile(Strict):
    """params/partners/<name>.yaml: an external company, its people, and what they may reach."""

    partner: Annotated[str, shaped(shapes.PARTNER, "The partner's name, part of paths, names and tags")]
    title: Annotated[str, shaped(shapes.TEXT, "The company's name, in any script", max_length=256)]
    contact: Annotated[str, shaped(shapes.EMAIL, "E-mail address of the partner's desk")]
    until: Day = Field(
        description="The contract's last valid day; access ends with it, running sessions included"
    )
    networks: Annotated[
        Annotated[list[Network], Field(min_length=1), Tag("list")]
        | Annotated[
            str, shaped(shapes.PARAMETER, "Parameter Store name in the jump account"), Tag("parameter")
        ],
        Discriminator(_networks_kind),
    ] = Field(description="The partner's public networks, or the parameter that holds them")
    users: list[UserFile] = Field(description="The partner's engineers")
    left: list[LeftFile] = Field([], description="Who left: running sessions of his are denied in every role")
    grants: dict[GrantName, GrantFile] = Field({}, description="What the users may reach, by name")
    cli: Literal["aws-login", "access-keys"] | None = Field(None, description="Unlike the estate's default")
    frozen: FrozenFile | None = Field(None, description="Present while all users are denied everything")


OneOrMore = Annotated[
    Annotated[list[str], Field(min_length=1), Tag("list")] | Annotated[str, Tag("text")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "text"),
]


class StatementFile(Strict):
    """An IAM statement; exactly one of actions and not_actions, and one of resources and not_resources."""

    effect: Literal["Allow", "Deny"]
    actions: list[Action] | None = Field(None, min_length=1)
    not_actions: list[Action] | None = Field(None, min_length=1)
    resources: list[Resource] | None = Field(None, min_length=1)
    not_resources: list[Resource] | None = Field(None, min_length=1)
    conditions: dict[str, dict[ConditionKey, OneOrMore]] = Field(
        {}, description="Operator to key to values, as in IAM"
    )


class LevelFile(Strict):
    """params/levels/<name>.yaml: a custom level."""

    level: LevelName
    managed_policies: list[Annotated[str, shaped(shapes.POLICY_ARN, "AWS managed policy")]] = Field(
        [], max_length=25, description="AWS managed policies; over 10 only where AWS has raised that quota"
    )
    statements: list[StatementFile] = Field([], description="Further permissions")
    boundary: Annotated[
        str, shaped(shapes.BOUNDARY, "strict, relaxed, or a boundary of params/boundaries")
    ] = Field("strict")
    accept_escalation: Reason | None = None
    session: Duration | None = Field(None, description="MaxSessionDuration of its roles, 1h to 12h")
    mfa_max_age: Duration | None = Field(None, description="How old the MFA sign-in may be, 1m to 36h")


class BoundaryFile(Strict):
    """params/boundaries/<name>.yaml: a ceiling of one's own; the protecting Denies are always appended."""

    boundary: Annotated[str, shaped(shapes.BOUNDARY, "The boundary's name")]
    statements: list[StatementFile] = Field(min_length=1, description="The ceiling")


KINDS: dict[str, type[BaseModel]] = {
    "estate": EstateFile,
    "organization": OrganizationFile,
    "partner": PartnerFile,
    "level": LevelFile,
    "boundary": BoundaryFile,
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of every kind of file; the key that names the thing chooses the kind."""
    _, definitions = models_json_schema([(model, "validation") for model in KINDS.values()])
    choices = []
    for key, model in KINDS.items():
        condition: dict[str, Any] = {"required": [key]}
        if key == "boundary":  # a level has a key `boundary` too
            condition["not"] = {"required": ["level"]}
        choices.append({"if": condition, "then": {"$ref": f"#/$defs/{model.__name__}"}})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of params/",
        "type": "object",
        "anyOf": [{"required": [key]} for key in KINDS],
        "allOf": choices,
        "$defs": _without_nulls(definitions["$defs"]),
    }


def _without_nulls(node: Any) -> Any:
    """A key without a value is refused in params/, so the schema must not offer null to an editor."""
    if isinstance(node, list):
        return [_without_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_nulls(value) for key, value in node.items()}
    kinds = node.get("anyOf")
    if isinstance(kinds, list) and {"type": "null"} in kinds:
        rest = [kind for kind in kinds if kind != {"type": "null"}]
        del node["anyOf"], node["default"]
        node = {**rest[0], **node}
    return node
