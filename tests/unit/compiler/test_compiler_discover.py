import sys

import pytest

from jumpcf.compiler.discover import discover
from jumpcf.errors import ProblemsFound

GOOD = """from troposphere import Template
from jumpcf.stack import StackSpec
STACK = StackSpec(kind="stack", per="estate")
def build(context):
    return Template()
"""


def a_folder(tmp_path, **files):
    folder = tmp_path / "stacks"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def told(folder):
    with pytest.raises(ProblemsFound) as found:
        discover(folder)
    return [str(problem) for problem in found.value.problems]


def test_modules_are_found_by_name_and_underscored_ones_are_not_stacks(tmp_path):
    folder = a_folder(tmp_path, b_two=GOOD, a_one=GOOD, _helper="raise ValueError")
    assert [(each.file, each.stem) for each in discover(folder)] == [
        ("stacks/a_one.py", "a_one"),
        ("stacks/b_two.py", "b_two"),
    ]


def test_neither_the_path_nor_the_folder_is_littered(tmp_path):
    folder = a_folder(tmp_path, one=GOOD)
    before = list(sys.path), sys.dont_write_bytecode
    discover(folder)
    assert (list(sys.path), sys.dont_write_bytecode) == before
    assert [path.name for path in folder.iterdir()] == ["one.py"]


def test_a_module_may_have_dataclasses_of_its_own(tmp_path):
    text = "from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass X:\n    a: int\n"
    assert discover(a_folder(tmp_path, one=text + GOOD))


def test_every_module_that_is_wrong_is_told_at_once(tmp_path):
    folder = a_folder(
        tmp_path,
        a="def build(:\n",
        b="import no_such_package\n",
        c="x = 1\n\n\ny = x / 0\n",
        d="STACK = 'stack'\n",
        e=GOOD.replace("def build(context):\n    return Template()", "build = 3"),
        f=GOOD.replace('per="estate"', 'per="grant"'),
        g=GOOD.replace('kind="stack"', 'kind="stackset"'),
        h=GOOD,
    )
    assert told(folder) == [
        "stacks/a.py:1:11: E302 cannot be loaded: SyntaxError: invalid syntax",
        "stacks/b.py:1:1: E302 cannot be loaded: ModuleNotFoundError: No module named 'no_such_package'",
        "stacks/c.py:4:5: E302 cannot be loaded: ZeroDivisionError: division by zero",
        "stacks/d.py: E303 has no STACK that is a StackSpec\n"
        "    hint: declare STACK = StackSpec(kind=..., per=...)",
        "stacks/e.py: E304 has no function build\n    hint: define build(context: StackContext) -> Template",
        'stacks/f.py: E303 STACK is a stack per="grant"\n'
        '    hint: a stackset is one per grant; a stack of the jump account is per="estate", "partner" or "pipeline"',
        'stacks/g.py: E303 STACK is a stackset per="estate"\n'
        '    hint: a stackset is one per grant; a stack of the jump account is per="estate", "partner" or "pipeline"',
    ]


def test_a_folder_without_stacks_is_a_problem(tmp_path):
    assert told(a_folder(tmp_path)) == [
        "stacks: E301 there is no stack module here\n"
        "    hint: copy them from a new estate: jumpcf init (docs/stacks.md)"
    ]


def test_a_module_that_cannot_be_loaded_is_forgotten(tmp_path):
    told(a_folder(tmp_path, never_loaded="1 / 0"))
    assert not any("never_loaded" in name for name in sys.modules)
