"""IAM's own API: passwords, quotas, sizes, delete conflicts, boundaries of users, the credential report.

Sources: IAM API reference and botocore's IAM model (error codes); facts/iam.md 6 (quotas), 7.2, 7.4 and 7.5
(passwords, delete conflicts); IAM User Guide, "Generate credential reports for your AWS account".
"""

import csv
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local import iam_limits
from jumpcf.local.session import LocalAws
from tests.local.people import Clock, Person, allow, enrol, make_role, make_user, policy, trust
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


class TestPasswords:
    @pytest.fixture(autouse=True)
    def person(self, aws: LocalAws) -> Person:
        return make_user(aws)

    def login(self, iam: Any, password: str = GOOD, **more: Any) -> Any:
        return iam.create_login_profile(UserName="taro.yamada", Password=password, **more)["LoginProfile"]

    def test_a_login_is_made_once_and_remembers_that_the_password_must_change(
        self, iam: Any, clock: Clock
    ) -> None:
        made = self.login(iam, PasswordResetRequired=True)
        assert (made["PasswordResetRequired"], made["CreateDate"].timestamp()) == (True, clock.now)
        assert refused(self.login, iam)[0] == "EntityAlreadyExists"
        assert iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["PasswordResetRequired"]

    def test_the_user_changes_it_and_nobody_else(self, iam: Any, person: Person) -> None:
        self.login(iam, PasswordResetRequired=True)
        mine = person.client("iam")
        wrong = {"OldPassword": "wrong", "NewPassword": "Another-Horse-2"}
        assert refused(mine.change_password, **wrong)[0] == "AccessDenied"
        mine.change_password(OldPassword=GOOD, NewPassword="Another-Horse-2")
        assert not iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["PasswordResetRequired"]
        assert refused(mine.change_password, OldPassword=GOOD, NewPassword="x")[0] == "AccessDenied"
        assert refused(iam.change_password, **wrong)[0] == "InvalidUserType"

    def test_a_reset_by_an_administrator_can_demand_a_change(self, iam: Any) -> None:
        assert refused(iam.update_login_profile, UserName="taro.yamada", Password=GOOD)[0] == "NoSuchEntity"
        self.login(iam)
        iam.update_login_profile(
            UserName="taro.yamada", Password="Another-Horse-2", PasswordResetRequired=True
        )
        assert iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["PasswordResetRequired"]
        iam.update_login_profile(UserName="taro.yamada", Password="A-Third-Horse-3")
        assert iam.get_login_profile(UserName="taro.yamada")["LoginProfile"]["PasswordResetRequired"]

    @pytest.mark.parametrize("password", ["Short-1", "lowercase-only", "NUMBERS123456"])
    def test_without_a_policy_the_default_one_holds(self, iam: Any, password: str) -> None:
        assert refused(self.login, iam, password)[0] == "PasswordPolicyViolation"
        self.login(iam, "three-classes-1")

    @pytest.mark.parametrize(
        "password", ["Too-Short-1", "no-uppercase-12", "NO-LOWERCASE-12", "No-Number-Here", "NoSymbolHere12"]
    )
    def test_a_policy_holds_for_logins_resets_and_changes(
        self, iam: Any, person: Person, password: str
    ) -> None:
        iam.update_account_password_policy(
            MinimumPasswordLength=14,
            RequireUppercaseCharacters=True,
            RequireLowercaseCharacters=True,
            RequireNumbers=True,
            RequireSymbols=True,
        )
        assert refused(self.login, iam, password)[0] == "PasswordPolicyViolation"
        self.login(iam)
        given = {"UserName": "taro.yamada", "Password": password}
        assert refused(iam.update_login_profile, **given)[0] == "PasswordPolicyViolation"
        changed = {"OldPassword": GOOD, "NewPassword": password}
        assert refused(person.client("iam").change_password, **changed)[0] == "PasswordPolicyViolation"

    def test_former_passwords_are_remembered_as_far_as_the_policy_says(
        self, iam: Any, person: Person
    ) -> None:
        iam.update_account_password_policy(PasswordReusePrevention=2)
        self.login(iam)
        mine = person.client("iam")
        mine.change_password(OldPassword=GOOD, NewPassword="Another-Horse-2")
        back = {"OldPassword": "Another-Horse-2", "NewPassword": GOOD}
        assert refused(mine.change_password, **back)[0] == "PasswordPolicyViolation"
        mine.change_password(OldPassword="Another-Horse-2", NewPassword="A-Third-Horse-3")
        mine.change_password(OldPassword="A-Third-Horse-3", NewPassword=GOOD)


