"""One-time passwords: RFC 6238's own table, and how far a clock may be off."""

import base64

import pytest

from jumpcf.local import mfa

SEED = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(at: int, shown: str) -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    assert mfa.code(SEED, at) == shown


def test_a_code_of_the_step_before_or_after_counts_and_names_its_step() -> None:
    shown = mfa.code(SEED, 3000)
    assert [mfa.counter(SEED, shown, at) for at in (2980, 3000, 3029, 3059)] == [100, 100, 100, 100]


def test_an_older_code_does_not_count() -> None:
    assert mfa.counter(SEED, mfa.code(SEED, 3000), 3060) is None
    assert mfa.counter(SEED, mfa.code(SEED, 3060), 3000) is None


def test_a_seed_of_any_length_is_read() -> None:
    assert len(mfa.code("ABCDEFGHIJ", 0)) == 6
