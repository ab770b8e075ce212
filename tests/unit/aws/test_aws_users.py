"""Offboarding a partner's user: what is taken, in which order, and whose."""

import pytest
from aws_iam import FakeIam
from aws_vault import FakeVault
from aws_world import FakeClients, FakeClock, manifest

from jumpcf.artifacts.operation import OffboardUser
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.gateway import AwsGateway
from jumpcf.aws.users import PASSES, TRIES
from jumpcf.errors import AwsRefused

PHONE = "arn:aws:iam::111111111111:mfa/ken-phone"
PASSKEY = "arn:aws:iam::111111111111:u2f/user/ken/yubikey-ABCDEF"
TOKEN = "GAHT12345678"
KEYS = ("AKIAEXAMPLEKEYKEN001", "AKIAEXAMPLEKEYKEN002")
CERTIFICATE, SSH, GIT = "CERTIFICATE-OF-KEN-NUMBER-1", "APKAEXAMPLEKEYKEN001", "ACCAEXAMPLEKEYKEN001"
LISTS = (
    "ListGroupsForUser",
    "GetLoginProfile",
    "ListAccessKeys",
    "ListMFADevices",
    "ListSigningCertificates",
    "ListSSHPublicKeys",
    "ListServiceSpecificCredentials",
    "ListAttachedUserPolicies",
    "ListUserPolicies",
    "ListGroupsForUser",
    "ListAttachedUserPolicies",
)
FREEZE = "arn:aws:iam::111111111111:policy/jump/jump-freeze"


class Room:
    def __init__(self, iam: FakeIam) -> None:
        self.iam, self.clock = iam, FakeClock()
        self.clients = FakeClients({("jump", "iam"): iam, ("jump", "ssm"): FakeVault()})
        self.gateway = AwsGateway(
            self.clients, manifest(), {}, lambda _: b"", sleep=self.clock.sleep, clock=self.clock
        )
        self.told: list[str] = []

    def report(self, progress: Progress) -> None:
        self.told.append(progress.status)

    def offboard(self, path: str = "/partner/acme/", partner: str = "acme") -> Outcome:
        operation = OffboardUser(
            id="0123456789ab",
            place="jump",
            stack="jump-partner-acme",
            reason="the stack has this user no more",
            user="ken",
            path=path,
            partner=partner,
            resource="UserKen",
            members=f"{partner}-members",
        )
        return self.gateway.run(operation, "jumpcf-0123456789ab-1", self.report)

    @property
    def writes(self) -> list[str]:
        return [name for name in self.clients.names() if not name.startswith(("Get", "List"))]


def enrolled() -> Room:
    """ken, with two of everything that there can be."""
    iam = FakeIam()
    iam.password = True
    iam.keys = dict.fromkeys(KEYS, "Active")
    iam.devices, iam.virtual = [PASSKEY, PHONE, TOKEN], {PHONE}
    iam.held = {
        "certificates": [CERTIFICATE, "CERTIFICATE-OF-KEN-NUMBER-2"],
        "ssh": [SSH, "APKAEXAMPLEKEYKEN002"],
        "credentials": [GIT, "ACCAEXAMPLEKEYKEN002"],
        "attached": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/own"],
        "inline": ["one", "two"],
        "groups": ["acme-members", "acme-ops"],
    }
    return Room(iam)


