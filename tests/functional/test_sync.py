"""`jumpcf sync`: the lock is what AWS says, byte for byte, and a change is told with what it means for the grants."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.accounts import access_key_id
from tests.functional.conftest import ROOT, World, calls, opened
from tests.functional.wire import Call, Refusal, wired

JUMP, CORP, CORP_ADMIN = "111111111111", "400000000001", "222222222222"
GOLDEN = ROOT / "tests" / "golden" / "cli"


@pytest.fixture
def synced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """The example estate and its embedded AWS, not built: a sync needs no template."""
    for name in ("params", "stacks"):
        shutil.copytree(ROOT / name, tmp_path / "estate" / name)
    with opened(tmp_path / "estate", capsys) as world:
        yield world


def locks(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "params/lock").iterdir())}


def test_the_lock_of_the_example_estate_comes_back_byte_for_byte(synced: World) -> None:
    wanted = locks(synced.folder)
    shutil.rmtree(synced.folder / "params/lock")
    assert "would be new" in synced.run("sync", "--check").out
    assert not (synced.folder / "params/lock").exists()
    with calls() as made:
        said = synced.run("sync")
    assert said.code == 0, said.err
    assert made.writes == []
    assert locks(synced.folder) == wanted
    assert "acme prod Read: 6 of them" in said.out
    again = synced.run("sync", "--check")
    assert (again.code, again.out.count("as AWS says")) == (0, 4)


def disturb(world: World) -> str:
    """A busy week in corp; gives the id of the account that was made in it."""
    organizations = world.client("organizations", CORP)
    world.aws.move_account("441000000001", "ou-c0rp-43000000")
    made = world.aws.create_account("payments-2", "ou-c0rp-43000000")
    world.aws.suspend_account("443000000002")
    world.aws.remove_account("420000000001")
    organizations.register_delegated_administrator(
        AccountId="443000000001", ServicePrincipal="guardduty.amazonaws.com"
    )
    organizations.create_organizational_unit(ParentId="ou-c0rp-43000000", Name="New")
    organizations.update_organizational_unit(OrganizationalUnitId="ou-c0rp-10000000", Name="Platform")
    world.client("ssm", JUMP).put_parameter(
        Name="/jump/initech/networks", Value="198.51.100.128/26,198.51.100.0/26", Overwrite=True
    )
    return made


def steady(text: str, made: str) -> str:
    """Without the ids that AWS rolls."""
    return re.sub(r"ou-c0rp-(?!\d{8})\w{8}", "ou-c0rp-NEW00000", text).replace(made, "ACCOUNT")


def test_changes_are_told_with_what_they_mean_and_written(
    synced: World, golden: Callable[[Path, str], None]
) -> None:
    made, before = disturb(synced), locks(synced.folder)
    looked = synced.run("sync", "--check")
    assert looked.code == 2, looked.err
    assert locks(synced.folder) == before
    said = synced.run("sync")
    assert said.code == 0, said.err
    golden(GOLDEN / "sync.txt", steady(said.out, made) + "\n")
    assert looked.out.replace("differs", "refreshed") in said.out
    after = locks(synced.folder)
    assert [name for name in after if after[name] != before[name]] == ["corp.json", "parameters.json"]
    was, now = (
        {line.rstrip(",") for line in one["corp.json"].decode().splitlines()} for one in (before, after)
    )
    assert len(now - was) == 6, "a line for each thing that changed"
    assert json.loads(after["parameters.json"])["parameters"]["/jump/initech/networks"]["version"] == 4
    estate = load(synced.folder)
    assert estate.organizations["corp"].protected["443000000001"] == "delegated administrator"
    assert synced.run("sync", "--check").code == 0


def test_a_named_ou_that_is_gone_is_told_where_it_is_named(synced: World) -> None:
    synced.client("organizations", CORP).update_organizational_unit(
        OrganizationalUnitId="ou-c0rp-41000000", Name="Development"
    )
    said = synced.run("-o", "json", "sync", "--org", "corp")
    assert said.code == 1
    assert "params/partners/acme.yaml:22:11: E214 corp has no OU /Workloads/Dev" in said.err
    assert "hint: the OU is /Workloads/Development now: write that" in said.err
    (file,) = [one for one in said.json["files"] if one["state"] == "changed"]
    (change,) = file["changes"]
    assert change["facts"] == ["renamed from /Workloads/Dev"], "its accounts keep their roles"
    assert "/Workloads/Development" in (synced.folder / file["file"]).read_text()
    synced.client("organizations", CORP).update_organizational_unit(
        OrganizationalUnitId="ou-c0rp-41000000", Name="Dev-2"
    )
    assert "then: jumpcf plan" not in synced.run("sync").out, "params come first"


def test_a_place_that_refuses_keeps_its_file_and_stops_no_other(synced: World) -> None:
    disturb(synced)
    before = locks(synced.folder)
    synced.aws.create_account("robots-2", "ou-lab1-10000000")

    def refuse(call: Call) -> Refusal | None:
        closed = (call.operation, call.key) == ("ListAccounts", access_key_id(CORP_ADMIN))
        return (403, "AccessDenied") if closed else None

    with wired(synced, refuse):
        said = synced.run("sync")
    assert said.code == 4
    assert "ListAccounts was refused" in said.err
    assert "params/lock/corp.json: NOT refreshed" in said.out
    after = locks(synced.folder)
    assert [name for name in after if after[name] != before[name]] == ["lab.json", "parameters.json"]


def test_a_secure_string_never_comes_into_a_lock(synced: World) -> None:
    ssm = synced.client("ssm", JUMP)
    ssm.delete_parameter(Name="/jump/initech/networks")
    gone = synced.run("sync", "--org", "lab")
    ssm.put_parameter(Name="/jump/initech/networks", Value="198.51.100.0/26", Type="SecureString")
    before = locks(synced.folder)
    said = synced.run("sync", "--org", "lab")
    assert (gone.code, said.code) == (4, 4)
    assert "A581 jump: the parameter /jump/initech/networks does not exist" in gone.err
    assert "jumpcf sync reads it" not in gone.err
    assert "A580 jump: /jump/initech/networks is a SecureString" in said.err
    assert locks(synced.folder) == before
    assert "198.51.100.0/26" not in said.err + said.out


def test_an_organization_whose_file_is_gone_is_to_be_destroyed_first(synced: World) -> None:
    (synced.folder / "params/organizations/lab.yaml").unlink()
    (synced.folder / "params/partners/acme.yaml").write_text("partner: [\n")
    before = locks(synced.folder)
    with calls() as made:
        said = synced.run("sync")
    assert (said.code, made.names) == (1, [])
    assert "params/lock/lab.json: E251 no organization is named lab" in said.err
    assert "jumpcf destroy --org lab" in said.err
    assert "params/partners/acme.yaml:2:1: E101" in said.err, "all problems at once"
    assert locks(synced.folder) == before


def test_the_verb_works_on_the_embedded_aws_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    assert main(["-C", str(tmp_path), "sync", "--local", "--org", "lab"]) == 0
    assert "params/lock/lab.json: as AWS says" in capsys.readouterr().out
