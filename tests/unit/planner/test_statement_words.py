"""What a change of one statement is said to be, in short phrases."""

from typing import Any

import pytest

from jumpcf.artifacts.plan import PolicyChange
from jumpcf.planner.iam_difference import iam_difference
from jumpcf.policy.levels import only_reads

TRUST = {
    "Effect": "Allow",
    "Sid": "Users",
    "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "sts:AssumeRole",
}


def role(*statements: Any, trust: Any = TRUST, **more: Any) -> Any:
    """A template with one role that has these statements, each under a Sid."""
    body = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "One", **each} for each in statements],
    }
    properties = {
        "RoleName": "acme-dev-Db",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        **({"Policies": [{"PolicyName": "level", "PolicyDocument": body}]} if statements else {}),
        **more,
    }
    return {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def allow(*actions: str, **more: Any) -> Any:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def only(before: Any, after: Any) -> PolicyChange:
    (change,) = iam_difference(before, after)
    return change


CASES: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "actions as the template spells them": (
        allow("rds:StartDBInstance", "rds:RebootDBInstance"),
        allow("rds:StartDBInstance", "rds:StopDBInstance"),
        ("+rds:StopDBInstance", "-rds:RebootDBInstance"),
    ),
    "a pattern that shrinks keeps something": (
        allow("ec2:*"),
        allow("ec2:Describe*"),
        ("-ec2:* (keeps ec2:Describe*)",),
    ),
    "a pattern that grows had something": (
        allow("ec2:Describe*", "ec2:GetConsoleOutput"),
        allow("ec2:*"),
        ("+ec2:* (had ec2:Describe*, ec2:GetConsoleOutput)",),
    ),
    "all but": (
        {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
        {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"},
        ("all but iam:*, sts:* → all but iam:*",),
    ),
    "resources": (
        allow("s3:GetObject", Resource="arn:aws:s3:::a/*"),
        allow("s3:GetObject", Resource=["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
        ("on +arn:aws:s3:::b/*",),
    ),
    "all but some resources": (
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"},
        {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"},
        ("on arn:aws:s3:::a/* → all but arn:aws:s3:::b/*",),
    ),
    "a date, both": (
        allow("ec2:*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-03-31T15:00:00Z"}}),
        allow("ec2:*", Condition={"DateLessThan": {"aws:CurrentTime": "2028-03-31T15:00:00Z"}}),
        ("aws:CurrentTime < 2027-03-31T15:00:00Z → 2028-03-31T15:00:00Z",),
    ),
    "networks, those that came and went": (
        allow("ec2:*", Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}}),
        allow("ec2:*", Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "192.0.2.0/24"]}}),
        ("aws:SourceIp in +192.0.2.0/24 -198.51.100.0/24",),
    ),
    "a condition that goes and one that comes": (
        allow("ec2:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        allow("ec2:*", Condition={"StringEqualsIgnoreCase": {"aws:username": "ana"}}),
        ("no more if aws:MultiFactorAuthPresent = true", "if now aws:username StringEqualsIgnoreCase ana"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_changed_statement_says_what_changed(name: str) -> None:
    before, after, details = CASES[name]
    # an Allow beside it, because a Deny is about nothing where nothing is allowed
    beside = allow("*", Sid="Beside") if before["Effect"] == "Deny" else allow("sqs:ListQueues", Sid="Beside")
    change = only(role(before, beside), role(after, beside))
    assert (change.what, change.details) == ("One", details)


def test_a_statement_that_comes_or_goes_is_told_whole() -> None:
    more = allow(
        "rds:StopDBInstance",
        Sid="Two",
        Resource="arn:aws:rds:*:*:db:x",
        Condition={"Bool": {"aws:SecureTransport": "true"}},
    )
    come = only(role(allow("ec2:Describe*")), role(allow("ec2:Describe*"), more))
    said = ("Allow rds:StopDBInstance", "on arn:aws:rds:*:*:db:x", "if aws:SecureTransport = true")
    assert (come.action, come.details, come.gains) == ("added", said, ("rds:StopDBInstance",))
    gone = only(role(allow("ec2:Describe*"), more), role(allow("ec2:Describe*")))
    assert (gone.action, gone.details, gone.loses) == ("removed", said, ("rds:StopDBInstance",))


def test_what_another_statement_allows_already_is_no_gain() -> None:
    before = role(allow("ec2:*", Sid="All"), allow("rds:StopDBInstance"))
    after = role(allow("ec2:*", Sid="All"), allow("rds:StopDBInstance", "ec2:StopInstances", "s3:PutObject"))
    assert only(before, after).gains == ("s3:PutObject",)
    spared = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Sid": "All"}
    before, after = (
        role(spared, allow("iam:GetRole")),
        role(spared, allow("iam:GetRole", "iam:PassRole", "ec2:RunInstances")),
    )
    assert only(before, after).gains == ("iam:PassRole",)


@pytest.mark.parametrize(
    ("wider", "details"),
    [
        ({"Principal": {"AWS": "*"}}, ("to +*", "to -arn:aws:iam::111111111111:root")),
        (
            {"Principal": {"AWS": ["arn:aws:iam::111111111111:root", "222222222222"]}},
            ("to +222222222222",),
        ),
        (
            {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
            ("aws:MultiFactorAuthPresent = true → false",),
        ),
        ({"Action": ["sts:AssumeRole", "sts:TagSession"]}, ("+sts:TagSession",)),
        ({"Condition": None}, ("no more if aws:MultiFactorAuthPresent = true",)),
    ],
)
def test_a_wider_trust_is_broadened_or_goes_both_ways_and_says_how(
    wider: Any, details: tuple[str, ...]
) -> None:
    strict = TRUST | {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    after = {key: value for key, value in (strict | wider).items() if value is not None}
    change = only(role(trust=strict), role(trust=after))
    assert (change.part, change.details) == ("trust", details)
    assert change.mark == ("changed" if wider.get("Condition") else "broadened")


def test_a_role_that_comes_brings_its_actions_and_policies() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    body = role(
        allow("rds:StopDBInstance"),
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Sid": "No"},
        ManagedPolicyArns=[arn],
    )
    come, gone = only({}, body), only(body, {})
    assert come.gains == gone.loses == ("ReadOnlyAccess", "rds:StopDBInstance")
    assert (come.details, gone.details[0]) == (("+ReadOnlyAccess", "+rds:StopDBInstance"), "-ReadOnlyAccess")


def test_what_a_role_has_beside_its_policies_is_named_with_short_values() -> None:
    change = only(role(Path="/jump/", Tags=[1]), role(Path="/other/", Tags=[2]))
    assert change.details == ("Path: /jump/ → /other/", "Tags")


def test_an_attribute_of_a_resource_is_no_property_of_the_same_name() -> None:
    """The two lie in one mapping, and neither may hide the other."""
    before, after = role(Path="/"), role(Path="/")
    after["Resources"]["Role"]["Path"] = "/"
    assert only(before, after).details == ("resource's Path",)


@pytest.mark.parametrize(
    "action", ["ec2:DescribeInstances", "s3:GetObject", "s3:ListBucket", "dynamodb:BatchGetItem"]
)
def test_verbs_that_read(action: str) -> None:
    assert only_reads(action)


@pytest.mark.parametrize(
    "action",
    [
        "ec2:RunInstances",
        "sts:GetFederationToken",
        "ec2:GetPasswordData",
        "ec2:*",
        "new:Thing",
        "iam:PassRole",
    ],
)
def test_everything_else_and_what_hands_out_a_credential_counts_as_writing(action: str) -> None:
    assert not only_reads(action)


def test_what_a_deny_holds_at_once_is_no_gain() -> None:
    held = {"Sid": "Held", "Effect": "Deny", "Action": ["s3:PutObject", "ec2:*"], "Resource": "*"}
    changes = iam_difference(role(allow("ec2:*")), role(allow("ec2:*", "s3:PutObject"), held))
    assert {(one.what, one.mark, one.gains) for one in changes} == {
        ("One", "narrowed", ()),
        ("Held", "narrowed", ()),
    }
