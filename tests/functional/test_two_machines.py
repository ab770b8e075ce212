"""Several machines, one estate: the lock in the bucket, what lies beside it, and who may read it."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from jumpcf.executor.lock import Lock
from jumpcf.pipeline import building
from jumpcf.pipeline.connecting import connect
from jumpcf.pipeline.folders import Folders
from jumpcf.pipeline.locking import locked
from tests.functional.conftest import Said, World, calls
from tests.functional.test_faults import fault, touched
from tests.functional.test_repair import stack

JUMP = "111111111111"
BUCKET = "jumpcf-example-111111111111-ap-northeast-1"


def objects(world: World, prefix: str = "state/") -> list[str]:
    s3 = world.client("s3", JUMP)
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def content(world: World, key: str) -> bytes:
    return bytes(world.client("s3", JUMP).get_object(Bucket=BUCKET, Key=key)["Body"].read())


def machine(world: World, tmp_path: Path) -> Path:
    """Another machine's checkout of the same estate: nothing but what is committed."""
    folder = tmp_path / "elsewhere"
    for name in ("params", "stacks"):
        shutil.copytree(world.folder / name, folder / name)
    return folder


def run_at(world: World, folder: Path, *arguments: str) -> Said:
    world.capture.readouterr()
    code = main(["-C", str(folder), *arguments])
    out, err = world.capture.readouterr()
    return Said(code, out, err)


@contextmanager
def holding(folder: Path) -> Iterator[Lock]:
    """A deploy that runs on that machine."""
    folders = Folders(root=folder, build=folder / "build")
    manifest = building.build(folders, lint=False).manifest
    with locked(folders, connect(manifest), manifest, verb="deploy") as lock:
        yield lock


def test_a_deploy_on_another_machine_keeps_out_this_one_and_nothing_is_written(
    deployed: World, tmp_path: Path
) -> None:
    touched(deployed)
    with holding(machine(deployed, tmp_path)), calls() as made:
        said = deployed.deploy("--org", "corp")
        writes = list(made.writes)
    assert said.code == 5
    assert "G530" in said.err
    assert "for jumpcf deploy has the deploy lock since" in said.err
    assert "--break-lock" in said.err
    assert writes == []
    assert deployed.deploy("--org", "corp").code == 0


def test_a_deploy_that_has_nothing_to_do_asks_for_no_lock(deployed: World, tmp_path: Path) -> None:
    with holding(machine(deployed, tmp_path)):
        assert deployed.deploy().code == 0


def test_two_processes_of_one_folder_are_kept_apart_as_well(deployed: World) -> None:
    touched(deployed)
    with holding(deployed.folder):
        said = deployed.deploy("--org", "corp", "--break-lock")
    assert said.code == 5
    assert "another jumpcf writes to AWS from" in said.err


def test_a_broken_lock_lets_the_other_in_and_the_first_hears_of_it(deployed: World, tmp_path: Path) -> None:
    touched(deployed)
    with holding(machine(deployed, tmp_path)) as lock:
        said = deployed.deploy("--org", "corp", "--break-lock")
        assert said.code == 0, said.err
        assert "The deploy lock is taken from" in said.err
        with pytest.raises(Exception, match="taken away"):
            lock.confirm()
    lease = json.loads(content(deployed, "state/lock.json"))
    assert lease["released"] is True


def test_a_lock_that_is_lost_in_the_middle_stops_the_run_and_the_next_one_finishes(
    deployed: World, tmp_path: Path
) -> None:
    """Broken as soon as the first operation is journalled, by somebody who does nothing else."""
    touched(deployed)
    deployed.edit("partners/acme.yaml", lambda it: it.update(until="2028-06-30"))
    s3 = deployed.client("s3", JUMP)
    before = set(objects(deployed))

    def break_it() -> None:
        while not any(key.endswith("000001.jsonl") for key in set(objects(deployed)) - before):
            pass
        s3.put_object(Bucket=BUCKET, Key="state/lock.json", Body=b"{}")

    thread = threading.Thread(target=break_it)
    thread.start()
    said = deployed.deploy("--org", "corp")
    thread.join()
    assert said.code == 3
    assert "G531" in said.err
    assert "nothing new was started after that" in said.err
    assert deployed.deploy("--org", "corp").code == 5  # who broke it in a form that nobody reads
    assert deployed.deploy("--org", "corp", "--break-lock").code == 0


