"""`deploy --resume`: on the machine that died, on one that has nothing, and where it must not go on."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.functional.conftest import World, calls, fifteen_days_older
from tests.functional.killing import killed, killed_in
from tests.functional.test_faults import fault, touched
from tests.functional.test_two_machines import machine, run_at

SET = "jump-acme-dev"


def broken(world: World, tmp_path: Path, number: int = 8) -> str:
    """A deploy of one grant's change that is killed at a write; gives its run's name."""
    touched(world)
    assert killed(world.folder, tmp_path / "killed.txt", number, "after", "--org", "corp") == -9
    return max(path.stem for path in (world.folder / ".jumpcf" / "journal").iterdir())


def entries(world: World, run: str) -> list[dict[str, str]]:
    text = (world.folder / ".jumpcf" / "journal" / f"{run}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()[1:]]


def update(world: World, tmp_path: Path) -> str:
    """Killed right after AWS took the update of the StackSet: lock, plan, header, started, then the call."""
    return broken(world, tmp_path, 4)


def test_what_was_open_is_asked_of_aws_noted_and_not_done_again(deployed: World, tmp_path: Path) -> None:
    run = update(deployed, tmp_path)
    assert [one["event"] for one in entries(deployed, run)] == ["started"]
    with calls() as made:
        said = deployed.run("deploy", "--resume")
    assert said.code == 0, said.err
    assert f"asking AWS what became of {entries(deployed, run)[0]['token']}" in said.err
    assert f"corp/{SET}: succeeded" in said.err
    assert "UpdateStackSet" not in made.writes
    assert [one["event"] for one in entries(deployed, run)] == ["started", "succeeded", "ended"]
    again = deployed.run("deploy", "--resume")
    assert (again.code, "nothing to resume" in again.err) == (5, True)


def test_a_machine_that_has_nothing_resumes_from_the_bucket(deployed: World, tmp_path: Path) -> None:
    run = update(deployed, tmp_path)
    other = machine(deployed, tmp_path)
    held = run_at(deployed, other, "deploy", "--resume")
    assert (held.code, "G530" in held.err) == (5, True)  # who died elsewhere may live, for 15 minutes
    said = run_at(deployed, other, "deploy", "--resume", "--break-lock")
    assert said.code == 0, said.err
    assert f"Left of run {run}" in said.err
    assert f"corp/{SET}: succeeded" in said.err
    s3 = deployed.client("s3", "111111111111")
    bucket = "jumpcf-example-111111111111-ap-northeast-1"
    keys = s3.list_objects_v2(Bucket=bucket, Prefix=f"state/runs/{run}/journal/")["Contents"]
    last = s3.get_object(Bucket=bucket, Key=keys[-1]["Key"])["Body"].read()
    assert json.loads(last)["event"] == "ended"


def test_a_plain_deploy_says_that_a_run_broke_off_and_does_what_is_left(
    deployed: World, tmp_path: Path
) -> None:
    run = broken(deployed, tmp_path, 3)  # journalled, and never sent
    said = deployed.deploy("--org", "corp")
    assert said.code == 0, said.err
    assert f"Run {run} broke off" in said.err
    assert "which is gone; it is taken over" in said.err
    assert deployed.roles_in("441000000001")["acme-dev-Power"]["session"] == 7200


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_night_that_withdraws_a_password_in_between_takes_no_run_from_who_resumes_it(
    deployed: World, tmp_path: Path, *, elsewhere: bool
) -> None:
    run = broken(deployed, tmp_path, 3)
    fifteen_days_older("ken.mori")
    time.sleep(1)  # runs sort as they began, by the second
    said = deployed.run("user", "withdraw", "--yes")
    assert (said.code, said.out.startswith("done    acme/ken.mori ")) == (0, True), said.err
    folder = machine(deployed, tmp_path) if elsewhere else deployed.folder
    said = run_at(deployed, folder, "deploy", "--resume")
    assert said.code == 0, said.err
    assert f"Left of run {run}" in said.err
    assert deployed.roles_in("441000000001")["acme-dev-Power"]["session"] == 7200


def test_other_params_are_not_resumed(deployed: World, tmp_path: Path) -> None:
    update(deployed, tmp_path)
    touched(deployed, "3h")
    said = deployed.run("deploy", "--resume")
    assert (said.code, "G536" in said.err) == (5, True)
    assert "take back" not in said.err
    assert deployed.deploy("--org", "corp").code == 0


def test_a_run_that_was_no_deploy_is_not_resumed_and_its_own_verb_does_the_rest(
    deployed: World, tmp_path: Path
) -> None:
    """Params say frozen since before the run: to take that back would open the door."""
    out = tmp_path / "killed.txt"
    freeze = ("partner", "freeze", "initech", "--reason", "INC-1")
    thaw = ("partner", "thaw", "initech", "--yes", "--accept-broadening")
    for command, mend in ((freeze, "freeze initech` again"), (thaw, "thaw initech` again")):
        assert killed_in(deployed.folder, out, 8, "before", *command) == -9, out.read_text()
        file = (deployed.folder / "params/partners/initech.yaml").read_bytes()
        with calls() as made:
            said = deployed.run("deploy", "--resume")
        assert (said.code, made.writes) == (5, []), said.err
        assert (
            f"G536 run {_last(deployed)}, the last that broke off, was no deploy but jumpcf partner"
            in said.err
        )
        assert f"run `jumpcf partner {mend}" in said.err
        assert "take back" not in said.err
        assert (deployed.folder / "params/partners/initech.yaml").read_bytes() == file
        said = deployed.run(*command)
        assert said.code == 0, said.out + said.err
    assert deployed.deploy().code == 0  # the door was open when it died, so that thaw found nothing frozen
    assert deployed.run("plan", "--detailed-exitcode").code == 0


def _last(world: World) -> str:
    return max(path.stem for path in (world.folder / ".jumpcf" / "journal").iterdir())


def test_what_was_not_announced_is_not_done(deployed: World, tmp_path: Path) -> None:
    """Somebody changes another StackSet by hand meanwhile: to put it back was never announced."""
    broken(deployed, tmp_path, 3)
    cloudformation = deployed.client("cloudformation", "222222222222")
    how = {"CallAs": "DELEGATED_ADMIN"} if _delegated(deployed) else {}
    found = cloudformation.describe_stack_set(StackSetName="jump-acme-ops", **how)["StackSet"]
    template = json.loads(found["TemplateBody"]) | {"Description": "by hand"}
    cloudformation.update_stack_set(
        StackSetName="jump-acme-ops",
        TemplateBody=json.dumps(template),
        Capabilities=found["Capabilities"],
        **how,
    )
    said = deployed.run("deploy", "--resume")
    assert said.code == 5
    assert "G537" in said.err
    assert "writes to corp/jump-acme-ops" in said.err


def _delegated(world: World) -> bool:
    lock = json.loads((world.folder / "params" / "lock" / "corp.json").read_text())
    return bool(lock["management_account"] != "222222222222")


def test_after_one_ctrl_c_what_was_not_started_can_be_resumed(world: World, tmp_path: Path) -> None:
    """The first lets what runs end; the rest is left, and resumed."""
    fault(world, "latency", "100ms", "--service", "cloudformation")
    command = [
        sys.executable,
        "-m",
        "jumpcf",
        "-C",
        str(world.folder),
        "deploy",
        "--yes",
        "--accept-broadening",
        "--org",
        "corp",
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    journal = world.folder / ".jumpcf" / "journal"
    end = time.monotonic() + 60
    while time.monotonic() < end and not any("started" in one.read_text() for one in journal.glob("*")):
        time.sleep(0.05)
    running.send_signal(2)
    out = running.communicate(timeout=60)[0].decode()
    assert running.returncode == 130, out
    said = world.run("deploy", "--resume")
    assert said.code == 0, said.err
    assert world.run("status", "--org", "corp").code == 0


def test_nothing_is_resumed_where_nothing_was_begun(world: World) -> None:
    said = world.run("deploy", "--resume")
    assert (said.code, "G535" in said.err) == (5, True)
    assert world.run("deploy", "--resume", "--org", "corp").code == 252
    shutil.rmtree(world.folder / ".jumpcf" / "journal", ignore_errors=True)
