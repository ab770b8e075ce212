"""docs/break-glass.md is made from the names that a deploy gives."""

from collections.abc import Callable
from pathlib import Path

from tests.break_glass import ROOT, page


def test_the_page_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "break-glass.md", page())
