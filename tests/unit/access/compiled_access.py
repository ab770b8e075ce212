"""The example estate, compiled once, as a graph of access; and copies with a template changed by hand."""

import copy
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from jumpcf.access.ask import Asker, Moment
from jumpcf.access.graph import read_graph
from jumpcf.access.model import Graph
from jumpcf.artifacts.manifest import Manifest
from jumpcf.compiler.build import compile_estate
from jumpcf.estate.load import load
from jumpcf.estate.model import Estate

ROOT = Path(__file__).parents[3]
DAY = "2027-01-15T00:00:00Z"

Change = Callable[[dict[str, Any]], None]


@functools.cache
def compiled() -> tuple[Estate, Manifest, dict[str, Any], dict[str, Any]]:
    """Estate, manifest, bodies by digest, sources."""
    estate = load(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        manifest = compile_estate(estate, ROOT / "stacks", out)
        bodies = {one.digest: orjson.loads((out / one.path).read_bytes()) for one in manifest.stacks}
        return estate, manifest, bodies, orjson.loads((out / "sources.json").read_bytes())


@functools.cache
def example() -> Graph:
    estate, manifest, bodies, sources = compiled()
    return read_graph(estate, manifest, bodies.__getitem__, sources)


def changed(stack: str, change: Change) -> Graph:
    """The example's graph with one template changed."""
    estate, manifest, bodies, sources = compiled()
    (digest,) = [one.digest for one in manifest.stacks if one.name == stack]
    body = copy.deepcopy(bodies[digest])
    change(body)
    return read_graph(estate, manifest, (bodies | {digest: body}).__getitem__, sources)


def asker(graph: Graph | None = None, at: str = DAY, **parts: Any) -> Asker:
    return Asker(graph or example(), Moment(at=at, **parts))
