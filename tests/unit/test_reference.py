"""docs/reference.md and docs/estate-reference.md are made from click and from the JSON Schema."""

import re
from collections.abc import Callable
from pathlib import Path

from jumpcf.pipeline import building
from tests import estate_reference, reference

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


def test_the_reference_of_the_estate_is_current(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "estate-reference.md", estate_reference.page())


def test_every_kind_and_every_key_of_the_schema_stands_in_the_reference() -> None:
    schema, page = building.schema(), estate_reference.page()
    assert set(estate_reference.order(schema)) == set(schema["$defs"])
    for name, kind in schema["$defs"].items():
        part = page.partition(f"\n## {estate_reference.title(name)}\n")[2].partition("\n## ")[0]
        for key in kind["properties"]:
            assert f"\n| `{key}` | " in part, (name, key)


def test_the_page_about_the_estate_names_every_key() -> None:
    page = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    keys = {key for kind in building.schema()["$defs"].values() for key in kind["properties"]}
    assert {key for key in keys if not re.search(rf"(?<![a-z_]){key}(?![a-z_])", page)} == set()
