"""IAM's passwords: login profiles, the account's policy, the user's own change, devices.

bc = botocore's IAM model (the API's shapes and error codes); UG = IAM User Guide; facts = the notes on IAM by
section.  Texts of refusals are AWS's own and are looked at only where they are documented.
"""

import csv

import pytest

from tests.local.conformance.things import GOOD, NEXT, SEED, THIRD, Things, code, new_name
from tests.local.people import allow, deny

OWN = allow(["iam:ChangePassword", "iam:GetUser", "iam:GetLoginProfile"])
WHOLE = {
    "MinimumPasswordLength": 14,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}


def test_a_login_is_made_once_and_remembers_that_the_password_must_change(things: Things) -> None:
    """bc CreateLoginProfile (EntityAlreadyExists), LoginProfile.PasswordResetRequired; facts 7.2."""
    user = things.user()
    assert code(things.iam.get_login_profile, UserName=user) == "NoSuchEntity"
    made = things.iam.create_login_profile(UserName=user, Password=GOOD, PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    assert code(things.iam.create_login_profile, UserName=user, Password=NEXT) == "EntityAlreadyExists"
    assert things.iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"] is True


def test_the_user_changes_it_and_the_demand_is_gone(things: Things) -> None:
    """bc ChangePassword; UG id_credentials_passwords_user-change-own."""
    user = things.user(OWN)
    things.iam.create_login_profile(UserName=user, Password=GOOD, PasswordResetRequired=True)
    mine = things.ground.person("iam", things.key(user))
    things.ground.accepted(mine.change_password, OldPassword=GOOD, NewPassword=NEXT)
    assert things.iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"] is False
    assert code(mine.change_password, OldPassword=GOOD, NewPassword=THIRD) == "AccessDenied"


def test_who_is_no_user_has_no_password_to_change(things: Things) -> None:
    """bc ChangePassword, InvalidUserType: "called by the wrong type of user"."""
    assert code(things.iam.change_password, OldPassword=GOOD, NewPassword=NEXT) == "InvalidUserType"


def test_a_user_without_a_login_has_none_to_reset_change_or_delete(things: Things) -> None:
    """bc UpdateLoginProfile, ChangePassword, DeleteLoginProfile: NoSuchEntity."""
    user = things.user(OWN)
    assert code(things.iam.update_login_profile, UserName=user, Password=GOOD) == "NoSuchEntity"
    assert code(things.iam.delete_login_profile, UserName=user) == "NoSuchEntity"


def test_a_reset_can_demand_a_change_and_leaves_what_it_does_not_name(things: Things) -> None:
    """bc UpdateLoginProfile: both fields are optional."""
    user = things.user()
    things.iam.create_login_profile(UserName=user, Password=GOOD)
    things.iam.update_login_profile(UserName=user, Password=NEXT, PasswordResetRequired=True)
    things.iam.update_login_profile(UserName=user, Password=THIRD)
    assert things.iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"] is True
    things.iam.update_login_profile(UserName=user, PasswordResetRequired=False)
    assert things.iam.get_login_profile(UserName=user)["LoginProfile"]["PasswordResetRequired"] is False


def test_without_a_policy_the_default_one_holds(things: Things) -> None:
    """UG, "Default password policy": 8 characters, three of four classes; facts 7.5."""
    things.password_policy()
    assert code(things.iam.get_account_password_policy) == "NoSuchEntity"
    assert code(things.iam.delete_account_password_policy) == "NoSuchEntity"
    user = things.user()
    for weak in ("Short-1", "lowercase-only", "NUMBERS123456"):
        given = {"UserName": user, "Password": weak}
        assert code(things.iam.create_login_profile, **given) == "PasswordPolicyViolation", weak
    things.iam.create_login_profile(UserName=user, Password="three-classes-1")


@pytest.mark.parametrize(
    "weak", ["Too-Short-1", "no-uppercase-12", "NO-LOWERCASE-12", "No-Number-Here", "NoSymbolHere12"]
)
def test_a_policy_holds_for_logins_resets_and_changes(things: Things, weak: str) -> None:
    """bc UpdateAccountPasswordPolicy, PasswordPolicyViolation; facts 7.5."""
    things.password_policy(**WHOLE)
    user = things.user(OWN)
    given = {"UserName": user, "Password": weak}
    assert code(things.iam.create_login_profile, **given) == "PasswordPolicyViolation"
    things.iam.create_login_profile(UserName=user, Password=GOOD)
    assert code(things.iam.update_login_profile, **given) == "PasswordPolicyViolation"
    mine = things.ground.person("iam", things.key(user))
    things.ground.accepted(mine.get_user)
    changed = {"OldPassword": GOOD, "NewPassword": weak}
    assert code(mine.change_password, **changed) == "PasswordPolicyViolation"


def test_fields_that_an_update_does_not_name_fall_back(things: Things) -> None:
    """bc UpdateAccountPasswordPolicy: "This operation does not support partial updates ... if you do not specify a
    parameter, its default value is used"; facts 7.5."""
    things.password_policy(**WHOLE, PasswordReusePrevention=5, MaxPasswordAge=90, HardExpiry=True)
    whole = things.iam.get_account_password_policy()["PasswordPolicy"]
    assert (whole["ExpirePasswords"], whole["PasswordReusePrevention"]) == (True, 5)
    things.iam.update_account_password_policy(RequireNumbers=True)
    found = things.iam.get_account_password_policy()["PasswordPolicy"]
    assert (found["MinimumPasswordLength"], found["RequireNumbers"], found["RequireSymbols"]) == (
        *(6, True),
        False,
    )
    assert (found["ExpirePasswords"], found["AllowUsersToChangePassword"]) == (False, False)
    assert not {"MaxPasswordAge", "PasswordReusePrevention"} & found.keys()


@pytest.mark.parametrize(
    "field", [{"MinimumPasswordLength": 129}, {"MaxPasswordAge": 1096}, {"PasswordReusePrevention": 25}]
)
def test_a_policy_has_limits_of_its_own(things: Things, field: dict[str, int]) -> None:
    """bc: minimumPasswordLengthType 6 to 128, maxPasswordAgeType 1 to 1095, passwordReusePreventionType 1 to 24."""
    assert code(things.iam.update_account_password_policy, **field) == "ValidationError"


def test_former_passwords_are_remembered_as_far_as_the_policy_says(things: Things) -> None:
    """UG, "Prevent password reuse"."""
    things.password_policy(PasswordReusePrevention=2)
    user = things.user(OWN)
    things.iam.create_login_profile(UserName=user, Password=GOOD)
    mine = things.ground.person("iam", things.key(user))
    things.ground.accepted(mine.change_password, OldPassword=GOOD, NewPassword=NEXT)
    back = {"OldPassword": NEXT, "NewPassword": GOOD}
    assert code(mine.change_password, **back) == "PasswordPolicyViolation"
    mine.change_password(OldPassword=NEXT, NewPassword=THIRD)
    mine.change_password(OldPassword=THIRD, NewPassword=GOOD)


def test_a_change_needs_a_policy_or_the_accounts_leave_and_a_deny_is_stronger(things: Things) -> None:
    """UG id_credentials_passwords_enable-user-change; facts 2.3, trap 5."""
    things.password_policy(AllowUsersToChangePassword=False)
    user = things.user()
    things.iam.create_login_profile(UserName=user, Password=GOOD)
    mine = things.ground.person("iam", things.key(user))
    change = {"OldPassword": GOOD, "NewPassword": NEXT}
    assert code(mine.change_password, **change) == "AccessDenied"
    things.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    things.ground.accepted(mine.change_password, **change)
    denied = things.user(deny("iam:ChangePassword"))
    things.iam.create_login_profile(UserName=denied, Password=GOOD)
    theirs = things.ground.person("iam", things.key(denied))
    assert code(theirs.change_password, **change) == "AccessDenied"


def test_a_device_is_enrolled_by_two_codes_in_a_row_and_belongs_to_one_user(things: Things) -> None:
    """bc EnableMFADevice: InvalidAuthenticationCode, EntityAlreadyExists, NoSuchEntity."""
    user, other = things.user(), things.user()
    made = things.iam.create_virtual_mfa_device(VirtualMFADeviceName=new_name())["VirtualMFADevice"]
    serial = made["SerialNumber"]
    things.ground.later(things.iam.delete_virtual_mfa_device, SerialNumber=serial)
    once = things.ground.code(made[SEED].decode())
    twice = {"SerialNumber": serial, "AuthenticationCode1": once, "AuthenticationCode2": once}
    assert code(things.iam.enable_mfa_device, UserName=user, **twice) == "InvalidAuthenticationCode"
    serial, seed = things.device(user)
    (listed,) = things.iam.list_mfa_devices(UserName=user)["MFADevices"]
    assert (listed["SerialNumber"], listed["UserName"]) == (serial, user)
    again = {
        "SerialNumber": serial,
        "AuthenticationCode1": things.ground.code(seed),
        "AuthenticationCode2": things.ground.code(seed),
    }
    assert code(things.iam.enable_mfa_device, UserName=other, **again) == "EntityAlreadyExists"
    assert code(things.iam.delete_virtual_mfa_device, SerialNumber=serial) == "DeleteConflict"
    assert code(things.iam.deactivate_mfa_device, UserName=other, SerialNumber=serial) == "NoSuchEntity"


def test_the_credential_report_has_a_line_for_the_root_user_and_for_each_user(things: Things) -> None:
    """UG, "Generate credential reports for your AWS account": the columns, the root user first; a report that is
    younger than four hours is given again, so that a new user may not be in it."""
    user = things.user()
    state = things.iam.generate_credential_report()["State"]
    assert state in ("STARTED", "INPROGRESS", "COMPLETE")
    things.ground.until(lambda: things.iam.generate_credential_report()["State"] == "COMPLETE")
    answer = things.iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    rows = list(csv.DictReader(answer["Content"].decode().splitlines()))
    assert set(rows[0]) >= {
        *("user", "arn", "user_creation_time", "password_enabled", "password_last_used"),
        *("password_last_changed", "password_next_rotation", "mfa_active", "access_key_1_active"),
        *("access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_2_active"),
        *("cert_1_active", "cert_2_active"),
    }
    assert (rows[0]["user"], rows[0]["password_last_changed"]) == ("<root_account>", "not_supported")
    for row in rows[1:]:
        if row["user"] == user:
            assert (row["password_enabled"], row["password_last_used"]) == ("false", "N/A")
            assert (row["mfa_active"], row["access_key_1_active"]) == ("false", "false")
