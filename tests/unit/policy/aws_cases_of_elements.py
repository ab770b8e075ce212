"""Cases of AWS's pages about two accounts, principals, actions and resources; see aws_cases.py for the form."""

from typing import Any

from unit.policy.aws_cases import (
    ACCOUNT,
    DAVID,
    EVERYTHING,
    OTHER_ACCOUNT,
    Case,
    allow,
    deny,
    doc,
    trust,
    when,
)

_ACROSS = "reference_policies_evaluation-logic-cross-account"
_CARLOS_111 = "arn:aws:iam::111122223333:user/carlossalazar"
_CARLOS_THERE = doc(
    allow("s3:ListAllMyBuckets"),
    allow("s3:*Object*", "arn:aws:s3:::Production/*"),
    deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"], Sid="DenyS3Logs"),
)
_PRODUCTION = doc(
    allow(
        ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
        "arn:aws:s3:::Production/*",
        Principal={"AWS": _CARLOS_111},
    )
)


def _role(name: str) -> str:
    return f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}"


_ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}

ACROSS = (
    Case(
        page=_ACROSS,
        shows="a Deny in the caller's account decides for both",
        policies=(_CARLOS_THERE,),
        resource_policy=_PRODUCTION,
        principal=_CARLOS_111,
        action="s3:PutObject",
        resource="arn:aws:s3:::Production/file",
        twin=("resource", "arn:aws:s3:::Production-logs/file"),
        denied="explicit-deny",
    ),
    Case(
        page=_ACROSS,
        shows="what the resource's account does not allow is denied although the caller's does",
        policies=(_CARLOS_THERE,),
        resource_policy=_PRODUCTION,
        principal=_CARLOS_111,
        action="s3:PutObject",
        resource="arn:aws:s3:::Production/file",
        twin=("action", "s3:DeleteObject"),
    ),
    Case(
        page=_ACROSS,
        shows="what the caller's account does not allow is denied although the resource's does",
        policies=(doc(allow("s3:GetObject", "arn:aws:s3:::Production/*")),),
        resource_policy=_PRODUCTION,
        principal=_CARLOS_111,
        action="s3:GetObject",
        resource="arn:aws:s3:::Production/file",
        twin=("action", "s3:PutObject"),
    ),
    Case(
        page=_ACROSS,
        shows="the resource's account must trust this principal",
        policies=(doc(EVERYTHING),),
        resource_policy=_PRODUCTION,
        principal=_CARLOS_111,
        action="s3:GetObject",
        resource="arn:aws:s3:::Production/file",
        twin=("principal", DAVID),
    ),
    Case(
        page="id_roles_create_for-user",
        shows="a role is taken where trust and the user's policy both name the other",
        policies=(doc(allow("sts:AssumeRole", _role("UpdateApp"))),),
        resource_policy=trust(_ROOT),
        action="sts:AssumeRole",
        resource=_role("UpdateApp"),
        twin=("resource", _role("Other")),
    ),
    Case(
        page="id_credentials_mfa_configure-api-require",
        shows="a trust policy asks for MFA",
        policies=(doc(allow("sts:AssumeRole", _role("CrossAccountRole"))),),
        resource_policy=trust({"AWS": ACCOUNT}, **when("Bool", "aws:MultiFactorAuthPresent", "true")),
        action="sts:AssumeRole",
        resource=_role("CrossAccountRole"),
        given={"aws:MultiFactorAuthPresent": "true"},
        twin=("aws:MultiFactorAuthPresent", "false"),
    ),
    Case(
        page="id_credentials_mfa_configure-api-require",
        shows="long-term keys carry no MFA key, which a trust policy takes for no MFA",
        policies=(doc(allow("sts:AssumeRole", _role("CrossAccountRole"))),),
        resource_policy=trust({"AWS": ACCOUNT}, **when("Bool", "aws:MultiFactorAuthPresent", "true")),
        action="sts:AssumeRole",
        resource=_role("CrossAccountRole"),
        given={"aws:MultiFactorAuthPresent": "true"},
        twin=("aws:MultiFactorAuthPresent", None),
    ),
    Case(
        page="id_roles_create_for-user_externalid",
        shows="a trust policy asks for the external id",
        policies=(doc(allow("sts:AssumeRole")),),
        resource_policy=trust(_ROOT, **when("StringEquals", "sts:ExternalId", "Unique ID")),
        action="sts:AssumeRole",
        resource=_role("ExampleRole"),
        given={"sts:ExternalId": "Unique ID"},
        twin=("sts:ExternalId", None),
    ),
    Case(
        page="reference_policies_iam-condition-keys",
        shows="sts:RoleSessionName has to be the caller's own user name",
        policies=(doc(allow("sts:AssumeRole")),),
        resource_policy=trust(_ROOT, **when("StringLike", "sts:RoleSessionName", "${aws:username}")),
        action="sts:AssumeRole",
        resource=_role("ExampleRole"),
        given={"aws:username": "David", "sts:RoleSessionName": "David"},
        twin=("sts:RoleSessionName", "Nikhil"),
    ),
    Case(
        page="reference_policies_examples_iam-assume-tagged-role",
        shows="sts:AssumeRole on any role that has the tag, in another account as well",
        policies=(
            doc(allow("sts:AssumeRole", **when("StringEquals", "iam:ResourceTag/Project", "ExampleCorpABC"))),
        ),
        resource_policy=trust(_ROOT),
        action="sts:AssumeRole",
        resource=_role("Tagged"),
        given={"iam:ResourceTag/Project": "ExampleCorpABC"},
        twin=("iam:ResourceTag/Project", None),
    ),
)

