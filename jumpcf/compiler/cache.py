"""The warm build: where neither the inputs nor the outputs have changed, nothing is compiled.

This module knows only digests: it imports neither troposphere, awacs nor pydantic, so a warm build takes
tens of milliseconds.  Digests are of contents, never of times, so a copy stays warm; a checkout does not, for
whoever commits could have written what lies in it (`artifacts.sealed`).

    inputs = inputs_digest(...)      before params/ is read
    stored(...)                      the last build's result, or None
    store(...)                       after a build that found no problem
"""

import importlib.util
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import orjson

import jumpcf
from jumpcf.artifacts.codec import canonical, decode, digest
from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.sealed import is_sealed, seal
from jumpcf.compiler.write import write_if_changed
from jumpcf.errors import Problem

_ROOMS = (
    "",
    "artifacts",
    "compiler",
    "compiler/rules",
    "estate",
    "iam",
    "policy",
)  # whose code decides the bytes
_PACKAGES = ("awacs", "pydantic", "troposphere", "tzdata", "yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A build that need not be done again: what it gave, and what it warned of."""

    inputs: str
    manifest_digest: str
    sources_digest: str
    guardrails: dict[str, str]
    warnings: tuple[Problem, ...]


def inputs_digest(params: Path, stacks: Path, organizations: Collection[str] | None = None) -> str:
    """The digest of all that decides a build: every file of both folders, the choice of organizations, our
    own code, and the versions of the packages that take part (tzdata holds the time zone rules)."""
    parts = {
        "params": _files(params, "*"),
        "stacks": _files(stacks, "*"),
        "organizations": None if organizations is None else sorted(organizations),
        "code": _code(),
        "packages": {name: _version(name) for name in _PACKAGES} | {"orjson": orjson.__version__},
    }
    return digest(canonical(parts))


def stored(cache: Path, inputs: str, out: Path) -> tuple[Manifest, tuple[Problem, ...]] | None:
    """The last build's manifest and warnings, if it was made of the same inputs and its files in `out` are
    still what it wrote; None in every doubt, a broken cache file included."""
    try:
        remembered = cache.read_bytes()
        if not is_sealed(cache, remembered):
            return None
        entry = decode(Stored, remembered)
        manifest_bytes = (out / "manifest.json").read_bytes()
        sources_bytes = (out / "sources.json").read_bytes()
        if (entry.inputs, entry.manifest_digest, entry.sources_digest) != (
            inputs,
            digest(manifest_bytes),
            digest(sources_bytes),
        ) or entry.guardrails != _guardrails(out):
            return None
        manifest = decode(Manifest, manifest_bytes)
        return (manifest, entry.warnings) if _intact(out, manifest) else None
    except (OSError, ValueError):
        return None


def store(cache: Path, inputs: str, out: Path, warnings: tuple[Problem, ...] = ()) -> None:
    """Remember the build that now lies in `out`."""
    entry = Stored(
        inputs=inputs,
        manifest_digest=digest((out / "manifest.json").read_bytes()),
        sources_digest=digest((out / "sources.json").read_bytes()),
        guardrails=_guardrails(out),
        warnings=warnings,
    )
    data = canonical(entry)
    write_if_changed(cache, data)
    seal(cache, data)


def _intact(out: Path, manifest: Manifest) -> bool:
    """Every template is there with its bytes, and no stale one lies beside them."""
    places = {stack.place for stack in manifest.stacks}
    there = {
        f"templates/{place}/{name}"
        for place in places
        for name in os.listdir(out / "templates" / place)
        if name.endswith(".json")
    }
    if there != {stack.path for stack in manifest.stacks}:
        return False
    return all(digest((out / stack.path).read_bytes()) == stack.digest for stack in manifest.every_stack)


def _guardrails(out: Path) -> dict[str, str]:
    """The digests of the guardrails that lie in `out`, by path."""
    return {
        path.relative_to(out).as_posix(): digest(path.read_bytes())
        for path in sorted((out / "guardrails").glob("*/*.json"))
    }


def _files(folder: Path, pattern: str) -> dict[str, str]:
    """Digests by name.  Bytecode and hidden files are no inputs."""
    return {
        name: digest(path.read_bytes())
        for path in sorted(folder.rglob(pattern))
        if path.is_file() and not any(part.startswith((".", "__")) for part in _parts(path, folder))
        for name in [path.relative_to(folder).as_posix()]
    }


def _parts(path: Path, folder: Path) -> tuple[str, ...]:
    return path.relative_to(folder).parts


def _code() -> list[str]:
    """The digests of our own modules: an editable checkout changes without a new version."""
    home = Path(str(jumpcf.__file__)).parent
    return [
        digest(path.read_bytes())
        for room in _ROOMS
        for path in sorted((home / room).glob("*.*"))
        if path.suffix in (".py", ".json") and not path.name.startswith("lint")
    ]


def _version(package: str) -> str:
    """What stands where the package states its version, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return "missing"
    stated = Path(spec.origin).with_name("version.py")
    return digest((stated if stated.exists() else Path(spec.origin)).read_bytes())
