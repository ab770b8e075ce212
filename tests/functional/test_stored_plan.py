"""A plan that waits in a file is applied as it is, or not at all and with the reason."""

import json
import shutil
from pathlib import Path

import pytest

from tests.functional.conftest import Said, World, calls
from tests.functional.test_auto_deployment import STAGING_ACCOUNT, move
from tests.functional.test_faults import touched
from tests.functional.test_gates import digest, longer
from tests.functional.test_passwords import two_weeks_later
from tests.functional.test_two_machines import machine, run_at


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tonight.json"


def planned(world: World, file: Path) -> None:
    """A plan with something to do, in the file."""
    touched(world)
    said = world.run("plan", "--org", "corp", "--out", str(file))
    assert said.code == 0, said.err
    assert f"jumpcf deploy {file}" in said.err


def apply(world: World, file: Path) -> Said:
    return world.run("deploy", str(file), "--yes", "--accept-broadening")


def refused(world: World, file: Path, code: str) -> Said:
    """Deploys the file and holds that nothing was written."""
    with calls() as made:
        said = apply(world, file)
    assert (said.code, code in said.err) == (5, True), said.err
    assert made.writes == []
    return said


def test_a_stored_plan_is_applied_to_its_organizations_and_the_next_time_has_nothing_to_do(
    deployed: World, file: Path
) -> None:
    planned(deployed, file)
    said = apply(deployed, file)
    assert said.code == 0, said.err
    stored = json.loads(file.read_bytes())
    (journal,) = sorted((deployed.folder / ".jumpcf" / "journal").iterdir())[1:]
    assert json.loads(journal.read_text().splitlines()[0])["plan"] == stored["digest"]
    assert deployed.run("plan", "--org", "corp", "--detailed-exitcode").code == 0
    again = refused(deployed, file, "G526")
    assert "it seems deployed already" in again.err


def test_a_stored_plan_waits_for_the_same_words_as_any_other(deployed: World, file: Path) -> None:
    longer(deployed)
    assert deployed.run("plan", "--out", str(file)).code == 0
    bare = deployed.run("deploy", "--yes", str(file))
    assert (bare.code, "G521" in bare.err) == (5, True)
    read = json.loads(file.read_bytes())["digest"]
    assert read == digest(deployed)
    assert deployed.run("deploy", str(file), "--yes", f"--accept-broadening={read}").code == 0


def test_an_account_that_moved_in_between_is_named(deployed: World, file: Path) -> None:
    planned(deployed, file)
    move(deployed, STAGING_ACCOUNT, "/Workloads/Prod")
    said = refused(deployed, file, "G526")
    assert f"account {STAGING_ACCOUNT}" in said.err
    assert "hint: make the plan anew" in said.err


def test_params_that_were_edited_in_between_are_told_by_stack(deployed: World, file: Path) -> None:
    planned(deployed, file)
    touched(deployed, "3h")
    said = refused(deployed, file, "G525")
    assert "corp/jump-acme-dev: planned otherwise now" in said.err


def test_an_organization_that_went_in_between_is_named(deployed: World, file: Path) -> None:
    assert deployed.run("plan", "--out", str(file)).code == 0
    for partner in ("acme", "initech", "hinode", "globex"):
        deployed.edit(
            f"partners/{partner}.yaml",
            lambda it: it.update(
                grants={name: one for name, one in it["grants"].items() if one["organization"] != "lab"}
            ),
        )
    (deployed.folder / "params" / "organizations" / "lab.yaml").unlink()
    (deployed.folder / "params" / "lock" / "lab.json").unlink()
    with calls() as made:
        said = apply(deployed, file)
    assert said.code == 5, said.err
    assert "organization 'lab' is not in params/" in said.err
    assert made.names == []


def test_a_deploy_from_another_machine_in_between_is_told(
    deployed: World, file: Path, tmp_path: Path
) -> None:
    planned(deployed, file)
    elsewhere = machine(deployed, tmp_path)
    assert run_at(deployed, elsewhere, "deploy", "--yes", "--accept-broadening").code == 0
    assert "it seems deployed already" in refused(deployed, file, "G526").err


def test_a_file_stays_good_over_a_night_that_withdraws_unused_passwords(world: World, file: Path) -> None:
    two_weeks_later(world)
    planned(world, file)
    assert b'"withdraw-password"' in file.read_bytes()
    said = world.run("user", "withdraw", "--yes")
    assert (said.code, "acme/taro.yamada" in said.out) == (0, True), said
    said = apply(world, file)
    assert said.code == 0, said.err


def test_a_plan_file_is_applied_from_another_machine(deployed: World, file: Path, tmp_path: Path) -> None:
    planned(deployed, file)
    elsewhere = machine(deployed, tmp_path)
    assert run_at(deployed, elsewhere, "deploy", str(file), "--yes", "--accept-broadening").code == 0


def test_an_altered_file_is_refused_before_anything_is_read(deployed: World, file: Path) -> None:
    planned(deployed, file)
    file.write_bytes(file.read_bytes().replace(b'"region":"ap-northeast-1"', b'"region":"eu-central-1"'))
    with calls() as made:
        said = apply(deployed, file)
    assert (said.code, "G524" in said.err, "was altered" in said.err) == (5, True, True)
    assert made.names == []


def test_another_estates_plan_is_refused(deployed: World, file: Path, tmp_path: Path) -> None:
    planned(deployed, file)
    other = tmp_path / "other"
    for name in ("params", "stacks"):
        shutil.copytree(deployed.folder / name, other / name)
    estate = other / "params" / "estate.yaml"
    estate.write_text(estate.read_text(encoding="utf-8").replace("estate: example", "estate: another"))
    said = run_at(deployed, other, "deploy", str(file), "--yes", "--accept-broadening")
    assert (said.code, "a plan of the estate 'example'" in said.err) == (5, True), said.err


def test_a_file_that_is_no_plan_is_not_overwritten(deployed: World) -> None:
    params = deployed.folder / "params" / "estate.yaml"
    before = params.read_bytes()
    said = deployed.run("plan", "--out", str(params))
    assert (said.code, "G524" in said.err) == (5, True)
    assert params.read_bytes() == before
    assert "is no plan file" in apply(deployed, params).err


def test_a_file_and_an_organization_do_not_go_together(deployed: World, file: Path) -> None:
    said = deployed.run("deploy", str(file), "--org", "corp")
    assert said.code == 252
    assert "--org does not go with it" in said.err


def test_a_file_behind_a_bare_flag_is_taken_for_its_value_and_the_way_out_is_told(
    deployed: World, file: Path
) -> None:
    said = deployed.run("deploy", "--yes", "--accept-broadening", str(file))
    assert said.code == 252
    assert "a plan file stands before the flags" in said.err
