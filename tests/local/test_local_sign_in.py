"""Signing in with a password: what the page asks, in which order, and what the session is.

Sources: IAM User Guide, "How IAM users sign in to AWS", "Set an account password policy" (expiry), "Enforce MFA
at sign-in"; facts/iam.md 2.2 (credentials and their MFA context) and 2.3, trap 1 (a forced change comes first).
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.errors import JumpcfError
from jumpcf.estate.model import Estate
from jumpcf.local import sign_in
from jumpcf.local.session import LocalAws
from jumpcf.local.sign_in import Answer, Request
from tests.local.people import INSIDE, OUTSIDE, Clock, Person, allow, deny, enrol, make_user
from tests.local.support import JUMP, REGION, refused

GOOD, NEXT = "Correct-Horse-1", "Another-Horse-2"
TYPED = Request(JUMP, REGION, "taro.yamada", GOOD, address=INSIDE)
MINE = [
    allow("iam:*"),
    deny("*", NotIpAddress={"aws:SourceIp": "203.0.113.0/24"}),
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, clock=clock, enforce=True) as started:
        yield started


@pytest.fixture
def iam(aws: LocalAws) -> Any:
    return aws.client("iam", JUMP)


@pytest.fixture
def person(aws: LocalAws, iam: Any) -> Person:
    made = make_user(aws, *MINE)
    iam.create_login_profile(UserName="taro.yamada", Password=GOOD)
    return made


def typed(aws: LocalAws, **more: str) -> Answer:
    return sign_in.perform(aws.world, dataclasses.replace(TYPED, **more))


def turned_away(aws: LocalAws, **more: str) -> str:
    with pytest.raises(JumpcfError) as caught:
        typed(aws, **more)
    assert caught.value.code == "A589"
    return caught.value.what


def as_signed_in(person: Person, answer: Answer) -> Person:
    return dataclasses.replace(person, key=answer.key, secret=answer.secret, token=answer.token)


def test_a_wrong_password_and_a_user_who_is_not_there_are_not_told_apart(
    aws: LocalAws, person: Person
) -> None:
    wrong = turned_away(aws, password="wrong")
    assert wrong == turned_away(aws, user="nobody")
    aws.client("iam", JUMP).create_user(UserName="hanako.sato")
    assert wrong == turned_away(aws, user="hanako.sato", password="")  # she has no password


def test_without_a_device_the_session_says_that_it_has_no_mfa(
    aws: LocalAws, iam: Any, person: Person
) -> None:
    iam.put_group_policy(
        GroupName="acme",
        PolicyName="mfa",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:List*","Resource":"*",'
        '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}]}',
    )
    answer = typed(aws)
    assert (answer.wants, answer.mfa) == ("", False)
    mine = as_signed_in(person, answer).client("iam")
    assert mine.get_user()["User"]["UserName"] == "taro.yamada"  # GetSessionToken's sessions may not
    assert "explicit deny" in refused(mine.list_users)[1]


def test_who_has_a_device_is_asked_for_a_code_which_counts_once(
    aws: LocalAws, person: Person, clock: Clock
) -> None:
    device = enrol(person, clock)
    assert typed(aws) == Answer("code")
    assert "invalid MFA one time pass code" in turned_away(aws, code="000000")
    shown = device.code()
    answer = typed(aws, code=shown)
    assert answer.mfa is True
    assert as_signed_in(person, answer).client("iam").list_users()["Users"]
    turned_away(aws, code=shown)


def test_a_password_that_must_be_changed_is_changed_first(aws: LocalAws, iam: Any, person: Person) -> None:
    iam.update_login_profile(UserName="taro.yamada", PasswordResetRequired=True)
    assert typed(aws) == Answer("new-password")
    assert "it needs" in turned_away(aws, new_password="weak")
    assert typed(aws, new_password=NEXT).key
    assert not iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["PasswordResetRequired"]
    turned_away(aws)
    assert typed(aws, password=NEXT).key


def test_the_forced_change_is_judged_as_any_call(aws: LocalAws, iam: Any, person: Person) -> None:
    """Outside the network the change is denied, and so there is no session; without one the sign-in is let in
    and everything after it is denied (facts/iam.md 3.2: the group's Deny cannot stop the sign-in itself)."""
    assert typed(aws, address=OUTSIDE).key
    session = as_signed_in(person, typed(aws, address=OUTSIDE)).at(OUTSIDE)
    assert "explicit deny" in refused(session.client("iam").get_user)[1]
    iam.update_login_profile(UserName="taro.yamada", PasswordResetRequired=True)
    assert "explicit deny" in turned_away(aws, address=OUTSIDE, new_password=NEXT)
    assert typed(aws, new_password=NEXT).key


def test_a_password_that_is_too_old_must_be_changed_or_is_worth_nothing(
    aws: LocalAws, iam: Any, person: Person, clock: Clock
) -> None:
    iam.update_account_password_policy(MaxPasswordAge=90)
    clock.pass_(90 * 86400 - 1)
    assert typed(aws).key
    clock.pass_(1)
    assert typed(aws).wants == "new-password"
    iam.update_account_password_policy(MaxPasswordAge=90, HardExpiry=True)
    assert "expired" in turned_away(aws, new_password=NEXT)
    iam.update_login_profile(UserName="taro.yamada", Password=NEXT)
    assert typed(aws, password=NEXT).key


def test_a_session_lasts_twelve_hours_and_asks_for_no_other(
    aws: LocalAws, person: Person, clock: Clock
) -> None:
    session = as_signed_in(person, typed(aws))
    assert refused(session.client("sts").get_session_token)[0] == "AccessDenied"
    clock.pass_(12 * 3600 - 1)
    session.client("iam").get_user()
    clock.pass_(1)
    assert refused(session.client("iam").get_user)[0] == "ExpiredToken"


def test_the_credential_report_tells_when_somebody_signed_in(
    aws: LocalAws, iam: Any, person: Person, clock: Clock
) -> None:
    iam.generate_credential_report()
    assert "no_information" in iam.get_credential_report()["Content"].decode().splitlines()[2]
    typed(aws)
    clock.pass_(5 * 3600)
    iam.generate_credential_report()
    assert "2027-01-15T08:00:00+00:00" in iam.get_credential_report()["Content"].decode().splitlines()[2]
    assert iam.get_user(UserName="taro.yamada")["User"]["PasswordLastUsed"].timestamp() == 1_800_000_000.0
