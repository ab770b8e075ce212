"""docs/estate.md: its examples are right, and it names every key."""

import re
from pathlib import Path

import pytest

from jumpcf.estate.lock import read_organization, read_parameters
from jumpcf.estate.schema import KINDS, json_schema
from jumpcf.estate.source import parse
from jumpcf.estate.validate import validate

DOCUMENT = (Path(__file__).parents[3] / "docs/estate.md").read_text(encoding="utf-8")
YAML = re.findall(r"```yaml\n# params/(\S+)\n(.*?)```", DOCUMENT, re.DOTALL)
JSON = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
KIND_OF_FOLDER = {
    "organizations": "organization",
    "partners": "partner",
    "levels": "level",
    "boundaries": "boundary",
}


def test_there_is_an_example_of_every_kind():
    assert sorted(KIND_OF_FOLDER.get(Path(file).parent.name, "estate") for file, _ in YAML) == sorted(KINDS)


@pytest.mark.parametrize(("file", "text"), YAML, ids=[file for file, _ in YAML])
def test_every_example_has_the_shape_of_its_kind(file, text):
    document, problems = parse(text, file)
    kind = KIND_OF_FOLDER.get(Path(file).parent.name, "estate")
    _, more = validate(KINDS[kind], Path(file).stem, document)
    assert problems + more == []


def test_the_examples_of_locks_have_their_shape(tmp_path):
    organization, parameters = JSON
    (tmp_path / "corp.json").write_text(organization)
    (tmp_path / "parameters.json").write_text(parameters)
    assert read_organization(tmp_path / "corp.json", "corp.json")[1] == []
    assert read_parameters(tmp_path / "parameters.json", "parameters.json")[1] == []


def test_every_key_is_named():
    for name, definition in json_schema()["$defs"].items():
        for key in definition["properties"]:
            assert re.search(rf"[`.\]{{ ]{key}\b|^{key}:", DOCUMENT, re.MULTILINE), f"{name}.{key}"
