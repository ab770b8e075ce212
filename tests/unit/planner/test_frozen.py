"""What a freeze or a thaw came to, in words."""

import datetime

from jumpcf.artifacts.freezing import Closed, Open
from jumpcf.errors import AwsRefused, Problem, ProblemsFound
from jumpcf.planner.frozen import at_the_door, brought_back, made, unwritten, why


def test_a_door_that_is_closed_and_who_is_not_behind_it() -> None:
    closed, stray = at_the_door("acme", "", ["a", "b"], ["c"], None)
    assert isinstance(closed, Closed)
    assert "the 2 users of acme" in closed.what
    assert stray == Open(
        place="jump",
        what="everything of c",
        why="he is not in the group",
        hint="jumpcf partner freeze acme --user c --reason …",
    )


def test_a_door_that_could_not_be_closed_is_open_without_end() -> None:
    (said,) = at_the_door("acme", "taro", [], [], AwsRefused("A505", "no network"))
    assert said == Open(
        place="jump", what="everything, new sessions among it", why="no network [A505]", hint="run it again"
    )


def test_a_refusal_is_one_line_with_its_code_once() -> None:
    assert why(AwsRefused("A504", "one [A504]\ntwo [A505]")) == "one [A504]; two [A505] [A504]"
    assert why(AwsRefused("A504", "one [A504]")) == "one [A504]"
    problems = ProblemsFound([Problem("b.yaml", 0, 0, "E2", "y"), Problem("a.yaml", 3, 1, "E1", "x", "do")])
    assert (why(problems), unwritten(problems).hint) == ("a.yaml:3:1: E1 x and 1 more", "do")


def test_a_thaw_brings_back_sessions_that_have_not_ended() -> None:
    at, day = "2026-11-26T16:30:00Z", datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)
    (told,) = brought_back(at, 3600, day.replace(hour=17, minute=29))
    assert "2026-11-26T17:30:00Z" in told
    assert brought_back(at, 3600, day.replace(hour=17, minute=30)) == []
    assert brought_back("", 3600, day) == []  # nothing says when


def test_the_record_divides_what_is_said() -> None:
    said = [Open(place="corp", what="x", why="y"), Closed(place="jump", what="z")]
    record = made("example", "acme", "", said, frozen=True)
    assert ([one.place for one in record.closed], [one.place for one in record.open], record.whole) == (
        ["jump"],
        ["corp"],
        False,
    )
