"""Initial passwords at the seam: made once, whatever is lost, killed or tried again; none that is used is touched."""

import logging
import random
import string
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from aws_vault import LATER, NOW, FakeVault, Killed
from aws_world import FakeClients, FakeClock, manifest, refused
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from jumpcf.artifacts.marks import password_parameter
from jumpcf.artifacts.operation import CreatePassword, WithdrawPassword
from jumpcf.artifacts.secret import Secret
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.gateway import AwsGateway
from jumpcf.aws.generate import CLASSES, password
from jumpcf.aws.paging import Waiter
from jumpcf.aws.passwords import Passwords
from jumpcf.errors import AwsRefused, Exit, JumpcfError

NAME = "/jump/example/passwords/acme/ken"
WHO = {"place": "jump", "stack": "jump-partner-acme", "reason": "r", "user": "ken"}
IDENTITY = {"path": "/partner/acme/", "partner": "acme", "parameter": NAME}
CREATE = CreatePassword(id="1", **WHO, **IDENTITY, estate="example", key="alias/jumpcf-example", length=14)
WITHDRAW = WithdrawPassword(id="2", **WHO, **IDENTITY)


class Room:
    def __init__(self) -> None:
        self.vault, self.clock = FakeVault(), FakeClock()
        self.clients = FakeClients({("jump", "iam"): self.vault, ("jump", "ssm"): self.vault})
        self.locked = False
        self.made: list[str] = []

    def generate(self, length: int) -> Secret:
        secret = password(length)
        self.made.append(secret.reveal())
        return secret

    def _passwords(self) -> Passwords:
        iam, ssm = (Api(self.clients, "jump", name) for name in ("iam", "ssm"))
        waiter = Waiter(self.clock.sleep, self.clock)
        return Passwords(iam, ssm, waiter, locked=lambda: self.locked, generate=self.generate)

    def create(self) -> Outcome:
        return self._passwords().create(CREATE)

    def hand_over(self) -> Secret:
        return self._passwords().hand_over(CREATE, BY, AT)

    def withdraw(self) -> Outcome:
        return self._passwords().withdraw(WITHDRAW)


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_password_is_stored_before_it_is_set_and_must_be_changed_at_the_first_sign_in(room: Room) -> None:
    outcome = room.create()
    assert (outcome.state, room.vault.writes) == ("succeeded", ["PutParameter", "CreateLoginProfile"])
    assert room.vault.stored == room.vault.password == room.made[0]
    assert room.vault.profile is not None
    assert room.vault.profile["PasswordResetRequired"] is True
    (kept,) = room.vault.parameters.values()
    assert (kept["Type"], kept["KeyId"], kept["Tier"]) == ("SecureString", "alias/jumpcf-example", "Standard")
    tags = {key: value for key, value in kept["tags"].items() if key != "jumpcf-attempt"}
    assert tags == {"jumpcf-estate": "example", "jumpcf-partner": "acme", "jumpcf-user": "ken"}
    assert outcome.reason == f"ken has an initial password, kept as {NAME}"


def test_the_gateway_runs_it_and_without_a_lock_api_nothing_is_replaced() -> None:
    room = Room()
    gateway = AwsGateway(room.clients, manifest(), {}, lambda _: b"", sleep=room.clock.sleep)

    def silent(progress: Progress) -> None:
        raise AssertionError(progress)

    assert gateway.run(CREATE, "token-1", silent).state == "succeeded"
    room.vault.profile = None
    assert "[A560]" in gateway.run(CREATE, "token-2", silent).reason
    assert gateway.run(WITHDRAW, "token-3", silent).state == "succeeded"
    assert room.vault.parameters == {}


def test_a_password_that_is_there_stays_and_nothing_is_written(room: Room) -> None:
    room.vault.give("Own-choice-1")
    outcome = room.create()
    assert (outcome.state, outcome.reason) == ("succeeded", "ken has a password already, it stays")
    assert (room.vault.writes, room.vault.parameters) == ([], {})


