"""The JSON Schema says what loading says."""

import subprocess
import sys

import pytest

from jumpcf.estate.lock import OrganizationLock, ParametersLock
from jumpcf.estate.schema import KINDS, json_schema
from jumpcf.estate.shapes import BY_PATTERN
from jumpcf.estate.source import parse
from jumpcf.estate.validate import validate


def test_it_has_a_definition_for_each_kind_of_file():
    definitions = json_schema()["$defs"]
    for model in KINDS.values():
        assert definitions[model.__name__]["additionalProperties"] is False


def test_the_key_that_names_the_thing_chooses_the_kind():
    chosen = {}
    for choice in json_schema()["allOf"]:
        (key,) = choice["if"]["required"]
        chosen[key] = choice["then"]["$ref"]
    assert chosen == {key: f"#/$defs/{model.__name__}" for key, model in KINDS.items()}


def test_a_level_that_names_a_boundary_is_not_taken_for_a_boundary():
    (boundary,) = (choice for choice in json_schema()["allOf"] if choice["if"]["required"] == ["boundary"])
    assert boundary["if"]["not"] == {"required": ["level"]}


def nodes(node):
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_it_never_offers_null_because_a_key_without_a_value_is_refused():
    for node in nodes(json_schema()):
        assert node.get("type") != "null"
        assert node.get("default", 0) is not None


def test_every_pattern_has_a_noun_and_a_hint():
    models = (*KINDS.values(), OrganizationLock, ParametersLock)
    patterns = {
        value
        for model in models
        for node in nodes(model.model_json_schema())
        for value in [node.get("pattern"), *node.get("patternProperties", ())]
        if value
    }
    assert patterns <= set(BY_PATTERN)


def test_it_describes_every_key():
    for definition in json_schema()["$defs"].values():
        for key, node in definition["properties"].items():
            if node.get("type") != "boolean" and "enum" not in node:
                assert "description" in node or "$ref" in node or "items" in node, key


def test_it_is_the_same_in_every_process():
    code = "import json; from jumpcf.estate.schema import json_schema; print(json.dumps(json_schema()))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


PARTNER = """\
partner: acme
title: Acme
contact: a@acme.example
until: 2027-03-31
networks: [203.0.113.0/24]
users:
  - {name: "1", email: one@acme.example}
  - {name: two, email: two@acme.example, groups: [ops, Ops]}
  - {name: three, phone: three@acme.example}
  - {name: four, email: four@acme.example}
grants:
  dev: {organization: corp, ous: [/], levels: [Read]}
  bad: {organization: corp, ous: [/]}
"""


def checked(text):
    document, problems = parse(text, "f.yaml")
    file, more = validate(KINDS["partner"], "acme", document)
    return file, problems + more


def test_wrong_parts_are_left_out_so_that_the_rest_can_be_checked():
    file, problems = checked(PARTNER)
    assert {problem.code for problem in problems} == {"E201", "E202", "E205"}
    assert not file.whole
    assert [user.name for user in file.model.users] == ["1", "two", "four"]
    assert file.model.users[1].groups == ["ops"]
    assert list(file.model.grants) == ["dev"]


def test_several_wrong_items_of_one_list_are_left_out_and_no_other():
    file, problems = checked(PARTNER.replace("[ops, Ops]", "[Ops, ops, Dev, dev, 7, web]"))
    assert len(problems) == 6
    assert file.model.users[1].groups == ["ops", "dev", "web"]
    assert (
        file.mark("users", 1, "groups", 2).column
        == PARTNER.splitlines()[7].index("[") + len("[Ops, ops, Dev, dev, 7, ") + 1
    )


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("mfa_max_age: 12", "name its unit: 12h, 12m or 12s"),
        ("session: 1.5", "hours, minutes or seconds: 1h, 90m, 3600s"),
        ("accept_escalation: 12", 'put it in quotes: "12"'),
    ],
)
def test_quotes_are_the_hint_only_where_they_help(line, hint):
    document, _ = parse(f"level: Own\n{line}\n", "f.yaml")
    _, problems = validate(KINDS["level"], "Own", document)
    assert [(one.code, one.hint) for one in problems if one.code == "E116"] == [("E116", hint)]


def test_what_is_left_keeps_its_lines():
    file, _ = checked(PARTNER)
    assert file.mark("users", 2).line == 10
    assert file.key_mark("grants", "dev").line == 12


def test_a_file_without_a_required_key_cannot_be_checked_further():
    file, problems = checked(PARTNER.replace("until: 2027-03-31\n", ""))
    assert file is None
    assert "'until' is missing" in " ".join(problem.message for problem in problems)


@pytest.mark.parametrize("word", ["until", "networks", "title"])
def test_a_key_of_the_wrong_type_is_one_problem(word):
    text = "\n".join(
        f"{word}: {{a: b}}" if line.startswith(f"{word}:") else line for line in PARTNER.splitlines()
    )
    _, problems = checked(text)
    assert [problem.code for problem in problems if problem.message.startswith(word)] == ["E203"]


def test_a_whole_file_is_whole():
    file, problems = checked("\n".join(PARTNER.splitlines()[:6]).replace("users:", "users: []"))
    assert problems == []
    assert file.whole
