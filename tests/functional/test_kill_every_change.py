"""The same for a change that gives, takes away and lets somebody go, and for points of the example estate."""

import random
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import opened
from tests.functional.killing import MANAGEMENT, SOAK, Ground, all_points, change, signed_in
from tests.functional.test_kill_every_write import compiled

SEEDED = 20  # points on the example estate


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The small estate after its first deploy, with another wish in params/."""
    folder = compiled(tmp_path / "changed")
    with opened(folder, None) as world:
        assert main(["-q", "-C", str(folder), "deploy", "--yes"]) == 0
        signed_in(world)
        change(world)
        assert main(["-q", "-C", str(folder), "build"]) == 0
    return folder


def test_every_write_of_a_change(changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A put of ours is followed by nothing but the next write, so one of its two sides is enough at the desk."""
    on = Ground(changed, tmp_path, capsys, (MANAGEMENT,))
    assert len(on.writes) > 30
    points = [
        (number, when)
        for number, when in all_points(on)
        if SOAK or on.writes[number] != "PutObject" or when == "after"
    ]
    assert [told for point in points if (told := on.check(*point))] == []


def test_points_of_the_example_estate(
    built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty of them, the same every time; all of them in `make soak`."""
    on = Ground(built_estate, tmp_path, capsys, ("222222222222",))
    points = all_points(on)
    if not SOAK:
        points = random.Random(5).sample(points, SEEDED)
    assert [told for point in points if (told := on.check(*point))] == []
