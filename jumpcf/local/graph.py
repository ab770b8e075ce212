"""Objects to JSON and back, for classes that are named beforehand and no others.

Loading runs no code of the data's choosing: an object is made by `object.__new__` of a class from the given
table, its attributes are set, and nothing is called.  Shared objects stay shared and cycles are kept.
Long texts that occur often (templates, policies) are written once.

Form: {"fields": {class: [names]}, "texts": [...], "objects": [[class, state], ...], "root": value}.
In a value, {"$r": n} is object n, {"$x": n} text n, {"$c": [class, field, ...]} a record that is nobody
else's, {"$t"} a tuple, {"$s"} a set, {"$b"} bytes in base 64, {"$i"} an instant, {"$d"} a dictionary whose
keys are not plain texts.
"""

import base64
import dataclasses
import datetime
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONG = 100  # characters from which a text is worth sharing
_PLAIN = (bool, int, float, type(None))


class NotStorable(TypeError):
    """An object of a class that is in no table: the emulator would forget it, so it refuses to save."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a class that is not plain is written: `save` gives its state, `load` puts it into a bare object."""

    save: Callable[[Any], dict[str, Any]]
    load: Callable[[Any, dict[str, Any]], None]


def _attributes(item: Any) -> dict[str, Any]:
    return dict(vars(item))


def _set_attributes(item: Any, state: dict[str, Any]) -> None:
    vars(item).update(state)


PLAIN = Kind(_attributes, _set_attributes)


def bare(kind: type[Any]) -> Any:
    """An instance whose __init__ did not run."""
    maker: Any = kind
    return maker.__new__(maker)


@dataclass(frozen=True, slots=True)
class Table:
    """What may be written and made: `records` are dataclasses of ours, `objects` classes of others."""

    records: tuple[type, ...]
    objects: Mapping[type, Kind]

    def name(self, kind: type) -> str:
        return kind.__name__ if kind in self.records else f"{kind.__module__}.{kind.__qualname__}"


@dataclass(slots=True)
class _Writer:
    table: Table
    names: dict[type, str]
    fields: dict[str, list[str]]
    texts: dict[str, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    waiting: list[Any] = field(default_factory=list)

    def value(self, item: Any) -> Any:
        kind = type(item)
        if kind is str:
            return item if len(item) < LONG else {"$x": self.texts.setdefault(item, len(self.texts))}
        if kind in _PLAIN:
            return item
        if kind is list:
            return [self.value(one) for one in item]
        if kind is dict or kind is OrderedDict:
            return self.dictionary(item)
        if kind in self.names and kind not in self.table.objects:
            name = self.names[kind]
            return {"$c": [name, *map(self.value, map(item.__getattribute__, self.fields[name]))]}
        return self.special(kind, item)

    def dictionary(self, item: dict[Any, Any]) -> Any:
        for key in item:
            if type(key) is not str or key[:1] == "$":
                return {"$d": [[self.value(key), self.value(one)] for key, one in item.items()]}
        return {key: self.value(one) for key, one in item.items()}

    def special(self, kind: type, item: Any) -> Any:
        if kind is tuple:
            return {"$t": [self.value(one) for one in item]}
        if kind is set:
            return {"$s": sorted(self.value(one) for one in item)}
        if kind is bytes:
            return {"$b": base64.b64encode(item).decode()}
        if kind is datetime.datetime:
            return {"$i": item.isoformat()}
        if kind not in self.table.objects:
            raise NotStorable(f"{kind.__module__}.{kind.__qualname__}")
        if id(item) not in self.numbers:
            self.numbers[id(item)] = len(self.waiting)
            self.waiting.append(item)
        return {"$r": self.numbers[id(item)]}


def dump(root: Any, table: Table) -> dict[str, Any]:
    """The object graph as JSON values; raises NotStorable for what the table does not name."""
    names = {kind: table.name(kind) for kind in (*table.records, *table.objects)}
    fields = {table.name(kind): [one.name for one in dataclasses.fields(kind)] for kind in table.records}
    writer = _Writer(table, names, fields)
    written = writer.value(root)
    objects = []
    at = 0
    while at < len(writer.waiting):  # grows while it is walked
        item = writer.waiting[at]
        state = table.objects[type(item)].save(item)
        objects.append([names[type(item)], writer.dictionary(state)])
        at += 1
    return {"fields": fields, "texts": list(writer.texts), "objects": objects, "root": written}


def load(data: Mapping[str, Any], table: Table) -> Any:
    """The object graph again; raises ValueError for whatever does not have the form or names another class."""
    kinds = {table.name(kind): kind for kind in (*table.records, *table.objects)}
    for name, names in data["fields"].items():
        if name not in kinds or [one.name for one in dataclasses.fields(kinds[name])] != names:
            raise ValueError(f"the record {name} had other fields when this was written")
    reader = _Reader(kinds, table, data["texts"], [])
    for name, _ in data["objects"]:
        if name not in kinds or kinds[name] in table.records:
            raise ValueError(f"{name} is not a class that may be loaded")
        kind = kinds[name]
        reader.objects.append(bare(kind))
    for item, (_, state) in zip(reader.objects, data["objects"], strict=True):
        table.objects[type(item)].load(item, reader.dictionary(state))
    return reader.value(data["root"])


@dataclass(slots=True)
class _Reader:
    kinds: dict[str, type]
    table: Table
    texts: list[str]
    objects: list[Any]

    def value(self, item: Any) -> Any:
        if isinstance(item, dict):
            if len(item) == 1:
                (key, content) = next(iter(item.items()))
                if key[:1] == "$":
                    return self.special(key, content)
            return self.dictionary(item)
        if isinstance(item, list):
            return [self.value(one) for one in item]
        return item

    def dictionary(self, item: dict[str, Any]) -> dict[str, Any]:
        return {key: self.value(one) for key, one in item.items()}

    def special(self, key: str, content: Any) -> Any:
        match key:
            case "$x":
                return self.texts[content]
            case "$r":
                return self.objects[content]
            case "$c":
                return self.record(content)
            case "$d":
                return {self.value(name): self.value(one) for name, one in content}
            case "$t":
                return tuple(self.value(one) for one in content)
            case "$s":
                return {self.value(one) for one in content}
            case "$b":
                return base64.b64decode(content)
            case "$i":
                return datetime.datetime.fromisoformat(content)
        raise ValueError(f"{key} means nothing here")

    def record(self, content: list[Any]) -> Any:
        kind = self.kinds.get(content[0])
        if kind not in self.table.records:
            raise ValueError(f"{content[0]} is not a record that may be loaded")
        assert kind is not None
        return kind(*(self.value(one) for one in content[1:]))
