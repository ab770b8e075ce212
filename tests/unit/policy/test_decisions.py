"""A decision names what decided, and its trace says what every policy said."""

from dataclasses import replace
from typing import Any

import pytest
from unit.policy.aws_cases import ACCOUNT, EVERYTHING, OTHER_ACCOUNT, allow, deny, doc, trust, when

from jumpcf.policy.document import parse
from jumpcf.policy.evaluate import Decision, assume_role, identity, judge
from jumpcf.policy.request import Request

ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/jump/acme-dev-Power"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
MFA = when("Bool", "aws:MultiFactorAuthPresent", "true")
GROUP = parse(doc(allow("sts:AssumeRole", ROLE, Sid="AssumeDev")), name="group")
TRUST = parse(trust(ROOT, Sid="Partner", **MFA), name="trust")
WITH_MFA = {"aws:MultiFactorAuthPresent": "true"}


def request(context: dict[str, Any] | None = None, **changed: Any) -> Request:
    given = {
        "action": "sts:AssumeRole",
        "resource": ROLE,
        "context": WITH_MFA if context is None else context,
        "principal": f"arn:aws:iam::{ACCOUNT}:user/David",
        "principal_account": ACCOUNT,
        "resource_account": OTHER_ACCOUNT,
    }
    return Request(**(given | changed))


def taken(context: dict[str, Any] | None = None, **changed: Any) -> Decision:
    return assume_role(request(context), **({"group_policies": [GROUP], "trust": TRUST} | changed))


def test_an_allow_across_accounts_is_the_trusts_and_the_groups_stands_in_the_trace() -> None:
    decision = taken()
    assert (decision.effect, decision.by, decision.layer) == ("allow", "trust/Partner", "trust")
    assert [(step.layer, step.policy, step.effect, step.sid) for step in decision.trace] == [
        ("policies", "group", "allow", "AssumeDev"),
        ("trust", "trust", "allow", "Partner"),
    ]


@pytest.mark.parametrize(
    ("context", "changed", "effect", "by", "layer"),
    [
        ({}, {}, "implicit-deny", "trust", "trust"),
        (None, {"group_policies": []}, "implicit-deny", "policies", "policies"),
        (
            None,
            {"user_boundary": parse(doc(allow("s3:*")), name="ceiling")},
            "implicit-deny",
            "boundary",
            "boundary",
        ),
        (
            None,
            {"user_boundary": parse(doc(EVERYTHING, deny("sts:*", Sid="NoSts")), name="ceiling")},
            "explicit-deny",
            "ceiling/NoSts",
            "boundary",
        ),
        (
            {},
            {"group_policies": [GROUP, parse(doc(deny("*", Sid="Ended")), name="members")]},
            "explicit-deny",
            "members/Ended",
            "policies",
        ),
        (
            None,
            {"group_policies": [], "trust": parse(trust(ROOT, Effect="Deny", Sid="Never"), name="trust")},
            "explicit-deny",
            "trust/Never",
            "trust",
        ),
    ],
    ids=["no MFA", "no group", "boundary silent", "boundary denies", "group denies", "trust denies"],
)
def test_a_refusal_names_the_layer_or_the_statement(
    context: Any, changed: dict[str, Any], effect: str, by: str, layer: str
) -> None:
    decision = taken(context, **changed)
    assert (decision.effect, decision.by, decision.layer) == (effect, by, layer)
    assert not decision.allowed


def test_an_implicit_deny_of_one_layer_is_by_nobody() -> None:
    decision = identity(request(), [GROUP], parse(doc(allow("s3:*")), name="ceiling"))
    assert (decision.effect, decision.by, decision.layer) == ("implicit-deny", "", "boundary")
    assert judge(request()).by == ""


def test_a_statement_without_a_sid_is_called_by_its_number() -> None:
    assert judge(request(), parse(doc(deny("s3:*"), EVERYTHING), name="p")).by == "p/#1"


def test_one_statement_need_not_be_in_a_list() -> None:
    policy = parse({"Version": "2012-10-17", "Statement": EVERYTHING}, name="p")
    assert judge(request(), policy).by == "p/#0"


def test_a_document_may_be_text() -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Sid":"A"}]}'
    assert judge(request(), parse(text, name="p")) == judge(request(), parse(text.encode(), name="p"))
    assert judge(request(), parse(text, name="p")).by == "p/A"


def test_the_trace_says_which_condition_was_not_met() -> None:
    (step,) = [each for each in taken({}).trace if each.layer == "trust"]
    (miss,) = step.misses
    assert str(miss) == ("Allow Partner: Bool aws:MultiFactorAuthPresent = true, and the request has absent")


