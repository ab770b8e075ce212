"""Locks are JSON with good errors too."""

import json
from pathlib import Path

import pytest

from jumpcf.estate.lock import read_organization, read_parameters
from jumpcf.estate.tree import Tree

ROOT = Path(__file__).parents[3]
CORP = ROOT / "params/lock/corp.json"


def problems_of(tmp_path, text):
    path = tmp_path / "corp.json"
    path.write_text(text, encoding="utf-8")
    file, problems = read_organization(path, "params/lock/corp.json")
    assert file is None
    return [str(problem).split("\n")[0] for problem in problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "params/lock/corp.json: E103 the file is empty"),
        (
            "{\n",
            "params/lock/corp.json:2:1: E101 not valid JSON: expecting property name enclosed in double quotes",
        ),
        ("[]", "params/lock/corp.json:1:1: E111 the file must hold an object"),
        (
            '{"a": 1,\n"a": 2}',
            "params/lock/corp.json:2:1: E104 'a' stands here a second time; the first is in line 1",
        ),
        ("[" * 100_000, "params/lock/corp.json: E114 nested too deep"),
        ('{"schema": ' + "1" * 5000 + "}", "params/lock/corp.json: E101 not valid JSON: Exceeds the limit"),
        (
            '{"organization": "\\ud800"}',
            "params/lock/corp.json: E101 not valid JSON: 'utf-8' codec can't encode",
        ),
    ],
    ids=["empty", "cut off", "list", "twice", "deep", "huge number", "half a character"],
)
def test_a_broken_file_is_one_problem(tmp_path, text, said):
    (found,) = problems_of(tmp_path, text)
    assert found.startswith(said)


def test_problems_of_json_have_lines(tmp_path):
    text = CORP.read_text().replace('"SUSPENDED"', '"ASLEEP"').replace('"r-c0rp"}', '"c0rp"}')
    lines = text.splitlines()
    line = next(number for number, content in enumerate(lines, 1) if "ASLEEP" in content)
    column = lines[line - 1].index('"ASLEEP"') + 1
    root, account = problems_of(tmp_path, text)
    assert root == "params/lock/corp.json:6:18: E205 root.id: 'c0rp' is not a root id"
    assert account.startswith(f"params/lock/corp.json:{line}:{column}: E204 ")


@pytest.mark.parametrize("name", ["a\\u001b[31mb", "a\\u202eb", " ", ""])
def test_names_that_would_play_tricks_on_a_terminal_are_refused(tmp_path, name):
    found = problems_of(tmp_path, CORP.read_text().replace('"name": "jump"', f'"name": "{name}"'))
    assert [line.split()[1] for line in found] == ["E205"]


def test_another_schema_is_refused(tmp_path):
    found = problems_of(tmp_path, CORP.read_text().replace('"schema": 1', '"schema": 2'))
    assert [line.split()[1] for line in found] == ["E204"]


def test_a_parameter_has_a_value_and_a_version(tmp_path):
    path = tmp_path / "parameters.json"
    path.write_text(
        json.dumps({"schema": 1, "parameters": {"/a": {"value": ["x"], "version": 0}, "/b": {"value": 1}}})
    )
    _, problems = read_parameters(path, "parameters.json")
    assert sorted({problem.code for problem in problems}) == ["E116", "E201", "E206"]


@pytest.fixture(scope="module")
def tree():
    file, problems = read_organization(CORP, "corp.json")
    assert file is not None
    assert problems == []
    return Tree(file.model)


def test_an_ou_is_found_by_path_and_by_id(tree):
    assert tree.find("/Workloads/Prod/Web") == tree.find("ou-c0rp-43200000") == ["ou-c0rp-43200000"]
    assert tree.find("/") == tree.find("r-c0rp") == ["r-c0rp"]
    assert tree.find("/Workloads/") == tree.find("ou-c0rp-99999999") == []


def test_above_a_unit_are_its_parents_up_to_the_root(tree):
    assert tree.above("ou-c0rp-43200000") == [
        "ou-c0rp-43200000",
        "ou-c0rp-43000000",
        "ou-c0rp-40000000",
        "r-c0rp",
    ]


def test_accounts_below_units_are_those_at_any_depth(tree):
    assert tree.accounts_below(["ou-c0rp-43200000"]) == {"443200000001", "443200000002"}
    assert {"443000000001", "333333333333", "443200000001"} <= tree.accounts_below(["ou-c0rp-43000000"])
    assert tree.accounts_below(["ou-c0rp-42000000"]) == set()
    assert tree.accounts_below(["r-c0rp"]) == set(tree.accounts)
