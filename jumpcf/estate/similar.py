""" "Did you mean": the hint for a word that is not among the possible ones."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, possible: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest possible word, or the few possible ones, or `otherwise`."""
    words = sorted(set(possible))
    folded = {known.casefold(): known for known in reversed(words)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]}?"
    if otherwise:
        return otherwise
    return f"possible: {', '.join(words)}" if 0 < len(words) <= 12 else ""
