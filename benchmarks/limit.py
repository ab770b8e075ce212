"""The limit process: what compiling the same estate costs at the very least.

The same YAML by the C parser's events, plain dictionaries with the content of our templates (written as
Python literals by `mirror`), orjson, SHA-256, one write per template.  No checks, no types, no typed objects.

Started as `python limit.py ESTATE OUT MIRROR_FOLDER`.
"""

import hashlib
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import yaml

SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def read(path: Path) -> Any:
    """A YAML file as plain values, all scalars as text."""
    loader = yaml.CLoader(path.read_bytes())
    loader.get_event(), loader.get_event()  # the stream's and the document's beginning
    return _value(loader.get_event, loader.get_event())


def _value(get: Callable[[], Any], event: Any) -> Any:
    kind = type(event)
    if kind is yaml.ScalarEvent:
        return event.value
    if kind is yaml.MappingStartEvent:
        pairs = {}
        while type(key := get()) is not yaml.MappingEndEvent:
            pairs[key.value] = _value(get, get())
        return pairs
    items = []
    while type(item := get()) is not yaml.SequenceEndEvent:
        items.append(_value(get, item))
    return items


def main(estate: Path, out: Path, mirror: str) -> None:
    sys.path.insert(0, mirror)
    mirrored = importlib.import_module("mirrored")
    params = estate / "params"
    read(params / "estate.yaml")
    for path in sorted((params / "organizations").iterdir()):
        read(path)
    for path in sorted((params / "lock").iterdir()):
        orjson.loads(path.read_bytes())
    digests = {}
    for name, template in mirrored.templates(read(path) for path in sorted((params / "partners").iterdir())):
        data = orjson.dumps(template, option=SORTED)
        digests[name] = hashlib.sha256(data).hexdigest()
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (out / "manifest.json").write_bytes(orjson.dumps(digests, option=SORTED))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
