"""The password policy of the jump account: one of it there, with every field stated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What IAM asks of every password in the account (IAM API reference, UpdateAccountPasswordPolicy).

    `reuse_prevention` is a number of old passwords and `maximum_age` days; None means no such demand.
    `change_own` is AllowUsersToChangePassword; `hard_expiry` locks out a person whose password has expired.
    """

    minimum_length: int
    reuse_prevention: int | None
    maximum_age: int | None
    require_symbols: bool
    require_numbers: bool
    require_uppercase: bool
    require_lowercase: bool
    change_own: bool = True
    hard_expiry: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """The kinds of characters that every password must have, in words."""
        asked = {
            "uppercase": self.require_uppercase,
            "lowercase": self.require_lowercase,
            "numbers": self.require_numbers,
            "symbols": self.require_symbols,
        }
        return tuple(name for name, required in asked.items() if required)
