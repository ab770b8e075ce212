"""The benchmarks' estates are sound, and their limit process writes the bytes that jumpcf compiles."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import estates, limit, mirror, report
from benchmarks.cases import Row
from benchmarks.measure import Measured
from jumpcf.compiler.build import compile_estate
from jumpcf.estate.load import load_with_warnings

ROOT = Path(__file__).parents[3]
PARTNERS = 7  # more than the five shapes that the mirror is made from


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    estates.write(folder, PARTNERS)
    estate, warnings = load_with_warnings(folder)
    assert warnings == ()
    compile_estate(estate, ROOT / "stacks", folder / "build")
    return folder


def templates(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("templates/*/*.json"))
    }


def test_the_limit_process_writes_the_same_bytes(built: Path, tmp_path: Path) -> None:
    mirror.write(built / "build", tmp_path / "mirror")
    command = [sys.executable, limit.__file__, built, tmp_path / "out", tmp_path / "mirror"]
    subprocess.run(list(map(str, command)), check=True)
    compiled, limits = templates(built / "build"), templates(tmp_path / "out")
    assert limits.keys() == compiled.keys()
    assert len(limits) == 1 + PARTNERS * 4
    assert sum(map(len, limits.values())) == sum(map(len, compiled.values()))


def test_all_built_in_levels_are_used(built: Path) -> None:
    text = "".join(path.read_text() for path in (built / "params/partners").iterdir())
    for level in estates.LEVELS:
        assert level in text


def test_an_estate_is_the_same_on_every_day(built: Path, tmp_path: Path) -> None:
    estates.write(tmp_path, PARTNERS)
    for path in sorted(tmp_path.rglob("*.*")):
        if path.is_file():
            assert path.read_bytes() == (built / path.relative_to(tmp_path)).read_bytes()


def test_the_table_stands_between_the_markers_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = report.BEGIN.format("one"), report.END.format("one")
    page.write_text(f"before\n{begin}old\n{end}after\n")
    measured = Measured(seconds=1, processor=1, mebibytes=20)
    half = Measured(seconds=0.5, processor=0.25, mebibytes=10)
    row = Row(what="a / b", ours=measured, theirs=half, wanted=3)
    report.write(page, report.table([row]), "one")
    text = page.read_text()
    assert "| a / b | 1000 ms | 500 ms | **2.00** | ≤ 3 | 4.00 | 20 MiB | 10 MiB |  |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