def test_everything_is_taken_by_a_fixed_order() -> None:
    room = enrolled()
    outcome = room.offboard()
    assert outcome == Outcome(
        state="succeeded",
        reason="ken: 2 group memberships, password, 2 access keys, 3 MFA devices, 2 signing certificates, "
        "2 SSH public keys, 2 service-specific credentials, 2 policy attachments, 2 inline policies taken",
    )
    assert (room.iam.password, room.iam.keys, room.iam.devices, room.iam.virtual) == (False, {}, [], set())
    assert not any(room.iam.held.values())
    assert room.writes == [
        "AttachUserPolicy",
        "RemoveUserFromGroup",
        "DeleteLoginProfile",
        *["UpdateAccessKey"] * 2,
        *["DeleteAccessKey"] * 2,
        *["DeactivateMFADevice"] * 3,
        "DeleteVirtualMFADevice",
        *["DeleteSigningCertificate"] * 2,
        *["DeleteSSHPublicKey"] * 2,
        *["DeleteServiceSpecificCredential"] * 2,
        *["DetachUserPolicy"] * 2,
        *["DeleteUserPolicy"] * 2,
        "RemoveUserFromGroup",
        "DetachUserPolicy",
    ]
    assert room.clients.sent("AttachUserPolicy") == [{"UserName": "ken", "PolicyArn": FREEZE}]
    assert all(sent["Status"] == "Inactive" for sent in room.clients.sent("UpdateAccessKey"))


def test_a_passkey_and_a_hardware_token_are_deactivated_and_only_the_virtual_device_is_deleted() -> None:
    room = enrolled()
    room.offboard()
    assert [sent["SerialNumber"] for sent in room.clients.sent("DeactivateMFADevice")] == [
        PASSKEY,
        PHONE,
        TOKEN,
    ]
    assert room.clients.sent("DeleteVirtualMFADevice") == [{"SerialNumber": PHONE}]


def test_a_user_who_holds_nothing_is_looked_at_twice_and_only_frozen_meanwhile() -> None:
    room = Room(FakeIam())
    assert room.offboard() == Outcome(state="succeeded", reason="ken: nothing taken")
    freezing = ["ListAttachedUserPolicies", "AttachUserPolicy"]
    assert room.clients.names() == ["GetUser", *freezing, *LISTS, "DetachUserPolicy", *LISTS]


def test_doing_it_again_succeeds_and_takes_nothing() -> None:
    room = enrolled()
    room.offboard()
    writes = len(room.writes)
    assert room.offboard() == Outcome(state="succeeded", reason="ken: nothing taken")
    assert room.writes[writes:] == ["AttachUserPolicy", "DetachUserPolicy"]


def test_he_can_make_nothing_new_while_he_is_stripped() -> None:
    """What `user offboard` left of him is nothing but the freeze policy, which goes last."""
    room = enrolled()
    room.iam.held["attached"] = [FREEZE]
    room.offboard()
    assert (room.writes[0], room.writes[-1]) == ("RemoveUserFromGroup", "DetachUserPolicy")
    assert room.clients.sent("AttachUserPolicy") == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "AccessDenied",
            "; without jump-freeze meanwhile: jump (account 000000000000): AttachUserPolicy was refused",
        ),
        ("NoSuchEntity", "; without jump-freeze meanwhile, which the jump account has not"),
    ],
)
def test_where_the_freeze_policy_cannot_be_attached_all_else_is_taken_and_it_is_told(
    code: str, told: str
) -> None:
    room = enrolled()
    room.iam.refuse("AttachUserPolicy", code, "no")
    outcome = room.offboard()
    assert (outcome.state, any(room.iam.held.values())) == ("succeeded", False)
    assert told in outcome.reason
    assert "2 policy attachments" in outcome.reason
    assert room.writes[-1] == "RemoveUserFromGroup"


def test_a_freeze_policy_that_iam_does_not_attach_yet_is_attached_then() -> None:
    room = enrolled()
    room.iam.refuse("AttachUserPolicy", "ConcurrentModification", "not now")
    assert "without" not in room.offboard().reason
    assert room.writes[-1] == "DetachUserPolicy"


def test_a_user_who_is_gone_is_a_success() -> None:
    room = Room(FakeIam(name=None))
    assert room.offboard() == Outcome(state="succeeded", reason="ken was gone already")
    assert room.clients.names() == ["GetUser"]