def test_two_first_deploys_at_once_from_two_machines_and_exactly_one_gets_through(
    world: World, tmp_path: Path
) -> None:
    folders = [world.folder, tmp_path / "elsewhere"]
    shutil.copytree(world.folder, folders[1])
    fault(world, "latency", "150ms", "--service", "cloudformation")  # so that they meet
    command = [sys.executable, "-m", "jumpcf", "-q", "-C"]
    command += ["{}", "deploy", "--yes", "--accept-broadening", "--org", "corp"]
    running = [
        subprocess.Popen(
            [part.format(folder) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for folder in folders
    ]
    told = [process.communicate(timeout=120)[0].decode() for process in running]
    codes = [process.returncode for process in running]
    # 3: its change set of jump-base was overtaken, so that it never came as far as the lock
    assert sorted(codes) in ([0, 5], [0, 3]), told
    (journal,) = (folders[codes.index(max(codes))] / ".jumpcf" / "journal").iterdir()
    assert journal.read_text().count('"started"') == 1
    assert world.run("status", "--org", "corp").code == 0


def test_what_was_done_lies_in_the_bucket_as_on_the_disk(world: World) -> None:
    assert world.deploy().code == 0
    (journal,) = (world.folder / ".jumpcf" / "journal").iterdir()
    run = f"state/runs/{journal.stem}/"
    keys = [f"{run}header.json", *objects(world, f"{run}journal/")]
    assert b"".join(content(world, key) for key in keys) == journal.read_bytes()
    plan = content(world, f"{run}plan.json")
    assert plan == (world.folder / ".jumpcf" / "plans" / f"{journal.stem}.json").read_bytes()
    record = json.loads(content(world, "state/deployed.json"))
    assert set(record["places"]) == {"jump", "corp", "lab", "subsidiary"}
    assert all(one["run"] == journal.stem and one["as_wanted"] for one in record["places"].values())
    manifest = content(world, f"state/manifests/{record['places']['corp']['manifest']}.json")
    assert json.loads(manifest) == json.loads((world.folder / "build" / "manifest.json").read_bytes())
    assert json.loads((world.folder / ".jumpcf" / "deployed.json").read_bytes()) == record
    lease = json.loads(content(world, "state/lock.json"))
    assert (lease["released"], lease["run"]) == (True, journal.stem)


def test_no_object_of_a_run_is_ever_written_again(deployed: World) -> None:
    touched(deployed)
    assert deployed.deploy("--org", "corp").code == 0
    versions = deployed.client("s3", JUMP).list_object_versions(Bucket=BUCKET, Prefix="state/runs/")
    keys = [one["Key"] for one in versions["Versions"]]
    assert len(keys) == len(set(keys)) > 10
    assert "DeleteMarkers" not in versions


def test_a_bucket_that_somebody_deleted_stops_a_deploy(deployed: World) -> None:
    s3 = deployed.client("s3", JUMP)
    for one in s3.list_object_versions(Bucket=BUCKET)["Versions"]:
        s3.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)
    touched(deployed)
    said = deployed.deploy("--org", "corp")
    assert (said.code, "G533" in said.err) == (5, True)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    assert deployed.deploy("--org", "corp").code == 0


def test_an_admin_account_cannot_read_what_is_remembered(deployed: World) -> None:
    policy = json.loads(deployed.client("s3", JUMP).get_bucket_policy(Bucket=BUCKET)["Policy"])
    allowed = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert allowed
    for one in allowed:
        resources = one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
        assert all(resource.endswith("/templates/*") for resource in resources)
    versioning = deployed.client("s3", JUMP).get_bucket_versioning(Bucket=BUCKET)
    assert versioning["Status"] == "Enabled"


@pytest.mark.parametrize(
    "verb",
    [
        ("repair", "--org", "corp", "--yes", "--accept-broadening", "--accept-deletion"),
        ("destroy", "--partner", "acme", "--confirm", "acme", "--accept-deletion"),
    ],
)
def test_upkeep_writes_nothing_while_somebody_deploys(
    deployed: World, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    stack(deployed, "jump-partner-globex").status = "UPDATE_ROLLBACK_FAILED"
    with holding(machine(deployed, tmp_path)), calls() as made:
        said = deployed.run(*verb)
    assert (said.code, "G530" in said.err) == (5, True), said.err
    assert [name for name in made.writes if name != "PutObject"] == []
