"""What a log on GitHub folds up: each organization of a plan and of a status, and nothing that must be seen."""

import contextlib
from pathlib import Path

import pytest

from jumpcf.cli.console import Console
from tests.functional.conftest import World

OF_ONE = ("--stackset", "jump-acme-dev", "--reason", "quota of roles reached")


def groups(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """The lines of each group by its title, and those outside; groups may not nest and must end."""
    found: dict[str, list[str]] = {}
    outside: list[str] = []
    title: str | None = None
    for line in text.splitlines():
        if line.startswith("::group::"):
            assert title is None, "groups do not nest on GitHub"
            title = line.removeprefix("::group::")
            assert title not in found
            found[title] = []
        elif line == "::endgroup::":
            assert title is not None
            title = None
        elif title is None:
            outside.append(line)
        else:
            found[title].append(line)
    assert title is None
    return found, outside


@pytest.fixture(autouse=True)
def on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("CI", "true")


def test_a_plan_is_folded_by_organization_and_its_summary_is_not(world: World) -> None:
    found, outside = groups(world.run("plan").out)
    assert list(found) == ["jump account", "corp", "lab", "subsidiary"]
    assert any("+ jump-acme-dev" in line for line in found["corp"])
    assert outside[-2].startswith("Plan: ")
    assert outside[-1].startswith("Plan digest: ")


def test_a_status_is_folded_by_organization_and_what_is_wrong_is_not(world: World) -> None:
    world.run("local", "fault", "account", "441000000002", *OF_ONE)
    said = world.deploy()
    assert said.code == 3
    found, outside = groups(said.out)
    assert list(found) == ["corp", "lab", "subsidiary"]
    assert any(line.startswith("  deployed ") for line in found["lab"])
    assert any("quota of roles reached" in line for line in outside)
    assert outside[-1].startswith("NOT everything is as wanted")
    shown, running = groups(said.err)
    assert list(shown) == ["jump account", "corp", "lab", "subsidiary"], "the plan, before it is deployed"
    assert any("start   corp" in line for line in running), "what runs is not folded"


def test_nothing_is_folded_in_json_or_in_a_file(deployed: World, tmp_path: Path) -> None:
    assert "::group::" not in deployed.run("-o", "json", "status").out
    with (tmp_path / "status.txt").open("w") as file, contextlib.redirect_stdout(file):
        assert Console().fold("corp", ["a line"]) == ["a line"]
    assert Console().fold("corp", []) == []


def test_quiet_tells_what_failed_and_nothing_of_what_went_well(world: World) -> None:
    world.run("local", "fault", "account", "441000000002", *OF_ONE)
    said = world.run("-q", "deploy", "--yes", "--accept-broadening", "--org", "corp")
    assert "FAILED  corp jump-acme-dev" in said.err
    assert "done " not in said.err
    assert "start " not in said.err
    assert "::group::" not in said.err
