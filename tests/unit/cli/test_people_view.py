"""`user status` as people read it: a row for each, what is wrong below, and a file that no spreadsheet runs."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jumpcf.artifacts.people import KeyStatus, PeopleStatus, PersonStatus, SeenPeople
from jumpcf.artifacts.roster import Roster
from jumpcf.cli import people_view
from jumpcf.planner.people import DIFFERS, KEYS, WORDS, judge_people
from tests.unit.planner.test_people import NOW, SEEN, TARO, ago, key

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "cli"


def a_status() -> PeopleStatus:
    """Of each finding one, in two partners."""
    globex = replace(
        TARO, partner="globex", name="ana.lopez", cli="access-keys", iam_groups=("globex-members",)
    )
    listed = (
        replace(TARO, name="jun.ito", iam_groups=("acme-members",)),
        replace(TARO, name="hanako.sato", ended=True, until="2026-12-31"),
        replace(TARO, name="mio.kato", frozen="INC-42"),
        TARO,
        globex,
    )
    seen = (
        SEEN,
        replace(SEEN, name="hanako.sato", mfa=("hardware", "passkey")),
        replace(SEEN, name="mio.kato", mfa=(), must_change=True, signed_in="", groups=("acme-members",)),
        replace(
            SEEN,
            name="ana.lopez",
            path="/partner/globex/",
            tag="globex",
            groups=("globex-members",),
            policies=("by-hand",),
            keys=(key(120, 50), key(3)),
        ),
        replace(SEEN, name="old.friend", path="/partner/initech/", tag="", password="", mfa=()),
    )
    people = SeenPeople(reported=ago(0.1), users=seen)
    return judge_people(Roster(estate="example", at="", users=listed), people, NOW)


def test_a_row_for_each_and_below_what_is_wrong_by_kind(golden: Callable[[Path, str], None]) -> None:
    made = a_status()
    for name, verbose in (("user-status", False), ("user-status-verbose", True)):
        text = people_view.text(made, "table", verbose)
        assert max(map(len, text.splitlines())) <= 80
        golden(GOLDEN / f"{name}.txt", text + "\n")


def test_two_hundred_people_stay_readable_in_eighty_columns() -> None:
    (_, one, *_) = a_status().people
    people = tuple(replace(one, name=f"someone.like-number-{number:03}") for number in range(200))
    text = people_view.text(replace(a_status(), people=people), "table", verbose=False)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("like-number" in line for line in lines) <= 200 + 6 * len(one.findings)
    assert "  and 194 more (-v)" in lines


def test_csv_has_a_line_for_each_and_runs_nothing() -> None:
    (one, *_) = a_status().people
    evil = replace(one, name='=HYPERLINK("http://x")', groups=("@a", "b"))
    (row,) = csv.DictReader(io.StringIO(people_view.text(replace(a_status(), people=(evil,)), "csv", False)))
    assert row["user"] == '\'=HYPERLINK("http://x")'
    assert row["groups"] == "'@a b"
    rows = list(csv.DictReader(io.StringIO(people_view.text(a_status(), "csv", False))))
    assert [each["user"] for each in rows] == [each.name for each in a_status().people]
    assert (
        rows[-2]["keys"] == "active key, 120 days old, used 50 days ago; active key, 3 days old, never used"
    )
    assert rows[-2]["CIS"] == "v3.0.0/1.12 v3.0.0/1.13 v3.0.0/1.14 v3.0.0/1.15"


def test_a_name_cannot_write_lines_of_its_own() -> None:
    (one, *_) = a_status().people
    person: PersonStatus = replace(one, name="a\nb", keys=(KeyStatus(active=True, age=0, unused=None),))
    assert "a?b" in people_view.text(replace(a_status(), people=(person,)), "table", True)


def test_every_finding_has_its_line_in_the_documentation() -> None:
    page = (ROOT / "docs" / "people.md").read_text("utf-8")
    table = page[page.index("| finding | meaning") : page.index("As a gate: `--fail-on`")]
    codes = {finding.code for one in a_status().people for finding in one.findings} | {*KEYS, *DIFFERS}
    assert {code for code in codes if f"`{code}`" not in table} == set()
    assert {word for word in WORDS if f"`{word}`" not in page} == set()
