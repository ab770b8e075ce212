"""Request cases as data: who may do what, decided from the rendered policies alone, and by which statement."""

from collections import Counter

import pytest

from tests.battery.battery import BATTERY, asked, differences, passes, wrong
from tests.battery.rows import Row
from tests.battery.subjects import Subject


@pytest.mark.parametrize("row", BATTERY, ids=str)
def test_a_case_is_decided_as_its_sentence_says(row: Row, subjects: list[Subject]) -> None:
    about = [subject for subject in subjects if row.about(subject)]
    assert any(asked(row, subject) for subject in about), "no estate of the battery has such a subject"
    assert [line for subject in about for line in wrong(row, subject)] == []


def test_every_denied_case_has_a_twin_that_passes_and_differs_in_one_word(subjects: list[Subject]) -> None:
    alone = []
    for row in BATTERY:
        if row.says != "allow":
            about = [subject for subject in subjects if row.about(subject)]
            if len(differences(row)) != 1 or not all(passes(row, subject) for subject in about):
                alone.append(str(row))
    assert alone == []


def test_the_battery_has_its_size_and_no_case_twice() -> None:
    assert len(BATTERY) >= 300
    assert [text for text, times in Counter(map(str, BATTERY)).items() if times > 1] == []
    assert [
        row for row in BATTERY if row.says == "implicit-deny" and row.by not in ("", "trust", "policies")
    ] == []


def test_every_statement_of_every_layer_decides_some_case(subjects: list[Subject]) -> None:
    """A Sid that no row names would stand unproved."""
    named = {row.by for row in BATTERY}
    sids = {
        statement.sid
        for subject in subjects
        for documents in subject.layers.values()
        for document in documents
        for statement in document.policy.statements
    }
    assert {sid for sid in sids if not any(_names(pattern, sid) for pattern in named - {"*"})} == set()


def _names(pattern: str, sid: str) -> bool:
    return (
        sid.startswith(pattern.removesuffix("*"))
        if pattern.endswith("*") and pattern != "Deny*"
        else sid == pattern
    )
