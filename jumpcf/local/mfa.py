"""Time-based one-time passwords (RFC 6238), checked against the seed that CreateVirtualMFADevice gave.

AWS's virtual devices: HMAC-SHA-1, 6 digits, 30 seconds, a seed in base 32 (IAM User Guide, "Enable a virtual
MFA device").  How far a clock may be off is not documented; here it is one step either way.
"""

import base64
import hmac
import struct

STEP = 30  # seconds
_DIGITS = 6


def code(seed: str, at: float) -> str:
    """What an authenticator app shows for a base 32 seed at a moment, in seconds since 1970."""
    return _of_counter(seed, int(at) // STEP)


def counter(seed: str, shown: str, at: float) -> int | None:
    """The number of the step in which the code was shown, around a moment; None for a wrong code."""
    now = int(at) // STEP
    return next((step for step in (now, now - 1, now + 1) if _of_counter(seed, step) == shown), None)


def _of_counter(seed: str, step: int) -> str:
    key = base64.b32decode(seed + "=" * (-len(seed) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    at = digest[-1] & 0xF
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"
