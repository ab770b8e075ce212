"""Text from params/ and AWS made safe in GitHub's Markdown: nobody is mentioned, nothing becomes markup.

An account's name is anything that somebody typed.  Entities never count as markup (CommonMark, "Entity and numeric
character references"), so what has a meaning is written as one; a zero-width space parts what GitHub would link
after that: mentions, issues, addresses (GitHub Docs, "Autolinked references and URLs").
"""

import re

_GAP = "&#8203;"
_MEANING = re.compile(
    r"(?P<markup>[\\`*_\[\]<>&|~$]|^[-+=])|(?P<link>[@#]|:(?=//)|\bwww(?=\.)|\bgh-(?=\d)|^\d+(?=[.)]))",
    re.IGNORECASE,
)
_TICKS = re.compile(r"`+")


def line(text: str) -> str:
    """One line: line ends, control characters and marks of writing direction are spaces."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def plain(text: str) -> str:
    """The text as text, anywhere in a page: in a list, a table, a <summary>."""
    return _MEANING.sub(_harmless, line(text))


def _harmless(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};" if found["markup"] else f"{found[0]}{_GAP}"


def code(text: str) -> str:
    """The text as it is, in a code span; not for tables, where a bar ends the cell."""
    said = line(text)
    fence = "`" * (1 + max(map(len, _TICKS.findall(said)), default=0))
    pad = " " if said.startswith("`") or said.endswith("`") else ""
    return f"{fence}{pad}{said}{pad}{fence}" if said else ""
