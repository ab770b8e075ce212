"""Offboarding at once: what is refused keeps nothing else, and the proof says what is known."""

from pathlib import Path

import pytest
from aws_iam import FakeIam
from aws_vault import FakeVault
from aws_world import FakeClients, FakeClock
from test_aws_users import FREEZE, KEYS, PHONE, enrolled

from jumpcf.artifacts.offboarded import Offboarded, Proof
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.aws.api import Api
from jumpcf.aws.emergency import Emergency
from jumpcf.aws.paging import Waiter
from jumpcf.aws.users import PASSES
from jumpcf.cli import offboard_view
from jumpcf.errors import AwsRefused

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"
KEN = OffboardUser(
    id="",
    place="jump",
    stack="jump-partner-acme",
    reason="asked for by hand",
    user="ken",
    path="/partner/acme/",
    partner="acme",
    resource="",
    members="acme-members",
    parameter="/jump/example/passwords/acme/ken",
)


class Room:
    def __init__(self, iam: FakeIam) -> None:
        self.iam, self.vault, self.clock = iam, FakeVault(), FakeClock()
        self.clients = FakeClients({("jump", "iam"): iam, ("jump", "ssm"): self.vault})
        iam_api, ssm_api = Api(self.clients, "jump", "iam"), Api(self.clients, "jump", "ssm")
        self.emergency = Emergency(iam_api, ssm_api, Waiter(self.clock.sleep, self.clock))

    def deny(self, call: str, told: str = "not authorized") -> None:
        for _ in range(PASSES * 20):
            self.iam.refuse(call, "AccessDenied", told)

    def take(self) -> dict[str, Proof]:
        user = self.emergency.find(KEN, "example")
        assert user is not None
        return {one.what: one for one in self.emergency.take(KEN, user, lambda _: None)}

    @property
    def writes(self) -> list[str]:
        return [name for name in self.clients.names() if not name.startswith(("Get", "List"))]


@pytest.fixture
def room() -> Room:
    return Room(enrolled().iam)


def test_the_proof_has_every_kind_and_what_was_taken(room: Room) -> None:
    found = room.take()
    assert all((one.left, one.refusal) == (0, "") for one in found.values())
    assert {what: one.taken for what, one in found.items()} == {
        "group membership": 2,
        "password": 1,
        "access key": 2,
        "MFA device": 3,
        "signing certificate": 2,
        "SSH public key": 2,
        "service-specific credential": 2,
        "policy attachment": 2,
        "inline policy": 2,
        "stored initial password": 0,
    }
    assert (room.writes[0], room.writes[-2:]) == (
        "AttachUserPolicy",
        ["RemoveUserFromGroup", "DeleteParameter"],
    )
    assert {what: one.stays for what, one in found.items() if one.stays} == {
        "policy attachment": "jump-freeze"
    }
    assert (room.iam.held.pop("attached"), any(room.iam.held.values())) == ([FREEZE], False)


def test_again_where_nothing_is_left_but_the_freeze_policy_nothing_is_written_in_iam(room: Room) -> None:
    room.take()
    writes = len(room.writes)
    found = room.take()
    assert room.writes[writes:] == ["DeleteParameter"]
    assert found["policy attachment"] == Proof(what="policy attachment", taken=0, left=0, stays="jump-freeze")
    assert not any(one.amiss for one in found.values())


@pytest.mark.parametrize(
    ("call", "told", "on"),
    [
        ("AttachUserPolicy", "AttachUserPolicy was refused: not authorized", False),
        ("GetPolicyVersion", "GetPolicyVersion was refused: not authorized", True),
    ],
)
def test_a_freeze_that_is_refused_keeps_nothing_from_being_taken(
    room: Room, call: str, told: str, on: bool
) -> None:
    room.deny(call)
    found = room.take()
    proof = found.pop("policy attachment")
    assert (proof.taken, proof.left, proof.stays, proof.amiss) == (2, 0, "", True)
    assert told in proof.refusal
    assert not any(one.amiss for one in found.values())
    assert (FREEZE in room.iam.held.pop("attached"), any(room.iam.held.values())) == (on, False)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (None, "has no policy arn:aws:iam::111111111111:policy/jump/jump-freeze"),
        ({}, "does not deny everything"),
    ],
)
def test_a_freeze_policy_that_is_not_there_or_denies_less_is_told(
    room: Room, policy: dict[str, str] | None, told: str
) -> None:
    room.iam.freeze = policy
    found = room.take()
    assert told in found["policy attachment"].refusal
    assert (found["policy attachment"].stays, found["access key"].left) == ("", 0)


def test_who_may_not_list_the_policies_attaches_the_freeze_all_the_same(room: Room) -> None:
    room.deny("ListAttachedUserPolicies")
    found = room.take()
    assert FREEZE in room.iam.held["attached"]
    assert (found["policy attachment"].left, found["policy attachment"].stays) == (None, "")
    assert found["policy attachment"].refusal.count("ListAttachedUserPolicies was refused") == 1


