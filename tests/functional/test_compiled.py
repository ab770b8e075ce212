"""`--compiled`: what somebody else built is planned and deployed without running a line of stacks/."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import Said, World, calls, opened
from tests.functional.test_gates import longer


@pytest.fixture(scope="module")
def branch(built_estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch that gives somebody more, built by whoever."""
    folder = shutil.copytree(built_estate, tmp_path_factory.mktemp("branch") / "estate")
    longer(World(folder, None, None))  # type: ignore[arg-type]  # only its files are changed
    assert main(["-q", "-C", str(folder), "build", "--no-lint"]) == 0
    return folder / "build"


@pytest.fixture
def trusted(deployed_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """The base branch's folder, deployed; its stacks/ would stop everything that loads them."""
    folder = shutil.copytree(deployed_estate, tmp_path / "estate")
    for path in (folder / "stacks").glob("*.py"):
        path.write_text("raise SystemExit('stacks/ was run')\n")
    shutil.rmtree(folder / "build")
    with opened(folder, capsys) as world:
        yield world


def test_a_build_is_planned_and_deployed_and_stacks_are_never_run(trusted: World, branch: Path) -> None:
    planned = trusted.run("-o", "json", "plan", "--compiled", str(branch))
    assert planned.code == 0, planned.err
    assert planned.json["broadenings"]
    digest = planned.json["digest"]
    older = trusted.run("deploy", "--yes", f"--accept-broadening={digest}", "--compiled", str(branch))
    assert (older.code, "G602" in older.err) == (5, True), older.err  # a role outlives what these params say
    longer(trusted)  # merged
    bare = trusted.run("deploy", "--yes", "--compiled", str(branch))
    assert (bare.code, "G521" in bare.err) == (5, True), bare.err
    said = trusted.run("deploy", "--yes", f"--accept-broadening={digest}", "--compiled", str(branch))
    assert said.code == 0, said.err
    assert trusted.run("plan", "--detailed-exitcode", "--compiled", str(branch)).code == 0
    assert trusted.run("drift", "--compiled", str(branch)).code == 0
    assert not (trusted.folder / "build").exists()


def altered(branch: Path, folder: Path, old: str, new: str) -> Path:
    """The build with one text of its manifest changed."""
    copy = shutil.copytree(branch, folder)
    path = copy / "manifest.json"
    data = path.read_text(encoding="utf-8")
    assert old in data
    path.write_text(data.replace(old, new), encoding="utf-8")
    return copy


def refused(world: World, *arguments: str) -> Said:
    with calls() as made:
        said = world.run(*arguments)
    assert (said.code, made.names) == (5, []), said.err
    return said


@pytest.mark.parametrize("verb", ["plan", "deploy", "drift"])
def test_a_build_for_another_account_is_refused_before_aws_is_asked(
    trusted: World, branch: Path, tmp_path: Path, verb: str
) -> None:
    far = altered(branch, tmp_path / "far", '"profile":"corp-stacksets"', '"profile":"somebody"')
    said = refused(trusted, verb, "--compiled", str(far))
    assert "G601" in said.err
    assert "the admin account of corp is another one than params/ say" in said.err


def test_a_new_organization_is_left_out_of_a_plan_and_stops_a_deploy(trusted: World, branch: Path) -> None:
    """The base branch does not have it yet: nothing but the pull request says whose account that is."""
    for file in ("organizations/lab.yaml", "lock/lab.json"):
        (trusted.folder / "params" / file).unlink()
    for file in (trusted.folder / "params" / "partners").iterdir():
        trusted.edit(f"partners/{file.name}", without_lab)
    said = trusted.run("-o", "json", "plan", "--compiled", str(branch))
    assert said.code == 0, said.err
    assert "lab" not in said.json["organizations"]
    assert "lab is a new organization" in json.dumps(said.json["notices"])
    assert "G601" in refused(trusted, "plan", "--org", "lab", "--compiled", str(branch)).err
    assert "G601" in refused(trusted, "deploy", "--yes", "--compiled", str(branch)).err


def without_lab(partner: dict[str, dict[str, dict[str, str]]]) -> None:
    grants = partner["grants"]
    for name in [name for name, grant in grants.items() if grant["organization"] == "lab"]:
        del grants[name]


def test_a_folder_without_a_build_is_a_refusal_and_none_at_all_wrong_usage(
    trusted: World, tmp_path: Path
) -> None:
    assert "G600" in refused(trusted, "plan", "--compiled", str(tmp_path)).err
    assert trusted.run("plan", "--compiled", str(tmp_path / "nowhere")).code == 252
