"""docs/architecture.md has a row for every room, and what it names in a room is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_/]+)/` \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE))
PARTS = "".join(re.findall(r"^A plan is made in `planner/` by these: .*$", PAGE, re.MULTILINE))


def named(text: str) -> set[str]:
    """Modules: folders end with a slash, options and words of the command line have hyphens."""
    return set(re.findall(r"`([a-z][a-z_]*)`", text))


def modules(room: str) -> set[str]:
    return {path.stem for path in (ROOT / "jumpcf" / room).glob("*.py")} - {"__init__"}


def test_every_room_has_a_row() -> None:
    rooms = {path.parent.name for path in ROOT.glob("jumpcf/*/__init__.py")}
    assert rooms - ROWS.keys() == {"artifacts"}  # the capitals of the flow, above the table


@pytest.mark.parametrize("room", sorted(ROWS.keys() - {"stacks", "planner", "pipeline"}))
def test_what_a_row_names_is_in_its_room(room: str) -> None:
    assert named(ROWS[room]) - modules(room) == set()


def test_every_module_of_the_rooms_that_wire_and_decide_is_named() -> None:
    assert named(ROWS["pipeline"]) == modules("pipeline")
    assert named(ROWS["planner"] + PARTS) == modules("planner")
