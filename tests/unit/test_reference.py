"""docs/reference.md and docs/estate-reference.md are made from click and from the JSON Schema."""

from collections.abc import Callable
from pathlib import Path

from tests import reference

ROOT = Path(__file__).parents[2]


def test_the_reference_of_verbs_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "reference.md", reference.page())


def test_markdown_leaves_the_text_of_a_help_alone() -> None:
    assert reference.plain("iam:Get*, `List*` on <estate>/*") == "iam:Get\\*, `List*` on \\<estate>/\\*"
    help_ = "Says.\n\n\b\nExample: a b\n         a c  # so\nMore\nof it.\n\nNeeds\nnothing."
    assert list(reference.told(help_)) == [
        "Says.",
        "```\na b\na c  # so\n```",
        "More of it.",
        "Needs nothing.",
    ]
