"""Whatever stands in the files: an estate, or problems; never a traceback."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpcf.errors import ProblemsFound
from jumpcf.estate.load import load

ROOT = Path(__file__).parents[3]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("params/*/*") if path.is_file())
PIECES = [
    "",
    " ",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ": ",
    ", ",
    "'",
    '"',
    "0",
    "x",
    "/",
    "#",
    "null",
    "true",
    "1.5",
    "会",
    "~",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Path(shutil.copytree(ROOT / "params", tmp_path_factory.mktemp("estate") / "params")).parent


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from([*FILES, "params/estate.yaml"]),
    at=st.floats(0, 1),
    length=st.integers(0, 30),
    piece=st.sampled_from(PIECES),
)
def test_a_file_with_a_wound_gives_an_estate_or_problems(folder, file, at, length, piece):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    start = int(at * len(text))
    path.write_text(text[:start] + piece + text[start + length :], encoding="utf-8")
    try:
        load(folder)
    except ProblemsFound as found:
        for problem in found.problems:
            assert problem.file.startswith("params/")
            assert problem.message
    finally:
        path.write_text(text, encoding="utf-8")
