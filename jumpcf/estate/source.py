"""YAML text to plain values, and where each key and value stands; the only importer of yaml.

Built on the parser's events, not on PyYAML's loaders: they drop lines and duplicate keys, turn account ids
into octal numbers, follow aliases and make objects.  Here a scalar without quotes is null, a boolean or a
number by YAML 1.2's core schema; everything else (dates, yes, no, 1:30) is text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jumpcf.errors import Mark, Problem

Key = str | int
MAX_DEPTH = 32

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
# Control characters that YAML refuses, and those that let a line look like another one to a reviewer
# (bidirectional controls, zero-width characters; Unicode Technical Report 36).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
# The C parser where PyYAML was built with it; the pure one gives the same events, twenty times slower.
_PARSER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's plain value and the side table of its marks.

    `value` is None where the file has no usable mapping.  A path is the keys and indices from the top.
    `places` is the builder's table, or a function that makes it when it is first needed.
    """

    file: str
    value: dict[str, Any] | None
    places: Any = None

    def mark(self, *path: Key) -> Mark:
        """Where the value at a path stands; of the deepest part that exists, where it does not exist."""
        place = self._find(path)
        return Mark(self.file, place[2], place[3])

    def key_mark(self, *path: Key) -> Mark:
        """Where the key of the last part of a path stands (an item of a list has none: its own place)."""
        place = self._find(path)
        return Mark(self.file, place[0], place[1])

    def raw(self, *path: Key) -> str | None:
        """The text of a scalar that is not text (`0x1f`, `1e3`, `true`), else None."""
        child = self._find(path)[4]
        return child if isinstance(child, str) else None

    def _find(self, path: tuple[Key, ...]) -> Any:
        place = (0, 0, 0, 0, self.places() if callable(self.places) else self.places)
        for key in path:
            children = place[4]
            if isinstance(children, dict):
                found = children.get(key)
            else:
                is_item = isinstance(children, list) and isinstance(key, int) and key < len(children)
                found = children[key] if is_item else None
            if found is None:
                break
            place = found
        return place


def read(path: Path, file: str) -> tuple[Document, list[Problem]]:
    """Read a YAML file; `file` is its name in problems.  Never raises for what is in the file."""
    text, problems = read_text(path, file)
    if text is None:
        return Document(file, None), problems
    document, more = parse(text, file)
    return document, problems + more


def read_text(path: Path, file: str) -> tuple[str | None, list[Problem]]:
    """A file's text without a byte order mark; None and the problem where it cannot be had."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, 0, 0, "E110", f"the file cannot be read: {error.strerror}")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        return None, [Problem(file, line, column, "E102", message, "save the file as UTF-8")]


def parse(text: str, file: str, parser: Any = _PARSER) -> tuple[Document, list[Problem]]:
    """Parse YAML text; the document is as complete as the problems allow."""
    problems = list(_hidden(text, file))
    if problems:
        return Document(file, None), problems
    builder = _Builder(file)
    try:
        document = builder.document(yaml.parse(text, Loader=parser))
    except _TooDeep:
        document = Document(file, None)
    except yaml.MarkedYAMLError as error:
        document = Document(file, None)
        builder.problems.append(_syntax(error, text, file))
    except yaml.YAMLError as error:
        document = Document(file, None)
        builder.problems.append(Problem(file, 0, 0, "E101", f"not valid YAML: {error}"))
    return document, builder.problems


def _hidden(text: str, file: str) -> Iterator[Problem]:
    for match in _HIDDEN.finditer(text):
        at = match.start()
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        message = f"hidden character U+{ord(match.group()):04X}"
        yield Problem(file, line, column, "E113", message, "delete it")


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (-1, -1)
    said = " ".join(part for part in (error.context, error.problem) if part)
    lines = text.splitlines()
    rest = lines[line][column:] if 0 <= line < len(lines) else ""
    hint = ""
    if rest.startswith("\t"):
        hint = "indent with spaces, not with tabs"
    elif rest[:1] in ("@", "`", "%") or "mapping values" in said:
        hint = "put the value in quotes"
    return Problem(file, line + 1, column + 1, "E101", f"not valid YAML: {said}", hint)


class _TooDeep(Exception):
    """Stops the builder before Python's own recursion limit does."""


