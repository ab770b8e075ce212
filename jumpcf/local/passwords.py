"""Passwords of IAM users: what an account's policy asks for, and who may change which.

IAM User Guide, "Set an account password policy for IAM users": a minimum length of 6 to 128, four classes of
characters, up to 24 former passwords.  Without a policy the default one: 8 characters, three of the four
classes, neither the account's name nor its address.  facts/iam.md 7.5.
"""

import datetime
import hashlib
import hmac
import re
from typing import ClassVar

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import EntityAlreadyExists, NoSuchEntity
from moto.iam.models import AccountPasswordPolicy, IAMBackend, User
from moto.iam.responses import IamResponse

from jumpcf.local.refusals import Denied, Refusal
from jumpcf.local.world import World

_CLASSES = {
    "uppercase letter": re.compile("[A-Z]"),
    "lowercase letter": re.compile("[a-z]"),
    "number": re.compile("[0-9]"),
    "symbol": re.compile(r"[!@#$%^&*()_+\-=\[\]{}|']"),
}
_DEFAULT_LENGTH, _DEFAULT_CLASSES = 8, 3
_FORMER = "former_passwords"


class PasswordPolicyViolation(Refusal):
    code = "PasswordPolicyViolation"


class InvalidUserType(Refusal):
    code = "InvalidUserType"


def violations(password: str, policy: AccountPasswordPolicy | None) -> list[str]:
    """What the password lacks, in words."""
    missing = [name for name, pattern in _CLASSES.items() if not pattern.search(password)]
    if policy is None:
        few = len(_CLASSES) - len(missing) < _DEFAULT_CLASSES
        short = len(password) < _DEFAULT_LENGTH
        return [f"a minimum length of {_DEFAULT_LENGTH}"] * short + ["three classes of characters"] * few
    wanted = {
        "uppercase letter": policy.require_uppercase_characters,
        "lowercase letter": policy.require_lowercase_characters,
        "number": policy.require_numbers,
        "symbol": policy.require_symbols,
    }
    short = len(password) < policy.minimum_password_length
    length = [f"a minimum length of {policy.minimum_password_length}"] * short
    return length + [f"at least one {name}" for name in missing if wanted[name]]


def is_right(user: User, password: str) -> bool:
    """Whether the user signs in with it; nobody does who has no password."""
    return bool(user.password) and hmac.compare_digest(str(user.password).encode(), password.encode())


def expired(iam: IAMBackend, user: User, now: datetime.datetime) -> bool:
    """Whether the password is older than the account's policy lets it be (MaxPasswordAge, in days)."""
    policy = iam.account_password_policy
    days = (policy.max_password_age or 0) if policy is not None else 0
    changed = vars(user).get("password_changed", user.create_date)
    return bool(days) and bool(changed + datetime.timedelta(days=days) <= now)


def change(iam: IAMBackend, user: User, old: str, new: str, now: datetime.datetime) -> None:
    """ChangePassword; IAM API reference."""
    if not is_right(user, old):
        raise Denied("The old password was incorrect.")
    put(iam, user, new, now)
    user.password_reset_required = False


def put(iam: IAMBackend, user: User, password: str, now: datetime.datetime) -> None:
    """Give a user a password that the account's policy admits."""
    policy = iam.account_password_policy
    lacking = violations(password, policy)
    former: list[str] = vars(user).get(_FORMER, [])
    digest = hashlib.sha256(password.encode()).hexdigest()
    if policy is not None and digest in former[-(policy.password_reuse_prevention or 0) or len(former) :]:
        lacking.append("to differ from former passwords")
    if lacking:
        raise PasswordPolicyViolation(
            f"Password does not conform to the account password policy: it needs {', '.join(lacking)}."
        )
    user.password = password
    vars(user)[_FORMER] = [*former, digest][-24:]
    vars(user)["password_changed"] = now


class Passwords(IamResponse):
    """Login profiles with a policy, a date and a demand to change; ChangePassword."""

    world: ClassVar[World]

    def get_account_password_policy(self) -> ActionResult:
        """What is not set is not there; the API's shapes know no age or number of 0."""
        policy = self.backend.get_account_password_policy()
        named = {
            "MinimumPasswordLength": policy.minimum_password_length,
            "RequireSymbols": policy.require_symbols,
            "RequireNumbers": policy.require_numbers,
            "RequireUppercaseCharacters": policy.require_uppercase_characters,
            "RequireLowercaseCharacters": policy.require_lowercase_characters,
            "AllowUsersToChangePassword": policy.allow_users_to_change_password,
            "ExpirePasswords": policy.expire_passwords,
            "MaxPasswordAge": policy.max_password_age or None,
            "PasswordReusePrevention": policy.password_reuse_prevention or None,
            "HardExpiry": policy.hard_expiry,
        }
        return ActionResult(
            {"PasswordPolicy": {name: value for name, value in named.items() if value is not None}}
        )

    def create_login_profile(self) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        if user.password:
            raise EntityAlreadyExists(f"Login Profile for user {user.name} already exists.")
        put(self.backend, user, self._get_param("Password"), self.world.now())
        vars(user)["login_created"] = self.world.now()
        user.password_reset_required = bool(self._get_param("PasswordResetRequired"))
        return self._profile(user)

    def get_login_profile(self) -> ActionResult:
        name = self._get_param("UserName") or self._caller().name
        return self._profile(self._with_password(name))

    def update_login_profile(self) -> ActionResult:
        """A reset by an administrator; what is not given stays."""
        user = self._with_password(self._get_param("UserName"))
        if password := self._get_param("Password"):
            put(self.backend, user, password, self.world.now())
        reset = self._get_param("PasswordResetRequired")
        if reset is not None:
            user.password_reset_required = bool(reset)
        return EmptyResult()

    def change_password(self) -> ActionResult:
        """By the user himself; IAM API reference, ChangePassword."""
        user = self._with_password(self._caller().name)
        old, new = self._get_param("OldPassword"), self._get_param("NewPassword")
        change(self.backend, user, old, new, self.world.now())
        return EmptyResult()

    def _caller(self) -> User:
        key = self.get_access_key()
        session = self.world.sessions.get(key)
        user = (
            self.backend.users.get(session.user_name)
            if session
            else self.backend.get_user_from_access_key_id(key)
        )
        if user is None:
            raise InvalidUserType("Only IAM Users can change their own password")
        return user

    def _with_password(self, name: str) -> User:
        user = self.backend.get_user(name)
        if not user.password:
            raise NoSuchEntity(f"Login Profile for User {name} cannot be found.")
        return user

    def _profile(self, user: User) -> ActionResult:
        made = {
            "UserName": user.name,
            "CreateDate": vars(user).get("login_created", user.create_date),
            "PasswordResetRequired": user.password_reset_required,
        }
        return ActionResult({"LoginProfile": made})
