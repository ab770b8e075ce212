"""The import direction of jumpcf, as a test: imports go down only, and never to a neighbour."""

import ast
import pathlib

ROOT = pathlib.Path(__file__).parents[2]

FLOORS = [  # lowest first; names on one line are neighbours and may not import each other
    {"errors"},
    {"artifacts", "policy"},
    {"estate", "iam", "aws"},
    {"stack"},
    {"compiler"},
    {"planner", "executor", "local", "access"},
    {"portal"},
    {"pipeline"},
    {"cli"},
    {"__main__"},
]
NEVER = {  # finer than the floors: what a unit may not import although it lies lower
    "iam": {"policy"},
    "planner": {"estate", "iam", "aws", "stack", "compiler"},
    "executor": {"estate", "iam", "stack", "compiler"},
    "access": {"iam", "aws", "stack", "compiler"},
    "local": {"aws", "iam", "stack", "compiler"},
    "compiler": {"aws"},
    "stack": {"aws"},
    "portal": {"aws", "compiler", "executor", "local", "planner"},
}
ONLY_IN = {  # third-party packages and the units that may import them
    "click": {"cli"},
    "boto3": {"aws", "local"},
    "botocore": {"aws", "local"},
    "moto": {"local"},
    "flask": {"local"},
    "werkzeug": {"local"},
    "yaml": {"estate"},
    "pydantic": {"estate"},
    "cfnlint": {"compiler"},
    "rich": {"cli"},
    "jinja2": {"portal"},
    "troposphere": {"stack", "compiler", "stacks"},
    "awacs": {"iam", "stacks"},
}
STACKS_MAY = {"stack", "iam", "estate", "errors"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.module, node.lineno
            yield from ((f"{node.module}.{a.name}", node.lineno) for a in node.names)


def unit(name):
    return name.split(".")[1] if name.startswith("jumpcf.") else None


def breaches(root=ROOT):
    level = {u: i for i, floor in enumerate(FLOORS) for u in floor}
    for path in sorted([*root.glob("jumpcf/**/*.py"), *root.glob("stacks/**/*.py")]):
        parts = path.relative_to(root).with_suffix("").parts
        here = "stacks" if parts[0] == "stacks" else parts[1]
        if here in ("__init__", "skeleton"):  # files of an estate are data to us
            continue
        assert here == "stacks" or here in level, f"{path}: no floor for {here!r}"
        for name, line in imports(path):
            where = f"{path.relative_to(root)}:{line}"
            top, there = name.split(".")[0], unit(name)
            if top in ONLY_IN and here not in ONLY_IN[top]:
                yield f"{where}: {here} may not import {top}"
            if there not in level or there == here:
                continue
            if here == "stacks":
                if there not in STACKS_MAY:
                    yield f"{where}: stacks/ may not import jumpcf.{there}"
            elif level[there] >= level[here] or there in NEVER.get(here, ()):
                yield f"{where}: {here} may not import {there}"


def test_imports_only_go_down():
    assert list(breaches()) == []


def test_a_breach_is_found(tmp_path):
    (tmp_path / "jumpcf/planner").mkdir(parents=True)
    (tmp_path / "jumpcf/planner/diff.py").write_text("from jumpcf import aws\nimport click\n")
    assert list(breaches(tmp_path)) == [
        "jumpcf/planner/diff.py:1: planner may not import aws",
        "jumpcf/planner/diff.py:2: planner may not import click",
    ]
