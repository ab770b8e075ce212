"""The estates of the battery, compiled once per session."""

from pathlib import Path

import pytest

from jumpcf.estate.load import load
from jumpcf.estate.model import Estate
from tests.battery.subjects import Subject, bodies_of, small_estates, subjects_of
from tests.unit.compiled import ROOT

Compiled = dict[str, tuple[Estate, dict[str, dict[str, object]]]]


@pytest.fixture(scope="session")
def estates(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The example estate and a small one for every side of a switch, each with its rendered templates."""
    found = {"example": load(Path(ROOT)), **small_estates()}
    return {
        name: (estate, bodies_of(estate, tmp_path_factory.mktemp("battery")))
        for name, estate in found.items()
    }


@pytest.fixture(scope="session")
def subjects(estates: Compiled) -> list[Subject]:
    return [subject for estate, bodies in estates.values() for subject in subjects_of(estate, bodies)]
