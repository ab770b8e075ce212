"""What a plan reads of people: few calls, fresh, and nobody who is not the estate's."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_vault import NOW, FakeVault
from aws_world import FakeClients, manifest

from jumpcf.artifacts.manifest import PasswordStore, Person
from jumpcf.artifacts.observed import ObservedUser
from jumpcf.aws.api import Api
from jumpcf.aws.people import read_people
from jumpcf.errors import AwsRefused

STORE = PasswordStore(prefix="/jump/example/passwords", key="alias/jumpcf-example", unused_days=14)
KEN = Person(partner="acme", name="ken", stack="jump-partner-acme")
KEPT = {"/jump/example/passwords/acme/ken": {"Value": "x", "tags": {}, "written": NOW}}


class Room:
    def __init__(self) -> None:
        self.vault = FakeVault()
        self.clients = FakeClients({("jump", "iam"): self.vault, ("jump", "ssm"): self.vault})

    def read(self, days: float = 0, person: Person = KEN) -> tuple[ObservedUser, ...]:
        iam, ssm = (Api(self.clients, "jump", name) for name in ("iam", "ssm"))
        wanted = replace(manifest(), people=(person,), passwords=STORE)
        return read_people(iam, ssm, wanted, one_by_one, NOW + timedelta(days=days))


def one_by_one(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
    return map(work, items)


def a_user(**changes: Any) -> tuple[ObservedUser, ...]:
    made = ObservedUser(
        name="ken", path="/partner/acme/", state="none", stored=False, young=True, overdue=False
    )
    return (replace(made, **changes),)


def test_a_user_without_a_password_is_young_for_as_many_days_as_the_estate_says() -> None:
    room = Room()
    assert room.read() == a_user()
    assert room.read(13.9) == a_user()
    assert room.read(14.1) == a_user(young=False)


def test_an_unused_password_is_overdue_by_its_own_age_also_where_nothing_is_stored_any_more() -> None:
    room = Room()
    room.vault.give("Initial-1", reset=True, at=NOW + timedelta(days=10))
    assert room.read(20) == a_user(state="unused", young=False)
    assert room.read(24.1) == a_user(state="unused", young=False, overdue=True)
    room.vault.parameters = dict(KEPT)  # older than the password
    assert room.read(20) == a_user(state="unused", young=False, stored=True)


@pytest.mark.parametrize("sign", ["signed in", "changed"])
def test_a_password_counts_as_used_by_the_sign_in_or_by_the_change(sign: str) -> None:
    room = Room()
    room.vault.give("Own-choice-1", reset=sign == "signed in")
    if sign == "signed in":
        room.vault.last_used = NOW
    assert room.read(20) == a_user(state="used", young=False)


def test_what_is_stored_beside_a_used_password_is_overdue_by_its_own_age() -> None:
    room = Room()
    room.vault.give("Own-choice-1")
    room.vault.parameters = dict(KEPT)
    assert room.read(5) == a_user(state="used", stored=True)
    assert room.read(15) == a_user(state="used", stored=True, young=False, overdue=True)


def test_only_who_never_signed_in_is_asked_for_and_no_value_is_read() -> None:
    room = Room()
    room.vault.give("Own-choice-1")
    room.read()
    assert room.clients.names() == ["ListUsers", "DescribeParameters", "GetLoginProfile"]
    room.clients.calls.clear()
    room.vault.last_used = NOW
    room.read()
    assert room.clients.names() == ["ListUsers", "DescribeParameters"]


def test_a_user_of_another_path_is_somebody_else() -> None:
    room = Room()
    room.vault.path = "/partner/globex/"
    assert room.read() == ()
    assert room.clients.names() == ["ListUsers"]


def test_a_read_that_is_refused_fails_and_never_shortens() -> None:
    room = Room()
    room.vault.refuse("GetLoginProfile", "AccessDenied", "no")
    with pytest.raises(AwsRefused, match="GetLoginProfile was refused"):
        room.read()
