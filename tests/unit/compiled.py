"""Compile an estate with the repository's own stacks, into parsed templates."""

from pathlib import Path
from typing import Any

import orjson

from jumpcf.artifacts.manifest import Manifest
from jumpcf.compiler.build import compile_estate
from jumpcf.errors import Problem, ProblemsFound
from jumpcf.estate.model import Estate

ROOT = Path(__file__).parents[2]
STACKS = ROOT / "stacks"


def compiled(estate: Estate, out: Path) -> tuple[Manifest, dict[str, Any]]:
    """The manifest, and every template by "<place>/<stack>"."""
    manifest = compile_estate(estate, STACKS, out)
    bodies = {
        f"{each.place}/{each.name}": orjson.loads((out / each.path).read_bytes()) for each in manifest.stacks
    }
    return manifest, bodies


def problems_of(estate: Estate, out: Path, stacks: Path = STACKS) -> tuple[Problem, ...]:
    """The problems of an estate that does not compile; it is an error if it does."""
    try:
        compile_estate(estate, stacks, out)
    except ProblemsFound as found:
        return found.problems
    raise AssertionError("the estate compiles")
