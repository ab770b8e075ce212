"""`jumpcf rehearse`: what a deploy would do, told from an embedded AWS that is made for it and thrown away."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from jumpcf.cli.main import main
from tests.functional.conftest import Said, calls, opened


@pytest.fixture
def folder(built_estate: Path, tmp_path: Path) -> Path:
    shutil.copytree(built_estate, tmp_path / "estate")
    return tmp_path / "estate"


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "params" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def run(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    capsys.readouterr()
    code = main(["-C", str(folder), *arguments])
    out, err = capsys.readouterr()
    return Said(code, out, err)


def test_a_first_rehearsal_tells_what_the_deploy_then_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = run(folder, capsys, "-o", "json", "rehearse", "--org", "lab")
    again = run(folder, capsys, "-o", "json", "rehearse", "--org", "lab")
    assert (told.code, again.out) == (0, told.out), told.err
    assert not (folder / ".jumpcf" / "local").exists()
    assert not (folder / ".jumpcf" / "journal").exists()
    with opened(folder, capsys) as world, calls() as made:
        said = world.deploy("--org", "lab")
    assert said.code == 0, said.err
    rows = told.json["calls"]
    assert len(made.writes) == sum(row["writes"] for row in rows)
    assert {row["place"] for row in rows} == {"jump", "lab"}
    ends = {line["account"]: line["state"] for line in told.json["status"]["accounts"]}
    assert ends["810000000001"] == "deployed"
    assert ends["800000000001"] == "management"
    assert told.json["flags"] == ["--yes", "--accept-broadening"]


def test_from_an_earlier_build_only_the_difference_is_deployed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "build", folder / "before")
    edit(folder, "partners/acme.yaml", "levels: [Read]", "levels: [Power]")
    edit(folder, "partners/acme.yaml", "  - {name: jun.ito, email: jun.ito@acme.example}\n", "")
    said = run(folder, capsys, "rehearse", "--from", str(folder / "before"), "--org", "corp")
    assert said.code == 0, said.err
    assert "~ jump-acme-prod  update" in said.out
    assert "changed  443000000001" in said.out
    assert "jump-hinode-platform  create" not in said.out
    assert "--accept-deletion" in said.out
    assert "A deploy leaves sessions open of 1 user, and asks (or wants --accept-open-sessions):" in said.out
    assert "corp/jump-acme-prod RoleRead" in said.out
    same = run(folder, capsys, "rehearse", "--from", str(folder / "build"), "--org", "corp")
    assert (same.code, "No changes." in same.out) == (0, True), same.err


def test_what_the_locks_do_not_have_any_more_is_left_out_and_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "build", folder / "before")
    path = folder / "before" / "manifest.json"
    manifest = json.loads(path.read_text())
    (dev,) = (one for one in manifest["stacks"] if one["name"] == "jump-acme-dev")
    dev["target"]["ous"].append("ou-zz99-99999999")
    dev["target"]["paths"].append("/Gone")
    path.write_text(json.dumps(manifest))
    said = run(folder, capsys, "rehearse", "--from", str(folder / "before"), "--org", "corp")
    assert said.code == 0, said.err
    assert "Note: corp/jump-acme-dev went to /Gone, which is gone: left out" in said.out


def test_a_plan_that_would_be_blocked_is_blocked_in_the_rehearsal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "build", folder / "before")
    for path in (folder / "params" / "partners").glob("*.yaml"):
        partner = yaml.safe_load(path.read_text(encoding="utf-8"))
        grants = partner.get("grants", {})
        partner["grants"] = {name: one for name, one in grants.items() if one["organization"] != "lab"}
        path.write_text(yaml.safe_dump(partner, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "params" / "organizations" / "lab.yaml").unlink()
    (folder / "params" / "lock" / "lab.json").unlink()
    said = run(folder, capsys, "rehearse", "--from", str(folder / "before"), "--org", "subsidiary")
    assert said.code == 5
    assert "Note: the earlier manifest's organization lab is not in params/ any more: left out" in said.out
    assert "BLOCKED: the organization lab" in said.out
    assert "How it would end" not in said.out
    assert "A deploy asks" not in said.out


def test_an_accounts_failure_can_be_rehearsed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "faults.yaml"
    file.write_text('account:\n  - {account: "810000000001", reason: quota reached}\n')
    said = run(folder, capsys, "rehearse", "--org", "lab", "--faults", str(file))
    assert said.code == 3, said.err
    assert "failed          810000000001" in said.out
    assert "quota reached" in said.out


def test_a_folder_without_a_manifest_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(folder, capsys, "rehearse", "--from", str(folder / "params"))
    assert said.code == 4
    assert "A598" in said.err
    assert "build --out" in said.err


def test_every_problem_of_a_file_of_faults_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "faults.yaml"
    file.write_text(
        'acount: [{account: "810000000001"}]\n'
        "throttle:\n"
        "  - {rate: 0, service: cloudformation}\n"
        "  - {rate: 5, service: cloudfront}\n"
        "latency: [{delay: fast}]\n"
        'move: [{account: "810000000001", to: /Nowhere}]\n'
    )
    shape = run(folder, capsys, "rehearse", "--org", "lab", "--faults", str(file))
    assert shape.code == 1
    assert f"{file}:1:1: E202" in shape.err
    assert "did you mean account?" in shape.err
    assert f"{file}:3:12: E206" in shape.err
    assert f"{file}:5:19: E234" in shape.err
    file.write_text(
        'throttle: [{rate: 5, service: cloudfront}]\nmove: [{account: "810000000001", to: /Nowhere}]\n'
    )
    sense = run(folder, capsys, "rehearse", "--org", "lab", "--faults", str(file))
    assert sense.code == 1
    assert f"{file}:1:12: A597" in sense.err
    assert f"{file}:2:8: A597" in sense.err
