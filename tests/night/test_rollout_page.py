"""docs/rollout.md tells of a night that can be played again: the same commands, the same ends."""

from pathlib import Path

from tests.night.estate import ROOT
from tests.night.play import played
from tests.night.script import play


def test_every_command_of_the_night_ends_as_the_page_says(tmp_path: Path) -> None:
    told = (ROOT / "docs" / "rollout.md").read_text(encoding="utf-8")
    page = play(tmp_path)
    assert played(page) == played(told)
    assert page.count("Everything is as wanted: 27 StackSets, 228 wanted accounts") == 3
