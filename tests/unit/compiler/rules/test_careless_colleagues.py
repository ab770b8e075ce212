"""What a careless colleague might write in stacks/*.py, held against every rule at once.

Each way past a promise is told by the rule that guards it, and what people rightly write passes all rules.
"""

from typing import Any

import orjson
import pytest
from awacs.aws import Allow, AWSPrincipal, Bool, Condition, PolicyDocument, Principal, Statement, StringEquals
from awacs.iam import TagUser
from awacs.sts import AssumeRole
from rule_samples import ROOT, bounded, document, group, role, statement, trust
from troposphere import GetAtt, Join, Ref, Sub, Template
from troposphere.iam import Group, ManagedPolicy, Policy, Role, User

from jumpcf.compiler.render import render
from jumpcf.compiler.rules.run import check

ME = "arn:aws:iam::111111111111:user/partner/acme/${aws:username}"
BARE = "arn:aws:iam::111111111111:user/"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SAID = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/partner/acme/*"}}
TAG = statement(Action="iam:TagUser", Resource="*")
BUCKET = "arn:aws:s3:::some-bucket"


def codes(resources: dict[str, Any], **more: Any) -> set[str]:
    """The codes that all rules together find in a template of the jump account."""
    body = {"Resources": resources, **more}
    return {found.code for found in check(Template(), orjson.dumps(body), body, "jump/x", per="partner")}


def made(*resources: Any) -> set[str]:
    """The same, on what troposphere and awacs make."""
    template = Template()
    for resource in resources:
        template.add_resource(resource)
    data = render(template)
    return {found.code for found in check(template, data, orjson.loads(data), "jump/x", per="partner")}


def one(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Thing": {"Type": f"AWS::{kind}", "Properties": properties}}


def pooled(**condition: Any) -> dict[str, Any]:
    """A role for whom an identity provider signs in."""
    provider = {"Federated": "cognito-identity.amazonaws.com"}
    more = {"Condition": condition} if condition else {}
    return role(statement(Action="sts:AssumeRoleWithWebIdentity", Principal=provider, **more))


def queue(given: dict[str, Any]) -> dict[str, Any]:
    return one("SQS::QueuePolicy", Queues=["x"], PolicyDocument=document(given))


WAYS_PAST: list[tuple[str, str, dict[str, Any]]] = [
    ("an IfExists beside MFA", "J2002", trust(Condition={"BoolIfExists": MFA["Bool"]})),
    ("MFA for any value", "J2002", trust(Condition={"ForAllValues:Bool": MFA["Bool"]})),
    (
        "MFA by its absence from Null",
        "J2002",
        trust(Condition={"Null": {"aws:MultiFactorAuthPresent": "false"}}),
    ),
    ("MFA as false", "J2002", trust(Condition={"Bool": {"aws:multifactorauthpresent": "false"}})),
    (
        "MFA true or false",
        "J2002",
        trust(Condition={"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}),
    ),
    (
        "an age of MFA that may be absent",
        "J2002",
        trust(Condition={**MFA, **SAID, "NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}),
    ),
    (
        "a Deny of old MFA that misses none at all",
        "J2002",
        group(
            statement(
                "Deny", Resource="*", Condition={"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}
            )
        ),
    ),
    (
        "MFA in an inline policy of a role",
        "J2003",
        role(statement(Principal={"AWS": ROOT}), statement(Condition=MFA)),
    ),
    (
        "MFA in a policy that names its roles",
        "J2003",
        one(
            "IAM::ManagedPolicy", Roles=["x"], PolicyDocument=document(statement(Condition=MFA, Resource="*"))
        ),
    ),
    (
        "MFA in a policy of a role that stands alone",
        "J2003",
        one("IAM::RolePolicy", RoleName="x", PolicyDocument=document(statement(Condition=MFA, Resource="*"))),
    ),
    ("everybody as AWS", "J2004", role(statement(Principal={"AWS": ["*"]}, Condition=MFA))),
    ("everybody in lower case", "J2004", role(statement(Principal={"aws": "*"}))),
    ("everybody made by Fn::Sub", "J2004", role(statement(Principal={"AWS": {"Fn::Sub": "*"}}))),
    ("everybody by Fn::Join", "J2004", role(statement(Principal={"AWS": {"Fn::Join": ["", ["*"]]}}))),
    ("every user of an account", "J2004", role(statement(Principal={"AWS": {"Fn::Sub": BARE + "*"}}))),
    ("everybody but one", "J2004", role(statement(NotPrincipal={"AWS": ROOT}))),
    (
        "everybody on a queue",
        "J2004",
        queue(statement(Action="sqs:SendMessage", Principal="*", Resource="*")),
    ),
    (
        "everybody in a function's permission",
        "J2004",
        one("Lambda::Permission", Principal="*", FunctionName="x"),
    ),
    (
        "one's own name under StringLike",
        "J2005",
        group(
            statement(
                "Deny", Resource="*", Condition={"StringLike": {"aws:PrincipalArn": BARE + "${aws:username}"}}
            )
        ),
    ),
    ("one's own name by Fn::Sub", "J2005", group(statement(Resource={"Fn::Sub": BARE + "${!aws:username}"}))),
    (
        "one's own name by Fn::Join",
        "J2005",
        group(statement(Resource={"Fn::Join": ["", [BARE + "${aws:username}"]]})),
    ),
    ("one's own name with a default", "J2005", group(statement(NotResource=BARE + "${aws:username, 'x'}"))),
    ("whose name ends like one's own", "J2005", group(statement(Resource=BARE + "*${aws:UserName}"))),
    (
        "an address by VPC in a boundary",
        "J2006",
        bounded(statement("Deny", Resource="*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
    ),
    (
        "an address in a boundary's Allow",
        "J2006",
        bounded(statement(Resource="*", Condition={"IpAddress": {"aws:sourceip": "198.51.100.0/24"}})),
    ),
    ("all of IAM", "J2007", group(statement(Action="iam:*", Resource="*"))),
    ("all but one thing", "J2007", group(statement(NotAction="s3:*", Resource="*", Action=None))),
    ("tags in lower case", "J2007", group(statement(Action=["IAM:tAgUsEr"], Resource=ME))),
    (
        "an inline policy of a group",
        "J2007",
        one("IAM::Group", Policies=[{"PolicyName": "x", "PolicyDocument": document(TAG)}]),
    ),
    (
        "an inline policy of a user",
        "J2007",
        one("IAM::User", Policies=[{"PolicyName": "x", "PolicyDocument": document(TAG)}]),
    ),
    (
        "a policy that names its groups",
        "J2007",
        one("IAM::ManagedPolicy", Groups=["acme-members"], PolicyDocument=document(TAG)),
    ),
    (
        "an old-style policy that names its groups",
        "J2007",
        one("IAM::Policy", Groups=["acme-members"], PolicyDocument=document(TAG)),
    ),
    (
        "an old-style policy that names its users",
        "J2007",
        one("IAM::Policy", Users=["taro"], PolicyDocument=document(TAG)),
    ),
    (
        "a group's policy that stands alone",
        "J2007",
        one("IAM::GroupPolicy", GroupName="x", PolicyDocument=document(TAG)),
    ),
    ("a policy that nothing names yet", "J2007", one("IAM::ManagedPolicy", PolicyDocument=document(TAG))),
    ("keys of everybody", "J2007", group(statement(Action="iam:CreateAccessKey", Resource="*"))),
    (
        "the devices of all of one path",
        "J2007",
        group(statement(Action="iam:EnableMFADevice", Resource=BARE + "partner/acme/*")),
    ),
    (
        "a group as principal",
        "J2009",
        role(statement(Principal={"AWS": "arn:aws:iam::111111111111:group/x"}, Condition={**MFA, **SAID})),
    ),
    (
        "an operator that is none",
        "J2009",
        trust(Condition={**MFA, **SAID, "StringLikes": {"aws:username": "x"}}),
    ),
    (
        "another Version",
        "J2009",
        {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {**document(), "Version": "2012-10-18"}},
            }
        },
    ),
    (
        "no Version with a variable",
        "J2009",
        one(
            "IAM::Group",
            Policies=[
                {
                    "PolicyName": "x",
                    "PolicyDocument": {"Statement": [statement(Action="iam:GetUser", Resource=ME)]},
                }
            ],
        ),
    ),
    ("elements in lower case", "J2009", group({"effect": "Allow", "action": "*", "resource": "*"})),
    ("a name in place of an ARN", "J2009", group(statement(Action="s3:GetObject", Resource="some-bucket/*"))),
    (
        "two inline policies of one name",
        "J2009",
        one(
            "IAM::Group",
            Policies=[{"PolicyName": "x", "PolicyDocument": document(statement(Action="s3:*", Resource="*"))}]
            * 2,
        ),
    ),
    (
        "a policy by Fn::Sub",
        "J2011",
        one("IAM::ManagedPolicy", PolicyDocument={"Fn::Sub": orjson.dumps(document(TAG)).decode()}),
    ),
    (
        "a policy as text",
        "J2011",
        one("S3::BucketPolicy", Bucket="x", PolicyDocument=orjson.dumps(document(TAG)).decode()),
    ),
    ("a trust as text", "J2011", one("IAM::Role", AssumeRolePolicyDocument="{}")),
    (
        "inline policies by Fn::If",
        "J2011",
        one("IAM::Role", AssumeRolePolicyDocument=document(), Policies={"Fn::If": ["X", [], []]}),
    ),
    ("one inline policy by Fn::If", "J2011", one("IAM::Group", Policies=[{"Fn::If": ["X", {}, {}]}])),
    ("statements by Fn::If", "J2011", group({"Fn::If": ["X", TAG, TAG]})),
    ("an Effect by Fn::If", "J2011", group(statement({"Fn::If": ["X", "Allow", "Deny"]}, Resource="*"))),
    ("actions by a parameter", "J2011", group(statement(Action={"Ref": "Actions"}, Resource="*"))),
    ("a Condition by Fn::If", "J2011", trust(Condition={"Fn::If": ["X", MFA, {"Ref": "AWS::NoValue"}]})),
    ("an operator without keys", "J2011", trust(Condition={"Bool": {"Fn::If": ["X", MFA["Bool"], {}]}})),
    (
        "a snippet",
        "J2011",
        one("S3::BucketPolicy", PolicyDocument={"Fn::Transform": {"Name": "AWS::Include"}}),
    ),
    ("a nested stack", "J2011", one("CloudFormation::Stack", TemplateURL="https://x")),
    ("a module", "J2011", {"Thing": {"Type": "Acme::Iam::Role::MODULE"}}),
    ("a member who is added elsewhere", "J2011", one("IAM::UserToGroupAddition", GroupName="x", Users=["y"])),
    (
        "a group's policy beside it",
        "J2011",
        one("IAM::Policy", Groups=["x"], PolicyDocument=document(statement(Action="s3:*", Resource="*"))),
    ),
    ("an account without a condition", "J2012", trust()),
    ("an account by its number", "J2012", role(statement(Principal={"AWS": "111111111111"}, Condition=MFA))),
    (
        "an account by Fn::Sub",
        "J2012",
        role(statement(Principal={"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}})),
    ),
    (
        "a user without MFA",
        "J2012",
        role(statement(Principal={"AWS": "arn:aws:iam::111111111111:user/partner/acme/taro"})),
    ),
    ("who, and no MFA", "J2012", trust(Condition=SAID)),
    ("MFA, and not who", "J2012", trust(Condition=MFA)),
    (
        "a tag that may be absent",
        "J2012",
        trust(Condition={**MFA, **SAID, "StringEqualsIfExists": {"aws:PrincipalTag/jump-partner": "acme"}}),
    ),
    (
        "all of no values",
        "J2012",
        trust(Condition={**MFA, **SAID, "ForAllValues:StringEquals": {"aws:PrincipalTag/x": "y"}}),
    ),
    ("who, by anything", "J2012", trust(Condition={**MFA, "StringLike": {"aws:PrincipalArn": "*"}})),
    ("a provider without a condition", "J2012", pooled()),
    ("a provider with another's condition", "J2012", pooled(StringEquals={"aws:PrincipalOrgID": "o-1"})),
]


@pytest.mark.parametrize(("way", "code", "resources"), WAYS_PAST, ids=[way for way, _, _ in WAYS_PAST])
def test_a_way_past_a_promise_is_told(way: str, code: str, resources: dict[str, Any]) -> None:
    parameters = {"Actions": {"Type": "String", "Default": "iam:*"}, "Who": {"Type": "String"}}
    given = {name: _without_none(each) for name, each in resources.items()}
    assert code in codes(given, Parameters=parameters)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


def test_a_macro_or_a_principal_by_parameter_is_told() -> None:
    assert "J2011" in codes({}, Transform="AWS::Serverless-2016-10-31")
    who = role(statement(Principal={"AWS": {"Ref": "Who"}}, Condition={**MFA, **SAID}))
    assert "J2011" in codes(who, Parameters={"Who": {"Type": "String", "Default": "*"}})


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("a role that a service takes", role(statement(Principal={"Service": "cloudformation.amazonaws.com"}))),
    (
        "a role that a service takes for one's own account",
        role(
            statement(
                Principal={"Service": "lambda.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            ),
            statement(Action="iam:TagUser", Resource="*"),
        ),
    ),
    (
        "a bucket's Deny for everybody",
        one(
            "S3::BucketPolicy",
            Bucket={"Ref": "Bucket"},
            PolicyDocument=document(
                statement(
                    "Deny",
                    Principal="*",
                    Action="s3:*",
                    Resource=[{"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::Sub": "${Bucket.Arn}/*"}],
                    Condition={"Bool": {"aws:SecureTransport": "false"}},
                )
            ),
        ),
    ),
    ("a trust in people with MFA", trust(Condition={**MFA, **SAID})),
    (
        "a trust in a vendor with an external id",
        role(
            statement(
                Principal={"AWS": "arn:aws:iam::999999999999:root"},
                Condition={"StringEquals": {"sts:ExternalId": "x"}},
            )
        ),
    ),
    (
        "a trust in the account's deploying role",
        trust(Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/deploy"}}),
    ),
    (
        "a trust in one user with MFA",
        role(statement(Principal={"AWS": "arn:aws:iam::111111111111:user/admin"}, Condition=MFA)),
    ),
    ("a trust in one role", role(statement(Principal={"AWS": {"Fn::GetAtt": ["Other", "Arn"]}}))),
    (
        "a trust in a provider's subject",
        role(
            statement(
                Action="sts:AssumeRoleWithWebIdentity",
                Principal={"Federated": {"Ref": "Provider"}},
                Condition={"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
            )
        ),
    ),
    (
        "one's own keys",
        group(
            statement(
                Action=["iam:CreateAccessKey", "iam:EnableMFADevice"],
                Resource=[
                    ME,
                    {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:user/partner/acme/${!aws:username}"},
                ],
            )
        ),
    ),
    (
        "a policy of a role that may write IAM",
        one("IAM::Policy", Roles=[{"Ref": "Deploy"}], PolicyName="x", PolicyDocument=document(TAG)),
    ),
    (
        "a load balancer's policies",
        one("ElasticLoadBalancing::LoadBalancer", Policies=[{"PolicyName": "x", "PolicyType": "y"}]),
    ),
    (
        "a repository's policy without a resource",
        one(
            "ECR::Repository",
            RepositoryPolicyText=document(statement(Action="ecr:BatchGetImage", Principal={"AWS": ROOT})),
        ),
    ),
    ("a permission set's policy", one("SSO::PermissionSet", InlinePolicy=document(TAG))),
    (
        "a function that a service calls",
        one("Lambda::Permission", Principal="s3.amazonaws.com", FunctionName="x"),
    ),
    (
        "a Deny of old or absent MFA",
        group(
            statement(
                "Deny",
                Action="s3:*",
                Resource=BUCKET,
                Condition={"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}},
            )
        ),
    ),
]


@pytest.mark.parametrize(("what", "resources"), RIGHT, ids=[what for what, _ in RIGHT])
def test_what_people_rightly_write_passes_every_rule(what: str, resources: dict[str, Any]) -> None:
    assert codes(resources) == set()


def _trusting(condition: Condition) -> Statement:
    return Statement(
        Sid="Trust", Effect=Allow, Principal=AWSPrincipal(ROOT), Action=[AssumeRole], Condition=condition
    )


def test_a_condition_that_awacs_overwrites_is_told_in_every_place() -> None:
    """Two elements of one operator, and one key twice: awacs keeps the last, and both statements get wider."""
    two = Condition([StringEquals("aws:PrincipalTag/x", "a"), StringEquals("sts:ExternalId", "x")])
    same = Condition([StringEquals("sts:ExternalId", "long"), StringEquals("sts:ExternalId", "x")])
    for lost in (two, same):
        trusting = _trusting(lost)
        whole = PolicyDocument(Version="2012-10-17", Statement=[trusting])
        assert "J2001" in made(Role("Role", AssumeRolePolicyDocument=whole))
        loose = {"Version": "2012-10-17", "Statement": [trusting]}
        assert "J2001" in made(Role("Role", AssumeRolePolicyDocument=loose))
        bare = {
            **trusting.properties,
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": ROOT},
        }
        assert "J2001" in made(Role("Role", AssumeRolePolicyDocument={**loose, "Statement": [bare]}))
        inline = PolicyDocument(
            Version="2012-10-17",
            Statement=[Statement(Sid="One", Effect=Allow, Action=[TagUser], Resource=["*"], Condition=lost)],
        )
        assert "J2001" in made(Group("Group", Policies=[Policy(PolicyName="x", PolicyDocument=inline)]))
    kept = Condition([StringEquals("sts:ExternalId", "x"), Bool("aws:MultiFactorAuthPresent", "true")])
    whole = PolicyDocument(Version="2012-10-17", Statement=[_trusting(kept)])
    assert "J2001" not in made(Role("Role", AssumeRolePolicyDocument=whole))


def test_a_managed_policy_is_known_by_whatever_refers_to_it() -> None:
    """A reference that is not a plain Ref still says what the policy is for."""
    asking = PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="One",
                Effect=Allow,
                Action=[AssumeRole],
                Resource=["*"],
                Condition=Condition(Bool("aws:MultiFactorAuthPresent", "true")),
            )
        ],
    )
    trusting = PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="Trust",
                Effect=Allow,
                Principal=Principal("Service", "ec2.amazonaws.com"),
                Action=[AssumeRole],
            )
        ],
    )
    policy = ManagedPolicy("Own", PolicyDocument=asking)
    for reference in (Ref("Own"), GetAtt("Own", "PolicyArn"), Sub("${Own}"), Join("", [Ref("Own")])):
        held = Role("Role", AssumeRolePolicyDocument=trusting, ManagedPolicyArns=[reference])
        assert made(policy, held) == {"J2003"}
        capped = Role("Role", AssumeRolePolicyDocument=trusting, PermissionsBoundary=reference)
        assert made(policy, capped) == {"J2003"}
        assert made(policy, User("User", ManagedPolicyArns=[reference])) == set()
