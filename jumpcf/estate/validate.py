"""One file's shape: a plain value against its pydantic model, every error as a Problem at its line."""

import copy
import functools
import re
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from jumpcf.errors import Mark, Problem
from jumpcf.estate.shapes import BY_PATTERN, DURATION
from jumpcf.estate.similar import did_you_mean, nearest
from jumpcf.estate.source import Document, Key

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[Key, ...]

_OPEN = ("grants", "delegated_administrators", "parameters")  # mappings whose keys are names
_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_IS: dict[type, str] = {
    list: "a list",
    dict: "a mapping",
}
_BOUNDS = {"greater_than_equal": ("ge", "less than"), "less_than_equal": ("le", "more than")}


@dataclass(frozen=True, slots=True)
class File(Generic[Model]):
    """A file with the shape of its kind.  `whole` is False where wrong parts were left out so that the rest
    can still be checked: then what is absent here proves nothing."""

    name: str
    document: Document
    model: Model
    whole: bool

    def mark(self, *path: Key) -> Mark:
        return self.document.mark(*path)

    def key_mark(self, *path: Key) -> Mark:
        return self.document.key_mark(*path)


def validate(kind: type[Model], name: str, document: Document) -> tuple[File[Model] | None, list[Problem]]:
    """Hold a document against its model; `name` is the file's stem.  The file is None where too little of it
    has the right shape to be checked any further."""
    if document.value is None:
        return None, []
    try:
        return File(name, document, kind.model_validate(document.value), True), []
    except ValidationError as error:
        items = _errors(error)
        if slips := _slips(kind, document, items):
            return _despite(kind, name, document, slips)
        problems = [problem for problem in (_problem(kind, document, item) for item in items) if problem]
        return _rest(kind, name, document, error), problems


def _despite(
    kind: type[Model], name: str, document: Document, slips: dict[Path, str]
) -> tuple[File[Model] | None, list[Problem]]:
    """Every misspelt key as a problem, and what else is wrong once each is read as what it nearly is."""
    told = [_unknown(kind, document, path) for path in slips]
    value, places = copy.deepcopy(document.value), copy.deepcopy(document.places)
    for path, key in slips.items():
        _rename(value, places, path, key)
    file, problems = validate(kind, name, Document(document.file, value, places))
    return file and replace(file, whole=False), [*told, *problems]


def _slips(kind: type[BaseModel], document: Document, items: list[Any]) -> dict[Path, str]:
    """Unknown keys beside a missing one that they nearly are, with that key: one mistake, not two."""
    missing = {(path, key) for path, key in (_path(document.value, item) for item in items) if key}
    found: dict[Path, str] = {}
    for item in items:
        path, _ = _path(document.value, item)
        if item["type"] != "extra_forbidden" or callable(document.places):
            continue
        key = nearest(str(path[-1]), _known(kind, path[:-1]))
        if (path[:-1], key) in missing:
            missing.remove((path[:-1], key))
            found[path] = key
    return found


def _rename(value: Any, places: Any, path: Path, key: str) -> None:
    """Give a part of a value, and its place, another key."""
    for part in path[:-1]:
        value = value[part]
        places = places[part][4]
    for table in (value, places):
        table[key] = table.pop(path[-1])


def _errors(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False)


def _rest(kind: type[Model], name: str, document: Document, error: ValidationError) -> File[Model] | None:
    """What is left of a file without its wrong parts; gives up after a few rounds."""
    value = copy.deepcopy(document.value)
    places = None if callable(document.places) else copy.deepcopy(document.places)
    for _ in range(8):
        for path in sorted({_cut(value, item) for item in _errors(error)}, key=_backwards, reverse=True):
            if not path:
                return None
            _remove(value, places, path)
        try:
            model = kind.model_validate(value)
        except ValidationError as next_error:
            error = next_error
        else:
            return File(name, Document(document.file, value, places), model, False)
    return None


def _backwards(path: Path) -> tuple[tuple[str, int], ...]:
    """Sorts list items by number, so that later ones are removed first."""
    return tuple((part, 0) if isinstance(part, str) else ("", part) for part in path)


def _remove(value: Any, places: Any, path: Path) -> None:
    """Take a part out of a value and out of the table of its places, so that later items keep their lines."""
    for part in path[:-1]:
        value = value[part] if _has(value, part) else None
        places = places[part][4] if _has(places, part) else None
    for table in (value, places):
        if _has(table, path[-1]):
            del table[path[-1]]


def _cut(value: Any, item: Any) -> Path:
    """The smallest part to leave out: an unknown key, the nearest item of a list or of an open mapping,
    else the key itself.  Empty where the file lacks something that it cannot do without."""
    path, missing = _path(value, item)
    if item["type"] == "extra_forbidden":
        return path
    for length in range(len(path), 0, -1):
        if isinstance(path[length - 1], int) or (length == 2 and path[0] in _OPEN):
            return path[:length]
    return () if missing else path


