"""What the edits of a partner's file have in common: its text, places in it, and the proof that nothing was spoilt.

Comments, order and quotes stay as people wrote them.  An edit is tried in the forms that YAML has (lines of its
own, a place within braces), and kept only where the file, read again, says exactly what was wanted and nothing
else: so no form of writing that nobody thought of can be spoilt.  The file is replaced whole or not at all.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.estate.source import Document, Key, parse, read_text
from jumpcf.estate.writing import put

LINES = 40  # that somebody may have written one thing over
Place = tuple[Key, ...]
_BRACKETS = {"{": 1, "}": -1, "[": 1, "]": -1}


def file_of(partner: str) -> str:
    return f"params/partners/{partner}.yaml"


def opened(root: Path, partner: str) -> tuple[str, Document]:
    """The file's text and its content.  ProblemsFound where it cannot be read or is no partner's."""
    file = file_of(partner)
    text, problems = read_text(root / file, file)
    if not (root / file).exists():
        gone = (
            f"no partner {partner} is in params: where he was taken out, a deploy deletes his users and roles"
        )
        raise ProblemsFound([Problem(file, 0, 0, "E110", "there is no such file", gone)])
    if text is None:
        raise ProblemsFound(problems)
    document, problems = parse(text, file)
    if not isinstance(document.value, dict) or "partner" not in document.value:
        missing = Problem(file, 0, 0, "E201", "'partner' is missing", "the partner's name")
        raise ProblemsFound(problems or [missing])
    return text, document


def place_of(document: Document, user: str) -> Place:
    """Where the user stands.  ProblemsFound (E610) where he does not, with the way to say of him that he left."""
    for index, one in enumerate(items(document, "users")):
        if isinstance(one, dict) and one.get("name") == user:
            return ("users", index)
    partner = (document.value or {}).get("partner")
    hint = f"if his line was deleted: jumpcf user remove {partner} {user} --unlisted, then the same again"
    raise ProblemsFound([Problem(document.file, 0, 0, "E610", f"the file has no user {user}", hint)])


def items(document: Document, key: str) -> list[Any]:
    """A list at the top; empty where there is none."""
    found = (document.value or {}).get(key)
    return found if isinstance(found, list) else []


def within(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def first(texts: Iterable[str], before: str, file: str, wanted: Any) -> str | None:
    """The first of the texts that says what is wanted, with no problem more than there was `before`: half of
    somebody left over reads like a second time what stands there already."""
    _, problems = parse(before, file)
    for one in texts:
        document, found = parse(one, file)
        if document.value == wanted and len(found) <= len(problems):
            return one
    return None


def without(text: str, start: int, value: int) -> Iterator[str]:
    """The text without the key or item that begins at `start`, its value at `value`, in the forms that YAML has."""
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():
        yield from without_lines(text, line, start)
    end = closing(text, value)
    before = re.search(r",\s*$", text[:start])
    if before:
        yield text[: before.start()] + text[end:]
    if after := re.compile(r"\s*,\s*").match(text, end):
        yield text[:start] + text[after.end() :]
    yield text[:start] + text[end:]


def without_lines(text: str, line: int, start: int) -> Iterator[str]:
    """The text without the line that begins at `line`, and with it ever more of those behind `start`."""
    end = start
    for _ in range(LINES):
        end = text.find("\n", end) + 1 or len(text)
        yield text[:line] + text[end:]


def closing(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`; quotes may hold brackets."""
    depth = 0
    for found in re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|[{}\[\]]").finditer(text, start):
        depth += _BRACKETS.get(found.group(), 0)
        if depth == 0:
            return found.end()
    return start


def flow(value: Mapping[str, str]) -> str:
    """JSON's quotes are YAML's double ones; {} is YAML's flow style."""
    return (
        "{" + ", ".join(f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in value.items()) + "}"
    )


def newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def offset(text: str, mark: Mark) -> int:
    line_starts = [0, *(found.end() for found in re.finditer("\r\n|\n|\r", text))]
    return line_starts[mark.line - 1] + mark.column - 1


def save(root: Path, edited: str | None, mark: Mark, hint: str) -> None:
    """Put the file in place.  ProblemsFound (E610) where no form of the edit was right, or it cannot be written;
    `hint` says what to do by hand."""
    if edited is None:
        raise ProblemsFound([Problem.at(mark, "E610", "the file cannot be edited by itself", hint)])
    path = root / mark.file
    try:
        byte_order = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
        put(path, byte_order + edited.encode())
    except OSError as error:
        what = f"the file cannot be written: {error.strerror}"
        raise ProblemsFound([Problem.at(mark, "E610", what, hint)]) from None
