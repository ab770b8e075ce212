"""The door in the jump account: closed only where AWS shows it closed, and only where it is the partner's."""

# ruff: noqa: N803 (parameters are named as AWS names them)

import datetime
from typing import Any

import pytest
from aws_world import FakeClients, FakeClock, Scripted, refused

from jumpcf.aws.api import Api
from jumpcf.aws.freezing import Door, NoDoor
from jumpcf.aws.paging import Waiter
from jumpcf.errors import AwsRefused

POLICY = "arn:aws:iam::111111111111:policy/jump/jump-freeze"
DENY = {"Sid": "Frozen", "Effect": "Deny", "Action": ["*"], "Resource": ["*"]}
LATER = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)


class FakeGroup(Scripted):
    """The group acme-members and the user ken, each with what is attached; `unseen` lists are one look behind."""

    def __init__(self) -> None:
        super().__init__()
        self.path = "/partner/acme/"
        self.attached: dict[str, list[str]] = {"acme-members": [], "ken": []}
        self.members, self.users = ["ken", "mio"], ["ken", "mio"]
        self.unseen = 0
        self.policy: Any = {"Version": "2012-10-17", "Statement": [DENY]}
        self.date = ""

    def _there(self, name: str) -> None:
        if name not in self.attached:
            raise refused("NoSuchEntity", f"{name} cannot be found.")

    def get_group(self, GroupName: str, Marker: str = "", MaxItems: int = 100) -> dict[str, Any]:
        self._there(GroupName)
        users = [{"UserName": name} for name in self.members]
        return {"Group": {"GroupName": GroupName, "Path": self.path}, "Users": users}

    def get_user(self, UserName: str) -> dict[str, Any]:
        self._there(UserName)
        return {"User": {"UserName": UserName, "Path": self.path}}

    def list_users(self, PathPrefix: str, MaxItems: int, Marker: str = "") -> dict[str, Any]:
        assert PathPrefix == self.path
        return {"Users": [{"UserName": name} for name in self.users]}

    def _list(self, name: str) -> dict[str, Any]:
        held = self.attached[name]
        if held and self.unseen:
            self.unseen -= 1
            held = []
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in ["arn:aws:iam::aws:policy/X", *held]]}

    def list_attached_group_policies(self, GroupName: str, Marker: str = "") -> dict[str, Any]:
        return self._list(GroupName)

    def list_attached_user_policies(self, UserName: str, Marker: str = "") -> dict[str, Any]:
        return self._list(UserName)

    def attach_group_policy(self, GroupName: str, PolicyArn: str) -> None:
        if self.policy is None:
            raise refused("NoSuchEntity", "Policy does not exist.")
        self.attached[GroupName] = [PolicyArn]

    def attach_user_policy(self, UserName: str, PolicyArn: str) -> None:
        self.attach_group_policy(UserName, PolicyArn)

    def detach_group_policy(self, GroupName: str, PolicyArn: str) -> None:
        if PolicyArn not in self.attached[GroupName]:
            raise refused("NoSuchEntity", "Policy was not found.")
        self.attached[GroupName].remove(PolicyArn)

    def detach_user_policy(self, UserName: str, PolicyArn: str) -> None:
        self.detach_group_policy(UserName, PolicyArn)

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:
        return {"Policy": {"Arn": PolicyArn, "DefaultVersionId": "v1"}}

    def get_policy_version(self, PolicyArn: str, VersionId: str) -> dict[str, Any]:
        headers = {"date": self.date} if self.date else {}
        said = {"VersionId": VersionId, "Document": self.policy}
        return {"PolicyVersion": said, "ResponseMetadata": {"HTTPHeaders": headers}}


def door(iam: FakeGroup, user: str = "", partner: str = "acme") -> tuple[Door, FakeClients]:
    clients, clock = FakeClients({("jump", "iam"): iam}), FakeClock()
    waiter = Waiter(clock.sleep, clock)
    return Door(
        iam=Api(clients, "jump", "iam"), waiter=waiter, policy=POLICY, partner=partner, user=user
    ), clients


def writes(clients: FakeClients) -> list[str]:
    return [name for name in clients.names() if not name.startswith(("Get", "List"))]


@pytest.mark.parametrize(("user", "holder"), [("", "acme-members"), ("ken", "ken")])
def test_it_is_closed_and_read_back_and_opened(user: str, holder: str) -> None:
    iam = FakeGroup()
    iam.unseen = 2
    one, _ = door(iam, user)
    assert one.close().was_open
    assert iam.attached[holder] == [POLICY]
    assert not one.close().was_open
    assert one.open()
    assert not one.open()
    assert iam.attached[holder] == []


def test_the_instant_is_awss_own_where_this_machine_is_behind() -> None:
    iam = FakeGroup()
    iam.date = "Thu, 01 Jan 2099 00:00:00 GMT"
    assert door(iam)[0].close().at == LATER
    iam.date = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert door(iam)[0].close().at.year > 2025
    iam.date = "yesterday"  # no reason to leave a door that is closed untold
    assert door(iam)[0].close().at.year > 2025


def test_who_is_under_the_path_and_not_in_the_group_is_told() -> None:
    iam = FakeGroup()
    iam.members = ["mio"]
    found = door(iam)[0].behind()
    assert (found.users, found.strays) == (("mio",), ("ken",))
    assert door(iam, "ken")[0].behind().strays == ()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (None, "A570"),
        ([{**DENY, "Action": ["s3:*"]}], "A572"),
        ([{**DENY, "Effect": "Allow"}], "A572"),
        ([{**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}], "A572"),
        ([], "A572"),
        ({**DENY, "Action": "*", "Resource": "*"}, ""),
    ],
)
def test_a_policy_that_is_gone_or_emptied_is_no_closed_door(statement: Any, code: str) -> None:
    iam = FakeGroup()
    iam.policy = None if statement is None else {"Version": "2012-10-17", "Statement": statement}
    one, _ = door(iam)
    if not code:
        assert one.close().was_open
        return
    with pytest.raises(AwsRefused) as caught:
        one.close()
    assert caught.value.code == code
    assert "docs/break-glass.md" in caught.value.hint


def test_what_aws_never_shows_is_not_closed() -> None:
    iam = FakeGroup()
    iam.unseen = 99
    with pytest.raises(AwsRefused) as caught:
        door(iam)[0].close()
    assert caught.value.code == "A571"


@pytest.mark.parametrize("user", ["", "ken"])
def test_what_is_another_partners_or_nobodys_is_never_touched(user: str) -> None:
    iam = FakeGroup()
    iam.path = "/partner/hinode/"
    one, clients = door(iam, user)
    with pytest.raises(AwsRefused) as caught:
        one.close()
    assert (caught.value.code, writes(clients)) == ("A573", [])
    one, clients = door(iam, user and "nobody", partner="acmee")
    with pytest.raises(NoDoor) as none:
        one.open()
    assert (none.value.code, writes(clients)) == ("G570", [])
