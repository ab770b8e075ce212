"""Killed at writes of a change that gives, takes away and lets somebody go."""

from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import opened
from tests.functional.killing import MANAGEMENT, SOAK, Ground, change, points, signed_in
from tests.functional.test_kill_every_write import compiled

THIRD = 3


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The small estate after its first deploy, with another wish in params/."""
    folder = compiled(tmp_path / "changed")
    with opened(folder, None) as world:
        assert main(["-q", "-C", str(folder), "deploy", "--yes", "--accept-broadening"]) == 0
        signed_in(world)
        change(world)
        assert main(["-q", "-C", str(folder), "build"]) == 0
    return folder


def test_writes_of_a_change(changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every third point; all of them in `make soak`."""
    on = Ground(changed, tmp_path, capsys, (MANAGEMENT,))
    assert len(on.writes) > 30
    assert [told for point in points(on)[:: 1 if SOAK else THIRD] if (told := on.check(*point))] == []
