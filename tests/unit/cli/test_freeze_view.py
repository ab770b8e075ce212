"""What a freeze is said to have come to: never more than was closed."""

import pytest

from jumpcf.artifacts.freezing import Closed, Freezing, Open
from jumpcf.cli.freeze_view import text

FILE = "params/partners/acme.yaml"
JUMP = Closed(place="jump", what="every call")
LAB = Closed(place="lab", what="sessions")
DOOR = Open(place="jump", what="everything", until="", why="no credentials [A501]")
PARAMS = Open(place="params", what="the next deploy opens the door again", until="", why="E110")


def freezing(
    closed: tuple[Closed, ...], open_: tuple[Open, ...] = (), beyond: tuple[Open, ...] = ()
) -> Freezing:
    return Freezing(
        estate="example",
        partner="acme",
        user="",
        frozen=True,
        at="2026-11-26T16:30:00Z",
        reason="INC-42",
        closed=closed,
        open=open_,
        beyond=beyond,
    )


@pytest.mark.parametrize(
    ("closed", "open_", "first", "last"),
    [
        ((JUMP, LAB), (), "acme is frozen (INC-42, since 2026-11-26T16:30:00Z).", "copy without it"),
        ((JUMP,), (PARAMS,), "acme is frozen (INC-42, since 2026-11-26T16:30:00Z).", "E110"),
        (
            (),
            (DOOR,),
            "acme is NOT frozen: nothing is closed (INC-42). To close it by hand: docs",
            "taken until then",
        ),
        ((LAB,), (DOOR,), "acme is NOT frozen: only sessions from before are closed", "taken until then"),
        ((), (DOOR, PARAMS), "acme is NOT frozen: nothing is closed", "E110"),
    ],
)
def test_frozen_is_said_of_a_closed_door_and_commit_of_a_written_file(
    closed: tuple[Closed, ...], open_: tuple[Open, ...], first: str, last: str
) -> None:
    lines = text(freezing(closed, open_), file=FILE).splitlines()
    assert lines[0].startswith(first)
    assert last in lines[-1]


def test_what_no_freeze_reaches_is_told_and_makes_nothing_less_whole() -> None:
    made = Open(place="corp", what="roles that people of acme made", until="", why="go on", hint="look")
    frozen = freezing((JUMP,), beyond=(made,))
    assert frozen.whole
    lines = text(frozen, file=FILE).splitlines()
    at = lines.index("no freeze reaches")
    assert lines[at + 1 : at + 4] == [
        "  corp  roles that people of acme made: go on",
        "        hint: look",
        "Nothing else is open.",
    ]
    assert "Nothing is open." in text(freezing((JUMP,)), file=FILE)
