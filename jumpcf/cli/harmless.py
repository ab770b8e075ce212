"""Texts of others (reasons, tags, names) that reach a terminal or a CI's log and must be nothing but text there.

What AWS answers holds words of whoever may act in an account: a partner's hook refuses a stack with a message of
his own.
"""

import os
import re

# Escape sequences begin with these, and the marks of writing direction show a text as another one (C0 but for tab
# and line feed, DEL, C1; Unicode Technical Report 36, "Bidirectional Text Spoofing").
_SIGNS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]",
)
# A line of a step's output that begins so, spaces before it aside, is an order to the runner (GitHub Actions,
# "Workflow commands"); groups are ours, and end nothing but a fold.
_ORDERS = re.compile(r"^(\s*)(?:::(?!group::|endgroup::)|##\[)", re.MULTILINE)


def plain(text: str) -> str:
    """For people: signs that do something are question marks, and nobody orders the runner of GitHub about."""
    shown = _SIGNS.sub("?", text)
    return _ORDERS.sub(r"\1? ", shown) if os.environ.get("GITHUB_ACTIONS") else shown


def escaped(text: str) -> str:
    """JSON that says the same: such signs stand within its strings only, where they can be written as numbers."""
    return _SIGNS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