def test_a_second_run_makes_no_second_password(room: Room) -> None:
    room.create()
    assert room.create().state == "succeeded"
    assert room.vault.writes == ["PutParameter", "CreateLoginProfile"]


@pytest.mark.parametrize("lost", ["PutParameter", "CreateLoginProfile"])
def test_a_lost_answer_does_no_harm(room: Room, lost: str) -> None:
    room.vault.lose = {lost}
    assert room.create().state == "succeeded"
    assert room.vault.stored == room.vault.password == room.made[0]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_run_that_is_killed_at_any_point_is_finished_by_the_next_under_the_lock(
    room: Room, number: int, when: str
) -> None:
    room.vault.kill = (number, when)
    with pytest.raises(Killed):
        room.create()
    before = room.vault.password
    room.vault.kill, room.locked = None, True
    assert room.create().state == "succeeded"
    assert room.vault.stored == room.vault.password
    if before:  # it was set: the second run must not have touched it
        assert room.vault.password == before == room.made[0]
    assert len(room.vault.parameters) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_while_it_replaces_is_finished_as_well(room: Room, when: str) -> None:
    room.vault.kill = (2, "before")
    with pytest.raises(Killed):
        room.create()
    # the next writes: 3 PutParameter (refused), 4 PutParameter with Overwrite, 5 CreateLoginProfile
    room.locked, room.vault.kill = True, (4, when)
    with pytest.raises(Killed):
        room.create()
    room.vault.kill = None
    assert room.create().state == "succeeded"
    assert room.vault.stored == room.vault.password == room.made[-1]


def test_without_the_lock_a_parameter_without_a_password_is_left_alone(room: Room) -> None:
    room.vault.kill = (2, "before")
    with pytest.raises(Killed):
        room.create()
    room.vault.kill = None
    before = room.vault.stored
    outcome = room.create()
    assert outcome.state == "failed"
    assert "another deploy is at work on it, or one was killed between the two" in outcome.reason
    assert (room.vault.stored, room.vault.profile) == (before, None)


def test_a_parameter_of_somebody_else_is_never_replaced(room: Room) -> None:
    room.locked = True
    room.vault.parameters[NAME] = {"Value": "theirs", "tags": {"jumpcf-estate": "other"}, "written": NOW}
    assert "does not carry this estate's tags" in room.create().reason
    assert (room.vault.stored, room.vault.profile) == ("theirs", None)


def test_what_is_replaced_carries_no_hand_over_of_before(room: Room) -> None:
    room.create()
    room.vault.parameters[NAME]["tags"] |= {"jumpcf-handed-by": "x", "jumpcf-handed-at": "y"}
    room.vault.profile, room.locked = None, True
    room.create()
    assert not any("handed" in key for key in room.vault.parameters[NAME]["tags"])


def test_a_password_that_somebody_else_gives_meanwhile_stays_and_nothing_false_is_kept(room: Room) -> None:
    room.vault.elsewhere = "PutParameter"
    outcome = room.create()
    assert outcome.reason == "ken has got a password elsewhere meanwhile, it stays"
    assert (room.vault.password, room.vault.parameters) == ("Chosen-by-hand-1", {})


def test_a_user_whom_iam_does_not_know_everywhere_yet_is_asked_for_again(room: Room) -> None:
    room.vault.refuse("GetUser", "NoSuchEntity", "not yet")
    room.vault.refuse("CreateLoginProfile", "NoSuchEntity", "not yet")
    room.vault.refuse("CreateLoginProfile", "EntityTemporarilyUnmodifiable", "not now")
    assert room.create().state == "succeeded"
    assert room.vault.stored == room.vault.password


def test_a_user_who_is_not_there_gets_nothing(room: Room) -> None:
    room.vault.there = False
    assert (room.create().state, room.vault.writes) == ("failed", [])