def test_every_policy_is_in_the_trace_also_after_a_deny() -> None:
    names = ("a", "b", "c")
    policies = [parse(doc(deny("*") if name == "a" else EVERYTHING), name=name) for name in names]
    assert [step.policy for step in identity(request(), policies, policies[1]).trace] == ["a", "b", "c", "b"]


def test_json_truth_values_and_numbers_mean_their_text() -> None:
    written = allow(
        "*", Condition={"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"s3:max-keys": 10}}
    )
    policy = parse(doc(written), name="p")
    assert judge(request({"aws:SecureTransport": "true", "s3:max-keys": "9.5"}), policy).allowed
    assert not judge(request({"aws:SecureTransport": "true", "s3:max-keys": "10.0"}), policy).allowed


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ("Equals", {"5"}),
        ("NotEquals", {"4", "6"}),
        ("LessThan", {"4"}),
        ("LessThanEquals", {"4", "5"}),
        ("GreaterThan", {"6"}),
        ("GreaterThanEquals", {"5", "6"}),
    ],
)
def test_the_six_comparisons_of_numbers_and_dates(operator: str, holds: set[str]) -> None:
    number = parse(doc(allow("*", **when(f"Numeric{operator}", "s3:max-keys", "5"))), name="p")
    date = parse(
        doc(allow("*", **when(f"Date{operator}", "aws:CurrentTime", "2027-01-05T00:00:00Z"))), name="p"
    )
    days = {each: f"2027-01-0{each}T00:00:00Z" for each in ("4", "5", "6")}
    assert {each for each in days if judge(request({"s3:max-keys": each}), number).allowed} == holds
    assert {
        each for each, day in days.items() if judge(request({"aws:CurrentTime": day}), date).allowed
    } == holds


def test_a_date_with_an_offset_is_the_same_instant() -> None:
    tokyo = parse(
        doc(allow("*", **when("DateEquals", "aws:CurrentTime", "2027-04-01T09:00:00+09:00"))), name="p"
    )
    assert judge(request({"aws:CurrentTime": "2027-04-01T00:00:00Z"}), tokyo).allowed
    assert not judge(request({"aws:CurrentTime": "2027-04-01T09:00:00Z"}), tokyo).allowed


def test_an_address_of_one_family_is_outside_every_network_of_the_other() -> None:
    policy = parse(doc(EVERYTHING, deny("*", **when("NotIpAddress", "aws:SourceIp", "0.0.0.0/0"))), name="p")
    assert judge(request({"aws:SourceIp": "203.0.113.7"}), policy).allowed
    assert judge(request({"aws:SourceIp": "2001:db8::1"}), policy).effect == "explicit-deny"


def test_the_root_of_an_account_of_another_partition_is_somebody_else() -> None:
    other = parse(trust({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}), name="trust")
    assert not taken(trust=other).allowed


def test_a_negated_operator_with_for_any_value_is_false_where_the_key_is_absent() -> None:
    """The page says it of ForAnyValue; the general rule of negated operators would say the contrary."""
    policy = parse(doc(allow("*", **when("ForAnyValue:StringNotEquals", "aws:TagKeys", "a"))), name="p")
    assert not judge(request({}), policy).allowed
    assert judge(request({"aws:TagKeys": ("a", "b")}), policy).allowed
    assert not judge(request({"aws:TagKeys": ("a",)}), policy).allowed


def test_no_values_are_as_good_as_an_absent_key() -> None:
    policy = parse(doc(allow("*", **when("Null", "aws:TagKeys", "true"))), name="p")
    assert request({"aws:TagKeys": ()}).value("aws:tagkeys") is None
    assert judge(request({"aws:TagKeys": ()}), policy).allowed
    assert judge(request({"aws:TagKeys": ("",)}), policy).allowed
    assert not judge(request({"aws:TagKeys": ("a",)}), policy).allowed


def test_a_user_is_known_by_the_caller_and_not_by_what_the_context_says() -> None:
    named = parse(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Nikhil"}), name="trust")
    claimed = request({"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/Nikhil"})
    assert not judge(claimed, named).allowed


def test_a_request_can_be_asked_again_with_one_thing_changed() -> None:
    changed = replace(request({"AWS:username": "David"}), action="sts:TagSession")
    assert (changed.action, changed.value("aws:UserName")) == ("sts:TagSession", "David")


def test_of_several_statements_that_decide_the_first_is_named() -> None:
    twice = parse(doc(EVERYTHING | {"Sid": "A"}, EVERYTHING | {"Sid": "B"}), name="p")
    assert judge(request(), twice, GROUP).by == "p/A"
    assert judge(request(), GROUP, twice).by == "group/AssumeDev"
