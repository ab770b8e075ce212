"""What the command line does when something is wrong: every refusal has its exit code, and nothing is written."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jumpcf.cli.main import main
from jumpcf.local.fault_words import KINDS
from tests.functional.conftest import World, calls


def test_a_failed_account_ends_in_code_3_with_its_reason_and_the_others_are_deployed(world: World) -> None:
    world.aws.fail(
        account="443000000001",
        stackset="jump-acme-prod",
        reason="ResourceLogicalId:RoleRead, ResourceType:AWS::IAM::Role, "
        "ResourceStatusReason:Role with name acme-prod-Read already exists.",
    )
    world.edit("organizations/corp.yaml", lambda it: it["rollout"].update(failure_tolerance="100%"))
    said = world.deploy()
    assert said.code == 3
    assert "failed          443000000001" in said.out
    assert "already exists" in said.out
    assert "hint:" in said.out
    assert "deployed        443000000002" in said.out
    again = world.deploy()
    assert again.code == 0, again.out
    assert "deployed        443000000001" in again.out


def test_an_operation_that_says_succeeded_with_failures_inside_the_tolerance_is_not_believed(
    world: World,
) -> None:
    world.edit("organizations/corp.yaml", lambda it: it["rollout"].update(failure_tolerance="50%"))
    world.aws.fail(account="441000000001", stackset="jump-acme-dev", times=None, reason="quota reached")
    said = world.deploy()
    assert said.code == 3
    assert "failed          441000000001" in said.out
    status = world.run("status")
    assert status.code == 3
    (journal,) = (world.folder / ".jumpcf" / "journal").iterdir()
    assert status.err.rstrip().endswith(f"Last run's journal: {journal}")


def test_credentials_of_another_account_are_refused_before_any_write(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(os.environ["AWS_CONFIG_FILE"])
    credentials = Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"])
    for path in (config, credentials):
        text = (
            path.read_text()
            .replace("corp-stacksets", "elsewhere")
            .replace("local-441000000001", "corp-stacksets")
        )
        path.with_suffix(".wrong").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config.with_suffix(".wrong")))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials.with_suffix(".wrong")))
    with calls() as made:
        said = world.deploy()
    assert said.code == 4
    assert "441000000001" in said.err
    assert "222222222222" in said.err
    assert made.writes == []


def test_another_organization_than_the_estates_is_refused_before_any_write(world: World) -> None:
    lock = world.folder / "params" / "lock" / "lab.json"
    real = json.loads(lock.read_text())["id"]
    world.edit("organizations/lab.yaml", lambda it: it.update(id="o-other00000"))
    lock.write_text(lock.read_text().replace(real, "o-other00000"))
    with calls() as made:
        said = world.deploy()
    assert said.code == 4, said.err
    assert "o-other00000" in said.err
    assert made.writes == []


def test_a_profile_that_does_not_exist_is_said_with_a_hint(world: World) -> None:
    world.edit("organizations/lab.yaml", lambda it: it["admin"].update(profile="nobody"))
    said = world.run("plan")
    assert said.code == 4
    assert "nobody" in said.err
    assert "hint" in said.err


def test_an_unknown_organization_is_wrong_usage_with_a_hint(world: World) -> None:
    said = world.run("plan", "--org", "crop")
    assert said.code == 252
    assert "crop" in said.err
    assert "corp" in said.err


def test_problems_in_the_files_come_all_at_once_with_code_1(world: World) -> None:
    world.edit("partners/acme.yaml", lambda it: it.update(color="red"))
    world.edit("organizations/lab.yaml", lambda it: it.update(id="lab"))
    before = sorted((world.folder / "build").rglob("*")) if (world.folder / "build").exists() else []
    said = world.run("build")
    assert said.code == 1
    assert "params/partners/acme.yaml:" in said.err
    assert "params/organizations/lab.yaml:" in said.err
    after = sorted((world.folder / "build").rglob("*")) if (world.folder / "build").exists() else []
    assert before == after


def test_nobody_to_ask_and_no_yes_fails_at_once(world: World) -> None:
    with calls() as made:
        said = world.run("deploy")
    assert said.code == 5
    assert "--yes" in said.err
    assert made.writes == []


def test_every_flag_that_lacks_is_named_at_once(deployed: World) -> None:
    (deployed.folder / "params" / "partners" / "initech.yaml").unlink()
    for given, wanted in (([], "--accept-deletion and --yes"), (["--yes"], "--accept-deletion")):
        said = deployed.run("deploy", *given)
        assert said.code == 5
        assert f"hint: if this is wanted, add {wanted}; --accept-deletion=" in said.err
    said = deployed.run("deploy", "--accept-deletion")
    assert said.err.rstrip().endswith("hint: add --yes")
    deployed.edit("partners/acme.yaml", lambda it: it["grants"]["prod"].update(levels=["Power"]))
    said = deployed.run("deploy")
    assert "hint: if this is wanted, add --accept-broadening, --accept-deletion and --yes; " in said.err


def test_a_stack_set_of_our_name_that_is_not_ours_is_never_written_to(world: World) -> None:
    admin = world.client("cloudformation", "222222222222")
    body = '{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}'
    admin.create_stack_set(
        StackSetName="jump-acme-dev",
        TemplateBody=body,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
        CallAs="DELEGATED_ADMIN",
    )
    with calls() as made:
        said = world.deploy()
    assert said.code == 5
    assert "jump-acme-dev" in said.err
    assert made.writes == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["plan", "--bogus"],
        ["-o", "xml", "plan"],
        ["-C", "/does/not/exist", "build"],
        ["local", "x"],
    ],
)
def test_wrong_usage_is_code_252(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 252
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["build", "-v"], "-v goes before the verb: jumpcf -v build"),
        (["local", "serve", "--quiet"], "--quiet goes before the verb: jumpcf --quiet local serve"),
        (["status", "-o", "json"], "-o goes before the verb: jumpcf -o [table|json|markdown] status"),
        (["plann"], "Did you mean plan?"),
        (["partner", "frezee"], "Did you mean freeze?"),
    ],
)
def test_a_natural_slip_of_usage_is_put_right(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 252
    assert capsys.readouterr().err.rstrip().endswith(told)


def test_a_folder_without_an_estate_is_a_problem_not_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(tmp_path), "build"]) == 1
    told = capsys.readouterr().err
    assert "params" in told
    assert f"looked in {tmp_path.resolve()}; name another folder with -C" in told
    assert "Traceback" not in told


def test_a_stack_module_that_fails_is_told_at_its_line(world: World) -> None:
    module = world.folder / "stacks" / "target_roles.py"
    module.write_text(module.read_text() + "\n\nLIMIT = 1 / 0\n")
    said = world.run("build")
    assert said.code == 1
    assert "stacks/target_roles.py:" in said.err
    assert "division by zero" in said.err


def test_the_verbs_help_has_an_example_and_fits_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    faults = [["local", "fault"], *(["local", "fault", kind] for kind in (*KINDS, "list", "clear"))]
    verbs = [["build"], ["plan"], ["deploy"], ["status"], ["schema"], ["rehearse"]]
    verbs += [["local"], ["local", "serve"], ["local", "reset"]]
    for verb in (*verbs, *faults):
        assert main([*verb, "-h"]) == 0
        told = capsys.readouterr().out
        assert f"Example: jumpcf {' '.join(verb)}" in told, verb
        assert max(map(len, told.splitlines())) <= 80, verb
        if "--org" in told:
            assert "the jump account is always included" in " ".join(told.split())
    main(["access", "matrix", "-h"])
    assert "always included" not in capsys.readouterr().out
    main(["local", "-h"])
    assert "..." not in capsys.readouterr().out.replace("[ARGS]...", "")


def jumpcf(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """A process of its own, as a shell starts it."""
    command = [sys.executable, "-m", "jumpcf", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, **options)


def interrupted(folder: Path, sent: signal.Signals, *at: str) -> tuple[int, str]:
    """A deploy in a process of its own, which gets the signal at each of these words, one after the other: its exit
    code, and what it said after the last."""
    command = [sys.executable, "-m", "jumpcf", "deploy", "--local", "--yes", "--accept-broadening"]
    with subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        for words in at:
            assert any(words in line for line in process.stderr), words
            process.send_signal(sent)
        told = process.stderr.read()
    return process.returncode, told


def copied(built_estate: Path, tmp_path: Path) -> Path:
    shutil.copytree(built_estate, tmp_path / "estate")
    return tmp_path / "estate"


def test_a_reader_that_goes_away_does_not_change_the_exit_code(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    script = f"{sys.executable} -m jumpcf schema | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_talk_that_cannot_be_written_does_not_stop_a_build(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "jumpcf", "build", "--no-lint"], cwd=folder, stderr=full, timeout=60
        )
    assert done.returncode == 0


def test_a_closed_stdin_is_nobody_to_ask(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    script = f"{sys.executable} -m jumpcf deploy --local <&-"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 5
    assert "--yes" in done.stderr


def test_a_folder_that_cannot_be_written_is_named_and_is_no_bug(built_estate: Path, tmp_path: Path) -> None:
    folder = copied(built_estate, tmp_path)
    shutil.rmtree(folder / "build")
    (folder / "build").write_text("a file in the way")
    done = jumpcf("build", "--no-lint", cwd=folder)
    assert done.returncode == 1
    assert "build" in done.stderr
    assert "bug" not in done.stderr


def test_a_stack_module_cannot_end_the_program_or_spoil_the_output(
    built_estate: Path, tmp_path: Path
) -> None:
    folder = copied(built_estate, tmp_path)
    module = folder / "stacks" / "target_roles.py"
    good = module.read_text()
    module.write_text(good + "\n\nimport sys\nsys.exit(0)\n")
    done = jumpcf("build", "--no-lint", cwd=folder)
    assert done.returncode == 1
    assert "stacks/target_roles.py:" in done.stderr
    module.write_text(good + "\n\nprint('hello')\n")
    told = jumpcf("-o", "json", "build", "--no-lint", cwd=folder)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["estate"] == "example"


def test_an_option_by_environment_variable_is_named_like_the_option(
    built_estate: Path, tmp_path: Path
) -> None:
    folder = copied(built_estate, tmp_path)
    done = jumpcf("plan", "--local", cwd=folder, env={**os.environ, "JUMPCF_PLAN_ORG": "lab"})
    assert done.returncode == 0, done.stderr
    assert "jump-globex-lab" in done.stdout
    assert "jump-acme-dev" not in done.stdout


def test_sigterm_leaves_a_deploy_at_once_and_says_what_runs_on(built_estate: Path, tmp_path: Path) -> None:
    """An operation of somebody else holds ours in the queue, so that it cannot end meanwhile."""
    folder = copied(built_estate, tmp_path)
    jumpcf("local", "fault", "occupy", "jump-acme-dev", "--for", "1h", cwd=folder)
    code, told = interrupted(folder, signal.SIGTERM, "QUEUED")
    assert code == 130
    assert "left running in AWS as jumpcf-" in told
    (journal,) = (folder / ".jumpcf" / "journal").iterdir()
    assert '"left"' in journal.read_text()
    jumpcf("local", "fault", "clear", cwd=folder)
    again = jumpcf("deploy", "--local", "--yes", "--accept-broadening", cwd=folder)
    assert again.returncode in (0, 3), again.stderr


def test_a_second_ctrl_c_leaves_at_once_and_resume_goes_on(built_estate: Path, tmp_path: Path) -> None:
    """The operation that was left waits in AWS; `--resume` asks after it, and does what was never started."""
    folder = copied(built_estate, tmp_path)
    jumpcf("local", "fault", "occupy", "jump-acme-dev", "--for", "1h", cwd=folder)
    code, told = interrupted(folder, signal.SIGINT, "QUEUED", "Ctrl-C again")
    assert code == 130
    assert "left running in AWS as jumpcf-" in told
    jumpcf("local", "fault", "clear", cwd=folder)
    again = jumpcf("deploy", "--resume", "--local", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "asking AWS what became of jumpcf-" in again.stderr
    assert "No changes." in jumpcf("plan", "--local", cwd=folder).stdout


def test_one_ctrl_c_watches_what_runs_and_says_how_much_was_not_started(
    built_estate: Path, tmp_path: Path
) -> None:
    folder = copied(built_estate, tmp_path)
    code, told = interrupted(folder, signal.SIGINT, "start ")
    assert code == 130
    assert "nothing new is started" in told
    assert "not started" in told
    assert jumpcf("deploy", "--local", "--yes", "--accept-broadening", cwd=folder).returncode == 0
