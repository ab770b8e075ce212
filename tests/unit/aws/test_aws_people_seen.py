"""The people of the jump account as they are read: the credential report, the lists, and each for himself."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from datetime import UTC, datetime
from typing import Any

import pytest
from aws_world import FakeClients, FakeClock, Scripted, refused

from jumpcf.artifacts.people import SeenKey, SeenPeople
from jumpcf.aws.api import Api
from jumpcf.aws.credential_report import parse
from jumpcf.aws.paging import Waiter
from jumpcf.aws.people_seen import kind_of, see_people
from jumpcf.errors import AwsRefused

DAY = datetime(2027, 1, 15, 8, tzinfo=UTC)
ARN = "arn:aws:iam::111111111111:user/partner/acme/{}"
HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,"
    "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
ROOT = "<root_account>,arn:aws:iam::111111111111:root,x,not_supported,no_information,not_supported,x,true" + (
    ",false,N/A,N/A,N/A,N/A" * 2 + ",false,N/A" * 2
)


def line(
    name: str, used: str = "no_information", changed: str = "2027-01-02T00:00:00+00:00", key: str = "N/A"
) -> str:
    keys = f",true,{key},N/A,N/A,N/A,false,N/A,N/A,N/A,N/A"
    return f"{name},{ARN.format(name)},x,true,{used},{changed},N/A,false{keys},false,N/A,false,N/A"


class FakePeople(Scripted):
    """IAM with a few users, pages of one each, and a report that is made while one waits."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.report = "\n".join([HEADER, ROOT, *lines])
        self.states = ["COMPLETE"]
        self.users: dict[str, dict[str, Any]] = {}
        self.used: dict[str, datetime] = {}
        self.profiles: dict[str, bool] = {}
        self.devices: dict[str, list[str]] = {}
        self.keys: dict[str, list[str]] = {}
        self.gone: set[str] = set()
        self.groups: list[dict[str, Any]] = [{"GroupName": "acme-members", "AttachedManagedPolicies": []}]

    def add(self, name: str, **more: Any) -> None:
        self.users[name] = {
            "UserName": name,
            "Path": "/partner/acme/",
            "Arn": ARN.format(name),
            "CreateDate": datetime(2027, 1, 1, tzinfo=UTC),
            "GroupList": ["acme-members"],
            "Tags": [{"Key": "jump-partner", "Value": "acme"}],
            **more,
        }

    def generate_credential_report(self) -> dict[str, Any]:
        self.check("GenerateCredentialReport")
        return {"State": self.states.pop(0) if len(self.states) > 1 else self.states[0]}

    def get_credential_report(self) -> dict[str, Any]:
        self.check("GetCredentialReport")
        return {"Content": self.report.encode(), "ReportFormat": "text/csv", "GeneratedTime": DAY}

    def list_users(self, PathPrefix: str, MaxItems: int, Marker: str = "") -> dict[str, Any]:
        found = [
            {"UserName": one, **({"PasswordLastUsed": self.used[one]} if one in self.used else {})}
            for one, user in self.users.items()
            if user["Path"].startswith(PathPrefix)
        ]
        return self._page("Users", found, Marker)

    def get_account_authorization_details(
        self, Filter: list[str], MaxItems: int, Marker: str = ""
    ) -> dict[str, Any]:
        (kind,) = Filter
        items = {"User": [*self.users.values()], "Group": self.groups}[kind]
        return self._page(f"{kind}DetailList", items, Marker)

    def get_login_profile(self, UserName: str) -> dict[str, Any]:
        if UserName not in self.profiles:
            raise refused("NoSuchEntity", "Login Profile cannot be found.")
        made = datetime(2027, 1, 1, tzinfo=UTC)
        return {"LoginProfile": {"CreateDate": made, "PasswordResetRequired": self.profiles[UserName]}}

    def list_mfa_devices(self, UserName: str) -> dict[str, Any]:
        if UserName in self.gone:
            raise refused("NoSuchEntity", "The user cannot be found.")
        return {"MFADevices": [{"SerialNumber": one} for one in self.devices.get(UserName, [])]}

    def list_access_keys(self, UserName: str) -> dict[str, Any]:
        self.check("ListAccessKeys")
        made = datetime(2027, 1, 3, tzinfo=UTC)
        keys = [
            {"AccessKeyId": one, "Status": "Inactive" if one.endswith("0") else "Active", "CreateDate": made}
            for one in self.keys.get(UserName, [])
        ]
        return {"AccessKeyMetadata": keys}

    def get_access_key_last_used(self, AccessKeyId: str) -> dict[str, Any]:
        used = {"LastUsedDate": datetime(2027, 1, 9, tzinfo=UTC)} if AccessKeyId.endswith("1") else {}
        return {"AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A", **used}}

    def _page(self, key: str, items: list[Any], marker: str) -> dict[str, Any]:
        at = int(marker or 0)
        more = {"Marker": str(at + 1)} if at + 1 < len(items) else {}
        return {key: items[at : at + 1], "IsTruncated": bool(more), **more}


class Room:
    def __init__(self, iam: FakePeople) -> None:
        self.clock, self.clients = FakeClock(), FakeClients({("jump", "iam"): iam})

    def see(self, path: str = "/partner/") -> SeenPeople:
        waiter = Waiter(self.clock.sleep, self.clock)
        return see_people(Api(self.clients, "jump", "iam"), map, waiter, path)


