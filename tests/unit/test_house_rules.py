"""Rules of the house that a reader should not have to check: no patching, small modules, small functions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES, FUNCTION_LINES = 400, 50


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def patching(tree: ast.AST) -> Iterator[int]:
    """Lines that replace somebody's attribute: mock.patch in any spelling, monkeypatch.setattr."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("unittest.mock", "mock"):
            yield from (node.lineno for alias in node.names if alias.name == "patch")
        named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if named and (node.value.id, node.attr) in {("mock", "patch"), ("monkeypatch", "setattr")}:
            yield node.lineno


def test_no_test_patches_anything() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("tests", "benchmarks")
        for line in patching(ast.parse(path.read_text()))
    ]
    assert found == []


def test_patching_in_any_spelling_is_found() -> None:
    text = "from unittest.mock import patch\nmock.patch('x')\nmonkeypatch.setattr(a, 'b', 1)\n"
    assert sorted(patching(ast.parse(text))) == [1, 2, 3]


def test_modules_and_functions_stay_small() -> None:
    long = []
    for path in sources("jumpcf", "stacks", "benchmarks"):
        text = path.read_text()
        if text.count("\n") > MODULE_LINES:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_every_package_says_what_it_takes_gives_and_may_import() -> None:
    for path in (ROOT / "jumpcf").glob("*/__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        assert "Takes" in docstring, path
        assert "May import" in docstring, path


def test_every_fragment_of_the_changelog_has_its_kind_and_says_something() -> None:
    for path in (ROOT / "changelog.d").glob("*"):  # a release empties the folder, and Git keeps no empty one
        assert re.fullmatch(r"\d+\.(breaking|change|fix|security)\.md", path.name), path.name
        assert path.read_text(encoding="utf-8").strip(), path.name
