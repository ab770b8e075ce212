"""One pattern within another, one condition within another: each yes held against everything that matches."""

import random
from collections import Counter

import pytest
from unit.policy.aws_cases import ACCOUNT, OTHER_ACCOUNT
from unit.policy.test_compare import KEYS, VALUES, a_condition

from jumpcf.policy import pattern, variables
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.condition_order import implies
from jumpcf.policy.conditions import holds
from jumpcf.policy.document import parse
from jumpcf.policy.inclusion import Mode, apart, tokens, within
from jumpcf.policy.request import Request

MATCH = {"like": pattern.like, "arn": pattern.arn_like, "resource": pattern.resource_like}


def a_request(**context: str | tuple[str, ...]) -> Request:
    return Request(
        action="s3:GetObject",
        resource="*",
        context={key.replace("__", ":"): value for key, value in context.items()},
        principal=f"arn:aws:iam::{ACCOUNT}:user/David",
        principal_account=ACCOUNT,
        resource_account=OTHER_ACCOUNT,
    )


def matches(text: str, written: variables.Text, mode: Mode, name: str) -> bool:
    """As the evaluator has it, with `name` for the variable."""
    request = a_request(aws__username=name)
    if mode == "text":
        return text == variables.as_text(written, request)
    found = variables.as_pattern(written, request)
    assert found is not None
    return MATCH[mode](text, found)


def a_pattern(dice: random.Random, mode: Mode) -> str:
    if mode in ("arn", "resource"):
        parts = ["".join(dice.choice("ab*?") for _ in range(dice.randint(0, 2))) for _ in range(5)]
        parts[0] = "arn"
        last = "".join(
            dice.choice(("a", "*", "?", ":", "${aws:username}")) for _ in range(dice.randint(1, 3))
        )
        return ":".join([*parts, last])
    return "".join(dice.choice(("a", "b", "*", "?", "${aws:username}")) for _ in range(dice.randint(0, 4)))


def near(dice: random.Random, written: str) -> str:
    """The same with one place changed, so that one often lies within the other."""
    at = dice.randrange(4 if written.startswith("arn:") else 0, len(written) + 1)
    inside = written.rfind("${", 0, at) > written.rfind("}", 0, at) or written[at - 1 : at + 1] == "${"
    return (
        written
        if inside
        else written[:at] + dice.choice(("*", "?", "a", "")) + written[at + dice.randint(0, 1) :]
    )


def texts(dice: random.Random, mode: Mode, name: str) -> list[str]:
    made = []
    for _ in range(40):
        if mode in ("arn", "resource"):
            parts = ["".join(dice.choice("ab") for _ in range(dice.randint(0, 2))) for _ in range(4)]
            last = "".join(dice.choice(("a", "b", ":", name)) for _ in range(dice.randint(1, 3)))
            made.append(":".join(["arn", *parts, last]))
        else:
            made.append("".join(dice.choice(("a", "b", "c", name)) for _ in range(dice.randint(0, 4))))
    return made


@pytest.mark.parametrize("mode", ["text", "like", "arn", "resource"])
def test_a_pattern_said_to_be_within_another_matches_nothing_more(mode):
    said: Counter[tuple[bool, bool]] = Counter()
    for seed in range(1_000):
        dice = random.Random(seed)
        written = a_pattern(dice, mode)
        one = variables.read(written, variables=True)
        try:
            other = variables.read(near(dice, written) if seed % 3 else a_pattern(dice, mode), variables=True)
        except UnknownConstruct:  # a variable that was cut open
            continue
        inside = within(tokens(one, mode), tokens(other, mode))
        never = apart(tokens(one, mode), tokens(other, mode))
        said[inside, never] += 1
        name = dice.choice(("", "a", "ab", "b:a" if mode != "like" else "b"))
        for text in texts(dice, mode, name):
            try:
                hit, also = (matches(text, each, mode, name) for each in (one, other))
            except UnknownConstruct:  # a name with a colon, in front of an ARN's last part
                continue
            assert not (inside and hit and not also), (one.written, other.written, text, name)
            assert not (never and hit and also), (one.written, other.written, text, name)
    assert said[True, False] > 30
    assert said[False, False] > 50


@pytest.mark.parametrize(
    ("one", "other", "mode"),
    [
        ("s3:get*", "s3:*", "like"),
        ("s3:*", "*:*", "like"),
        ("a**b", "a*b", "like"),
        ("a?*", "a*?", "like"),
        ("arn:aws:iam::*:role/jump/*", "arn:aws:iam::*:role/*", "resource"),
        ("arn:aws:iam::1:role/a:b", "arn:aws:iam::1:role/a?b", "resource"),
        ("arn:aws:s3:::x/${aws:username}/*", "arn:aws:s3:::x/*", "resource"),
        ("arn:aws:s3:::x/${aws:username}", "arn:aws:s3:::x/${AWS:UserName}", "resource"),
    ],
)  # fmt: skip
def test_a_pattern_is_within_a_wider_one(one, other, mode):
    first, second = (tokens(variables.read(text, variables=True), mode) for text in (one, other))
    assert within(first, second)
    assert not apart(first, second)


@pytest.mark.parametrize(
    ("one", "other", "mode"),
    [
        ("s3:*", "iam:*", "like"),
        ("a*b", "*c", "like"),
        ("arn:aws:iam::1:role/jump/*", "arn:aws:iam::1:user/*", "resource"),
        ("arn:aws:iam::1:role/*", "arn:aws:iam::2:role/*", "resource"),
    ],
)
def test_patterns_apart_have_nothing_in_common(one, other, mode):
    first, second = (tokens(variables.read(text, variables=True), mode) for text in (one, other))
    assert apart(first, second)
    assert apart(second, first)


def test_a_wildcard_of_an_arn_goes_over_no_colon_and_that_of_a_resource_does():
    text = variables.read("arn:aws:s3:a:b:c:d", variables=True)
    parts = variables.read("arn:aws:s3:*:c:d", variables=True)
    assert within(tokens(text, "resource"), tokens(parts, "resource"))
    assert not within(tokens(text, "arn"), tokens(parts, "arn"))


@pytest.mark.parametrize("key", list(VALUES))
def test_a_condition_said_to_imply_another_holds_nowhere_else(key):
    """Every value of the key, and its absence, each with every name that a variable can stand for."""
    said: Counter[bool] = Counter()
    dice = random.Random(key)
    for _ in range(1_500):
        one, other = (only_condition(a_condition(dice, key)) for _ in range(2))
        yes = implies(one, other)
        said[yes] += 1
        if not yes:
            continue
        for value in (*KEYS[key], None):
            for name in ("x", "David"):
                context = {"aws:username": name} | ({} if value is None else {key: value})
                if key == "aws:username":
                    context = {} if value is None else {key: value}
                request = a_request(**{each.replace(":", "__"): held for each, held in context.items()})
                try:
                    assert holds(other, request) or not holds(one, request), (str(one), str(other), value)
                except UnknownConstruct:  # a variable that nothing stands for, under a negation
                    continue
    assert min(said[True], said[False]) > 30, said


def only_condition(written):
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": written}
    return parse({"Version": "2012-10-17", "Statement": [statement]}, name="p").statements[0].conditions[0]