@pytest.mark.parametrize(
    ("path", "partner", "wanted_path", "wanted_partner"),
    [
        ("/partner/globex/", "acme", "/partner/acme/", "acme"),
        ("/partner/acme/", "globex", "/partner/acme/", "acme"),
        ("/", "acme", "/partner/acme/", "acme"),
        ("/", "acme", "/", "acme"),  # as a plan from a file might say
        ("/partner/acme/x/", "acme", "/partner/acme/", "acme"),
    ],
)
def test_a_user_of_this_name_who_is_not_the_stacks_is_never_touched(
    path: str, partner: str, wanted_path: str, wanted_partner: str
) -> None:
    room = enrolled()
    room.iam.path, room.iam.tags[1]["Value"] = path, partner
    outcome = room.offboard(wanted_path, wanted_partner)
    assert outcome.state == "failed"
    assert outcome.reason.endswith("of jump-partner-acme's user; nobody else is touched [A531]")
    assert room.clients.names() == ["GetUser"]


def test_a_user_without_tags_is_never_touched() -> None:
    room = enrolled()
    room.iam.tags = []
    assert room.offboard().state == "failed"
    assert room.writes == []


@pytest.mark.parametrize(
    "call",
    [
        "DeleteLoginProfile",
        "UpdateAccessKey",
        "DeactivateMFADevice",
        "DeleteVirtualMFADevice",
        "DeleteSSHPublicKey",
        "RemoveUserFromGroup",
    ],
)
def test_what_is_not_there_any_more_is_a_success(call: str) -> None:
    room = enrolled()
    room.iam.refuse(call, "NoSuchEntity", "it cannot be found")
    assert room.offboard().state == "succeeded"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("DeleteLoginProfile", "EntityTemporarilyUnmodifiable"),
        ("DeactivateMFADevice", "ConcurrentModification"),
        ("DeleteVirtualMFADevice", "DeleteConflict"),
    ],
)
def test_a_call_that_iam_does_not_take_yet_is_made_again(call: str, code: str) -> None:
    room = enrolled()
    room.iam.refuse(call, code, "not now")
    room.iam.refuse(call, code, "not now")
    assert room.offboard().state == "succeeded"
    assert (room.iam.password, room.iam.virtual) == (False, set())
    assert room.clock.sleeps


def test_a_list_that_still_shows_what_was_taken_is_read_again() -> None:
    room = Room(FakeIam())
    room.iam.lagging["devices"] = [PASSKEY]
    assert room.offboard() == Outcome(state="succeeded", reason="ken: 1 MFA device taken")


def test_what_cannot_be_taken_is_named_by_kind_and_number_only() -> None:
    room = enrolled()
    room.iam.stuck = {"DeleteAccessKey"}
    outcome = room.offboard()
    assert outcome == Outcome(state="failed", reason="ken still has 2 access keys; run again")
    assert room.iam.keys == dict.fromkeys(KEYS, "Inactive")


def test_a_refusal_is_told_without_the_key_that_it_names() -> None:
    room = enrolled()
    room.iam.refuse("DeleteAccessKey", "AccessDenied", f"not authorized: {KEYS[0]}")
    with pytest.raises(AwsRefused) as caught:
        room.offboard()
    assert (caught.value.code, caught.value.where) == ("A504", "jump (account 000000000000)")
    assert KEYS[0] not in str(caught.value)
    assert "not authorized: (access key)" in str(caught.value)


def test_no_key_serial_or_name_of_a_device_is_told() -> None:
    room = enrolled()
    outcome = room.offboard()
    told = " ".join([outcome.reason, *room.told])
    assert room.told[:3] == ["taking 1 group membership", "taking password", "taking 2 access keys"]
    assert not any(secret in told for secret in (*KEYS, PHONE, PASSKEY, TOKEN, CERTIFICATE, SSH, GIT))


def test_a_partition_that_knows_no_service_specific_credentials_has_none() -> None:
    room = enrolled()
    room.iam.held["credentials"] = []
    for _ in range(2):
        room.iam.refuse("ListServiceSpecificCredentials", "NotSupportedService", "not here")
    assert room.offboard().state == "succeeded"


