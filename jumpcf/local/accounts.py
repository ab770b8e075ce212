"""Accounts of the embedded AWS and their fixed credentials.

Each account has one access key that never changes and can be told from its id, so that files with
credentials need no call to be made.  They open nothing but an emulator on this machine.
"""

from moto.iam.models import AccessKey, iam_backends
from moto.utilities.utils import get_partition

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def access_key_id(account: str) -> str:
    """AKIALOCAL and the account id in base 36: 20 characters, as IAM's keys have."""
    number, text = int(account), ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return "AKIALOCAL" + text.rjust(11, "0")


def secret_access_key(account: str) -> str:
    """Never checked; 40 characters, as IAM's secrets have."""
    return f"local-emulator-only/{account}".ljust(40, "0")


def open_account(account: str, region: str) -> None:
    """Make an account known, with its key; nothing happens where it is known already."""
    iam = iam_backends[account][get_partition(region)]
    key_id = access_key_id(account)
    if key_id not in iam.access_keys:
        key = AccessKey(None, "AKIA", account)  # type: ignore[abstract]
        key.access_key_id, key.secret_access_key = key_id, secret_access_key(account)
        iam.access_keys[key_id] = key


def account_of(key_id: str) -> str | None:
    """Whose key it is; None for a key that nobody has."""
    for account, partitions in iam_backends.items():
        for iam in partitions.values():
            if key_id in iam.access_keys:
                return str(account)
    return None


def is_known(account: str) -> bool:
    """Whether the account was seeded or created here."""
    return account_of(access_key_id(account)) == account
