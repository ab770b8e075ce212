"""The JSON form of the emulator's objects: whole, shared, and made of named classes only."""

import datetime
import json
from typing import Any

import pytest

from jumpcf.local.graph import PLAIN, NotStorable, Table, dump, load
from jumpcf.local.records import Fault, Result


class Node:
    """Any class of somebody else's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.friend: Node | None = None


TABLE = Table(records=(Result,), objects={Node: PLAIN})


def again(value: Any, table: Table = TABLE) -> Any:
    return load(json.loads(json.dumps(dump(value, table))), table)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, 2.5, True, "x" * 500, "x" * 500],
        {"a": {"b": []}, "$r": 1},
        {1: "number", (1, 2): "tuple"},
        ("a", ("b",)),
        {"one", "two"},
        b"\x00\xff",
        datetime.datetime(2027, 1, 1, 12, 30, tzinfo=datetime.UTC),
        Result("111111111111", "ap-northeast-1", "r-ab12", "FAILED", "why"),
    ],
)
def test_values_come_back_equal(value: Any) -> None:
    assert again(value) == value


def test_shared_objects_stay_shared_and_cycles_are_kept() -> None:
    one, two = Node("one"), Node("two")
    one.friend, two.friend = two, one
    back = again({"list": [one, two], "same": one})
    assert back["same"] is back["list"][0]
    assert back["same"].friend.friend is back["same"]
    assert back["list"][1].name == "two"


def test_a_long_text_is_written_once() -> None:
    text = "policy " * 100
    assert json.dumps(dump([text] * 50, TABLE)).count(text) == 1


def test_an_object_of_an_unnamed_class_is_not_stored() -> None:
    with pytest.raises(NotStorable, match="Fault"):
        dump([Fault("", "", "", None, "")], TABLE)


@pytest.mark.parametrize(
    "change",
    [
        {"objects": [["os._wrap_close", {}]]},
        {"objects": [["Result", {}]]},
        {"root": {"$c": ["subprocess.Popen", "true"]}},
        {"root": {"$o": 1}},
        {"fields": {"Result": ["account"]}},
        {"fields": {"Fault": []}},
    ],
)
def test_only_named_classes_are_made(change: dict[str, Any]) -> None:
    data = dump([Result("1", "2", "3")], TABLE) | change
    with pytest.raises(ValueError, match=r"may be loaded|means nothing|other fields"):
        load(data, TABLE)