def test_a_user_who_goes_while_he_is_offboarded_is_a_success() -> None:
    room = enrolled()
    room.iam.gone_after = "DeleteLoginProfile"
    assert room.offboard().state == "succeeded"


@pytest.mark.parametrize("groups", [["acme-members", "acme-ops", "x"], ["acme-ops", "x", "acme-members"]])
def test_the_group_with_the_denies_is_left_last_whatever_order_aws_lists(groups: list[str]) -> None:
    room = enrolled()
    room.iam.held["groups"] = groups
    room.offboard()
    left = [sent["GroupName"] for sent in room.clients.sent("RemoveUserFromGroup")]
    assert left == ["acme-ops", "x", "acme-members"]
    assert room.writes[1:4] == ["RemoveUserFromGroup", "RemoveUserFromGroup", "DeleteLoginProfile"]
    assert room.writes[-2:] == ["RemoveUserFromGroup", "DetachUserPolicy"]


@pytest.mark.parametrize("frozen", [True, False])
def test_the_freeze_policy_is_left_on_until_nothing_else_is_there(frozen: bool) -> None:
    room = enrolled()
    room.iam.held["attached"] = [*([FREEZE] if frozen else []), "arn:aws:iam::aws:policy/ReadOnlyAccess"]
    room.offboard()
    taken = [sent["PolicyArn"] for sent in room.clients.sent("DetachUserPolicy")]
    assert taken == ["arn:aws:iam::aws:policy/ReadOnlyAccess", FREEZE]
    assert room.writes[-2:] == ["RemoveUserFromGroup", "DetachUserPolicy"]


@pytest.mark.parametrize("frozen", [True, False])
def test_the_freeze_policy_stays_where_anything_does(frozen: bool) -> None:
    room = enrolled()
    room.iam.held["attached"], room.iam.devices = [FREEZE] if frozen else [], [PASSKEY]
    for _ in range(PASSES * TRIES):
        room.iam.refuse("DeactivateMFADevice", "DeleteConflict", "in use")
    assert room.offboard().state == "failed"
    assert (room.iam.held["attached"], room.iam.held["groups"]) == ([FREEZE], ["acme-members"])


def test_a_group_of_members_of_another_partner_is_one_that_allows() -> None:
    room = enrolled()
    room.iam.held["groups"] = ["acme-members", "globex-members"]
    room.offboard()
    left = [sent["GroupName"] for sent in room.clients.sent("RemoveUserFromGroup")]
    assert left == ["globex-members", "acme-members"]


@pytest.mark.parametrize("call", ["DeactivateMFADevice", "DeleteVirtualMFADevice"])
def test_one_device_that_iam_keeps_keeps_nothing_else_but_the_denies(call: str) -> None:
    room = enrolled()
    room.iam.devices, room.iam.virtual = [PHONE], {PHONE}
    for _ in range(PASSES * TRIES):
        room.iam.refuse(call, "DeleteConflict", f"{PHONE} is in use")
    outcome = room.offboard()
    assert outcome == Outcome(
        state="failed",
        reason="ken still has 1 MFA device, 1 group membership, 1 policy attachment; run again",
    )
    assert room.iam.held.pop("groups") == ["acme-members"]
    assert room.iam.held.pop("attached") == [FREEZE]
    assert (room.iam.password, room.iam.keys, any(room.iam.held.values())) == (False, {}, False)


def test_a_device_that_iam_gives_up_in_a_later_pass_is_taken_and_then_the_denies() -> None:
    room = enrolled()
    for _ in range(TRIES + 1):
        room.iam.refuse("DeleteVirtualMFADevice", "DeleteConflict", "in use")
    outcome = room.offboard()
    assert (outcome.state, room.iam.virtual, room.iam.held["groups"]) == ("succeeded", set(), [])
    assert "3 MFA devices" in outcome.reason
    assert room.writes[-3:] == ["DeleteVirtualMFADevice", "RemoveUserFromGroup", "DetachUserPolicy"]
