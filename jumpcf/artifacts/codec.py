"""Records to canonical JSON and back: sorted keys, compact, final newline, same bytes everywhere."""

import dataclasses
import functools
import hashlib
import types
import typing
from typing import Any, Literal, TypeVar, Union

import orjson

Record = TypeVar("Record")


def canonical(value: Any) -> bytes:
    """The one JSON form of a value: sorted keys, no white space, a final newline (UTF-8)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def content_digest(value: Any) -> str:
    """The digest of a value's canonical form; equal for equal meaning, whatever order or spacing it had."""
    return digest(canonical(value))


def as_json(record: Any) -> dict[str, Any]:
    """A record as the mapping that its JSON form says."""
    return typing.cast(dict[str, Any], orjson.loads(canonical(record)))


def decode(kind: type[Record], data: bytes) -> Record:
    """Read a record back; raises ValueError where the data does not have the record's shape."""
    return typing.cast(Record, _build(kind, orjson.loads(data)))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast(type, kind), value)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return _union(args, value)
    if origin is tuple:
        return _sequence(args, value)
    if origin is dict:
        return _mapping(args[1], value)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{value!r} is none of {args}")
        return value
    if kind is not Any and not isinstance(value, kind):
        raise ValueError(f"{kind.__name__} was expected, not {value!r}")
    return value


def _sequence(args: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"a list was expected, not {value!r}")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_build(args[0], item) for item in value)
    return tuple(_build(arg, item) for arg, item in zip(args, value, strict=True))


def _mapping(kind: Any, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a mapping was expected, not {value!r}")
    return {key: _build(kind, item) for key, item in value.items()}


def _record(kind: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{kind.__name__} was expected, not {value!r}")
    hints = _hints(kind)
    unknown = value.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    try:
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _union(args: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in args:
        return None
    kinds = [arg for arg in args if arg is not type(None)]
    if len(kinds) == 1:
        return _build(kinds[0], value)
    for kind in kinds:  # records of a union carry a `kind` of their own
        if isinstance(value, dict) and typing.get_args(_hints(kind)["kind"]) == (value.get("kind"),):
            return _build(kind, value)
    raise ValueError(f"no record of this union has the kind of {value!r}")
