"""The page that says which test shows which promise of the embedded AWS names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", (TESTS / "local" / "README.md").read_text(encoding="utf-8"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.glob("[lf]*/**/test_*.py"))
    there = set(re.findall(r"def (test_\w+)\(", text))
    assert len(named) > 80
    assert [name for name in named if name not in there] == []
