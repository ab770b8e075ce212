"""Cases of AWS's pages about the evaluation logic and boundaries; see aws_cases.py for the form."""

from unit.policy.aws_cases import ACCOUNT, DAVID, EVERYTHING, Case, allow, deny, doc, when

_LOGIC = "reference_policies_evaluation-logic"
_CARLOS = doc(
    allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
    allow("s3:*", ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"]),
    deny("s3:*", "arn:aws:s3:::*log*", Sid="DenyS3Logs"),
)
_READ_NO_REPORTS = doc(allow(["iam:Get*", "iam:List*"]), deny("iam:*Report", Sid="DenyReports"))

LOGIC = (
    Case(
        page=_LOGIC,
        shows="what no statement allows is implicitly denied",
        policies=(_READ_NO_REPORTS,),
        action="iam:ListUsers",
        twin=("action", "iam:CreatePolicy"),
    ),
    Case(
        page=_LOGIC,
        shows="a Deny trumps the Allow of the same policy",
        policies=(_READ_NO_REPORTS,),
        action="iam:GetUser",
        twin=("action", "iam:GetOrganizationsAccessReport"),
        denied="explicit-deny",
    ),
    Case(
        page=_LOGIC,
        shows="a Deny trumps the Allow of another policy",
        policies=(_READ_NO_REPORTS, doc(EVERYTHING)),
        action="iam:CreatePolicy",
        twin=("action", "iam:GenerateCredentialReport"),
        denied="explicit-deny",
    ),
    Case(
        page=_LOGIC,
        shows="a denied bucket is recognised by a part of its name",
        policies=(_CARLOS,),
        action="s3:PutObject",
        resource="arn:aws:s3:::carlossalazar/file",
        twin=("resource", "arn:aws:s3:::carlossalazar-logs/file"),
        denied="explicit-deny",
    ),
    Case(
        page=_LOGIC,
        shows="one Allow among several policies is enough",
        policies=(doc(allow("ec2:*")), doc(allow("s3:*"))),
        action="s3:ListAllMyBuckets",
        twin=("action", "sqs:ListQueues"),
    ),
    Case(
        page=_LOGIC,
        shows="a session policy restricts the session to what both allow",
        policies=(doc(allow(["s3:*", "ec2:*"])),),
        session=doc(allow("s3:*")),
        action="s3:ListAllMyBuckets",
        twin=("action", "ec2:DescribeInstances"),
    ),
    Case(
        page=_LOGIC,
        shows="a Deny in a session policy overrides the role's Allow",
        policies=(doc(EVERYTHING),),
        session=doc(EVERYTHING, deny("s3:DeleteBucket")),
        action="s3:CreateBucket",
        twin=("action", "s3:DeleteBucket"),
        denied="explicit-deny",
    ),
    Case(
        page=_LOGIC,
        shows="a session needs its role's policies, its boundary and its session policy",
        policies=(doc(EVERYTHING),),
        boundary=doc(allow(["s3:*", "sqs:*"])),
        session=doc(allow(["s3:*", "ec2:*"])),
        action="s3:ListAllMyBuckets",
        twin=("action", "ec2:DescribeInstances"),
    ),
    Case(
        page=_LOGIC,
        shows="a bucket policy names the one user it is for",
        resource_policy=doc(
            allow(
                "s3:*",
                "arn:aws:s3:::carlossalazar/*",
                Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/carlossalazar"},
            )
        ),
        action="s3:PutObject",
        resource="arn:aws:s3:::carlossalazar/file",
        principal=f"arn:aws:iam::{ACCOUNT}:user/carlossalazar",
        twin=("principal", DAVID),
    ),
)

_BOUNDARIES = "access_policies_boundaries"
_X = f"arn:aws:iam::{ACCOUNT}:policy/XCompanyBoundaries"
_X_COMPANY = doc(
    allow(["s3:*", "cloudwatch:*", "ec2:*", "dynamodb:*"]),
    allow(["iam:ListUsers", "iam:GetAccountPasswordPolicy"]),
    allow(["iam:*AccessKey*", "iam:ChangePassword", "iam:GetUser"], "arn:aws:iam::*:user/${aws:username}"),
    deny("s3:*", ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]),
    deny("ec2:*", "arn:aws:ec2:*:*:instance/i-1234567890abcdef0"),
)
_ZHANG_BOUNDARY = doc(
    allow(["iam:CreateUser", "iam:AttachUserPolicy"], **when("StringEquals", "iam:PermissionsBoundary", _X)),
    allow(["cloudwatch:*", "iam:DeleteUser", "iam:*Group*", "iam:SetDefaultPolicyVersion"]),
    deny(["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"], _X, Sid="NoBoundaryPolicyEdit"),
    deny("iam:DeleteUserPermissionsBoundary", Sid="NoBoundaryUserDelete"),
)
_ZHANG = doc(
    allow("iam:*"),
    allow(["cloudwatch:GetDashboard", "cloudwatch:ListMetrics"]),
    allow("s3:ListBucket", "arn:aws:s3:::ZhangBucket"),
)