class _Builder:
    """Builds one document from events; collects problems and goes on wherever a value can still be had.

    A place is (key line, key column, value line, value column, children): children are a dictionary of
    places by key, a list of places, or the raw text of a scalar that is not text.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.next: Any = None

    def problem(self, event: Any, code: str, message: str, hint: str = "") -> None:
        mark = event.start_mark
        self.problems.append(Problem(self.file, mark.line + 1, mark.column + 1, code, message, hint))

    def document(self, events: Iterator[Any]) -> Document:
        self.next = events.__next__
        self.next()  # the stream's start
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            self.problems.append(Problem(self.file, 0, 0, "E103", "the file is empty"))
            return Document(self.file, None)
        top = self.next()
        value, places = self.value(top, 0)
        self.next()  # the document's end
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.problem(event, "E107", "a second document begins", "remove the --- line, or make two files")
        if isinstance(value, dict):
            return Document(self.file, value, places)
        if value is None and not self.problems:
            self.problems.append(Problem(self.file, 0, 0, "E103", "the file is empty"))
        elif not self.problems:
            self.problem(top, "E111", "the file must hold keys and values", "write 'key: value' lines")
        return Document(self.file, None)

    def value(self, event: Any, depth: int) -> tuple[Any, Any]:
        kind = type(event)
        if kind is yaml.ScalarEvent and event.tag is None and event.anchor is None:  # nearly always
            text = event.value
            if event.style or (text and text[0] not in _NUMBER_STARTS and text not in _CONSTANTS):
                return text, None
            return self.plain(event)
        if kind is yaml.AliasEvent:
            message = f"alias *{event.anchor} is not supported"
            self.problem(event, "E105", message, "write the value out, so that a reviewer sees it")
            return None, None
        if event.anchor is not None:
            message = f"anchor &{event.anchor} is not supported"
            self.problem(event, "E105", message, "write the value out wherever it is needed")
        if event.tag is not None:
            self.problem(event, "E106", f"tag {event.tag} is not supported", "remove it")
        if kind is yaml.ScalarEvent:
            return (event.value, None) if event.style else self.plain(event)
        if depth >= MAX_DEPTH:
            # nothing in params/ nests deeper than ten; the rest of the file is not worth reading
            self.problem(event, "E114", f"nested deeper than {MAX_DEPTH}")
            raise _TooDeep
        return self.mapping(depth) if kind is yaml.MappingStartEvent else self.sequence(depth)

    def empty(self, event: Any, message: str, hint: str) -> None:
        # "groups:" with nothing behind it must not pass for "no groups named", which means everybody
        self.problem(event, "E117", message, hint)

    def plain(self, event: Any) -> tuple[Any, Any]:
        text = event.value
        if text in _CONSTANTS:
            return _CONSTANTS[text], text
        if text[0] not in _NUMBER_STARTS:
            return text, None
        if _LEADING_ZERO.fullmatch(text):
            octal = (
                f"the octal number {int(text, 8)} in YAML"
                if not set(text) & {"8", "9"}
                else "lost by some readers"
            )
            message = f"{text} has no quotes: with its leading zero it is {octal}"
            self.problem(event, "E109", message, f'put it in quotes: "{text}"')
            return text, None
        if _INTEGER.fullmatch(text) and len(text) < 40:
            return int(text), text
        if _FLOAT.fullmatch(text):
            return float(text), text
        return text, None

    def sequence(self, depth: int) -> tuple[list[Any], list[Any]]:
        values: list[Any] = []
        places: list[Any] = []
        following, end = self.next, yaml.SequenceEndEvent
        while type(event := following()) is not end:
            mark = event.start_mark
            value, children = self.value(event, depth + 1)
            if value is None and children is not None:
                self.empty(event, "an item of the list has no value", "give it a value, or remove it")
            values.append(value)
            line, column = mark.line + 1, mark.column + 1
            places.append((line, column, line, column, children))
        return values, places

    def mapping(self, depth: int) -> tuple[dict[str, Any], dict[str, Any]]:
        values: dict[str, Any] = {}
        places: dict[str, Any] = {}
        following, end = self.next, yaml.MappingEndEvent
        while type(event := following()) is not end:
            key = self.key(event, depth)
            after = following()
            start, mark = event.start_mark, after.start_mark
            value, children = self.value(after, depth + 1)
            if key is None:
                continue
            if key in values:
                message = f"'{key}' stands here a second time; the first is in line {places[key][0]}"
                self.problem(event, "E104", message, "keep one of the two")
                continue
            if value is None and children is not None:
                self.empty(after, f"'{key}' has no value", "give it a value, or remove the line")
            values[key] = value
            places[key] = (start.line + 1, start.column + 1, mark.line + 1, mark.column + 1, children)
        return values, places

    def key(self, event: Any, depth: int) -> str | None:
        if type(event) is not yaml.ScalarEvent:
            self.value(event, depth + 1)
            self.problem(event, "E108", "a key must be plain text")
            return None
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            self.value(event, depth + 1)
        if text == "<<" and not event.style:
            self.problem(event, "E105", "merge keys (<<) are not supported", "write the keys out")
            return None
        if not text:
            self.problem(event, "E108", "a key is empty", "remove the line, or name it")
            return None
        return text