class TestQuotas:
    @pytest.fixture(autouse=True)
    def person(self, aws: LocalAws) -> Person:
        return make_user(aws)

    def test_ten_managed_policies_each(self, iam: Any) -> None:
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
        holders = {
            "user": {"UserName": "taro.yamada"},
            "group": {"GroupName": "acme"},
            "role": {"RoleName": "r"},
        }
        for kind, named in holders.items():
            attach = getattr(iam, f"attach_{kind}_policy")
            for number in range(10):
                attach(**named, PolicyArn=f"arn:aws:iam::aws:policy/P{number}")
            attach(**named, PolicyArn="arn:aws:iam::aws:policy/P0")  # again is nothing new
            code, message = refused(attach, **named, PolicyArn=READ_ONLY)
            assert (code, message) == (
                "LimitExceeded",
                f"Cannot exceed quota for PoliciesPer{kind.title()}: 10",
            )

    @pytest.mark.parametrize(("kind", "most"), [("user", 2048), ("group", 5120), ("role", 10240)])
    def test_inline_policies_have_one_size_together(self, iam: Any, kind: str, most: int) -> None:
        iam.create_role(RoleName="acme", AssumeRolePolicyDocument=trust())
        named = {f"{kind.title()}Name": "taro.yamada" if kind == "user" else "acme"}
        put = getattr(iam, f"put_{kind}_policy")
        small = policy(allow("s3:*"))
        room = most - 2 * len(json.dumps(json.loads(small), separators=(",", ":")))
        wide = policy(allow("s3:*", f"arn:aws:s3:::{'b' * (room - len('arn:aws:s3:::') + 1)}"))
        put(**named, PolicyName="one", PolicyDocument=small)
        put(**named, PolicyName="two", PolicyDocument=wide + " " * 500)  # white space is free
        code, message = refused(
            put, **named, PolicyName="one", PolicyDocument=policy(allow("s3:*", "arn:aws:s3:::ab"))
        )
        assert (code, f"{most} bytes exceeded for {kind}" in message) == ("LimitExceeded", True)

    def test_a_managed_policy_and_a_trust_have_sizes(self, iam: Any) -> None:
        big = policy(allow("s3:*", [f"arn:aws:s3:::{'b' * 60}{number}" for number in range(100)]))
        code, message = refused(iam.create_policy, PolicyName="p", PolicyDocument=big)
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
        made = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
        assert refused(iam.create_policy_version, PolicyArn=made, PolicyDocument=big)[0] == "LimitExceeded"
        long = trust(StringEquals={"aws:PrincipalTag/x": ["y" * 200 + str(number) for number in range(10)]})
        code, message = refused(iam.create_role, RoleName="r", AssumeRolePolicyDocument=long)
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
        assert refused(iam.update_assume_role_policy, RoleName="r", PolicyDocument=long)[0] == "LimitExceeded"

    def test_ten_groups_two_keys_eight_devices_per_user(self, iam: Any) -> None:
        for number in range(9):
            iam.create_group(GroupName=f"g{number}")
            iam.add_user_to_group(GroupName=f"g{number}", UserName="taro.yamada")
        iam.create_group(GroupName="eleventh")
        code, message = refused(iam.add_user_to_group, GroupName="eleventh", UserName="taro.yamada")
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10")
        iam.create_access_key(UserName="taro.yamada")
        assert refused(iam.create_access_key, UserName="taro.yamada")[0] == "LimitExceeded"
        for number in range(8):
            self.enable(iam, f"d{number}")
        code, message = refused(self.enable, iam, "ninth")
        assert (code, message) == ("LimitExceeded", "Cannot exceed quota for MfaDevicesPerUser: 8")

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

    def test_names_are_short_plain_and_taken_in_any_letter_case(self, iam: Any) -> None:
        assert refused(iam.create_user, UserName="TARO.Yamada")[0] == "EntityAlreadyExists"
        assert refused(iam.create_group, GroupName="ACME")[0] == "EntityAlreadyExists"
        for name in ("u" * 65, "a b", "ä"):
            assert refused(iam.create_user, UserName=name)[0] == "ValidationError"
        iam.create_user(UserName="u" * 64)

    def test_a_role_lasts_between_one_and_twelve_hours(self, iam: Any) -> None:
        given = {"RoleName": "r", "AssumeRolePolicyDocument": trust()}
        code, message = refused(iam.create_role, **given, MaxSessionDuration=43201)
        assert (code, "between 3600 and 43200" in message) == ("ValidationError", True)
        iam.create_role(**given, MaxSessionDuration=43200, Description="mine")
        iam.update_role(RoleName="r", Description="other")
        role = iam.get_role(RoleName="r")["Role"]
        assert (role["MaxSessionDuration"], role["Description"]) == (43200, "other")


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


