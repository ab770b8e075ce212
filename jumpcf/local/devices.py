"""A user's MFA devices at work: a serial number and a code, shown to STS or to EnableMFADevice."""

from moto.iam.models import IAMBackend, User, VirtualMfaDevice

from jumpcf.local import mfa
from jumpcf.local.refusals import Denied, Refusal

_UNKNOWN = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
    "valid and associated with this user."
)
_WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code."


class InvalidAuthenticationCode(Refusal):
    code = "InvalidAuthenticationCode"


def present(iam: IAMBackend, user: User | None, serial: str, code: str, at: float) -> None:
    """Check a code of one of the user's devices; a code counts once (IAM User Guide: wait for the next one)."""
    device = iam.virtual_mfa_devices.get(serial)
    if user is None or device is None or serial not in user.mfa_devices:
        raise Denied(_UNKNOWN)
    step = mfa.counter(device.base32_string_seed, code, at)
    if step is None or step <= _used(device):
        raise Denied(_WRONG)
    vars(device)["used_step"] = step


def enrol(iam: IAMBackend, serial: str, first: str, second: str, at: float) -> None:
    """Check the two codes in a row that EnableMFADevice asks for; only a virtual device has a seed here."""
    device = iam.virtual_mfa_devices.get(serial)
    if device is None:
        return
    step = mfa.counter(device.base32_string_seed, first, at)
    following = mfa.counter(device.base32_string_seed, second, at + mfa.STEP)
    if step is None or following != step + 1:
        raise InvalidAuthenticationCode("Authentication code for device is not valid.")
    vars(device)["used_step"] = following


def _used(device: VirtualMfaDevice) -> int:
    return int(vars(device).get("used_step", -1))
