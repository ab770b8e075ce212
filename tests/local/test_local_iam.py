"""IAM's own API where it needs the embedded clock or reaches beneath it; the rest are conformance bodies.

Sources: IAM API reference and botocore's IAM model (error codes); facts/iam.md 6 (quotas), 7.2, 7.4 and 7.5
(passwords, delete conflicts); IAM User Guide, "Generate credential reports for your AWS account".
"""

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local import iam_limits
from jumpcf.local.session import LocalAws
from tests.local.people import Clock, Person, enrol, make_role, make_user, trust
from tests.local.support import JUMP, refused

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GOOD = "Correct-Horse-1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=0, clock=clock) as started:
        yield started


@pytest.fixture
def iam(aws: LocalAws) -> Any:
    return aws.client("iam", JUMP)


def test_a_login_is_dated_by_the_embedded_clock(aws: LocalAws, iam: Any, clock: Clock) -> None:
    make_user(aws)
    made = iam.create_login_profile(UserName="taro.yamada", Password=GOOD)["LoginProfile"]
    assert made["CreateDate"].timestamp() == clock.now


class TestQuotas:
    @pytest.fixture(autouse=True)
    def person(self, aws: LocalAws) -> Person:
        return make_user(aws)

    def test_eight_devices_per_user(self, iam: Any) -> None:
        """On AWS their codes take minutes; the other quotas are conformance bodies."""
        for number in range(8):
            self.enable(iam, f"d{number}")
        code, message = refused(self.enable, iam, "ninth")
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for MfaDevicesPerUser: 8")

    @pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "a\x1b[31m", "\u202ea", "a/b", "d" * 227])
    def test_a_devices_name_is_plain(self, iam: Any, name: str) -> None:
        code, message = refused(iam.create_virtual_mfa_device, VirtualMFADeviceName=name)
        assert (code, "[\\w+=,.@-]+" in message) == ("ValidationError", True)

    def enable(self, iam: Any, name: str) -> None:
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
        codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
        iam.enable_mfa_device(UserName="taro.yamada", SerialNumber=made, **codes)

    def test_an_account_has_room_for_so_many(self, aws: LocalAws, iam: Any) -> None:
        """300 groups; the same code counts users, roles and policies (5,000, 1,000 and 1,500)."""
        from moto.iam.models import iam_backends

        backend = iam_backends[JUMP]["aws"]
        for number in range(299):
            backend.create_group(f"g{number}")
        code, message = refused(iam.create_group, GroupName="one-more")
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 300")
        assert (iam_limits.USERS, iam_limits.ROLES, iam_limits.POLICIES) == (5000, 1000, 1500)


class TestWhoAsks:
    """Without a UserName a call means its caller (IAM API reference)."""

    def test_a_user_and_his_session(self, aws: LocalAws) -> None:
        person = make_user(aws)
        session = person.using(person.client("sts").get_session_token()["Credentials"])
        for client in (person.client("iam"), session.client("iam")):
            assert client.get_user()["User"]["UserName"] == "taro.yamada"
            assert client.list_access_keys()["AccessKeyMetadata"][0]["AccessKeyId"] == person.key
            assert client.list_mfa_devices()["MFADevices"] == []

    def test_the_root_and_a_role(self, aws: LocalAws, iam: Any) -> None:
        assert iam.get_user()["User"]["Arn"] == f"arn:aws:iam::{JUMP}:root"
        session = make_user(aws).assume(make_role(aws, JUMP, "r", trust()))
        assert refused(session.client("iam").get_user)[0] == "ValidationError"


class TestCredentialReport:
    def rows(self, iam: Any) -> dict[str, dict[str, str]]:
        text = iam.get_credential_report()["Content"].decode()
        return {row["user"]: row for row in csv.DictReader(text.splitlines())}

    def test_it_tells_what_a_user_has(self, aws: LocalAws, iam: Any, clock: Clock) -> None:
        person = make_user(aws)
        enrol(person, clock)
        iam.create_login_profile(UserName="taro.yamada", Password=GOOD)
        iam.update_account_password_policy(MaxPasswordAge=90)
        changed = datetime.datetime.fromtimestamp(clock.now, datetime.UTC)
        assert iam.generate_credential_report()["State"] == "STARTED"
        assert iam.generate_credential_report()["State"] == "COMPLETE"
        row = self.rows(iam)["taro.yamada"]
        wanted = {
            "arn": f"arn:aws:iam::{JUMP}:user/partner/acme/taro.yamada",
            "password_enabled": "true",
            "password_last_used": "no_information",
            "password_last_changed": changed.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "password_next_rotation": (changed + datetime.timedelta(days=90)).strftime(
                "%Y-%m-%dT%H:%M:%S+00:00"
            ),
            "mfa_active": "true",
            "access_key_1_active": "true",
            "access_key_1_last_used_service": "iam",
            "access_key_2_active": "false",
            "access_key_2_last_used_date": "N/A",
            "cert_1_active": "false",
        }
        assert {name: row[name] for name in wanted} == wanted

    def test_the_root_user_comes_first_and_a_user_without_a_password_has_none(
        self, aws: LocalAws, iam: Any
    ) -> None:
        make_user(aws)
        iam.generate_credential_report()
        rows = self.rows(iam)
        assert list(rows) == ["<root_account>", "taro.yamada"]
        assert {rows["taro.yamada"][name] for name in ("password_last_used", "password_last_changed")} == {
            "N/A"
        }

    def test_it_is_four_hours_old_at_most(self, aws: LocalAws, iam: Any, clock: Clock) -> None:
        assert refused(iam.get_credential_report)[0] == "ReportNotPresent"
        iam.generate_credential_report()
        make_user(aws)
        clock.pass_(4 * 3600 - 1)
        assert iam.generate_credential_report()["State"] == "COMPLETE"
        assert list(self.rows(iam)) == ["<root_account>"]
        clock.pass_(1)
        assert refused(iam.get_credential_report)[0] == "ReportExpired"
        assert iam.generate_credential_report()["State"] == "STARTED"
        assert list(self.rows(iam)) == ["<root_account>", "taro.yamada"]


def test_passwords_and_boundaries_outlive_the_process(tmp_path: Path, estate: Estate) -> None:
    with LocalAws(tmp_path, estate, speed=0) as aws:
        make_user(aws)
        iam = aws.client("iam", JUMP)
        iam.create_login_profile(UserName="taro.yamada", Password=GOOD, PasswordResetRequired=True)
        iam.put_user_permissions_boundary(UserName="taro.yamada", PermissionsBoundary=READ_ONLY)
        created = iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["CreateDate"]
    with LocalAws(tmp_path, estate, speed=0) as aws:
        iam = aws.client("iam", JUMP)
        profile = iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]
        assert (profile["CreateDate"], profile["PasswordResetRequired"]) == (created, True)
        bounded = iam.get_user(UserName="taro.yamada")["User"]["PermissionsBoundary"]
        assert bounded["PermissionsBoundaryArn"] == READ_ONLY
