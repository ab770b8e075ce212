"""Every bad estate says exactly what its expected.txt says; every code has one."""

import ast
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from jumpcf.errors import Problem, ProblemsFound
from jumpcf.estate.codes import CODES
from jumpcf.estate.load import load

ROOT = Path(__file__).parents[3]
ESTATES = ROOT / "tests/estates"
BAD = sorted(path for path in (ESTATES / "bad").iterdir() if path.is_dir())
# A file that cannot be read has no place in a repository, and a command line has no files.
ELSEWHERE = {
    "E110": "test_source.py",
    "E258": "test_select.py",
    "E610": "test_frozen_text.py",
    "E620": "test_starting.py",
    "E621": "test_starting.py",
}


def assemble(bad: Path, into: Path) -> Path:
    """The estate that a bad estate's folder describes: its base, less what it takes away, plus its own."""
    base, *lines = (bad / "base").read_text().splitlines()
    shutil.copytree(ESTATES / "good" / base, into, dirs_exist_ok=True)
    for line in lines:
        (into / line.removeprefix("- ")).unlink()
    if (bad / "params").exists():
        shutil.copytree(bad / "params", into / "params", dirs_exist_ok=True)
    return into


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsFound) as caught:
        load(folder)
    return caught.value.problems


@pytest.mark.parametrize("bad", BAD, ids=lambda path: path.name)
def test_a_bad_estate_is_refused_with_every_problem(bad, tmp_path, golden):
    folder = assemble(bad, tmp_path.resolve() / "estate")
    told = "".join(f"{problem}\n" for problem in problems_of(folder))
    golden(bad / "expected.txt", told.replace(str(folder), "ESTATE"))


@pytest.mark.parametrize("bad", BAD, ids=lambda path: path.name)
def test_a_bad_estate_is_named_after_a_code_that_it_shows(bad, tmp_path):
    code = bad.name.split("-")[0]
    if code in CODES:
        assert code in {problem.code for problem in problems_of(assemble(bad, tmp_path / "estate"))}
    else:
        assert code == "E2xx"


def test_there_are_enough_bad_estates():
    assert len(BAD) >= 30


def test_every_code_has_a_bad_estate():
    shown = {match for bad in BAD for match in re.findall(r" (E\d{3}) ", (bad / "expected.txt").read_text())}
    assert sorted(CODES) == sorted(shown | set(ELSEWHERE))
    for code, module in ELSEWHERE.items():
        assert code in (Path(__file__).parent / module).read_text()


def test_every_code_in_the_room_is_registered_and_every_registered_one_is_used():
    used = set()
    for path in (ROOT / "jumpcf/estate").glob("*.py"):
        if path.name != "codes.py":
            used.update(re.findall(r'"(E\d{3})"', path.read_text()))
    assert sorted(used) == sorted(CODES)


def test_no_code_is_registered_twice():
    tree = ast.parse((ROOT / "jumpcf/estate/codes.py").read_text())
    keys = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and re.fullmatch(r"E\d{3}", str(node.value))
    ]
    assert [code for code, count in Counter(keys).items() if count > 1] == []


def test_problems_name_files_relative_to_the_estate(tmp_path):
    for problem in problems_of(assemble(ESTATES / "bad/E2xx-many-at-once", tmp_path / "estate")):
        assert problem.file.startswith("params/")


def test_one_broken_file_does_not_hide_the_problems_of_the_others(tmp_path):
    found = {
        problem.file
        for problem in problems_of(assemble(ESTATES / "bad/E2xx-many-at-once", tmp_path / "estate"))
    }
    assert {f"params/partners/{name}.yaml" for name in ("acme", "globex", "initech")} <= found