def test_whom_the_freeze_policy_is_attached_to_is_seen() -> None:
    iam, other = FakePeople(line("taro"), line("mio")), {"PolicyArn": "arn:aws:iam::111111111111:policy/x"}
    freeze = {"PolicyArn": "arn:aws:iam::111111111111:policy/jump/jump-freeze"}
    iam.add("taro", AttachedManagedPolicies=[freeze])
    iam.add("mio", GroupList=["acme-members", "acme-dev"], AttachedManagedPolicies=[other])
    assert [one.shut for one in Room(iam).see().users] == [(), ("taro",)]
    iam.groups = [
        {"GroupName": "acme-dev", "AttachedManagedPolicies": [other]},
        {"GroupName": "acme-members", "AttachedManagedPolicies": [other, freeze]},
    ]
    assert [one.shut for one in Room(iam).see().users] == [("acme-members",), ("taro", "acme-members")]


def test_what_a_person_has_comes_from_where_it_is_freshest() -> None:
    iam = FakePeople(
        line("taro", used="2027-01-10T00:00:00+00:00", key="2027-01-03T00:00:00+00:00"), line("mio")
    )
    iam.add(
        "taro", AttachedManagedPolicies=[{"PolicyArn": "arn:aws:iam::111111111111:policy/jump/jump-freeze"}]
    )
    iam.add("mio", UserPolicyList=[{"PolicyName": "by-hand"}])
    iam.used["taro"] = datetime(2027, 1, 14, tzinfo=UTC)
    iam.profiles, iam.keys = (
        {"taro": False, "mio": True},
        {"taro": ["AKIAEXAMPLEKEYTARO01", "AKIAEXAMPLEKEYTARO00"]},
    )
    iam.devices["taro"] = ["GAHT12345678", "arn:aws:iam::111111111111:mfa/phone"]
    mio, taro = Room(iam).see().users
    assert (taro.signed_in, taro.password, taro.must_change) == (
        "2027-01-14T00:00:00Z",
        "2027-01-02T00:00:00Z",
        False,
    )
    assert (taro.mfa, taro.policies) == (("hardware", "virtual"), ())
    assert taro.keys == (
        SeenKey(active=True, made="2027-01-03T00:00:00Z", used="2027-01-09T00:00:00Z"),
        SeenKey(active=False, made="2027-01-03T00:00:00Z"),
    )
    assert (mio.signed_in, mio.must_change, mio.policies, mio.keys, mio.tag) == (
        "",
        True,
        ("by-hand",),
        (),
        "acme",
    )


def test_keys_are_asked_for_where_the_report_has_some_and_of_whom_it_does_not_know() -> None:
    iam = FakePeople(line("old"), line("keyed", key="2027-01-03T00:00:00+00:00"))
    for name in ("old", "keyed", "new"):
        iam.add(name)
    room = Room(iam)
    room.see()
    assert [sent["UserName"] for sent in room.clients.sent("ListAccessKeys")] == ["keyed", "new"]


def test_a_password_that_is_gone_is_none_whatever_the_report_says() -> None:
    iam = FakePeople(line("taro", used="2027-01-10T00:00:00+00:00", key="2027-01-03T00:00:00+00:00"))
    iam.add("taro")
    (taro,) = Room(iam).see().users
    assert (taro.password, taro.must_change, taro.keys) == ("", False, ())


def test_only_those_below_the_path_and_who_goes_meanwhile_is_left_out() -> None:
    iam = FakePeople(line("taro"))
    iam.add("taro")
    iam.add("ana", Path="/partner/globex/")
    iam.add("admin", Path="/")
    iam.gone = {"ana"}
    assert [one.name for one in Room(iam).see().users] == ["taro"]
    assert Room(iam).see("/partner/globex/").users == ()


def test_the_report_is_awaited_and_asked_for_anew_where_it_expired() -> None:
    iam = FakePeople(line("taro"))
    iam.states = ["STARTED", "INPROGRESS", "COMPLETE"]
    iam.refuse("GetCredentialReport", "ReportExpired", "expired")
    room = Room(iam)
    assert room.see().reported == "2027-01-15T08:00:00Z"
    assert room.clients.names()[:6] == [
        *["GenerateCredentialReport"] * 3,
        "GetCredentialReport",
        "GenerateCredentialReport",
        "GetCredentialReport",
    ]
    assert len(room.clock.sleeps) == 3


def test_a_report_that_never_comes_is_given_up() -> None:
    iam = FakePeople()
    iam.states = ["INPROGRESS"]
    with pytest.raises(AwsRefused) as caught:
        Room(iam).see()
    assert caught.value.code == "A529"


def test_a_report_may_not_be_made() -> None:
    iam = FakePeople()
    iam.refuse("GenerateCredentialReport", "AccessDenied", "no")
    with pytest.raises(AwsRefused) as caught:
        Room(iam).see()
    assert caught.value.code == "A504"


@pytest.mark.parametrize(
    "text", ["user,arn\nx,y\n", f"{HEADER}\nx,y\n", f"{HEADER}\n{line('x', used='today')}\n"]
)
def test_a_report_of_another_form_is_a_refusal_and_new_columns_do_no_harm(text: str) -> None:
    with pytest.raises(AwsRefused) as caught:
        parse(text.encode())
    assert caught.value.code == "A574"
    assert len(parse(f"{HEADER},new\n{line('taro')},x\n".encode())) == 1


@pytest.mark.parametrize(
    ("serial", "kind"),
    [
        ("arn:aws:iam::111111111111:mfa/phone", "virtual"),
        ("arn:aws-cn:iam::111111111111:mfa/u2f", "virtual"),
        ("arn:aws:iam::111111111111:u2f/user/taro/key-ABC", "passkey"),
        ("GAHT12345678", "hardware"),
    ],
)
def test_the_kind_of_a_device_is_in_its_serial_number(serial: str, kind: str) -> None:
    assert kind_of(serial) == kind
