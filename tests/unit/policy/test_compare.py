"""The marks of a change, held against the evaluator: thousands of random pairs of policies, and cases by name."""

import itertools
import random
from collections import Counter
from typing import Any

import pytest
from unit.policy.aws_cases import ACCOUNT, OTHER_ACCOUNT, doc

from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.compare import StatementChange, layer, statements
from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import judge
from jumpcf.policy.request import Request

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:CreateUser", "iam:GetUser", "new:Thing")
NAMES = (
    "*",
    "s3:*",
    "s3:Get*",
    "iam:Get*",
    "s3:?etObject",
    "IAM:createuser",
    "s3:GetObject",
    "iam:*User",
    "new:*",
)
OBJECTS = (
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::b/x/y",
    "arn:aws:s3:::b/David/z",
    "arn:aws:iam::222222222222:role/a:b",
)
RESOURCES = (
    *("*", "arn:aws:s3:::a/*", "arn:aws:s3:::?/x", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*", "arn:*:s3:::*"),
    *(
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::2222*:role/a?b",
    ),
)
KEYS: dict[str, tuple[Any, ...]] = {
    "aws:username": ("x", "David", "david", "D"),
    "aws:SourceIp": ("203.0.113.7", "2001:db8::1", "198.51.100.1", "198.51.100.200"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:MultiFactorAuthAge": ("10", "3600", "7200"),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
    "aws:PrincipalArn": (
        "arn:aws:iam::111111111111:user/partner/acme/David",
        "arn:aws:iam::111111111111:user/x",
    ),
    "aws:TagKeys": (("a",), ("a", "b"), ("c",), ()),
}
VALUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "aws:username": (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "Null"),
        ("x", "David", "D*", "?", "*", "${aws:username}"),
    ),
    "aws:SourceIp": (
        ("IpAddress", "NotIpAddress"),
        ("203.0.113.0/24", "198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/25", "2001:db8::/32"),
    ),
    "aws:MultiFactorAuthPresent": (("Bool",), ("true", "false")),
    "aws:MultiFactorAuthAge": (
        (
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericEquals",
            "NumericNotEquals",
        ),
        ("10", "3600", "3601"),
    ),
    "aws:CurrentTime": (
        ("DateLessThan", "DateGreaterThanEquals", "DateLessThanEquals"),
        ("2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ),
    "aws:PrincipalArn": (
        ("ArnLike", "ArnNotLike", "ArnEquals", "StringLike"),
        (
            "arn:aws:iam::*:user/partner/*",
            "arn:aws:iam::111111111111:user/*",
            "arn:aws:iam::111111111111:user/x",
        ),
    ),
    "aws:TagKeys": (
        (
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringLike",
        ),
        ("a", "b", "?"),
    ),
}


def some(dice: random.Random, values: tuple[str, ...], most: int = 2) -> list[str]:
    return dice.sample(values, dice.randint(1, most))


def a_condition(dice: random.Random, key: str = "") -> dict[str, dict[str, list[str]]]:
    key = key or dice.choice(list(VALUES))
    operators, values = VALUES[key]
    operator = dice.choice(operators)
    if operator == "Null":
        return {operator: {key: [dice.choice(("true", "false"))]}}
    takes_variables = "String" in operator and "Tag" not in key
    values = tuple(one for one in values if takes_variables or "$" not in one)
    return {operator + dice.choice(("", "", "IfExists")): {key: some(dice, values)}}


def a_statement(dice: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": dice.choice(("Allow", "Allow", "Deny"))}
    made[dice.choice(("Action", "Action", "NotAction"))] = some(dice, NAMES)
    # In a NotResource an absent variable is refused, and that is tested elsewhere.
    resource = dice.choice(("Resource", "Resource", "NotResource"))
    made[resource] = some(dice, tuple(one for one in RESOURCES if resource == "Resource" or "$" not in one))
    if dice.random() < 0.6:
        made["Condition"] = a_condition(dice)
    return made


def without(statement: dict[str, Any], element: str) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if element not in key}


def a_change(dice: random.Random, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A policy near the given one: something added, removed, exchanged or split."""
    made = [dict(one) for one in written]
    at = dice.randrange(len(made))
    what = dice.choice(("add", "remove", "condition", "actions", "resources", "split", "other", "order"))
    if what == "add":
        made.append(a_statement(dice))
    elif what == "remove" and len(made) > 1:
        del made[at]
    elif what == "condition":
        made[at]["Condition"] = a_condition(dice)
        if dice.random() < 0.3:
            del made[at]["Condition"]
    elif what == "actions":
        made[at] = {key: value for key, value in made[at].items() if "Action" not in key} | {
            "Action": some(dice, NAMES, 3)
        }
    elif what == "resources":
        made[at] = {key: value for key, value in made[at].items() if "Resource" not in key} | {
            "Resource": some(dice, RESOURCES, 3)
        }
    elif what == "split" and len(made[at].get("Action", ())) > 1:
        first, *rest = made[at]["Action"]
        made[at : at + 1] = [made[at] | {"Action": [first]}, made[at] | {"Action": rest}]
    elif what == "other":
        made[at] = a_statement(dice)
    else:
        dice.shuffle(made)
    return made


def requests(dice: random.Random, number: int) -> list[Request]:
    made = []
    for _ in range(number):
        context = {key: dice.choice(values) for key, values in KEYS.items() if dice.random() < 0.7}
        made.append(
            Request(
                action=dice.choice(ACTIONS),
                resource=dice.choice(("*", *OBJECTS)),
                context=context,
                principal=f"arn:aws:iam::{ACCOUNT}:user/David",
                principal_account=ACCOUNT,
                resource_account=OTHER_ACCOUNT,
            )
        )
    return made


def read(*written: dict[str, Any]) -> Policy:
    return parse(doc(*written), name="policy")


def allowed(request: Request, policy: Policy) -> bool | None:
    try:
        return judge(request, policy).allowed
    except UnknownConstruct:  # a variable that nothing stands for, under a negation
        return None


@pytest.mark.parametrize("start", range(0, 4_000, 500))
def test_what_is_marked_narrowed_allows_nothing_new_and_what_is_marked_neutral_changes_no_decision(start):
    marks: Counter[str] = Counter()
    for seed in range(start, start + 500):
        dice = random.Random(seed)
        written = [a_statement(dice) for _ in range(dice.randint(1, 4))]
        changed = a_change(dice, written)
        before, after = read(*written), read(*changed)
        mark = layer([before], [after])
        marks[mark] += 1
        if mark == "broadened":
            continue
        for request in requests(dice, 60):
            was, now = allowed(request, before), allowed(request, after)
            if None in (was, now):
                continue
            assert not (now and not was), (mark, written, changed, request)
            assert mark != "neutral" or now == was, (written, changed, request)
    assert min(marks[mark] for mark in ("neutral", "narrowed", "broadened")) > 40, marks


@pytest.mark.parametrize("start", range(0, 2_000, 500))
def test_marks_of_statements_never_say_less_than_the_layer(start):
    """Where each statement is neutral or narrowed, the layer allows nothing new."""
    for seed in range(start, start + 500):
        dice = random.Random(seed)
        written = [a_statement(dice) for _ in range(dice.randint(1, 4))]
        changed = a_change(dice, written)
        before, after = read(*written), read(*changed)
        found = {change.mark for change in statements([before], [after])}
        if found & {"broadened", "changed"}:
            continue
        for request in requests(dice, 40):
            was, now = allowed(request, before), allowed(request, after)
            assert None in (was, now) or not (now and not was), (written, changed, request)


BASE: dict[str, Any] = {
    "Sid": "One",
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": ["arn:aws:s3:::a/*"],
    "Condition": {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]},
        "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    },
}
DENY: dict[str, Any] = {"Sid": "Two", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}
LATER = {"DateLessThan": {"aws:CurrentTime": "2028-01-01T00:00:00Z"}}
WIDER = {"IpAddress": {"aws:SourceIp": ["198.51.100.0/23"]}}
HALVES = {"IpAddress": {"aws:SourceIp": ["198.51.100.128/25", "198.51.100.0/25"]}}


ALL: dict[str, Any] = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
USERS: dict[str, Any] = {"Sid": "Users", "Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*"}
MFA_IF_EXISTS = {"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}
ONLY_WIDER = BASE | {"Condition": WIDER}


def conditions(**parts: Any) -> dict[str, Any]:
    return BASE | {"Condition": BASE["Condition"] | parts}


CASES = {
    "a later date": ([BASE], [conditions(**LATER)], "broadened"),
    "an earlier date": ([conditions(**LATER)], [BASE], "narrowed"),
    "a wider network": ([BASE], [conditions(**WIDER)], "broadened"),
    "a network written as its halves": ([BASE], [conditions(**HALVES)], "neutral"),
    "a condition less": ([BASE], [ONLY_WIDER], "broadened"),
    "a condition more": ([ONLY_WIDER], [conditions(**WIDER)], "narrowed"),
    "IfExists": ([BASE], [BASE | MFA_IF_EXISTS], "broadened"),
    "an action more": ([BASE], [BASE | {"Action": [*BASE["Action"], "s3:DeleteObject"]}], "broadened"),
    "an action within a pattern": ([BASE | {"Action": "s3:*"}], [BASE], "narrowed"),
    "a split statement": (
        [BASE],
        [BASE | {"Action": "s3:GetObject"}, BASE | {"Sid": "Other", "Action": "s3:putobject"}],
        "neutral",
    ),
    "a pattern that means the same": ([BASE | {"Action": "s3:*"}], [BASE | {"Action": "s3:**"}], "neutral"),
    "another order": ([BASE, DENY], [DENY, BASE | {"Action": BASE["Action"][::-1]}], "neutral"),
    "a Deny less": ([ALL, DENY], [ALL], "broadened"),
    "a Deny less of what nothing allows": ([BASE, DENY], [BASE], "neutral"),
    "a Deny more": ([ALL], [ALL, DENY], "narrowed"),
    "an Allow of what a Deny holds": ([BASE, DENY], [BASE, DENY, USERS], "neutral"),
    "NotAction with one exception less": (
        [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}],
        "broadened",
    ),
    "a NotResource more": (
        [{"Effect": "Deny", "Action": "*", "NotResource": ["arn:aws:s3:::a/*"]}, BASE],
        [{"Effect": "Deny", "Action": "*", "NotResource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}, BASE],
        "neutral",  # b is allowed by nothing
    ),
    "another variable": (
        [BASE | {"Resource": "arn:aws:s3:::a/${aws:username}/*"}],
        [BASE | {"Resource": "arn:aws:s3:::a/${aws:userid}/*"}],
        "broadened",
    ),
    "a variable for a star": ([BASE], [BASE | {"Resource": "arn:aws:s3:::a/${aws:username}/*"}], "narrowed"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_by_name(name):
    before, after, mark = CASES[name]
    assert layer([read(*before)], [read(*after)]) == mark


def test_statements_are_told_by_their_sid_with_what_became_of_them():
    gone = {"Sid": "Gone", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    come = {"Sid": "Come", "Effect": "Allow", "Action": "rds:*", "Resource": "*"}
    assert statements([read(BASE, gone)], [read(conditions(**LATER), come)]) == (
        StatementChange("Come", "Allow", "added", "broadened"),
        StatementChange("Gone", "Allow", "removed", "narrowed"),
        StatementChange("One", "Allow", "changed", "broadened"),
    )
    assert statements([read(BASE, gone)], [read(gone, BASE | {"Sid": "Renamed"})]) == ()


def test_two_conditions_of_one_statement_going_both_ways_are_a_change():
    both = conditions(**LATER, IpAddress={"aws:SourceIp": "198.51.100.7/32"})
    assert statements([read(BASE)], [read(both)]) == (StatementChange("One", "Allow", "changed", "changed"),)
    assert layer([read(BASE)], [read(both)]) == "broadened"


def test_every_operator_is_ordered_somehow():
    """A condition implies itself under every operator, so an unchanged statement is never a change."""
    for (key, (operators, values)), prefix in itertools.product(VALUES.items(), ("", "IfExists")):
        for operator in operators:
            if operator == "Null":
                continue
            block = {operator + prefix: {key: list(values)}}
            if "$" in str(block) and "String" not in operator:
                continue
            one = read(BASE | {"Sid": "A", "Condition": block})
            assert layer([one], [read(BASE | {"Sid": "B", "Condition": block})]) == "neutral", block
