"""Cases of AWS's pages about condition keys, sets of values and variables; see aws_cases.py for the form."""

from unit.policy.aws_cases import ACCOUNT, Case, allow, allowed_if, denied_if, doc, trust, when

_VARIABLES = "reference_policies_variables"
_KEYS = "reference_policies_condition-keys"
_LOGIC = "reference_policies_condition-logic-multiple-context-keys-or-values"
_MULTI = "reference_policies_condition_examples-multi-valued-context-keys"
_SET = "reference_policies_multi-value-conditions"

_MFA = "aws:MultiFactorAuthPresent"
_PATHS = when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*")

KEYS = (
    allowed_if(
        _KEYS,
        "Allow with Bool true denies long-term keys",
        when("Bool", _MFA, "true"),
        {_MFA: "true"},
        _MFA,
        None,
    ),
    allowed_if(
        _KEYS,
        "Allow with BoolIfExists true lets long-term keys in",
        when("BoolIfExists", _MFA, "true"),
        {},
        _MFA,
        "false",
    ),
    denied_if(
        _KEYS,
        "Deny with BoolIfExists false denies long-term keys",
        when("BoolIfExists", _MFA, "false"),
        {_MFA: "true"},
        _MFA,
        None,
    ),
    denied_if(
        _KEYS,
        "Deny with BoolIfExists false denies sessions without MFA",
        when("BoolIfExists", _MFA, "false"),
        {_MFA: "true"},
        _MFA,
        "false",
    ),
    denied_if(
        _KEYS, "Deny with Bool false misses long-term keys", when("Bool", _MFA, "false"), {}, _MFA, "false"
    ),
    allowed_if(
        _KEYS,
        "aws:PrincipalOrgPaths has the accounts of an OU and of those below it",
        _PATHS,
        {"aws:PrincipalOrgPaths": ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",)},
        "aws:PrincipalOrgPaths",
        ("o-a1b2c3d4e5/r-ab12/ou-ab12-33333333/",),
    ),
    allowed_if(
        _KEYS,
        "an account of no organization has no paths",
        _PATHS,
        {"aws:PrincipalOrgPaths": ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",)},
        "aws:PrincipalOrgPaths",
        None,
    ),
    allowed_if(
        _KEYS,
        "aws:CalledVia has every service of the chain",
        when("ForAnyValue:StringEquals", "aws:CalledVia", "dynamodb.amazonaws.com"),
        {"aws:CalledVia": ("cloudformation.amazonaws.com", "dynamodb.amazonaws.com")},
        "aws:CalledVia",
        None,
    ),
    allowed_if(
        _KEYS,
        "the first and the last service of a chain",
        when("StringEquals", "aws:CalledViaFirst", "cloudformation.amazonaws.com")
        | {
            "Condition": {
                "StringEquals": {
                    "aws:CalledViaFirst": "cloudformation.amazonaws.com",
                    "aws:CalledViaLast": "dynamodb.amazonaws.com",
                }
            }
        },
        {"aws:CalledViaFirst": "cloudformation.amazonaws.com", "aws:CalledViaLast": "dynamodb.amazonaws.com"},
        "aws:CalledViaLast",
        "athena.amazonaws.com",
    ),
    allowed_if(
        _KEYS,
        "aws:PrincipalArn of an assumed role is the role's ARN",
        when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/path/Deploy"},
        "aws:PrincipalArn",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/session",
    ),
    denied_if(
        _KEYS,
        "aws:ResourceOrgID keeps calls within the organization",
        when("StringNotEquals", "aws:ResourceOrgID", "o-a1b2c3d4e5"),
        {"aws:ResourceOrgID": "o-a1b2c3d4e5"},
        "aws:ResourceOrgID",
        "o-somebodyelse",
    ),
    allowed_if(
        "access_tags",
        "an instance tagged with the caller's name, the tag's key in either letter case",
        when("StringEquals", "ec2:ResourceTag/Owner", "${aws:username}"),
        {"ec2:ResourceTag/owner": "richard-roe", "aws:username": "richard-roe"},
        "ec2:ResourceTag/owner",
        "Richard-Roe",
    ),
    allowed_if(
        "access_tags",
        "an instance is tagged with one of two values",
        {
            "Condition": {
                "StringEquals": {"aws:RequestTag/environment": ["preprod", "production"]},
                "ForAllValues:StringEquals": {"aws:TagKeys": "environment"},
            }
        },
        {"aws:RequestTag/environment": "preprod", "aws:TagKeys": ("environment",)},
        "aws:RequestTag/environment",
        "test",
    ),
    allowed_if(
        "access_tags",
        "a tag key in another letter case is another value of aws:TagKeys",
        when("ForAllValues:StringEquals", "aws:TagKeys", "environment"),
        {"aws:TagKeys": ("environment",)},
        "aws:TagKeys",
        ("environment", "Environment"),
    ),
)

_PREFIXES = when("ForAllValues:StringNotLike", "aws:TagKeys", "key1*")
_ATTRIBUTES = when(
    "ForAllValues:StringLike", "dynamodb:requestedAttributes", "PostDateTime", "Message", "Tags"
)
_FORBIDDEN = when("ForAnyValue:StringLike", "dynamodb:requestedAttributes", "ID", "PostDateTime")
_ASKED = "dynamodb:requestedAttributes"

SETS = (
    allowed_if(
        _SET,
        "ForAllValues: every value asked for is in the list",
        _ATTRIBUTES,
        {_ASKED: ("PostDateTime", "Message")},
        _ASKED,
        ("PostDateTime", "UserName"),
    ),
    allowed_if(_SET, "ForAllValues is true where the key is absent", _ATTRIBUTES, {}, _ASKED, ("ID",)),
    allowed_if(_SET, "ForAllValues is true for an empty text", _ATTRIBUTES, {_ASKED: ("",)}, _ASKED, ("ID",)),
    denied_if(
        _SET,
        "ForAnyValue: one value of the list is enough",
        _FORBIDDEN,
        {_ASKED: ("UserName",)},
        _ASKED,
        ("UserName", "Message", "PostDateTime"),
    ),
    denied_if(_SET, "ForAnyValue is false where the key is absent", _FORBIDDEN, {}, _ASKED, ("ID",)),
    denied_if(_SET, "ForAnyValue is false for an empty text", _FORBIDDEN, {_ASKED: ("",)}, _ASKED, ("ID",)),
    denied_if(
        _MULTI,
        "ForAllValues with a negation: no value has the prefix",
        _PREFIXES,
        {"aws:TagKeys": ("key1:legal",)},
        "aws:TagKeys",
        ("key2:audit",),
    ),
    denied_if(
        _MULTI,
        "ForAllValues with a negation: all values have the prefix",
        _PREFIXES,
        {"aws:TagKeys": ("key1:hr", "key1:personnel")},
        "aws:TagKeys",
        ("key2:hr", "key3:hr"),
    ),
    denied_if(
        _MULTI,
        "ForAllValues with a negation denies where no tags are given",
        _PREFIXES,
        {"aws:TagKeys": ("key1:legal",)},
        "aws:TagKeys",
        None,
    ),
    denied_if(
        _MULTI,
        "Null false beside ForAllValues takes the absent key out",
        {
            "Condition": {
                "Null": {"aws:TagKeys": "false"},
                "ForAllValues:StringLike": {"aws:TagKeys": ["key1*", "key2*"]},
            }
        },
        {},
        "aws:TagKeys",
        ("key1:hr", "key2:hr"),
    ),
    denied_if(
        _MULTI,
        "ForAnyValue denies a snapshot that is tagged with one of the keys",
        when("ForAnyValue:StringEquals", "aws:TagKeys", "environment", "webserver"),
        {"aws:TagKeys": ("owner",)},
        "aws:TagKeys",
        ("owner", "webserver"),
    ),
)

_DEPARTMENT = "aws:PrincipalTag/department"
_TWO_KEYS = {
    "Condition": {
        "StringEquals": {
            _DEPARTMENT: ["finance", "hr", "legal"],
            "aws:PrincipalTag/role": ["audit", "security"],
        },
        "ArnLike": {
            "aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:user/Ana", f"arn:aws:iam::{ACCOUNT}:user/Mary"]
        },
    }
}
_NEITHER = {
    "Condition": {
        "StringEquals": {"aws:PrincipalTag/role": ["audit", "security"]},
        "StringNotEquals": {"aws:PrincipalAccount": ["123456789012", "210987654321"]},
    }
}
_MARY = {
    _DEPARTMENT: "legal",
    "aws:PrincipalTag/role": "audit",
    "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/Mary",
}

COMBINATIONS = (
    allowed_if(_LOGIC, "several values of a key are an OR", _TWO_KEYS, _MARY, _DEPARTMENT, "sales"),
    allowed_if(
        _LOGIC, "several keys of an operator are an AND", _TWO_KEYS, _MARY, "aws:PrincipalTag/role", "reader"
    ),
    allowed_if(
        _LOGIC,
        "several operators are an AND",
        _TWO_KEYS,
        _MARY,
        "aws:PrincipalArn",
        f"arn:aws:iam::{ACCOUNT}:user/Bob",
    ),
    allowed_if(
        _LOGIC,
        "several values of a negated operator are a NOR",
        _NEITHER,
        {"aws:PrincipalTag/role": "audit", "aws:PrincipalAccount": ACCOUNT},
        "aws:PrincipalAccount",
        "210987654321",
    ),
    allowed_if(
        _LOGIC,
        "a negated operator stands in AND with the others",
        _NEITHER,
        {"aws:PrincipalTag/role": "audit", "aws:PrincipalAccount": ACCOUNT},
        "aws:PrincipalTag/role",
        None,
    ),
)


def _object(name: str) -> str:
    return f"arn:aws:s3:::mybucket/{name}"


def _variable(
    shows: str, resource: str, good: str, bad: str, /, *, version: str | None = "2012-10-17", **keys: str
) -> Case:
    return Case(
        page=_VARIABLES,
        shows=shows,
        policies=(doc(allow("s3:GetObject", _object(resource)), version=version),),
        action="s3:GetObject",
        resource=_object(good),
        given={key.replace("__", ":"): value for key, value in keys.items()},
        twin=("resource", _object(bad)),
    )


VARIABLES = (
    _variable("a user's own folder", "${aws:username}/*", "David/x", "Nikhil/x", aws__username="David"),
    _variable(
        "the key of a variable has no letter case",
        "${AWS:UserName}/*",
        "David/x",
        "david/x",
        aws__username="David",
    ),
    _variable(
        "a default stands in where the key is absent",
        "${aws:userid, 'anonymous'}",
        "anonymous",
        "AIDAEXAMPLE",
    ),
    _variable(
        "a default is not used where the key is there",
        "${aws:userid, 'anonymous'}",
        "AIDA1",
        "anonymous",
        aws__userid="AIDA1",
    ),
    allowed_if(
        _VARIABLES,
        "${*}, ${?} and ${$} are the characters and no wildcards",
        when("StringLike", "s3:prefix", "${$}-a${?}b${*}*"),
        {"s3:prefix": "$-a?b*c"},
        "s3:prefix",
        "$-axb*c",
    ),
    _variable(
        "before 2012-10-17 a variable is text",
        "${aws:username}",
        "${aws:username}",
        "David",
        version="2008-10-17",
        aws__username="David",
    ),
    _variable(
        "without a version a variable is text",
        "${aws:username}",
        "${aws:username}",
        "David",
        version=None,
        aws__username="David",
    ),
    Case(
        page=_VARIABLES,
        shows="a variable whose key is absent matches nothing",
        policies=(doc(allow("s3:GetObject", _object("${aws:username}/*"))),),
        action="s3:GetObject",
        resource=_object("David/x"),
        given={"aws:username": "David"},
        twin=("aws:username", None),
    ),
    Case(
        page=_VARIABLES,
        shows="a tag of the caller as a part of a resource",
        policies=(doc(allow("s3:GetObject", "arn:aws:s3:::bucket/${aws:PrincipalTag/department}")),),
        action="s3:GetObject",
        resource="arn:aws:s3:::bucket/hr",
        given={"aws:PrincipalTag/department": "hr"},
        twin=("aws:PrincipalTag/department", "legal"),
    ),
    Case(
        page=_VARIABLES,
        shows="a user's own queues in any account",
        policies=(doc(allow("sqs:*", "arn:aws:sqs:us-east-2:*:${aws:username}-queue")),),
        action="sqs:SendMessage",
        resource=f"arn:aws:sqs:us-east-2:{ACCOUNT}:David-queue",
        given={"aws:username": "David"},
        twin=("resource", f"arn:aws:sqs:us-west-2:{ACCOUNT}:David-queue"),
    ),
    Case(
        page=_VARIABLES,
        shows="a variable within a condition's text, beside another condition",
        resource_policy=trust(
            {"AWS": ACCOUNT},
            Action="sns:Subscribe",
            Condition={
                "StringLike": {"sns:Endpoint": "https://example.com/${aws:username}/"},
                "StringEquals": {"sns:Protocol": "https"},
            },
        ),
        action="sns:Subscribe",
        given={
            "sns:Endpoint": "https://example.com/David/",
            "sns:Protocol": "https",
            "aws:username": "David",
        },
        twin=("sns:Endpoint", "https://example.com/Nikhil/"),
    ),
    allowed_if(
        _VARIABLES,
        "a variable in an ARN operator",
        when("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:${{aws:username}}-*"),
        {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:David-1", "aws:username": "David"},
        "aws:username",
        "Nikhil",
    ),
)