BOUNDARIES = (
    Case(
        page=_BOUNDARIES,
        shows="what the boundary does not allow fails although the policy allows it",
        policies=(doc(EVERYTHING),),
        boundary=doc(allow(["s3:*", "cloudwatch:*", "ec2:*"])),
        action="ec2:RunInstances",
        twin=("action", "iam:CreateUser"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="a boundary provides no permissions on its own",
        policies=(doc(allow("s3:*")),),
        boundary=doc(allow(["s3:*", "cloudwatch:*", "ec2:*"])),
        action="s3:ListAllMyBuckets",
        twin=("action", "ec2:RunInstances"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="a user can be created only with the company's boundary",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="iam:CreateUser",
        given={"iam:PermissionsBoundary": _X},
        twin=("iam:PermissionsBoundary", None),
    ),
    Case(
        page=_BOUNDARIES,
        shows="another boundary than the company's is not enough",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="iam:CreateUser",
        given={"iam:PermissionsBoundary": _X},
        twin=("iam:PermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:policy/Wider"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="nobody's boundary can be deleted",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="iam:DeleteUser",
        twin=("action", "iam:DeleteUserPermissionsBoundary"),
        denied="explicit-deny",
    ),
    Case(
        page=_BOUNDARIES,
        shows="the policy that is the boundary cannot be edited, another can",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="iam:SetDefaultPolicyVersion",
        resource=f"arn:aws:iam::{ACCOUNT}:policy/Own",
        twin=("resource", _X),
        denied="explicit-deny",
    ),
    Case(
        page=_BOUNDARIES,
        shows="where the boundary allows a whole service, the policy limits it",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="cloudwatch:GetDashboard",
        twin=("action", "cloudwatch:DeleteDashboards"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="a wildcard within the action is the boundary's as well",
        policies=(_ZHANG,),
        boundary=_ZHANG_BOUNDARY,
        action="iam:AddUserToGroup",
        twin=("action", "iam:CreateRole"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="a boundary lets a user manage only his own access keys",
        policies=(doc(allow("iam:*")),),
        boundary=_X_COMPANY,
        action="iam:CreateAccessKey",
        resource=DAVID,
        given={"aws:username": "David"},
        twin=("resource", f"arn:aws:iam::{ACCOUNT}:user/Nikhil"),
    ),
    Case(
        page=_BOUNDARIES,
        shows="an explicit Deny in the boundary denies what both allow",
        policies=(doc(allow("s3:*")),),
        boundary=_X_COMPANY,
        action="s3:GetObject",
        resource="arn:aws:s3:::reports/x",
        twin=("resource", "arn:aws:s3:::logs/x"),
        denied="explicit-deny",
    ),
    Case(
        page=_BOUNDARIES,
        shows="a boundary denies one instance wherever it is",
        policies=(doc(allow("ec2:*")),),
        boundary=_X_COMPANY,
        action="ec2:StopInstances",
        resource=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-00000000000000000",
        twin=("resource", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1234567890abcdef0"),
        denied="explicit-deny",
    ),
)