_PRINCIPAL = "reference_policies_elements_principal"
_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/ci"
_OF_OTHER_ACCOUNT = f"arn:aws:iam::{OTHER_ACCOUNT}:user/David"
_QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"


def _queue_policy(principal: Any, **more: Any) -> dict[str, Any]:
    return doc(allow("sqs:SendMessage", _QUEUE, Principal=principal, **more))


def _queue(shows: str, principal: Any, *, caller: str, twin: tuple[str, Any], **more: Any) -> Case:
    return Case(
        page=_PRINCIPAL,
        shows=shows,
        resource_policy=_queue_policy(principal),
        action="sqs:SendMessage",
        resource=_QUEUE,
        principal=caller,
        twin=twin,
        **more,
    )


PRINCIPALS = (
    _queue(
        "an account's root ARN means every identity of the account",
        _ROOT,
        caller=DAVID,
        twin=("principal", _OF_OTHER_ACCOUNT),
    ),
    _queue(
        "an account id means the same as its root ARN",
        {"AWS": ACCOUNT},
        caller=DAVID,
        twin=("principal", _OF_OTHER_ACCOUNT),
    ),
    _queue(
        "one of several principals is enough",
        {"AWS": [ACCOUNT, "555555555555"]},
        caller="arn:aws:iam::555555555555:user/a",
        twin=("principal", _OF_OTHER_ACCOUNT),
    ),
    _queue(
        "a user's name is case-sensitive",
        {"AWS": DAVID},
        caller=DAVID,
        twin=("principal", DAVID.replace("David", "david")),
    ),
    _queue(
        "a role means every session of it",
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci/Deploy"},
        caller=_SESSION,
        given={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/ci/Deploy"},
        twin=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/other/Deploy"),
    ),
    _queue(
        "a session's ARN means this session only",
        {"AWS": _SESSION},
        caller=_SESSION,
        twin=("principal", f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/somebody"),
    ),
    _queue(
        "a service is known by its name",
        {"Service": ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com"]},
        caller="ecs.amazonaws.com",
        twin=("principal", "ec2.amazonaws.com"),
    ),
    _queue(
        "a SAML provider is known by its ARN",
        {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"},
        caller=f"arn:aws:iam::{ACCOUNT}:saml-provider/corp",
        twin=("principal", f"arn:aws:iam::{ACCOUNT}:saml-provider/other"),
    ),
    Case(
        page=_PRINCIPAL,
        shows="everyone may be limited by aws:PrincipalArn, which for a session is the role's",
        resource_policy=_queue_policy(
            "*", **when("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/Deploy")
        ),
        action="sqs:SendMessage",
        resource=_QUEUE,
        principal=_SESSION,
        given={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Deploy"},
        twin=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/Other"),
    ),
)

_ACTION_PAGE = "reference_policies_elements_action"
_RESOURCE_PAGE = "reference_policies_elements_resource"

ELEMENTS = (
    Case(
        page=_ACTION_PAGE,
        shows="a wildcard may stand anywhere in an action",
        policies=(doc(allow("iam:*AccessKey*")),),
        action="iam:UpdateAccessKey",
        twin=("action", "iam:UpdateUser"),
    ),
    Case(
        page=_ACTION_PAGE,
        shows="neither the service nor the action has a letter case",
        policies=(doc(allow("IAM:listaccesskeys")),),
        action="iam:ListAccessKeys",
        twin=("action", "iam:ListUsers"),
    ),
    Case(
        page="reference_policies_elements_notaction",
        shows="NotAction with Allow allows everything else on these resources",
        policies=(doc({"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"}),),
        action="s3:CreateBucket",
        resource="arn:aws:s3:::new",
        twin=("action", "s3:DeleteBucket"),
    ),
    Case(
        page="reference_policies_elements_notaction",
        shows="an action that needs the resource * is not allowed on ARNs",
        policies=(doc({"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"}),),
        action="s3:ListBucket",
        resource="arn:aws:s3:::new",
        twin=("resource", "*"),
    ),
    Case(
        page="reference_policies_elements_notaction",
        shows="everything except one service",
        policies=(doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),),
        action="ec2:RunInstances",
        twin=("action", "iam:CreateUser"),
    ),
    Case(
        page="reference_policies_elements_notaction",
        shows="NotAction with Deny spares the listed service without MFA",
        policies=(
            doc(
                EVERYTHING,
                {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
                | when("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
            ),
        ),
        action="iam:GetUser",
        given={"aws:MultiFactorAuthPresent": "false"},
        twin=("action", "ec2:StopInstances"),
        denied="explicit-deny",
    ),
    Case(
        page="reference_policies_elements_notresource",
        shows="NotResource with Deny denies every resource that is not listed",
        policies=(
            doc(
                EVERYTHING,
                {
                    "Effect": "Deny",
                    "Action": "s3:*",
                    "NotResource": ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
                },
            ),
        ),
        action="s3:GetObject",
        resource="arn:aws:s3:::HRBucket/Payroll/may",
        twin=("resource", "arn:aws:s3:::HRBucket/Other"),
        denied="explicit-deny",
    ),
    Case(
        page=_RESOURCE_PAGE,
        shows="all users under a path",
        policies=(doc(allow("iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/accounting/*")),),
        action="iam:GetUser",
        resource=f"arn:aws:iam::{ACCOUNT}:user/accounting/eu/Ann",
        twin=("resource", f"arn:aws:iam::{ACCOUNT}:user/accountingX"),
    ),
    Case(
        page=_RESOURCE_PAGE,
        shows="an asterisk goes over slashes, which are characters like any other",
        policies=(doc(allow("s3:GetObject", "arn:aws:s3:::bucket/*/test/*")),),
        action="s3:GetObject",
        resource="arn:aws:s3:::bucket/1/2/test/3/object.jpg",
        twin=("resource", "arn:aws:s3:::bucket/1-test/object.jpg"),
    ),
    Case(
        page=_RESOURCE_PAGE,
        shows="one of several resources is enough",
        policies=(
            doc(
                allow(
                    "dynamodb:GetItem",
                    [
                        f"arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/{name}_table"
                        for name in ("books", "magazines")
                    ],
                )
            ),
        ),
        action="dynamodb:GetItem",
        resource=f"arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/magazines_table",
        twin=("resource", f"arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/films_table"),
    ),
    Case(
        page=_RESOURCE_PAGE,
        shows="a question mark is exactly one character",
        policies=(doc(allow("s3:GetObject", "arn:aws:s3:::bucket/log-?")),),
        action="s3:GetObject",
        resource="arn:aws:s3:::bucket/log-1",
        twin=("resource", "arn:aws:s3:::bucket/log-12"),
    ),
    Case(
        page="reference_policies_examples_aws_deny-requested-region",
        shows="the services with one endpoint are spared by NotAction outside the regions",
        policies=(
            doc(
                EVERYTHING,
                {
                    "Effect": "Deny",
                    "NotAction": ["cloudfront:*", "iam:*", "route53:*", "support:*"],
                    "Resource": "*",
                }
                | when("StringNotEquals", "aws:RequestedRegion", "eu-central-1", "eu-west-1"),
            ),
        ),
        action="route53:ListHostedZones",
        given={"aws:RequestedRegion": "us-east-1"},
        twin=("action", "ec2:RunInstances"),
        denied="explicit-deny",
    ),
)
