"""The templates of the good estates and of the example, as files that a person reads in a review.

They lie in tests/golden/templates/<estate>/<place>/<stack>.json, indented; `pytest --golden=write` rewrites them.
"""

from pathlib import Path

import orjson
import pytest
from unit.compiled import ROOT, STACKS

from jumpcf.compiler.build import compile_estate
from jumpcf.estate.load import load

GOLDEN = ROOT / "tests/golden/templates"
GOOD = ROOT / "tests/estates/good"
ESTATES = {
    "example": ROOT,
    **{path.name: path for path in sorted(GOOD.iterdir()) if (path / "params").is_dir()},
}


def pretty(data: bytes) -> bytes:
    return orjson.dumps(orjson.loads(data), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@pytest.mark.parametrize("name", sorted(ESTATES))
def test_the_templates_are_the_golden_ones(name, tmp_path, golden, request):
    folder = GOLDEN / name
    manifest = compile_estate(load(ESTATES[name]), STACKS, tmp_path)
    wanted = {f"{each.place}/{each.name}.json": tmp_path / each.path for each in manifest.stacks}
    if request.config.getoption("--golden") == "write":
        for stale in files(folder) - wanted.keys():
            (folder / stale).unlink()
    for relative, path in wanted.items():
        golden(folder / relative, pretty(path.read_bytes()))
    assert files(folder) == wanted.keys(), "a golden template that no stack makes"


def test_every_golden_folder_is_an_estate():
    assert {path.name for path in GOLDEN.iterdir()} == ESTATES.keys()


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
