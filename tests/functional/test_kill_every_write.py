"""Killed before and after the effect of every write of a first deploy: the next one finishes, and repeats nothing."""

import shutil
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import ROOT, World
from tests.functional.killing import MANAGEMENT, Ground, first, points


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """One organization, three accounts, before its first deploy."""
    return compiled(tmp_path / "small")


def compiled(folder: Path) -> Path:
    shutil.copytree(ROOT / "tests/estates/good/minimal/params", folder / "params")
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    first(World(folder, None, None))  # type: ignore[arg-type]
    assert main(["-q", "-C", str(folder), "build"]) == 0
    return folder


def test_every_write_of_a_first_deploy(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on = Ground(small, tmp_path, capsys, (MANAGEMENT,))
    assert len(on.writes) > 30
    assert [told for point in points(on) if (told := on.check(*point))] == []
