"""The same for a change that gives, takes away and lets somebody go, and for points of the example estate."""

import random
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import opened
from tests.functional.killing import MANAGEMENT, SOAK, Ground, all_points, change, points, signed_in
from tests.functional.test_kill_every_write import compiled

SEEDED = 20  # points on the example estate


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


def test_every_write_of_a_change(changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on = Ground(changed, tmp_path, capsys, (MANAGEMENT,))
    assert len(on.writes) > 30
    assert [told for point in points(on) if (told := on.check(*point))] == []


def test_points_of_the_example_estate(
    built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty of them, the same every time; all of them in `make soak`."""
    on = Ground(built_estate, tmp_path, capsys, ("222222222222",))
    chosen = all_points(on)
    if not SOAK:
        chosen = random.Random(5).sample(chosen, SEEDED)
    assert [told for point in chosen if (told := on.check(*point))] == []
