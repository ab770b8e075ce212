"""What the evaluator does not implement is an error with a code and a place, never a guess."""

from typing import Any

import pytest
from unit.policy.aws_cases import ACCOUNT, EVERYTHING, OTHER_ACCOUNT, allow, deny, doc, trust, when

from jumpcf.errors import Exit
from jumpcf.policy.codes import CODES
from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import UnknownConstruct, assume_role, identity, judge
from jumpcf.policy.request import Request

GIVEN: dict[str, Any] = {
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::bucket/x",
    "context": {},
    "principal": f"arn:aws:iam::{ACCOUNT}:user/David",
    "principal_account": ACCOUNT,
    "resource_account": ACCOUNT,
}


def request(**changed: Any) -> Request:
    return Request(**(GIVEN | changed))


def only(condition: dict[str, Any]) -> dict[str, Any]:
    return doc(allow("*", **condition))


DOCUMENTS = [
    ("not JSON at all", "P201", "{"),
    ("JSON that is a list", "P201", "[]"),
    ("a key twice", "P201", '{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": []}'),
    ("an element that IAM does not have", "P202", doc(EVERYTHING) | {"Statements": []}),
    ("an element of a statement that is not implemented", "P202", doc(EVERYTHING | {"NotPrincipal": "*"})),
    ("a version of the language that does not exist", "P202", doc(EVERYTHING, version="2024-01-01")),
    ("no statements", "P203", doc()),
    ("a statement that is text", "P203", {"Statement": ["Allow"]}),
    ("an effect in another letter case", "P203", doc(EVERYTHING | {"Effect": "allow"})),
    ("no action", "P203", doc({"Effect": "Allow", "Resource": "*"})),
    ("Action and NotAction", "P203", doc(EVERYTHING | {"NotAction": "iam:*"})),
    ("no resource in a policy of an identity", "P203", doc({"Effect": "Allow", "Action": "*"})),
    ("an empty list of actions", "P203", doc(allow([]))),
    (
        "a function of CloudFormation for a resource",
        "P203",
        doc(allow("*", {"Fn::Sub": "arn:${AWS::Partition}"})),
    ),
    ("one Sid on two statements", "P203", doc(EVERYTHING | {"Sid": "A"}, EVERYTHING | {"Sid": "A"})),
    ("principals in a part of the statements", "P203", doc(EVERYTHING, EVERYTHING | {"Principal": "*"})),
    ("an empty Condition", "P203", doc(EVERYTHING | {"Condition": {}})),
    ("a condition without a key", "P203", only({"Condition": {"Bool": {}}})),
    (
        "one key in two letter cases",
        "P203",
        only({"Condition": {"Bool": {"aws:SecureTransport": "true", "AWS:securetransport": "false"}}}),
    ),
    ("a wildcard for the service", "P204", doc(allow("s*:GetObject"))),
    ("a variable in an action", "P204", doc(allow("s3:${aws:username}"))),
    ("an incomplete ARN", "P205", doc(allow("*", "arn:aws:sqs"))),
    ("a resource that is not an ARN", "P205", doc(allow("*", "bucket/x"))),
    ("a part of a principal as a wildcard", "P206", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"})),
    ("a group as a principal", "P206", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:group/ops"})),
    ("the unique id that is left of a deleted user", "P206", trust({"AWS": "AIDAEXAMPLE"})),
    ("a kind of principal that is not implemented", "P206", trust({"CanonicalUser": "79a59df900b949e5"})),
    ("an empty list of principals", "P206", trust({"AWS": []})),
    ("an operator that does not exist", "P207", only(when("StringMatches", "aws:username", "x"))),
    ("an operator in another letter case", "P207", only(when("stringequals", "aws:username", "x"))),
    ("an operator that is not implemented", "P207", only(when("BinaryEquals", "s3:x", "eA=="))),
    ("a prefix that does not exist", "P207", only(when("ForEachValue:StringLike", "aws:TagKeys", "x"))),
    ("a prefix that is empty", "P207", only(when(":StringLike", "aws:username", "x"))),
    ("Null with IfExists", "P207", only(when("NullIfExists", "aws:username", "true"))),
    ("Null with a prefix", "P207", only(when("ForAnyValue:Null", "aws:TagKeys", "true"))),
    ("a global key with a typing error", "P208", only(when("Bool", "aws:MultifactorAuthPresents", "true"))),
    ("a key without a service", "P208", only(when("Bool", "SecureTransport", "true"))),
    ("a tag key without the tag", "P208", only(when("StringEquals", "aws:PrincipalTag/", "x"))),
    ("a condition without a value", "P209", only(when("StringEquals", "aws:username", []))),
    ("a text that is no truth value", "P209", only(when("Bool", "aws:SecureTransport", "yes"))),
    ("a text that is no number", "P209", only(when("NumericLessThan", "s3:max-keys", "ten"))),
    ("a year, which may be seconds as well", "P209", only(when("DateLessThan", "aws:CurrentTime", "2027"))),
    ("a date without a time", "P209", only(when("DateLessThan", "aws:CurrentTime", "2027-03-31"))),
    (
        "a day that does not exist",
        "P209",
        only(when("DateLessThan", "aws:CurrentTime", "2027-02-30T00:00:00Z")),
    ),
    (
        "a time without a zone",
        "P209",
        only(when("DateLessThan", "aws:CurrentTime", "2027-03-31T00:00:00")),
    ),
    ("a network with host bits", "P209", only(when("IpAddress", "aws:SourceIp", "203.0.113.7/24"))),
    ("an IPv6 address without a length", "P209", only(when("IpAddress", "aws:SourceIp", "2001:db8::1"))),
    ("a mask for a length", "P209", only(when("IpAddress", "aws:SourceIp", "203.0.113.0/255.255.255.0"))),
    ("an ARN pattern of too few parts", "P209", only(when("ArnLike", "aws:SourceArn", "arn:aws:*"))),
    ("a variable of an unknown key", "P210", doc(allow("*", "arn:aws:s3:::b/${aws:userName1}"))),
    ("a quote in a default", "P210", doc(allow("*", "arn:aws:s3:::b/${aws:username, 'it''s'}"))),
    ("a variable that is not closed", "P210", doc(allow("*", "arn:aws:s3:::b/${aws:username"))),
    (
        "a variable in place of the account",
        "P210",
        doc(allow("*", "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q")),
    ),
    ("a variable in a truth value", "P210", only(when("Bool", "aws:SecureTransport", "${aws:username}"))),
    ("a variable in a network", "P210", only(when("IpAddress", "aws:SourceIp", "${aws:SourceIp}"))),
    (
        "several values without a set prefix",
        "P211",
        only(when("StringLike", "aws:PrincipalOrgPaths", "o-x/*")),
    ),
]


@pytest.mark.parametrize(
    ("code", "document"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS]
)
def test_a_document_is_refused_that_has(code: str, document: Any) -> None:
    with pytest.raises(UnknownConstruct) as refused:
        parse(document, name="fence")
    assert refused.value.code == code
    assert refused.value.where.startswith("fence")
    assert refused.value.exit_code is Exit.PROBLEMS


def test_the_refusal_names_the_statement() -> None:
    bad = deny("*", Sid="OnlyHere", **when("Bool", "aws:SecureTransport", "maybe"))
    with pytest.raises(UnknownConstruct) as refused:
        parse(doc(EVERYTHING, bad), name="fence")
    assert refused.value.where == "fence/OnlyHere"
    assert "aws:SecureTransport" in refused.value.what


CONTEXTS = [
    ("a list where one value is compared", "P211", when("StringEquals", "s3:x", "a"), {"s3:x": ("a",)}),
    (
        "a list in a variable",
        "P210",
        when("StringLike", "s3:x", "${s3:y}"),
        {"s3:x": "a", "s3:y": ("a", "b")},
    ),
    ("no truth value", "P212", when("Bool", "aws:SecureTransport", "true"), {"aws:SecureTransport": "1"}),
    ("no number", "P212", when("NumericEquals", "s3:x", "1"), {"s3:x": "one"}),
    (
        "no date",
        "P212",
        when("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"),
        {"aws:CurrentTime": "now"},
    ),
    (
        "no address",
        "P212",
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        {"aws:SourceIp": "AWS Internal"},
    ),
    (
        "an IPv4 address in an IPv6 one",
        "P212",
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        {"aws:SourceIp": "::ffff:203.0.113.7"},
    ),
    (
        "an address of one link",
        "P212",
        when("IpAddress", "aws:SourceIp", "fe80::/64"),
        {"aws:SourceIp": "fe80::1%eth0"},
    ),
    ("no ARN", "P212", when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"), {"aws:SourceArn": "topic"}),
    ("an empty text under Null", "P212", when("Null", "s3:x", "true"), {"s3:x": ""}),
    (
        "a wildcard that comes out of a variable",
        "P212",
        when("StringLike", "s3:x", "${s3:y}"),
        {"s3:x": "a", "s3:y": "*"},
    ),
    (
        "a colon that comes out of a variable before the resource",
        "P212",
        when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:${s3:y}:t"),
        {"aws:SourceArn": "arn:aws:sns:eu:1:t", "s3:y": "1:t"},
    ),
    (
        "an absent variable under a negation",
        "P210",
        when("StringNotEquals", "s3:x", "${s3:y}"),
        {"s3:x": "a"},
    ),
]


@pytest.mark.parametrize(
    ("code", "condition", "context"), [row[1:] for row in CONTEXTS], ids=[row[0] for row in CONTEXTS]
)
def test_a_context_is_refused_that_has(code: str, condition: Any, context: Any) -> None:
    policy = parse(only(condition), name="fence")
    with pytest.raises(UnknownConstruct) as refused:
        judge(request(context=context), policy)
    assert refused.value.code == code
    assert refused.value.where == "fence/#0"


def test_an_absent_variable_in_a_not_resource_is_refused() -> None:
    written = {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::bucket/${aws:username}"}
    with pytest.raises(UnknownConstruct) as refused:
        judge(request(), parse(doc(written), name="fence"))
    assert refused.value.code == "P210"


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "s3:*"},
        {"action": "GetObject"},
        {"resource": "arn:aws:s3:::bucket/*"},
        {"resource": "bucket/x"},
        {"principal_account": "1"},
        {"resource_account": "example"},
        {"context": {"aws:username": "a", "AWS:UserName": "b"}},
        {"context": {"aws:MultiFactorAuthPresent": True}},
        {"context": {"aws:TagKeys": ["a"]}},
    ],
    ids=str,
)
def test_a_request_that_aws_cannot_get_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(UnknownConstruct) as refused:
        request(**changed)
    assert refused.value.code == "P213"


def test_a_policy_in_the_wrong_place_is_refused() -> None:
    own, other = parse(doc(EVERYTHING), name="own"), parse(trust("*"), name="trust")
    asked = request(resource_account=OTHER_ACCOUNT)
    for wrong in (
        lambda: identity(asked, [other]),
        lambda: identity(asked, [own], other),
        lambda: assume_role(asked, group_policies=[own], trust=own),
    ):
        with pytest.raises(UnknownConstruct) as refused:
            wrong()
        assert refused.value.code == "P214"


def test_the_taking_of_a_role_within_one_account_is_refused() -> None:
    with pytest.raises(UnknownConstruct) as refused:
        assume_role(request(), group_policies=[], trust=parse(trust("*"), name="trust"))
    assert refused.value.code == "P215"


def test_every_code_is_shown_by_a_test_here() -> None:
    shown = {row[1] for row in (*DOCUMENTS, *CONTEXTS)} | {"P213", "P214", "P215"}
    assert shown == set(CODES)
