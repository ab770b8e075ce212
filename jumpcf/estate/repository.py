"""The pipeline's repository, put into params/estate.yaml where that names none."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from jumpcf.errors import GateRefused, ProblemsFound
from jumpcf.estate.shapes import REPOSITORY
from jumpcf.estate.writing import put

ESTATE = "params/estate.yaml"


def lines_of(repository: str) -> str:
    """What params/estate.yaml gets; GateRefused G597 where this is no repository."""
    if not re.fullmatch(REPOSITORY.pattern, repository):
        raise GateRefused("G597", f"{repository!r} is not {REPOSITORY.noun}", REPOSITORY.hint)
    return f"\npipeline:\n  repository: {repository}\n  environment: production\n"


def name_repository(folder: Path, repository: str) -> None:
    """Add the repository at the end of params/estate.yaml; comments and all else stay."""
    path = folder / ESTATE
    text = path.read_bytes()
    newline = "\r\n" if b"\r\n" in text else "\n"
    lines = ("\n" + lines_of(repository)).replace("\n", newline)
    put(path, text.rstrip(b"\r\n") + lines.encode())


@contextlib.contextmanager
def named_in(folder: Path, repository: str) -> Iterator[None]:
    """The same, and as before where params turn out to have problems: then nothing was done with it."""
    path = folder / ESTATE
    before = path.read_bytes()
    name_repository(folder, repository)
    try:
        yield
    except ProblemsFound:
        put(path, before)
        raise