@pytest.mark.parametrize(("path", "partner"), [("/partner/other/", "acme"), ("/partner/acme/", "other")])
def test_nobody_else_gets_or_loses_a_password(room: Room, path: str, partner: str) -> None:
    room.vault.give("Initial-1", reset=True)
    room.vault.path, room.vault.partner = path, partner
    for outcome in (room.create(), room.withdraw()):
        assert outcome.state == "failed"
        assert "[A531]" in outcome.reason
    assert (room.vault.password, room.vault.writes) == ("Initial-1", [])


def test_an_unused_password_is_withdrawn_with_what_is_stored(room: Room) -> None:
    room.create()
    outcome = room.withdraw()
    assert outcome.reason == "the unused password of ken is withdrawn; what was stored is deleted"
    assert (room.vault.profile, room.vault.parameters) == (None, {})
    assert room.withdraw().state == "succeeded"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_withdrawal_that_is_killed_is_finished_by_the_next(room: Room, number: int, when: str) -> None:
    room.create()
    room.vault.writes.clear()
    room.vault.kill = (number, when)
    with pytest.raises(Killed):
        room.withdraw()
    room.vault.kill = None
    assert room.withdraw().state == "succeeded"
    assert (room.vault.profile, room.vault.parameters) == (None, {})


@pytest.mark.parametrize("used", ["signed in", "changed"])
def test_a_password_that_was_used_meanwhile_stays_and_only_what_is_stored_goes(room: Room, used: str) -> None:
    room.create()
    if used == "signed in":
        room.vault.last_used = LATER
    else:
        room.vault.give("Own-choice-1")
    outcome = room.withdraw()
    assert "has used his password meanwhile, it stays" in outcome.reason
    assert room.vault.profile is not None
    assert room.vault.parameters == {}


def test_what_is_stored_for_a_user_who_is_gone_goes(room: Room) -> None:
    room.create()
    room.vault.there = False
    assert room.withdraw().state == "succeeded"
    assert room.vault.parameters == {}


BY, AT = "arn:aws:sts::111111111111:assumed-role/admin/a,b", "2026-11-02T09:00:00Z"


def test_a_password_is_handed_over_once_and_who_got_it_is_noted_before_it_is_given(room: Room) -> None:
    room.create()
    assert room.hand_over().reveal() == room.vault.password
    tags = room.vault.parameters[NAME]["tags"]
    assert (tags["jumpcf-handed-by"], tags["jumpcf-handed-at"]) == (BY.replace(",", "_"), AT)
    with pytest.raises(
        JumpcfError, match="was shown to arn:aws:sts::111111111111:assumed-role/admin/a_b at"
    ) as no:
        room.hand_over()
    assert (no.value.code, no.value.exit_code) == ("A564", Exit.GATE)


def test_nobody_is_given_what_could_not_be_noted(room: Room) -> None:
    room.create()
    room.vault.refuse("AddTagsToResource", "AccessDenied", "no")
    with pytest.raises(AwsRefused, match="AddTagsToResource was refused"):
        room.hand_over()


@pytest.mark.parametrize("used", ["signed in", "changed"])
def test_a_password_that_was_used_is_not_given(room: Room, used: str) -> None:
    room.create()
    if used == "signed in":
        room.vault.last_used = LATER
    else:
        room.vault.give("Own-choice-1")
    with pytest.raises(JumpcfError, match="has a password of his own") as no:
        room.hand_over()
    assert (no.value.code, no.value.exit_code) == ("A562", Exit.GATE)
    assert "GetParameter" not in room.clients.names()


@pytest.mark.parametrize("lacks", ["parameter", "profile", "user"])
def test_where_there_is_nothing_to_give_it_is_said(room: Room, lacks: str) -> None:
    room.create()
    if lacks == "parameter":
        room.vault.parameters.clear()
    elif lacks == "profile":
        room.vault.profile = None
    else:
        room.vault.there = False
    with pytest.raises(JumpcfError) as no:
        room.hand_over()
    assert (no.value.code, no.value.exit_code) == ("A563", Exit.NOT_AS_WANTED)


