"""Killed at writes of the example estate's first deploy, where several StackSets go side by side."""

import random
from pathlib import Path

import pytest

from tests.functional.killing import SOAK, Ground, all_points

SEEDED = 10  # points at the desk


def test_points_of_the_example_estate(
    built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten of them, the same every time; all of them in `make soak`."""
    on = Ground(built_estate, tmp_path, capsys, ("222222222222",))
    chosen = all_points(on)
    if not SOAK:
        chosen = random.Random(5).sample(chosen, SEEDED)
    assert [told for point in chosen if (told := on.check(*point))] == []
