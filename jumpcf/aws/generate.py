"""Initial passwords: random, of every class of characters, readable aloud and easy to copy."""

import secrets
from random import Random

from jumpcf.artifacts.secret import Secret

UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O, no l and o, no 0 and 1: nobody can tell them apart on paper
LOWER = "abcdefghijkmnpqrstuvwxyz"
DIGITS = "23456789"
SYMBOLS = "!@#%^*_+-="
"""Of those that IAM counts as symbols (IAM User Guide, "Set an account password policy for IAM users"), the ones
that no shell, mark-up or spreadsheet takes for more than themselves inside a word, and that keyboards have."""

CLASSES = (UPPER, LOWER, DIGITS, SYMBOLS)
LENGTH = 20  # characters at least: about 119 bits


def password(length: int, random: Random | None = None) -> Secret:
    """A new one of `length` characters, or of LENGTH where that is more; the operating system's randomness."""
    draw = random or secrets.SystemRandom()
    one_of_each = [draw.choice(characters) for characters in CLASSES]
    rest = [draw.choice("".join(CLASSES)) for _ in range(max(length, LENGTH) - len(CLASSES))]
    characters = [*one_of_each, *rest]
    draw.shuffle(characters)
    # A leading symbol is a formula, an option or a mention to whatever it is pasted into.
    first = next(index for index, character in enumerate(characters) if character not in SYMBOLS)
    characters[0], characters[first] = characters[first], characters[0]
    return Secret("".join(characters))
