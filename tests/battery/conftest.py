"""The estates of the battery, compiled once per session, and the battery's lines in pytest's summary."""

from pathlib import Path

import pytest

from jumpcf.estate.load import load
from jumpcf.estate.model import Estate
from tests.battery.subjects import Subject, bodies_of, small_estates, subjects_of
from tests.unit.compiled import ROOT

Compiled = dict[str, tuple[Estate, dict[str, dict[str, object]]]]
SUMMARY = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SUMMARY] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Always seen, also where every test passes and nothing else is printed."""
    if lines := config.stash.get(SUMMARY, []):
        terminalreporter.section("battery")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def summary(request: pytest.FixtureRequest) -> list[str]:
    """Lines that pytest prints at the end of the run."""
    return request.config.stash.setdefault(SUMMARY, [])


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
