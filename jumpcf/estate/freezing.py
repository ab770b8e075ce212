"""`frozen:` put into a partner's file and taken out of it again, as an edit of its text.

Comments, order and quotes stay as people wrote them.  An edit is tried in the forms that YAML has (a line of its
own, a place within braces) and kept only where the file, read again, says exactly what it said before, and
`frozen` more or less: so no form of writing that nobody thought of can be spoilt.  The file is replaced whole or
not at all.
"""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.estate.source import Document, Key, parse, read_text
from jumpcf.estate.writing import put

KEY = "frozen"
LINES = 12  # that somebody may have written it over
Path_ = tuple[Key, ...]


def file_of(partner: str) -> str:
    return f"params/partners/{partner}.yaml"


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
    found = _at(document.value, place).get(KEY)
    return found if isinstance(found, dict) else None


def _edit(root: Path, partner: str, user: str, value: dict[str, str] | None) -> bool:
    text, document, place = _open(root, partner, user)
    if _at(document.value, place).get(KEY) == value:
        return False
    without = _without(text, document, place)
    if without is not None and value is not None:
        edited = _with(without, parse(without, document.file)[0], place, value)
    else:
        edited = without
    if edited is None:
        raise _by_hand(document.mark(*place), "the file cannot be edited by itself", value)
    try:
        _replace(root / document.file, edited)
    except OSError as error:
        raise _by_hand(
            document.mark(*place), f"the file cannot be written: {error.strerror}", value
        ) from None
    return True


def _by_hand(mark: Mark, what: str, value: dict[str, str] | None) -> ProblemsFound:
    hint = f"add {KEY}: {_flow(value)} by hand" if value else f"take {KEY} out by hand"
    return ProblemsFound([Problem.at(mark, "E610", what, hint)])


def _open(root: Path, partner: str, user: str) -> tuple[str, Document, Path_]:
    """The file's text, its content, and the place of the partner or his user in it."""
    file = file_of(partner)
    text, problems = read_text(root / file, file)
    if text is None:
        raise ProblemsFound(problems)
    document, problems = parse(text, file)
    if not isinstance(document.value, dict) or "partner" not in document.value:
        raise ProblemsFound(
            problems or [Problem(file, 0, 0, "E201", "'partner' is missing", "the partner's name")]
        )
    if not user:
        return text, document, ()
    users = document.value.get("users")
    for index, one in enumerate(users if isinstance(users, list) else ()):
        if isinstance(one, dict) and one.get("name") == user:
            return text, document, ("users", index)
    raise ProblemsFound([Problem(file, 0, 0, "E610", f"the file has no user {user}", "was he taken out?")])


def _at(value: Any, place: Path_) -> dict[str, Any]:
    for key in place:
        value = value[key]
    found: dict[str, Any] = value
    return found


def _with(text: str, document: Document, place: Path_, value: dict[str, str]) -> str | None:
    """The text with `frozen` behind the name; None where no form of it says what it should."""
    name = "name" if place else "partner"
    wanted = copy.deepcopy(document.value)
    _at(wanted, place)[KEY] = value
    key, said = document.key_mark(*place, name), document.mark(*place, name)
    written = str(_at(document.value, place)[name])
    start = _offset(text, said)
    found = re.compile(rf"(['\"]?){re.escape(written)}\1").match(text, start)
    if found is None:
        return None
    line_end = text.find("\n", found.end()) + 1 or len(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[:line_end] if text[:line_end].endswith("\n") else text[:line_end] + newline
    own_line = f"{before}{' ' * (key.column - 1)}{KEY}: {_flow(value)}{newline}{text[line_end:]}"
    in_braces = f"{text[: found.end()]}, {KEY}: {_flow(value)}{text[found.end() :]}"
    return _first((own_line, in_braces), document.file, wanted)


def _without(text: str, document: Document, place: Path_) -> str | None:
    if KEY not in _at(document.value, place):
        return text
    wanted = copy.deepcopy(document.value)
    del _at(wanted, place)[KEY]
    start = _offset(text, document.key_mark(*place, KEY))
    return _first(_removals(text, start, _offset(text, document.mark(*place, KEY))), document.file, wanted)


def _removals(text: str, start: int, value: int) -> Iterator[str]:
    """The text without the key at `start`, whose value begins at `value`, in the forms that it may have."""
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():
        end = start
        for _ in range(LINES):
            end = text.find("\n", end) + 1 or len(text)
            yield text[:line] + text[end:]
    end = _closing(text, value)
    before = re.search(r",\s*$", text[:start])
    if before:
        yield text[: before.start()] + text[end:]
    if after := re.compile(r"\s*,\s*").match(text, end):
        yield text[:start] + text[after.end() :]


def _closing(text: str, start: int) -> int:
    """Behind the brace that closes the one at `start`; quotes may hold braces."""
    depth = 0
    for found in re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|[{}]").finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
    return start


def _first(texts: Iterator[str] | tuple[str, ...], file: str, wanted: Any) -> str | None:
    return next((one for one in texts if _says(one, file, wanted)), None)


def _says(text: str, file: str, wanted: Any) -> bool:
    return bool(parse(text, file)[0].value == wanted)


def _flow(value: dict[str, str]) -> str:
    """JSON's quotes are YAML's double ones; {} is YAML's flow style."""
    return (
        "{" + ", ".join(f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in value.items()) + "}"
    )


def _offset(text: str, mark: Mark) -> int:
    line_starts = [0, *(found.end() for found in re.finditer("\r\n|\n|\r", text))]
    return line_starts[mark.line - 1] + mark.column - 1


def _replace(path: Path, text: str) -> None:
    mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    put(path, mark + text.encode())
