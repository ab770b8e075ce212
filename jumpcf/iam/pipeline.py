"""The policies of a pipeline's roles: what plan and deploy call (`recorded`), each call on our own things only.

Two hands keep them true: a test that records a call which the list lacks fails, and an action without a scope here
does not compile.  Resource types of actions: Service Authorization Reference.  GitHub's token: GitHub Docs,
"Configuring OpenID Connect in Amazon Web Services"; its provider in IAM needs no thumbprint, IAM trusts the issuer's
certificate by its own list of authorities (IAM User Guide, "Create an OpenID Connect identity provider").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from awacs.aws import AWSPrincipal, Principal

from jumpcf.artifacts.marks import PARTNER_PATH, freeze_policy
from jumpcf.iam import arn, recorded
from jumpcf.iam.conditions import Term, all_of
from jumpcf.iam.document import Clause, Document, actions, allow, deny, document, parse_actions

Role = recorded.Role
ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

_ACTION = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose action has another name (Service Authorization Reference, "Actions for Amazon S3")."""
_FREE = frozenset({"sts:GetCallerIdentity"})  # needs no permission (STS API reference)

IMPLIED = {
    "ssm:PutParameter": ("kms:Encrypt", "ssm:AddTagsToResource"),
    "cloudformation:CreateChangeSet": ("cloudformation:TagResource", "iam:PassRole"),
    "cloudformation:CreateStackSet": ("cloudformation:TagResource", "s3:GetObject"),
}
"""What AWS asks for besides the call: a SecureString is encrypted for its caller, tags are tagging, a template's URL
is read with the caller's rights, a service role is passed."""

UNMET = {
    ("jump", "deploy"): ("iam:DeleteSSHPublicKey", "iam:DeleteSigningCertificate"),
    ("organization", "plan"): (
        "cloudformation:DescribeStackSetOperation",
        "organizations:ListAccountsForParent",
    ),
}
"""Calls for what no functional test sets up: rarer credentials of a leaver (`aws/user_things.py`), an operation of
somebody else, an Organizations API without paths."""