def test_somebody_elses_user_of_that_name_is_not_given_anything(room: Room) -> None:
    room.create()
    room.vault.partner = "other"
    with pytest.raises(JumpcfError, match="nobody else gets or loses a password"):
        room.hand_over()


@pytest.mark.parametrize("call", ["PutParameter", "CreateLoginProfile"])
def test_neither_a_refusal_nor_its_traceback_holds_the_password(room: Room, call: str) -> None:
    def spiteful(length: int) -> Secret:
        secret = room.generate(length)
        room.vault.refusals[call] = [refused("ValidationError", f"the value {secret.reveal()} is bad", call)]
        return secret

    iam, ssm = (Api(room.clients, "jump", name) for name in ("iam", "ssm"))
    passwords = Passwords(iam, ssm, Waiter(room.clock.sleep), locked=lambda: False, generate=spiteful)
    with pytest.raises(AwsRefused, match=r"the value .hidden. is bad") as caught:
        passwords.create(CREATE)
    assert room.made[0] not in f"{caught.value} {vars(caught.value)} {caught.getrepr()}"


class Wire:
    """A client whose requests are answered on the wire, so that botocore logs all that it logs in earnest."""

    def __init__(self) -> None:
        session = botocore.session.Session()
        session.set_credentials("AKIAEXAMPLE", "example")
        self.ssm = session.create_client("ssm", region_name="ap-northeast-1")
        self.ssm.meta.events.register("before-send.ssm", self.answer)

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        class Raw:
            def stream(self) -> Iterator[bytes]:
                yield b'{"Parameter": {"Value": "Not-in-a-log-1"}}'

        return AWSResponse(request.url, 200, {}, Raw())

    def client(self, place: str, service: str) -> Any:
        return self.ssm

    def where(self, place: str) -> str:
        return place


def test_no_log_of_botocore_holds_what_a_hushed_call_sends_or_gets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api, secret = Api(Wire(), "jump", "ssm"), "Not-in-a-log-1"
    sent = {"Name": "/a", "Type": "SecureString", "Overwrite": False}
    api.call_hushed("PutParameter", {"Value": Secret(secret)}, **sent)
    assert api.call_hushed("GetParameter", Name="/a", WithDecryption=True)["Parameter"]["Value"] == secret
    assert secret not in caplog.text
    assert caplog.text.count("Making request for") == 2
    # The proof that the test can fail: without the hush the same calls tell everything.
    api.call("PutParameter", Value=secret, **sent)
    assert caplog.text.count(secret) >= 2
    caplog.clear()
    api.call("GetParameter", Name="/a", WithDecryption=True)
    assert secret in caplog.text


@pytest.mark.parametrize("length", [0, 14, 20, 128])
def test_a_password_has_every_class_no_doubtful_character_and_the_length_that_is_asked(length: int) -> None:
    for seed in range(200):
        text = password(length, random.Random(seed)).reveal()
        assert len(text) == max(20, length)
        assert all(set(text) & set(characters) for characters in CLASSES)
        assert not set(text) & set("Il1O0o")
        assert text[0] in string.ascii_letters + string.digits


def test_no_two_passwords_are_the_same() -> None:
    assert len({password(14).reveal() for _ in range(500)}) == 500


def test_the_name_of_a_parameter_is_the_users_own_and_of_characters_that_aws_takes() -> None:
    names = ["taro.yamada", "taro_yamada", "taro@yamada", "taro_40yamada", "taro+a=b,c", "Taro.Yamada"]
    found = [password_parameter("/jump/example/passwords", "acme", name) for name in names]
    assert len(set(found)) == len(names)
    assert found[0] == "/jump/example/passwords/acme/taro.yamada"
    assert all(set(name) <= set(string.ascii_letters + string.digits + "/_.-") for name in found)
