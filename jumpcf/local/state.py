"""The state of the embedded AWS between commands: one JSON file, and a lock so that one command has it.

JSON and an allow-list of classes, never pickle: a state file that came with a cloned estate must not be able
to run code.  A file of another format or shape (what jumpcf keeps, which an upgrade may change), of another
minor version of moto, or a damaged one is refused with the way out (`jumpcf local reset`), never guessed at.
"""

import contextlib
import fcntl
import importlib.metadata
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from jumpcf.errors import JumpcfError
from jumpcf.local import parameter_store, snapshot
from jumpcf.local.graph import dump, load
from jumpcf.local.world import World

FORMAT = 2
FILE = "state.json"
_RESET = "Run: jumpcf local reset"


def save(folder: Path, world: World) -> None:
    """Write everything, atomically; where that fails, what was there stays and nothing else is left."""
    document = {
        "about": "State of jumpcf's embedded AWS (jumpcf --local); not a record of any real AWS account.",
        "format": FORMAT,
        "moto": _moto(),
        "shape": snapshot.shape(),
        "state": dump(snapshot.take(world), snapshot.TABLE),
        "parameters": parameter_store.take("moto.ssm.models" in sys.modules),
    }
    path = folder / FILE
    fresh = path.with_suffix(f".{os.getpid()}")
    data = orjson.dumps(document)
    try:
        fresh.touch(mode=0o600)
        fresh.write_bytes(data)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def restore(folder: Path, world: World) -> bool:
    """Read everything back into empty services; False where nothing was kept."""
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    try:
        document = orjson.loads(data)
        versions = document["format"], document["moto"], document["shape"]
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(path, error) from None
    here = FORMAT, _moto(), snapshot.shape()
    if versions != here:
        told, ours = (f"format {one[0]}, moto {one[1]}, shape {one[2]}" for one in (versions, here))
        raise JumpcfError(
            "A593",
            f"The embedded AWS's state was written by another version of jumpcf or moto ({told}; here: {ours}).",
            _RESET,
            where=str(path),
        )
    try:
        snapshot.put(world, load(document["state"], snapshot.TABLE))
        parameter_store.keep(document["parameters"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _damaged(path, error) from None
    return True


def forget(folder: Path) -> None:
    """Remove the state; nothing happens where there is none."""
    (folder / FILE).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, or say who cannot have it; the system frees it when a process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JumpcfError(
                "A594",
                "Another jumpcf command is using the embedded AWS of this estate.",
                "Wait for it, or stop `jumpcf local serve`.",
                where=str(folder),
            ) from None
        yield


def _damaged(path: Path, error: Exception) -> JumpcfError:
    what: Any = f"{type(error).__name__}: {error}"
    return JumpcfError("A595", f"The embedded AWS's state cannot be read ({what}).", _RESET, where=str(path))


def _moto() -> str:
    """Major and minor version: moto's classes may change between minors, and setup.cfg pins one."""
    return ".".join(importlib.metadata.version("moto").split(".")[:2])
