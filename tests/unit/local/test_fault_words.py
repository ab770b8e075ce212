"""Faults in words: spans of time there and back, and a sentence for every kind."""

from pathlib import Path

import pytest

from jumpcf.estate.faults import FaultsFile, read_faults
from jumpcf.local.fault_words import KINDS, duration, seconds, sentence
from jumpcf.local.records import Fault


@pytest.mark.parametrize(
    ("text", "value"),
    [("80ms", 0.08), ("30s", 30), ("10m", 600), ("2h", 7200), ("3d", 259200), ("1w", 604800)],
)
def test_a_span_of_time_is_read_and_written_alike(text: str, value: float) -> None:
    assert seconds(text) == value
    assert duration(value) == text


@pytest.mark.parametrize("text", ["", "fast", "3", "-3d", "+3d", "3 years", "1e3s", "٣s"])
def test_what_is_no_span_is_refused(text: str) -> None:
    assert seconds(text) is None


def test_only_a_jump_has_a_sign() -> None:
    assert (seconds("+3d", signed=True), seconds("-1h", signed=True)) == (259200, -3600)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sentence(kind: str) -> None:
    fault = Fault(kind, "441000000002", "jump-acme-dev", "create", "iam", 2, "why", 5, 30, fired=1, name="x")
    assert sentence(fault).endswith("(2 more times, struck once)")


def test_a_file_has_a_list_for_every_kind() -> None:
    assert {field.alias or name for name, field in FaultsFile.model_fields.items()} == set(KINDS)


def test_a_files_faults_come_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text('account:\n  - {account: "441000000002", times: 2}\n  - {account: 441000000003}\n')
    asked, problems = read_faults(path, "faults.yaml")
    assert [(one.kind, one.values["times"], one.mark.line) for one in asked] == [("account", 2, 2)]
    assert [str(problem).split(" ")[0:2] for problem in problems] == [["faults.yaml:3:15:", "E116"]]