def test_a_freeze_policy_that_is_gone_at_the_end_is_told(room: Room) -> None:
    room.take()
    room.iam.held["attached"].clear()
    room.iam.stuck = {"AttachUserPolicy"}
    proof = room.take()["policy attachment"]
    assert (proof.left, proof.stays) == (0, "")
    assert "AWS does not show jump-freeze on ken" in proof.refusal


def test_who_goes_while_everything_is_taken_has_no_freeze_that_is_missed(room: Room) -> None:
    room.iam.gone_after = "DeleteLoginProfile"
    assert not any(one.amiss for one in room.take().values())


def test_a_call_that_is_denied_keeps_nothing_else_but_the_denies(room: Room) -> None:
    room.deny("DeleteAccessKey", f"not authorized: {KEYS[0]}")
    found = room.take()
    assert (found["access key"].left, found["access key"].taken) == (2, 0)
    assert "(access key)" in found["access key"].refusal
    assert found["access key"].refusal.endswith("[A504]")
    assert set(room.iam.keys.values()) == {"Inactive"}
    assert (room.iam.held["groups"], found["group membership"].left) == (["acme-members"], 1)
    assert (room.iam.password, room.iam.devices, room.iam.virtual) == (False, [], set())
    assert not any(KEYS[0] in one.refusal for one in found.values())


@pytest.mark.parametrize("call", ["DeleteAccessKey", "DetachUserPolicy"])
def test_what_denies_and_is_left_on_purpose_has_a_reason(room: Room, call: str) -> None:
    """The group of all members, whatever else could not be taken."""
    room.deny(call)
    found = room.take()
    assert found["group membership"].refusal == (
        "acme-members carries the Denies and is left when nothing else is held"
    )
    refused = found["policy attachment"].refusal
    assert ("DetachUserPolicy was refused" in refused) == (call == "DetachUserPolicy")
    assert found["policy attachment"].stays == "jump-freeze"


def test_what_may_not_be_listed_is_not_known_and_keeps_the_denies(room: Room) -> None:
    room.deny("ListMFADevices")
    found = room.take()
    assert (found["MFA device"].left, "not authorized" in found["MFA device"].refusal) == (None, True)
    assert room.iam.held["groups"] == ["acme-members"]
    assert found["access key"] == Proof(what="access key", taken=2, left=0)


def test_a_list_that_was_refused_once_is_known_at_the_end(room: Room) -> None:
    room.iam.refuse("ListMFADevices", "ServiceFailure", "try again")
    found = room.take()
    assert found["MFA device"] == Proof(what="MFA device", taken=3, left=0)
    assert room.iam.held["groups"] == []


def test_the_stored_password_is_told_apart(room: Room) -> None:
    room.vault.refuse("DeleteParameter", "AccessDeniedException", "not authorized")
    found = room.take()
    assert found["stored initial password"].left is None
    assert all(one.left == 0 for what, one in found.items() if what != "stored initial password")


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
def test_without_credentials_it_stops_at_once(room: Room, code: str) -> None:
    room.iam.refuse("ListAttachedUserPolicies", code, "no")
    with pytest.raises(AwsRefused) as caught:
        room.take()
    assert caught.value.code in ("A503", "A536")
    assert room.writes == []


@pytest.mark.parametrize(
    ("path", "tags"),
    [
        ("/partner/globex/", {"jump-partner": "acme"}),
        ("/partner/acme/", {"jump-partner": "globex"}),
        ("/partner/acme/", {}),
        ("/", {"jump-partner": "acme"}),
        ("/partner/acme/", {"jump-partner": "acme", "jumpcf-estate": "another"}),
    ],
)
def test_whoever_is_not_the_partners_user_of_this_estate_is_not_found(
    room: Room, path: str, tags: dict[str, str]
) -> None:
    room.iam.path = path
    room.iam.tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    with pytest.raises(AwsRefused, match="nothing was touched") as caught:
        room.emergency.find(KEN, "example")
    assert caught.value.code == "A531"
    assert room.clients.names() == ["GetUser"]


@pytest.mark.parametrize("estate", [[], [{"Key": "jumpcf-estate", "Value": "example"}]])
def test_the_partners_user_is_found_and_nobody_where_there_is_none(
    room: Room, estate: list[dict[str, str]]
) -> None:
    room.iam.tags += estate
    assert room.emergency.find(KEN, "example") is not None
    room.iam.name = None
    assert room.emergency.find(KEN, "example") is None


def test_what_is_left_is_told_with_the_reason(room: Room, golden) -> None:  # type: ignore[no-untyped-def]
    room.deny("DeleteAccessKey")
    room.deny("ListSSHPublicKeys")
    made = Offboarded(
        estate="example",
        partner="acme",
        user="ken",
        state="partly",
        arn="arn:aws:iam::111111111111:user/partner/acme/ken",
        id="AIDAEXAMPLE",
        at="2026-11-02T03:00:00Z",
        by="arn:aws:sts::111111111111:assumed-role/Night/watch",
        proofs=tuple(room.take().values()),
        todo=("Run this again, with credentials that may do what was refused.",),
    )
    text = offboard_view.text(made)
    assert PHONE not in text
    golden(GOLDEN / "offboard-partly.txt", text + "\n")
