"""Denies of the jump account that go with the users whom they name, and those that do not."""

import copy
from typing import Any

import pytest
from small_world import users

from jumpcf.planner.departed import without_departed
from jumpcf.planner.iam_difference import iam_difference

ACCOUNT = "arn:aws:iam::111111111111:user"
KEN, MIO = f"{ACCOUNT}/partner/acme/ken", f"{ACCOUNT}/partner/acme/mio"
ENDED = {"DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}


def denying(template: Any, arns: Any, operator: str = "ArnEquals", effect: str = "Deny") -> Any:
    """The users, in a group with an Allow of all and a dated Deny of these ARNs."""
    condition = {operator: {"aws:PrincipalArn": arns}, **ENDED}
    statements = [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Ended", "Effect": effect, "Action": "*", "Resource": "*", "Condition": condition},
    ]
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "acme-members", "Policies": [policy]}}
    return {"Resources": {**template["Resources"], "Members": group}}


def without_deny(template: Any) -> Any:
    made = denying(template, [KEN])
    made["Resources"]["Members"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].pop()
    return made


def marks(before: Any, after: Any) -> list[tuple[str, str]]:
    untouched = copy.deepcopy(before)
    found = iam_difference(without_departed(before, after), after)
    assert before == untouched
    return [(one.subject, one.mark) for one in found]


GONE = [("ken", "narrowed")]
BROADER = [*GONE, ("acme-members", "broadened")]


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike", "StringEquals"])
@pytest.mark.parametrize("arns", [KEN, [KEN]])
def test_a_deny_of_nobody_else_goes_with_the_user(operator: str, arns: Any) -> None:
    before = denying(users("ken", "mio"), arns, operator)
    assert sorted(marks(before, without_deny(users("mio")))) == sorted(GONE)


def test_out_of_a_deny_of_others_he_alone_is_taken() -> None:
    before = denying(users("ken", "mio"), [KEN, MIO])
    assert sorted(marks(before, denying(users("mio"), [MIO]))) == sorted(GONE)
    assert sorted(marks(before, without_deny(users("mio")))) == sorted(BROADER)


@pytest.mark.parametrize("arn", [f"{ACCOUNT}/partner/acme/k*", f"{ACCOUNT}/partner/acme/ke?", f"{KEN}n"])
def test_a_pattern_or_somebody_elses_arn_is_his_alone_by_no_proof(arn: str) -> None:
    before = denying(users("ken", "mio"), [arn], "ArnLike")
    assert sorted(marks(before, without_deny(users("mio")))) == sorted(BROADER)


@pytest.mark.parametrize("operator", ["ArnNotEquals", "StringNotEquals"])
def test_a_deny_of_all_but_him_is_another_thing(operator: str) -> None:
    before = denying(users("ken", "mio"), [KEN], operator)
    assert sorted(marks(before, without_deny(users("mio")))) == sorted(BROADER)


@pytest.mark.parametrize("more", [{"Path": "/admins/"}, {"Tags": []}, {"UserName": None}])
def test_who_is_not_offboarded_keeps_his_deny(more: Any) -> None:
    """Nothing proves that he is a partner's, so he may stay behind with a password."""
    before = denying(users("ken", **more), [KEN, f"{ACCOUNT}/admins/ken"])
    assert ("acme-members", "broadened") in marks(before, without_deny({"Resources": {}}))


@pytest.mark.parametrize("path", ["/partner/acme/", "/partner/other/"])
def test_who_is_there_still_under_another_logical_id_path_or_spelling_keeps_it(path: str) -> None:
    before = denying(users("ken"), [KEN])
    (user,) = users("Ken", Path=path)["Resources"].values()
    assert ("acme-members", "broadened") in marks(before, without_deny({"Resources": {"Other": user}}))


def test_an_allow_of_him_goes_as_before() -> None:
    before = denying(users("ken", "mio"), [KEN], effect="Allow")
    assert without_departed(before, users("mio")) == before


def test_who_comes_back_by_another_stack_keeps_his_deny() -> None:
    before, after = denying(users("ken", "mio"), [KEN]), without_deny(users("mio"))
    assert without_departed(before, after, ["mio"]) != before
    assert without_departed(before, after, ["mio", "Ken"]) == before