def _path(value: Any, item: Any) -> tuple[Path, str]:
    """An error's place as keys that exist in the value, and the key that is missing, if that is the error."""
    loc = item["loc"]
    missing = str(loc[-1]) if item["type"] == "missing" else ""
    path: list[Key] = []
    for part in loc[: len(loc) - bool(missing)]:
        if _has(value, part):  # else it is a tag of pydantic's: "list", "[key]"
            path.append(part)
            value = value[part]
    return tuple(path), missing


def _has(value: Any, part: Key) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _problem(kind: type[BaseModel], document: Document, item: Any) -> Problem | None:
    path, missing = _path(document.value, item)
    if missing:
        where = f"{_dotted(path)}: " if path else ""
        hint = _described(kind, (*path, missing))
        mark = document.key_mark(*path) if path else Mark(document.file)
        return Problem.at(mark, "E201", f"{where}'{missing}' is missing", hint)
    if item["type"] == "extra_forbidden":
        return _unknown(kind, document, path)
    if item["input"] is None:
        return None  # said by `source`: it has no value
    code, message, hint = _said(kind, document, path, item)
    is_key = item["loc"][-1] == "[key]"
    mark = document.key_mark(*path) if is_key else document.mark(*path)
    return Problem.at(mark, code, f"{_dotted(path)}: {message}", hint)


def _unknown(kind: type[BaseModel], document: Document, path: Path) -> Problem:
    where = f" in {_dotted(path[:-1])}" if path[1:] else ""
    hint = did_you_mean(str(path[-1]), _known(kind, path[:-1]))
    return Problem.at(document.key_mark(*path), "E202", f"unknown key '{path[-1]}'{where}", hint)


def _said(kind: type[BaseModel], document: Document, path: Path, item: Any) -> tuple[str, str, str]:
    error, value, context = item["type"], item["input"], item.get("ctx", {})
    if error == "string_pattern_mismatch":
        shape = BY_PATTERN[context["pattern"]]
        if item["loc"][-1] == "[key]":
            return shape.code, f"{_shown(value)} cannot be a key here", shape.hint
        return (
            shape.code,
            f"{_shown(value)} is not {_schema(kind, path).get('title', shape.noun)}",
            shape.hint,
        )
    if error == "literal_error":
        possible = re.findall(r"'([^']*)'", context["expected"])
        return "E204", f"{_shown(value)} is not possible", did_you_mean(str(value), possible, _list(possible))
    if error in _BOUNDS:
        bound, word = _BOUNDS[error]
        return "E206", f"{value} is {word} {context[bound]}", _described(kind, path)
    if error in ("too_short", "string_too_short"):
        return "E207", "at least one is needed", _described(kind, path)
    if error in ("too_long", "string_too_long"):
        return "E208", f"more than {context['max_length']}", _described(kind, path)
    raw = document.raw(*path)
    if error == "string_type" and raw is not None:
        return "E116", f"{raw} has no quotes, so it is not text", _as_text(_schema(kind, path), raw)
    wanted = _KINDS.get(error)
    if wanted:
        found = _shown(value) if isinstance(value, str) else _IS.get(type(value), str(value))
        return "E203", f"{wanted} is expected, not {found}", _described(kind, path)
    return "E203", str(item["msg"]), _described(kind, path)


def _as_text(schema: dict[str, Any], raw: str) -> str:
    """Quotes help only where the text would then have the right shape."""
    pattern = schema.get("pattern", "")
    if re.search(pattern, raw):
        return f'put it in quotes: "{raw}"'
    if pattern == DURATION.pattern and raw.isdigit():
        return f"name its unit: {raw}h, {raw}m or {raw}s"
    return BY_PATTERN[pattern].hint


def _list(words: list[str]) -> str:
    return f"possible: {', '.join(words)}"


def _shown(value: Any) -> str:
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def _dotted(path: Path) -> str:
    """`users[0].email`, as people point at it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _described(kind: type[BaseModel], path: Path) -> str:
    text = str(_schema(kind, path).get("description", "")).removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _known(kind: type[BaseModel], path: Path) -> list[str]:
    return list(_schema(kind, path).get("properties", ()))


@functools.cache
def _json_schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _schema(kind: type[BaseModel], path: Path) -> dict[str, Any]:
    """The JSON Schema of a part of a file; only errors pay for it."""
    top = _json_schema(kind)
    node: dict[str, Any] = top
    for part in path:
        node = _step(_resolved(top, node), part)
    outer = node
    return {**_resolved(top, node), **{key: value for key, value in outer.items() if key == "description"}}


def _resolved(top: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in node:
            node = top["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node or "oneOf" in node:
            kinds = [kind for kind in node.get("anyOf", node.get("oneOf", [])) if kind != {"type": "null"}]
            lists = [kind for kind in kinds if kind.get("type") == "array"]
            node = (lists or kinds)[0]
        else:
            return node


def _step(node: dict[str, Any], part: Key) -> dict[str, Any]:
    if isinstance(part, int):
        found: Any = node.get("items", {})
    else:
        found = node.get("properties", {}).get(part)
        if found is None:
            found = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties"))
    return found if isinstance(found, dict) else {}
