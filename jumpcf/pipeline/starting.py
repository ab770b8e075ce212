"""Before everything: a new estate in a folder of its own."""

import contextlib
import importlib.resources
import json
import os
import shutil
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from jumpcf.errors import Problem, ProblemsFound
from jumpcf.pipeline.building import schema

if TYPE_CHECKING:
    from jumpcf.estate.starting import Answers


def start(folder: Path, answers: "Answers") -> tuple[str, ...]:
    """Write a new estate into a folder that is not there or empty; gives the paths.

    Nothing is written where an answer is wrong (ProblemsFound with all that is), or where the folder holds anything.
    """
    from jumpcf.estate.starting import check, files

    refused = occupied(folder)
    mended, problems = check(answers)
    made = files(skeleton(), mended)
    made["params/schema.json"] = json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if refused:
        raise ProblemsFound([refused, *problems])
    try:
        with _staged(folder, made) as stage:
            problems += _loading(stage)
            if problems:
                raise ProblemsFound(problems)
            move(stage, folder)
    except OSError as error:  # about the folder that was named, not about a file that nobody knows
        raise OSError(error.errno, error.strerror, str(folder)) from error
    return tuple(sorted(made))


def occupied(folder: Path) -> Problem | None:
    """Why a new estate cannot come into this folder, if anything speaks against it."""
    from jumpcf.estate.starting import occupied as occupied_there

    return occupied_there(folder)


def skeleton() -> dict[str, str]:
    """The files that every new estate gets, by path: all that lies in jumpcf/skeleton/."""
    found = dict(_walk(importlib.resources.files("jumpcf") / "skeleton", ""))
    return dict(sorted(found.items()))


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for one in folder.iterdir():
        path = f"{above}{one.name}"
        if one.is_file():
            yield path, one.read_text(encoding="utf-8")
        elif one.name != "__pycache__":
            yield from _walk(one, f"{path}/")


@contextlib.contextmanager
def _staged(folder: Path, made: dict[str, str]) -> Iterator[Path]:
    """The files in a folder within the new one, which is gone afterwards, and the new one too where this fails."""
    there = folder.exists()
    stage = folder / f".jumpcf-init-{os.getpid()}"
    try:
        for path, text in made.items():
            file = stage / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                file.chmod(0o755)
        yield stage
    except BaseException:
        shutil.rmtree(stage if there else folder, ignore_errors=True)
        raise
    shutil.rmtree(stage, ignore_errors=True)


def _loading(stage: Path) -> list[Problem]:
    from jumpcf.estate.load import load

    try:
        load(stage)
    except ProblemsFound as found:
        return list(found.problems)
    return []


def move(stage: Path, folder: Path) -> None:
    """Everything, or nothing: where one cannot be moved, those that were are taken away again."""
    moved: list[Path] = []
    try:
        for path in sorted(stage.iterdir()):
            moved.append(path.rename(folder / path.name))
    except BaseException:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        raise