_STACK_WRITES = ("Cancel*", "Continue*", "Create*", "Delete*", "Execute*", "Rollback*", "Set*", "Update*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the policies of an account's roles name.  `bucket` and `service_role` are ARNs; `prefixes` are the
    bucket's that this account's roles use, `types` the resource types of StackSets ("AWS-IAM-Role"), `parameters` the
    names of the parameters that params name ("/jump/acme/networks")."""

    partition: str
    account: str
    region: str
    bucket: str
    passwords: str
    key_alias: str
    service_role: str
    own_path: str
    prefixes: tuple[str, ...]
    types: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()

    def arn(self, service: str, resource: str, account: str | None = None) -> str:
        whose = self.account if account is None else account
        return arn.arn(self.partition, service, resource, region=self.region, account=whose)

    def iam(self, resource: str) -> str:
        return arn.iam(self.partition, self.account, resource)


_SCOPES: dict[str, str] = {
    **dict.fromkeys(
        (
            "cloudformation:DescribeOrganizationsAccess",
            "cloudformation:DescribeStackDriftDetectionStatus",
            "cloudformation:DescribeStacks",
            "cloudformation:ListStackSets",
            "cloudformation:CreateStackSet",
            "iam:GetAccountPasswordPolicy",
            "iam:ListUsers",
            "iam:UpdateAccountPasswordPolicy",
            "organizations:DescribeOrganization",
            "organizations:ListAccounts",
            "organizations:ListAccountsForParent",
            "organizations:ListDelegatedAdministrators",
            "organizations:ListDelegatedServicesForAccount",
            "organizations:ListOrganizationalUnitsForParent",
            "organizations:ListRoots",
            "ssm:DescribeParameters",
        ),
        "any",  # know no resource, or are lists of everything
    ),
    **dict.fromkeys(
        (
            "cloudformation:DeleteChangeSet",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeEvents",
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:GetTemplate",
            "cloudformation:ListChangeSets",
            "cloudformation:ListStackResources",
            "cloudformation:UpdateTerminationProtection",
        ),
        "stacks",
    ),
    **dict.fromkeys(
        (
            "cloudformation:ContinueUpdateRollback",
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteStack",
        ),
        "stacks-by-role",
    ),
    **dict.fromkeys(
        (
            "cloudformation:CreateStackInstances",
            "cloudformation:DeleteStackInstances",
            "cloudformation:UpdateStackInstances",
            "cloudformation:UpdateStackSet",
        ),
        "targets",
    ),
    **dict.fromkeys(
        (
            "cloudformation:DeleteStackSet",
            "cloudformation:DescribeStackSet",
            "cloudformation:DescribeStackSetOperation",
            "cloudformation:DetectStackSetDrift",
            "cloudformation:ListStackInstanceResourceDrifts",
            "cloudformation:ListStackInstances",
            "cloudformation:ListStackSetAutoDeploymentTargets",
            "cloudformation:ListStackSetOperationResults",
            "cloudformation:ListStackSetOperations",
        ),
        "stacksets",
    ),
    "cloudformation:TagResource": "tagged",
    "iam:AttachUserPolicy": "freeze",
    "iam:DeleteVirtualMFADevice": "devices",
    "iam:PassRole": "service-role",
    "kms:Encrypt": "key",
    "s3:GetObject": "objects",
    "s3:ListBucket": "bucket",
    "s3:PutObject": "objects",
    **dict.fromkeys(
        (
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:ListTagsForResource",
            "ssm:PutParameter",
            "ssm:RemoveTagsFromResource",
        ),
        "passwords",
    ),
    "ssm:GetParameters": "parameters",
    **dict.fromkeys(
        (
            "iam:CreateLoginProfile",
            "iam:DeactivateMFADevice",
            "iam:DeleteAccessKey",
            "iam:DeleteLoginProfile",
            "iam:DeleteSSHPublicKey",
            "iam:DeleteServiceSpecificCredential",
            "iam:DeleteSigningCertificate",
            "iam:DeleteUserPolicy",
            "iam:DetachUserPolicy",
            "iam:GetLoginProfile",
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:ListAttachedUserPolicies",
            "iam:ListGroupsForUser",
            "iam:ListMFADevices",
            "iam:ListSSHPublicKeys",
            "iam:ListServiceSpecificCredentials",
            "iam:ListSigningCertificates",
            "iam:ListUserPolicies",
            "iam:RemoveUserFromGroup",
            "iam:UpdateAccessKey",
        ),
        "people",
    ),
}


def needed(where: recorded.Where, role: recorded.Role) -> tuple[str, ...]:
    """The actions of a role there, sorted; a deploy plans first."""
    roles: tuple[recorded.Role, ...] = ("plan",) if role == "plan" else ("plan", "deploy")
    called = {
        call for each in roles for call in (*recorded.calls(where, each), *UNMET.get((where, each), ()))
    }
    named = {_ACTION.get(call, call) for call in called - _FREE}
    return tuple(sorted(named | {more for one in named for more in IMPLIED.get(one, ())}))


def role_statements(where: recorded.Where, role: recorded.Role, place: Place) -> list[Clause]:
    """One Allow for each scope, and the Denies that hold whatever else allows.  KeyError: an action has no scope."""
    by_scope: dict[str, list[str]] = {}
    for action in needed(where, role):
        by_scope.setdefault(_SCOPES[action], []).append(action)
    if not place.parameters:  # params name none, so nobody reads one
        by_scope.pop("parameters", None)
    made = [_scoped(scope, found, place) for scope, found in sorted(by_scope.items())]
    return [*made, *(_never(place) if where == "jump" else []), *_not_itself(place)]


def may_assume(sid: str, roles: Sequence[str]) -> Clause:
    """Only these very roles."""
    return allow(sid, action=actions("sts", "AssumeRole"), resource=list(roles))


def _scoped(scope: str, names: Iterable[str], place: Place) -> Clause:
    resources, terms = _where(scope, place)
    sid = "".join(word.capitalize() for word in scope.split("-"))
    condition = all_of(*terms) if terms else None
    return allow(sid, action=parse_actions(names), resource=resources, condition=condition)


def _where(scope: str, place: Place) -> tuple[list[str], list[Term]]:
    """Resources and conditions.  A delegated administrator's StackSets live in the management account, so their
    ARNs are left open in the account; whose name they bear is jumpcf's."""
    sets = place.arn("cloudformation", "stackset/jump-*:*", "*")
    stacks = place.arn("cloudformation", "stack/jump-*/*")
    objects = [f"{place.bucket}/{prefix}/*" for prefix in place.prefixes]
    by_role: Term = ("StringEquals", "cloudformation:RoleArn", place.service_role)
    passed: Term = ("StringEquals", "iam:PassedToService", "cloudformation.amazonaws.com")
    freeze = freeze_policy(place.partition, place.account)
    only_freeze: Term = ("ArnEquals", "iam:PolicyARN", freeze)
    aliased: Term = ("ForAnyValue:StringEquals", "kms:ResourceAliases", place.key_alias)
    found: dict[str, tuple[list[str], list[Term]]] = {
        "any": (["*"], []),
        "bucket": ([place.bucket], []),
        "devices": ([place.iam("mfa/*")], []),
        "freeze": ([place.iam(f"user{PARTNER_PATH}*")], [only_freeze]),
        "key": ([place.arn("kms", "key/*")], [aliased]),
        "objects": (objects, []),
        "parameters": ([place.arn("ssm", f"parameter{name}") for name in place.parameters], []),
        "passwords": ([place.arn("ssm", f"parameter{place.passwords}/*")], []),
        "people": ([place.iam(f"{kind}{PARTNER_PATH}*") for kind in ("user", "group")], []),
        "service-role": ([place.service_role], [passed]),
        "stacks": ([stacks], []),
        "stacks-by-role": ([stacks], [by_role]),
        "stacksets": ([sets], []),
        "tagged": ([stacks, place.arn("cloudformation", "changeSet/jumpcf-*/*"), sets], []),
        "targets": (
            [
                sets,
                place.arn("cloudformation", "stackset-target/jump-*", "*"),
                *(place.arn("cloudformation", f"type/resource/{name}", "*") for name in place.types),
            ],
            [],
        ),
    }
    return found[scope]


def _never(place: Place) -> list[Clause]:
    """No password is read, by whatever way.  GetParametersByPath of a parent gives what lies below it, so it is
    denied everywhere (Systems Manager User Guide, "Restricting access to parameters using IAM policies")."""
    passwords = place.arn("ssm", f"parameter{place.passwords}/*")
    read = ("GetParameter", "GetParameterHistory", "GetParameters")
    return [
        deny("NoPasswords", action=actions("ssm", *read), resource=[passwords]),
        deny("NoPasswordsByPath", action=actions("ssm", "GetParametersByPath")),
        deny("NoDecryption", action=actions("kms", "CreateGrant", "Decrypt", "ReEncryptFrom")),
    ]


def _not_itself(place: Place) -> list[Clause]:
    """Neither its roles nor the stacks and the provider that make them; the service role may be passed, no more."""
    return [
        deny(
            "NotItself",
            not_action=actions("iam", "PassRole") + actions("sts", "AssumeRole"),
            resource=_own(place.partition, place.account, place.own_path),
        ),
        deny(
            "NotItsStacks",
            action=actions("cloudformation", *_STACK_WRITES),
            resource=[place.arn("cloudformation", "stack/jump-pipeline*/*")],
        ),
    ]


def not_the_pipeline(partition: str, account: str, path: str) -> Clause:
    """For the service role: what it makes for a deploy may not reach the pipeline's own roles."""
    return deny("NotThePipeline", action=actions("iam", "*"), resource=_own(partition, account, path))


def _own(partition: str, account: str, path: str) -> list[str]:
    """The pipeline's roles, the policies beside them, and the provider."""
    own = [arn.iam(partition, account, f"{kind}{path}*") for kind in ("role", "policy")]
    return [*own, provider(partition, account)]


def provider(partition: str, account: str) -> str:
    """The ARN of GitHub's identity provider in an account; there can be one only."""
    return arn.iam(partition, account, f"oidc-provider/{ISSUER}")


def github_trust(provider_arn: str, subject: str) -> Document:
    """Trust in the jobs of one subject ("repo:owner/name:pull_request"), compared as a whole and never by pattern."""
    claims = all_of(("StringEquals", f"{ISSUER}:aud", AUDIENCE), ("StringEquals", f"{ISSUER}:sub", subject))
    return _trusting(Principal("Federated", provider_arn), "AssumeRoleWithWebIdentity", "GitHub", claims)


def role_trust(partition: str, account: str, role: str) -> Document:
    """Trust in the sessions of one role of another account.

    The principal is the account, for a role that is named there must exist already and is stored by its id."""
    only = all_of(("ArnEquals", "aws:PrincipalArn", role))
    return _trusting(AWSPrincipal(arn.root(partition, account)), "AssumeRole", "JumpRole", only)


def service_trust(service: str = "cloudformation.amazonaws.com") -> Document:
    return _trusting(Principal("Service", service), "AssumeRole", "CloudFormation")


def _trusting(principal: Principal, action: str, sid: str, condition: object = None) -> Document:
    only = {} if condition is None else {"Condition": condition}
    return document(
        [Clause(Sid=sid, Effect="Allow", Principal=principal, Action=actions("sts", action), **only)]
    )