class TestBoundaries:
    def test_a_user_has_one_from_the_start_or_later(self, aws: LocalAws, iam: Any) -> None:
        made = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
        iam.create_user(UserName="taro.yamada", PermissionsBoundary=made)
        assert self.bounded(iam) == made
        iam.delete_user_permissions_boundary(UserName="taro.yamada")
        assert self.bounded(iam) is None
        assert refused(iam.delete_user_permissions_boundary, UserName="taro.yamada")[0] == "NoSuchEntity"
        iam.put_user_permissions_boundary(UserName="taro.yamada", PermissionsBoundary=READ_ONLY)
        assert self.bounded(iam) == READ_ONLY

    def bounded(self, iam: Any) -> str | None:
        found: dict[str, str] = iam.get_user(UserName="taro.yamada")["User"].get("PermissionsBoundary", {})
        return found.get("PermissionsBoundaryArn")

    def test_it_must_exist_and_cannot_be_deleted_while_it_bounds(self, iam: Any) -> None:
        ghost = f"arn:aws:iam::{JUMP}:policy/none"
        assert (
            refused(iam.create_user, UserName="taro.yamada", PermissionsBoundary=ghost)[0] == "NoSuchEntity"
        )
        given = {"RoleName": "r", "AssumeRolePolicyDocument": trust()}
        assert refused(iam.create_role, **given, PermissionsBoundary=ghost)[0] == "NoSuchEntity"
        made = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
        iam.create_role(**given, PermissionsBoundary=made)
        assert refused(iam.delete_policy, PolicyArn=made)[0] == "DeleteConflict"
        iam.delete_role_permissions_boundary(RoleName="r")
        iam.delete_policy(PolicyArn=made)


class TestDeleteConflicts:
    def test_a_user_goes_only_after_everything_that_hangs_on_him(
        self, aws: LocalAws, iam: Any, clock: Clock
    ) -> None:
        person = make_user(aws)
        device = enrol(person, clock)
        iam.create_login_profile(UserName="taro.yamada", Password=GOOD)
        iam.attach_user_policy(UserName="taro.yamada", PolicyArn=READ_ONLY)
        iam.put_user_policy(UserName="taro.yamada", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
        named = {"UserName": "taro.yamada"}
        for what, take in (
            ("delete login profile", lambda: iam.delete_login_profile(**named)),
            (
                "deactivate all MFA devices",
                lambda: iam.deactivate_mfa_device(**named, SerialNumber=device.serial),
            ),
            ("delete access keys", lambda: iam.delete_access_key(**named, AccessKeyId=person.key)),
            ("detach all policies", lambda: iam.detach_user_policy(**named, PolicyArn=READ_ONLY)),
            ("delete policies", lambda: iam.delete_user_policy(**named, PolicyName="p")),
            ("remove user from all groups", lambda: iam.remove_user_from_group(**named, GroupName="acme")),
        ):
            code, message = refused(iam.delete_user, **named)
            assert (code, message) == ("DeleteConflict", f"Cannot delete entity, must {what} first.")
            take()
        iam.delete_user(**named)

    def test_groups_policies_and_devices_in_use(self, aws: LocalAws, iam: Any, clock: Clock) -> None:
        device = enrol(make_user(aws, allow("s3:*")), clock)
        made = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
        iam.attach_group_policy(GroupName="acme", PolicyArn=made)
        iam.create_policy_version(PolicyArn=made, PolicyDocument=policy(allow("iam:*")), SetAsDefault=True)
        again = {
            "SerialNumber": device.serial,
            "AuthenticationCode1": "123456",
            "AuthenticationCode2": "654321",
        }
        iam.create_user(UserName="hanako.sato")
        assert refused(iam.enable_mfa_device, UserName="hanako.sato", **again)[0] == "EntityAlreadyExists"
        again["SerialNumber"] += "2"
        assert refused(iam.enable_mfa_device, UserName="hanako.sato", **again)[0] == "NoSuchEntity"
        for call, given in (
            (iam.delete_group, {"GroupName": "acme"}),
            (iam.delete_policy, {"PolicyArn": made}),
            (iam.delete_virtual_mfa_device, {"SerialNumber": device.serial}),
        ):
            assert refused(call, **given)[0] == "DeleteConflict"
        iam.remove_user_from_group(GroupName="acme", UserName="taro.yamada")
        iam.detach_group_policy(GroupName="acme", PolicyArn=made)
        assert "more than one version" in refused(iam.delete_policy, PolicyArn=made)[1]
        iam.delete_policy_version(PolicyArn=made, VersionId="v1")
        iam.delete_policy(PolicyArn=made)
        assert "delete policies" in refused(iam.delete_group, GroupName="acme")[1]
        iam.delete_group_policy(GroupName="acme", PolicyName="rights")
        iam.delete_group(GroupName="acme")


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
