"""docs/live-checks.md: every check has its line in the table, and every line that promises steps has them."""

import re

from tests.unit.test_house_rules import ROOT

TEXT = (ROOT / "docs/live-checks.md").read_text()
LINES = [(int(number), line) for number, line in re.findall(r"^\| (\d+) \|(.*)$", TEXT, re.MULTILINE)]
ROWS = dict(LINES)
STEPS = [int(number) for number in re.findall(r"^(\d+)\. \*\*", TEXT, re.MULTILINE)]


def test_each_check_is_there_once_in_order() -> None:
    assert [number for number, _ in LINES] == sorted(ROWS)
    assert sorted(set(STEPS)) == STEPS


def test_steps_belong_to_a_line_of_the_table() -> None:
    assert set(STEPS) <= set(ROWS)


def test_a_line_that_promises_steps_has_them() -> None:
    assert {number for number, line in ROWS.items() if "steps below" in line} <= set(STEPS)


def test_what_the_code_refers_to_is_there() -> None:
    texts = (path.read_text() for folder in ("jumpcf", "stacks") for path in (ROOT / folder).rglob("*.py"))
    named = {int(number) for text in texts for number in re.findall(r"live check (\d+)", text)}
    assert named <= set(ROWS)
