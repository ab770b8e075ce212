"""The stack modules of an estate: every `stacks/*.py`, loaded by path, checked for its two names.

Files that begin with an underscore are not stacks.  `sys.path` is left alone and no bytecode is written.
"""

import contextlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from troposphere import Template

from jumpcf.errors import Mark, Problem, ProblemsFound
from jumpcf.stack import StackContext, StackSpec

HINT_SPEC = "declare STACK = StackSpec(kind=..., per=...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackModule:
    """A stack module: `file` is as people see it ("stacks/partner.py"), `stem` its name without ".py"."""

    file: str
    path: Path
    stem: str
    spec: StackSpec
    build: Callable[[StackContext], Template]


def discover(folder: Path) -> tuple[StackModule, ...]:
    """Every stack module of `folder`, sorted by name; raises ProblemsFound with all that is wrong."""
    found: list[StackModule] = []
    problems: list[Problem] = []
    paths = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    if not paths:
        problems.append(
            Problem(
                folder.name,
                0,
                0,
                "E301",
                "there is no stack module here",
                "copy them from a new estate: jumpcf init (docs/stacks.md)",
            )
        )
    for path in paths:
        module = _load(folder, path)
        if isinstance(module, Problem):
            problems.append(module)
            continue
        checked = _check(folder, path, module)
        if isinstance(checked, Problem):
            problems.append(checked)
        else:
            found.append(checked)
    if problems:
        raise ProblemsFound(problems)
    return tuple(found)


def shown(folder: Path, path: Path) -> str:
    """The file as people see it, relative to the estate's folder."""
    return f"{folder.name}/{path.name}"


def at_fault(folder: Path, path: Path, error: BaseException) -> Mark:
    """The last line of the user's own file that the error went through; the whole file if none."""
    file = shown(folder, path)
    own = os.path.abspath(path)  # importlib names code by its absolute path
    if isinstance(error, SyntaxError) and error.filename == own:
        return Mark(file, error.lineno or 0, error.offset or 0)
    mine = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    if not mine:
        return Mark(file)
    return Mark(file, mine[-1].lineno or 0, (mine[-1].colno or 0) + 1)


def _load(folder: Path, path: Path) -> ModuleType | Problem:
    name = f"jumpcf_stacks_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and typing look a class's module up there
    try:
        with _no_bytecode():
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a user's module raises is a problem of that module
        del sys.modules[name]
        text = f"cannot be loaded: {type(error).__name__}: {_text(error)}"
        return Problem.at(at_fault(folder, path, error), "E302", text)
    return module


def _check(folder: Path, path: Path, module: ModuleType) -> StackModule | Problem:
    file = shown(folder, path)
    spec = getattr(module, "STACK", None)
    build = getattr(module, "build", None)
    if not isinstance(spec, StackSpec):
        return Problem(file, 0, 0, "E303", "has no STACK that is a StackSpec", HINT_SPEC)
    if (spec.kind == "stackset") != (spec.per == "grant"):
        text = f'STACK is a {spec.kind} per="{spec.per}"'
        hint = 'a stackset is one per grant; a stack of the jump account is per="estate", "partner" or "pipeline"'
        return Problem(file, 0, 0, "E303", text, hint)
    if not callable(build):
        hint = "define build(context: StackContext) -> Template"
        return Problem(file, 0, 0, "E304", "has no function build", hint)
    return StackModule(file=file, path=path, stem=path.stem, spec=spec, build=build)


def _text(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


@contextlib.contextmanager
def _no_bytecode() -> Iterator[None]:
    """A user's folder of stacks stays free of __pycache__."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
