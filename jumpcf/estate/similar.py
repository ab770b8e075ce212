""" "Did you mean": the hint for a word that is not among the possible ones."""

import difflib
from collections.abc import Iterable


def nearest(word: str, possible: Iterable[str]) -> str:
    """The possible word that a word is nearest to; "" where none is near."""
    folded = {known.casefold(): known for known in sorted(set(possible), reverse=True)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def did_you_mean(word: str, possible: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest possible word, or the few possible ones, or `otherwise`."""
    words = sorted(set(possible))
    if near := nearest(word, words):
        return f"did you mean {near}?"
    if otherwise:
        return otherwise
    return f"possible: {', '.join(words)}" if 0 < len(words) <= 12 else ""
