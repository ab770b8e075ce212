"""`user list` and `expiring`: what is read, and words that are none."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jumpcf.artifacts.roster import Expiring, Gone, Listed, Roster
from jumpcf.cli import roster_view
from jumpcf.cli.main import main
from jumpcf.cli.tables import csv_text

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "cli"
AT = ("--at", "2027-10-01")


def a_listed(name: str = "taro.yamada", **parts: str) -> Listed:
    defaults: dict[str, str] = {"email": f"{name}@acme.example", "until": "2027-03-31"}
    return Listed(
        partner="acme",
        name=name,
        groups=("dev",),
        grants=tuple(f"grant-number-{number}" for number in range(9)),
        ends="2027-04-01T00:00:00Z",
        ended=False,
        **(defaults | parts),
    )


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["-C", str(ROOT), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("user-list", ("user", "list")), ("expiring", ("expiring", "--within", "200d"))],
)
def test_the_example_estate_is_told(
    capsys: pytest.CaptureFixture[str],
    golden: Callable[[Path, str], None],
    name: str,
    arguments: tuple[str, ...],
) -> None:
    code, out, _ = run(capsys, *arguments, *AT)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    golden(GOLDEN / f"{name}.txt", out)


def test_many_grants_go_on_below_and_two_hundred_people_stay_narrow() -> None:
    users = tuple(a_listed(f"someone.with-a-long-name-{number:03}") for number in range(200))
    text = roster_view.users(Roster(estate="e", at="", users=users), "table", verbose=False)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("grant-number-8") == 200


def test_who_is_frozen_stands_out_and_why_is_told_once() -> None:
    reason = "INC-42, a long story " * 6
    users = (*(a_listed(f"user.{number}", frozen=reason) for number in range(9)), a_listed("hanako.sato"))
    text = roster_view.users(Roster(estate="e", at="", users=users), "table", verbose=False)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("2027-03-31 FROZEN") == 9
    assert "acme/user.5 and 3 more" in " ".join(text.split())
    assert text.count("frozen (INC-42") == 1
    assert text.endswith("10 users of 1 partner, 9 frozen.")


def test_who_left_stands_below_and_whose_entry_may_go_with_its_place() -> None:
    def gone(name: str, *, over: bool) -> Gone:
        place = "params/partners/acme.yaml:9:5"
        return Gone(partner="acme", name=name, day="2026-11-30", over=over, place=place)

    left = (gone("ken.mori", over=False), gone("mio.kato", over=True))
    text = roster_view.users(Roster(estate="example", at="", users=(a_listed(),), left=left), "table", False)
    assert text.splitlines()[-4:] == [
        "left, denied what is open: acme/ken.mori (2026-11-30)",
        "left, may go from params once deployed everywhere: acme/mio.kato",
        "    (params/partners/acme.yaml:9:5)",
        "1 user of 1 partner.",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "ended"), 3),
        (("--fail-on", "ending", "--within", "91d"), 3),
        (("--fail-on", "ending", "--within", "90d"), 0),
        (("--fail-on", "ended", "--partner", "acme"), 3),
        (("--fail-on", "ended", "--at", "2027-01-15"), 0),
        ((), 0),
    ],
)
def test_expiring_is_a_gate_on_demand(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    assert run(capsys, "expiring", *AT, *arguments)[0] == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("expiring", "--fail-on", "ended,soon"), "soon: not known. There are ended ("),
        (("expiring", "--fail-on", ""), "nothing: not known"),
        (("expiring", "--within", "two weeks"), "two weeks is no number of days"),
        (("expiring", "--within", "-1d"), "-1d is no number of days"),
        (("expiring", "--at", "someday"), "E605"),
        (("user", "list", "--partner", "acmee"), "did you mean acme?"),
    ],
)
def test_words_that_are_none_are_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (252, "")
    assert told in " ".join(err.split())


def test_json_by_either_option_and_csv_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "-o", "json", "user", "list", *AT)[1])
    assert found == json.loads(run(capsys, "user", "list", *AT, "--output", "json")[1])
    assert found["schema"] == 1
    rows = list(csv.DictReader(io.StringIO(run(capsys, "user", "list", *AT, "-o", "csv")[1])))
    assert [(one["partner"], one["user"]) for one in rows] == [
        (one["partner"], one["name"]) for one in found["users"]
    ]
    endings = json.loads(run(capsys, "-o", "json", "expiring", *AT)[1])["endings"]
    rows = list(csv.DictReader(io.StringIO(run(capsys, "expiring", *AT, "-o", "csv")[1])))
    assert [one["name"] for one in rows] == [one["name"] for one in endings]
    days = [int(one["days"]) for one in rows]  # a number that is less than nothing is no formula
    assert min(days) < 0


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-1+1", "-1\n", "-A1", "@SUM(1)", "\t=1", "\uff1d1"]
)
def test_no_cell_of_csv_is_a_formula(name: str) -> None:
    (row,) = list(csv.DictReader(io.StringIO(csv_text(["user"], [[name]]))))
    assert row["user"] == f"'{name}"


def test_nothing_to_tell_is_told() -> None:
    assert roster_view.endings(Expiring(estate="e", at="", within=1, endings=()), "table", False) == (
        "Nothing has ended, and nothing ends within 1 day."
    )
