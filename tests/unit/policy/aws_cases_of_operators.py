"""Cases of AWS's page about condition operators and of the examples of them; see aws_cases.py for the form."""

from unit.policy.aws_cases import ACCOUNT, allowed_if, denied_if, when

_OPERATORS = "reference_policies_elements_condition_operators"
_KEYS = "reference_policies_condition-keys"

_TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:topic"
_FINANCE = "arn:aws:someservice:*:111122223333:finance/*"
_STORE = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"


_JOB = "aws:PrincipalTag/job-category"
_STRING = when("StringEquals", _JOB, "iamuser-admin")
_NETWORK = when("IpAddress", "aws:SourceIp", "203.0.113.0/24", "2001:DB8:1234:5678::/64")
_OUTSIDE = when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24", "203.0.113.0/24")
_INSIDE = {"aws:SourceIp": "203.0.113.9"}
_FRESH = when("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z")
_TYPES = ("t1.*", "t2.*", "m3.*")
_REGIONS = when("StringNotEquals", "aws:RequestedRegion", "eu-central-1", "eu-west-1")

OPERATORS = (
    allowed_if(
        _OPERATORS, "StringEquals is case-sensitive", _STRING, {_JOB: "iamuser-admin"}, _JOB, "IamUser-Admin"
    ),
    allowed_if(
        _OPERATORS,
        "StringEquals is false where the key is absent",
        _STRING,
        {_JOB: "iamuser-admin"},
        _JOB,
        None,
    ),
    allowed_if(
        "reference_policies_elements_condition",
        "StringEqualsIgnoreCase has no letter case",
        when("StringEqualsIgnoreCase", "aws:username", "johndoe"),
        {"aws:username": "JohnDoe"},
        "aws:username",
        "JohnDo",
    ),
    allowed_if(
        "reference_policies_elements_condition",
        "the name of a key has no letter case",
        when("StringEquals", "AWS:UserName", "johndoe"),
        {"aws:username": "johndoe"},
        "aws:username",
        "JohnDoe",
    ),
    allowed_if(
        _OPERATORS,
        "StringLike has wildcards",
        when("StringLike", "s3:prefix", "", "home/", "home/${aws:username}/"),
        {"s3:prefix": "home/David/", "aws:username": "David"},
        "s3:prefix",
        "home/Nikhil/",
    ),
    allowed_if(
        _OPERATORS,
        "an empty text is a value like another",
        when("StringLike", "s3:prefix", "", "home/"),
        {"s3:prefix": ""},
        "s3:prefix",
        "x",
    ),
    denied_if(
        "reference_policies_examples_aws_deny-requested-region",
        "StringNotEquals is true for what is not in the list",
        _REGIONS,
        {"aws:RequestedRegion": "eu-west-1"},
        "aws:RequestedRegion",
        "us-east-1",
    ),
    denied_if(
        _OPERATORS,
        "a negated operator is true where the key is absent",
        _REGIONS,
        {"aws:RequestedRegion": "eu-west-1"},
        "aws:RequestedRegion",
        None,
    ),
    denied_if(
        _OPERATORS,
        "StringNotLike is true where the key is absent",
        when("StringNotLike", "aws:userid", "AIDA*"),
        {"aws:userid": "AIDAEXAMPLE"},
        "aws:userid",
        None,
    ),
    allowed_if(
        _OPERATORS,
        "NumericLessThanEquals holds up to the number itself",
        when("NumericLessThanEquals", "s3:max-keys", "10"),
        {"s3:max-keys": "10"},
        "s3:max-keys",
        "11",
    ),
    allowed_if(
        _OPERATORS,
        "a number that is absent matches nothing",
        when("NumericLessThanEquals", "s3:max-keys", 10),
        {"s3:max-keys": "9"},
        "s3:max-keys",
        None,
    ),
    allowed_if(
        "id_credentials_mfa_configure-api-require",
        "an MFA age is below the limit, and never the limit itself",
        when("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
        {"aws:MultiFactorAuthAge": "3599"},
        "aws:MultiFactorAuthAge",
        "3600",
    ),
    allowed_if(
        _OPERATORS,
        "numbers are compared as numbers, not as text",
        when("NumericGreaterThan", "s3:max-keys", "9"),
        {"s3:max-keys": "10"},
        "s3:max-keys",
        "9",
    ),
    allowed_if(
        _OPERATORS,
        "a token is of 2020 or later",
        _FRESH,
        {"aws:TokenIssueTime": "2020-05-01T00:00:00Z"},
        "aws:TokenIssueTime",
        "2019-12-31T23:59:59Z",
    ),
    allowed_if(
        _OPERATORS,
        "long-term keys have no token's time",
        _FRESH,
        {"aws:TokenIssueTime": "2020-05-01T00:00:00Z"},
        "aws:TokenIssueTime",
        None,
    ),
    allowed_if(
        "reference_policies_examples_aws-dates",
        "between two dates, to the second",
        {
            "Condition": {
                "DateGreaterThan": {"aws:CurrentTime": "2020-04-01T00:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2020-06-30T23:59:59Z"},
            }
        },
        {"aws:CurrentTime": "2020-06-30T23:59:58Z"},
        "aws:CurrentTime",
        "2020-06-30T23:59:59Z",
    ),
    allowed_if(
        _OPERATORS,
        "a date may be given in seconds since 1970",
        when("DateLessThan", "aws:EpochTime", "1585699200"),
        {"aws:EpochTime": "2020-03-31T23:59:59Z"},
        "aws:EpochTime",
        "2020-04-01T00:00:00Z",
    ),
    denied_if(
        "id_roles_use_revoke-sessions",
        "sessions older than the revocation are denied",
        when("DateLessThan", "aws:TokenIssueTime", "2014-05-07T23:47:00Z"),
        {"aws:TokenIssueTime": "2014-05-07T23:47:00Z"},
        "aws:TokenIssueTime",
        "2014-05-07T23:46:59Z",
    ),
    denied_if(
        _OPERATORS,
        "requests without TLS are denied",
        when("Bool", "aws:SecureTransport", "false"),
        {"aws:SecureTransport": "true"},
        "aws:SecureTransport",
        "false",
    ),
    allowed_if(_OPERATORS, "an address of the network", _NETWORK, _INSIDE, "aws:SourceIp", "203.0.114.9"),
    allowed_if(
        _OPERATORS,
        "an address of the IPv6 network",
        _NETWORK,
        {"aws:SourceIp": "2001:db8:1234:5678::9"},
        "aws:SourceIp",
        "2001:db8:1234:5679::9",
    ),
    allowed_if(
        _OPERATORS,
        "through a VPC endpoint there is no address, and nothing matches",
        _NETWORK,
        _INSIDE,
        "aws:SourceIp",
        None,
    ),
    allowed_if(
        _OPERATORS,
        "an address without a prefix is itself alone",
        when("IpAddress", "aws:SourceIp", "203.0.113.9"),
        _INSIDE,
        "aws:SourceIp",
        "203.0.113.8",
    ),
    denied_if(
        "reference_policies_examples_aws_deny-ip",
        "an address outside is denied",
        _OUTSIDE,
        _INSIDE,
        "aws:SourceIp",
        "198.51.100.7",
    ),
    denied_if(
        "reference_policies_examples_aws_deny-ip",
        "NotIpAddress denies what has no address",
        _OUTSIDE,
        _INSIDE,
        "aws:SourceIp",
        None,
    ),
    allowed_if(
        _OPERATORS,
        "ArnEquals on the source of a service's call",
        when("ArnEquals", "aws:SourceArn", _TOPIC),
        {"aws:SourceArn": _TOPIC},
        "aws:SourceArn",
        _TOPIC + "2",
    ),
    allowed_if(
        _OPERATORS,
        "ArnEquals has wildcards, as ArnLike",
        when("ArnEquals", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:t*"),
        {"aws:SourceArn": _TOPIC},
        "aws:SourceArn",
        None,
    ),
    allowed_if(
        _OPERATORS,
        "ArnLike matches part by part, so no wildcard goes over a colon",
        when("ArnLike", "aws:SourceArn", _FINANCE),
        {"aws:SourceArn": "arn:aws:someservice:us-east-2:111122223333:finance/document.txt"},
        "aws:SourceArn",
        _STORE,
    ),
    allowed_if(
        _OPERATORS,
        "where ArnLike fails, StringLike matches over the colons",
        when("StringLike", "aws:SourceArn", _FINANCE),
        {"aws:SourceArn": _STORE},
        "aws:SourceArn",
        _STORE.replace("finance", "hr"),
    ),
    denied_if(
        _OPERATORS,
        "ArnNotLike is true where the key is absent",
        when("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/ops-*"),
        {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/ops-1"},
        "aws:PrincipalArn",
        None,
    ),
    denied_if(
        _OPERATORS,
        "ArnNotEquals is ArnNotLike",
        when("ArnNotEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/ops-*"),
        {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/ops-1"},
        "aws:PrincipalArn",
        f"arn:aws:iam::{ACCOUNT}:role/dev-1",
    ),
    allowed_if(
        _OPERATORS,
        "StringLikeIfExists is true where the key is absent, and tests it where it is there",
        when("StringLikeIfExists", "ec2:InstanceType", *_TYPES),
        {},
        "ec2:InstanceType",
        "m5.large",
    ),
    allowed_if(
        _OPERATORS,
        "without IfExists an absent key fails, the policy that does not work",
        when("StringLike", "ec2:InstanceType", *_TYPES),
        {"ec2:InstanceType": "t2.small"},
        "ec2:InstanceType",
        None,
    ),
    denied_if(
        _OPERATORS,
        "a Deny with StringNotEqualsIfExists still denies where the tag is missing",
        when("StringNotEqualsIfExists", _JOB, "iamuser-admin"),
        {_JOB: "iamuser-admin"},
        _JOB,
        None,
    ),
    allowed_if(
        _KEYS,
        "IfExists on address and network: what is there is tested, the other is not missed",
        {
            "Condition": {
                "IpAddressIfExists": {"aws:SourceIp": ["203.0.113.0/24"]},
                "StringEqualsIfExists": {"aws:SourceVpc": ["vpc-1"]},
            }
        },
        {"aws:SourceVpc": "vpc-1"},
        "aws:SourceVpc",
        "vpc-2",
    ),
    allowed_if(
        _OPERATORS,
        "Null true: the key must not be there, so no temporary credentials",
        when("Null", "aws:TokenIssueTime", "true"),
        {},
        "aws:TokenIssueTime",
        "2020-05-01T00:00:00Z",
    ),
    allowed_if(
        _OPERATORS,
        "Null false: the key must be there",
        when("Null", "aws:TokenIssueTime", "false"),
        {"aws:TokenIssueTime": "2020-05-01T00:00:00Z"},
        "aws:TokenIssueTime",
        None,
    ),
)
