"""docs/estate-reference.md: every key of params/, made from the JSON Schema that editors use."""

from collections.abc import Iterator
from typing import Any

from jumpcf.pipeline import building

Schema = dict[str, Any]

FRONT = """\
# Every key of `params/`, from the schema

Made from the JSON Schema (`jumpcf schema`) by `make golden`. [estate.md](estate.md) says what the keys do together, \
and what is checked beyond a file's shape.
"""
LONGEST = 64
"""Characters of a pattern that is shown; the longer ones forbid control characters, and say nothing to a reader."""


def page() -> str:
    schema = building.schema()
    kinds = schema["$defs"]
    sections = [section(name, kinds[name]) for name in order(schema)]
    return "\n\n".join([FRONT.rstrip("\n"), *sections]) + "\n"


def order(schema: Schema) -> list[str]:
    """The kinds of the schema: each file's, and below it what it is the first to hold."""
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            found.append(name)
            for inner in references(schema["$defs"][name]):
                visit(inner)

    for one in references({"files": schema["allOf"]}):
        visit(one)
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def title(name: str) -> str:
    return name.removesuffix("File")


def section(name: str, kind: Schema) -> str:
    path, colon, what = kind["description"].partition(": ")
    told = f"`{path}`: {what}" if colon and path.startswith("params/") else kind["description"]
    required = set(kind.get("required", ()))
    # in the order in which a person writes them: what is required first, in the schema's order
    keys = [*kind.get("required", ()), *(key for key in kind["properties"] if key not in required)]
    rows = [row(key, kind["properties"][key], key in required) for key in keys]
    head = ["| key | is | default | |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## {title(name)}", "", told, "", *head, *rows])


def row(key: str, shape: Schema, required: bool) -> str:
    default = "required" if required else code(written(shape["default"])) if "default" in shape else ""
    cells = (f"`{key}`", is_(shape), default, shape.get("description", ""))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def written(value: Any) -> str:
    """A default as it would stand in YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return "{}" if value == {} else str(value)


def code(text: str) -> str:
    return f"`{text}`"


def is_(shape: Schema) -> str:
    """What a value must be, in words."""
    if "$ref" in shape:
        name = title(shape["$ref"].rpartition("/")[2])
        return f"[{name}](#{name.lower()})"
    if "oneOf" in shape:
        return ", or ".join(map(is_, shape["oneOf"]))
    if "enum" in shape:
        return ", ".join(code(str(one)) for one in shape["enum"])
    return {"array": _list, "object": _map, "integer": _number}.get(shape["type"], _text)(shape)


def _list(shape: Schema) -> str:
    least = " of one or more" if shape.get("minItems") else ""
    return f"list{least}, each {is_(shape['items'])}"


def _map(shape: Schema) -> str:
    values = [*shape.get("patternProperties", {}).values()]
    if isinstance(inner := shape.get("additionalProperties"), dict):
        values.append(inner)
    if values:
        return f"map of names to {' or '.join(map(is_, values))}"
    return ", ".join(f"`{key}`: {is_(one)}" for key, one in shape["properties"].items())


def _number(shape: Schema) -> str:
    low, high = shape.get("minimum"), shape.get("maximum")
    return f"{low} to {high}" if high is not None else f"{low} or more"


def _text(shape: Schema) -> str:
    if shape["type"] == "boolean":
        return "`true`, `false`"
    named = shape.get("title", "")
    words = named if named[:1].islower() or named.startswith(("AWS", "IAM")) else "text"
    pattern = shape.get("pattern", "")
    return f"{words}: {code(pattern)}" if pattern and len(pattern) <= LONGEST else words
