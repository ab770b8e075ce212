"""The jump account's password policy: read, and set whole.

UpdateAccountPasswordPolicy has no partial update, a field that is not named goes back to AWS's default (IAM
API reference).  So every field is named, but for the two whose absence is the value: MaxPasswordAge and
PasswordReusePrevention know no number for "none".
"""

from typing import Any

from jumpcf.artifacts.operation import SetPasswordPolicy
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.artifacts.status import Outcome
from jumpcf.aws.api import Api


def read_policy(iam: Api) -> PasswordPolicy | None:
    """The account's policy; None where it has none and AWS's default holds."""
    answer = iam.call_or_none("GetAccountPasswordPolicy")
    if answer is None:
        return None
    found = answer["PasswordPolicy"]
    return PasswordPolicy(
        minimum_length=found.get("MinimumPasswordLength", 6),
        reuse_prevention=found.get("PasswordReusePrevention") or None,
        maximum_age=found.get("MaxPasswordAge") or None,
        require_symbols=found.get("RequireSymbols", False),
        require_numbers=found.get("RequireNumbers", False),
        require_uppercase=found.get("RequireUppercaseCharacters", False),
        require_lowercase=found.get("RequireLowercaseCharacters", False),
        change_own=found.get("AllowUsersToChangePassword", False),
        hard_expiry=found.get("HardExpiry", False),
    )


def set_policy(iam: Api, operation: SetPasswordPolicy) -> Outcome:
    """Set it; may be repeated at any time."""
    policy = operation.policy
    none: dict[str, Any] = {
        "MaxPasswordAge": policy.maximum_age,
        "PasswordReusePrevention": policy.reuse_prevention,
    }
    iam.call(
        "UpdateAccountPasswordPolicy",
        MinimumPasswordLength=policy.minimum_length,
        RequireSymbols=policy.require_symbols,
        RequireNumbers=policy.require_numbers,
        RequireUppercaseCharacters=policy.require_uppercase,
        RequireLowercaseCharacters=policy.require_lowercase,
        AllowUsersToChangePassword=policy.change_own,
        HardExpiry=policy.hard_expiry,
        **{name: value for name, value in none.items() if value is not None},
    )
    return Outcome(state="succeeded", reason="the password policy is set")
