"""`frozen:` put into a partner's file and taken out of it again, as an edit of its text (`edits`)."""

import copy
import re
from pathlib import Path
from typing import Any

from jumpcf.estate import edits
from jumpcf.estate.edits import Place
from jumpcf.estate.source import Document, parse

KEY = "frozen"


def write_frozen(root: Path, partner: str, user: str, reason: str, at: str) -> bool:
    """Say in the partner's file that he, or his user, is frozen; what stood there of it gives way.  False where
    exactly this is there already.  ProblemsFound: the file cannot be read, names no such user, or cannot be
    edited by itself, or written (E610)."""
    return _edit(root, partner, user, {"reason": reason, "at": at})


def remove_frozen(root: Path, partner: str, user: str) -> bool:
    """Take it out again; False where nothing is there.  ProblemsFound as above."""
    return _edit(root, partner, user, None)


def written(root: Path, partner: str, user: str) -> dict[str, Any] | None:
    """What the file says of the one asked for; None where it says nothing.  ProblemsFound as above."""
    _, document, place = _open(root, partner, user)
    found = edits.within(document.value, place).get(KEY)
    return found if isinstance(found, dict) else None


def _open(root: Path, partner: str, user: str) -> tuple[str, Document, Place]:
    """The file's text, its content, and the place of the partner or his user in it."""
    text, document = edits.opened(root, partner)
    return text, document, edits.place_of(document, user) if user else ()


def _edit(root: Path, partner: str, user: str, value: dict[str, str] | None) -> bool:
    text, document, place = _open(root, partner, user)
    if edits.within(document.value, place).get(KEY) == value:
        return False
    without = _without(text, document, place)
    if without is not None and value is not None:
        edited = _with(without, parse(without, document.file)[0], place, value)
    else:
        edited = without
    hint = f"add {KEY}: {edits.flow(value)} by hand" if value else f"take {KEY} out by hand"
    edits.save(root, edited, document.mark(*place), hint)
    return True


def _with(text: str, document: Document, place: Place, value: dict[str, str]) -> str | None:
    """The text with `frozen` behind the name; None where no form of it says what it should."""
    name = "name" if place else "partner"
    wanted = copy.deepcopy(document.value)
    edits.within(wanted, place)[KEY] = value
    key, said = document.key_mark(*place, name), document.mark(*place, name)
    written = str(edits.within(document.value, place)[name])
    start = edits.offset(text, said)
    found = re.compile(rf"(['\"]?){re.escape(written)}\1").match(text, start)
    if found is None:
        return None
    line_end = text.find("\n", found.end()) + 1 or len(text)
    newline = edits.newline(text)
    before = text[:line_end] if text[:line_end].endswith("\n") else text[:line_end] + newline
    own_line = f"{before}{' ' * (key.column - 1)}{KEY}: {edits.flow(value)}{newline}{text[line_end:]}"
    in_braces = f"{text[: found.end()]}, {KEY}: {edits.flow(value)}{text[found.end() :]}"
    return edits.first((own_line, in_braces), text, document.file, wanted)


def _without(text: str, document: Document, place: Place) -> str | None:
    if KEY not in edits.within(document.value, place):
        return text
    wanted = copy.deepcopy(document.value)
    del edits.within(wanted, place)[KEY]
    start = edits.offset(text, document.key_mark(*place, KEY))
    value = edits.offset(text, document.mark(*place, KEY))
    return edits.first(edits.without(text, start, value), text, document.file, wanted)
