"""Every `run:` step of an estate's workflows, on the embedded AWS: a pull request, its merge, a broken run, a night.

A checkout here has the caches of an earlier build beside it, which a real one has not: cfn-lint's time is not what
is tested.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from jumpcf.artifacts.codec import canonical, digest
from jumpcf.cli.main import main
from tests.conftest import ROOT
from tests.functional.conftest import environment, fifteen_days_older, opened
from tests.functional.github_repository import (
    MAIN,
    PAGE,
    PASSING,
    PULL,
    SHA,
    SPY,
    GitHub,
    page,
    results,
    roles,
)
from tests.functional.killing import SOAK, killed
from tests.functional.test_gates import longer
from tests.functional.test_offboarding import leave
from tests.workflows.runner import REPOSITORY, Job
from tests.workflows.test_workflow_rules import FILES, SKELETON, text

JUMP, BUCKET = "111111111111", "jumpcf-example-111111111111-ap-northeast-1"


@pytest.fixture(scope="module")
def github(deployed_estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHub]:
    folder = tmp_path_factory.mktemp("github")
    (folder / "state").mkdir()
    served = shutil.copytree(deployed_estate, folder / "served")
    main = folder / "main"
    for name in ("params", "stacks"):
        shutil.copytree(served / name, main / name)
    (main / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "access.yaml", main / "tests")
    (main / ".jumpcf").mkdir()
    shutil.copy2(served / ".jumpcf" / "lint.json", main / ".jumpcf")
    shutil.copytree(SKELETON, main / ".github")
    branch = shutil.copytree(main, folder / "branch")
    with opened(served, None) as world:
        longer(replace(world, folder=branch))
        stacks = branch / "stacks" / "partner.py"
        docstring, _, rest = stacks.read_text().partition('"""\n\n')
        stacks.write_text(f'{docstring}"""\n\n{SPY}\n{rest}')
        made = GitHub(folder, world, main, branch)
        made.answer()
        yield made


@pytest.fixture(scope="module")
def pull(github: GitHub) -> dict[str, Job]:
    """The pull request's run."""
    runner = github.runner("pull_request", github.branch, PULL)
    jobs = runner.run(FILES["plan.yml"])
    github.artifacts, github.comment = runner.artifacts, github.comments[-1]
    return jobs


def test_a_pull_request_is_planned_and_its_code_never_meets_a_token(
    github: GitHub, pull: dict[str, Job]
) -> None:
    assert results(pull) == dict.fromkeys(("build", "plan", "comment"), "success"), pull
    seen = (pull["build"].folder / "seen.txt").read_text().splitlines()
    assert "GITHUB_ACTIONS" in seen
    assert [one for one in seen if one.startswith(("ACTIONS_ID", "AWS_CONFIG", "GH_TOKEN"))] == []
    assert list(pull["plan"].folder.rglob("seen.txt")) == []
    assert not (pull["plan"].folder / "workspace" / "trusted" / "stacks").exists()
    assert pull["plan"].roles["corp-stacksets"].endswith("role/jump/pipeline/jump-plan-corp")
    assert sorted(pull["plan"].roles) == sorted(
        line.split()[0] for line in roles("plan", github.main).splitlines()
    )
    (comment,) = github.comments
    assert comment.startswith("<!-- jumpcf plan -->\n## jumpcf plan: ")
    assert f"Commit {SHA}, [its run](https://github.example/{REPOSITORY}/actions/runs/7001)" in comment
    assert "initech-move-PowerAndIam" in comment
    assert "organizations `corp`, `lab`, `subsidiary`" in comment
    assert pull["plan"].summary in comment
    told = pull["plan"].log("plan")
    stop = re.search(r"^::stop-commands::([0-9a-f]{32})$", told, re.MULTILINE)
    assert stop is not None
    assert told.rstrip().endswith(f"::{stop[1]}::")


def test_a_commit_that_does_not_build_changes_the_one_comment_and_a_planted_plan_is_none(
    github: GitHub, pull: dict[str, Job]
) -> None:
    broken = shutil.copytree(github.branch, github.folder / "broken")
    (broken / "params" / "partners" / "initech.yaml").write_text("partner: initech\nsurprise: 1\n")
    planted = github.folder / "planted"
    planted.mkdir()
    (planted / "comment.md").write_text("## jumpcf plan: nothing to see here\n")
    runner = github.runner("pull_request", broken, PULL, artifacts={"jumpcf-plan": planted})
    jobs = runner.run(FILES["plan.yml"])
    assert results(jobs) == {"build": "failure", "plan": "skipped", "comment": "success"}
    (comment,) = github.comments
    assert "nothing to see here" not in comment
    assert "## jumpcf plan: none" in comment


def test_an_artifact_for_another_account_is_refused_and_a_planted_plan_is_no_comment(
    github: GitHub, pull: dict[str, Job]
) -> None:
    def change(manifest: dict[str, Any], _: Path) -> None:
        manifest["organizations"][0]["connection"]["role_arn"] = "arn:aws:iam::999999999999:role/theirs"

    artifacts = github.tampered(change)
    planted = {"jumpcf-plan": github.folder / "planted"}
    runner = github.runner("pull_request", github.branch, PULL, artifacts=artifacts | planted)
    jobs = runner.run(FILES["plan.yml"], needs={"build": pull["build"]})
    assert results(jobs) == {"build": "success", "plan": "failure", "comment": "success"}
    assert "G601" in jobs["plan"].log("plan")
    (comment,) = github.comments
    assert "nothing to see here" not in comment
    assert "## jumpcf plan: none" in comment


def test_a_plan_that_was_replaced_after_its_job_is_no_comment(github: GitHub, pull: dict[str, Job]) -> None:
    """The build can get hold of the run's own token, and with it replace an artifact of a later job."""
    runner = github.runner("pull_request", github.branch, PULL, artifacts=dict(github.artifacts))
    planned = runner.run(FILES["plan.yml"], only=("plan",), needs={"build": pull["build"]})
    assert planned["plan"].outputs["uploaded"] == "success"
    runner.artifacts["jumpcf-plan"] = github.folder / "planted"
    jobs = runner.run(FILES["plan.yml"], needs=planned)
    assert jobs["comment"].result == "success"
    (comment,) = github.comments
    assert ("nothing to see here" in comment, "## jumpcf plan: none" in comment) == (False, True)


def test_an_old_run_that_is_started_again_leaves_the_comment_alone(
    github: GitHub, pull: dict[str, Job]
) -> None:
    """Its plan is that of a commit which is no more what would be merged."""
    before = github.comments
    runner = github.runner("pull_request", github.branch, PULL, attempt=2, artifacts=dict(github.artifacts))
    github.answer(head="f" * 40)
    jobs = runner.run(FILES["plan.yml"], needs={"build": pull["build"]})
    github.answer()
    assert (jobs["plan"].result, jobs["comment"].result) == ("success", "success")
    assert "the comment is left to its run" in jobs["comment"].log("Keep one comment up to date")
    assert github.comments == before


NAME = 'x"\n::error::mine\n# mine\n@example/everybody <img src=x> [click](https://evil.example)'


def test_what_an_artifact_says_is_neither_markup_nor_a_command(github: GitHub, pull: dict[str, Job]) -> None:
    def change(manifest: dict[str, Any], build: Path) -> None:
        stack = next(one for one in manifest["stacks"] if one["name"] == "jump-initech-move")
        path = build / stack["path"]
        body = orjson.loads(path.read_bytes())
        role = next(one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::Role")
        asked = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
        asked.setdefault("StringEquals", {})["sts:ExternalId"] = NAME
        role["Properties"]["RoleName"] = NAME
        data = canonical(body)
        path.write_bytes(data)
        stack |= {"digest": digest(data), "size": len(data)}

    runner = github.runner("pull_request", github.branch, PULL, artifacts=github.tampered(change))
    jobs = runner.run(FILES["plan.yml"], needs={"build": pull["build"]})
    assert results(jobs)["plan"] == "success", jobs["plan"].log("plan")
    (comment,) = github.comments
    assert "evil.example" in comment  # it is shown
    lines = comment.splitlines()
    assert [one for one in lines if one.strip().startswith(("::", "# mine"))] == []
    bare = re.sub(r"(`+)(?:(?!\1).)*\1", "", comment)  # what stands outside of code
    assert [word for word in ("@example", "<img", "](https://evil") if word in bare] == []


def test_who_leaves_with_sessions_open_stops_the_pull_request_and_the_merge_before_anybody_is_asked(
    github: GitHub, pull: dict[str, Job]
) -> None:
    deleted = shutil.copytree(github.main, github.folder / "deleted")
    leave(replace(github.world, folder=deleted), "ken.mori")
    assert main(["-q", "-C", str(deleted), "build", "--no-lint"]) == 0
    artifacts, needs = {"jumpcf-build": deleted / "build"}, {"build": pull["build"]}
    jobs = github.runner("pull_request", deleted, PULL, artifacts=artifacts).run(
        FILES["plan.yml"], needs=needs
    )
    assert (jobs["plan"].result, jobs["comment"].result) == ("failure", "success")
    (comment,) = github.comments
    assert "### Sessions that go on" in comment
    assert "jumpcf user remove acme ken.mori --unlisted" in comment
    jobs = github.runner("push", deleted, MAIN, artifacts=artifacts).run(FILES["deploy.yml"], needs=needs)
    assert [jobs[name].result for name in ("plan", "review", "deploy")] == ["failure", "skipped", "skipped"]


def test_a_merge_waits_for_people_and_their_word_holds_for_one_plan(
    github: GitHub, pull: dict[str, Job]
) -> None:
    merged = shutil.copytree(github.branch, github.folder / "merged")
    runner = github.runner("push", merged, MAIN, artifacts={"jumpcf-build": github.artifacts["jumpcf-build"]})
    github.answer(reviewers=0, newest=SHA)
    needs = {} if SOAK else {"build": pull["build"]}  # the pull request's build is this one's, job and bytes
    jobs = runner.run(FILES["deploy.yml"], needs=needs)
    wanted = {
        "plan": "success",
        "review": "failure",
        "deploy": "skipped",
        "drift": "skipped",
        "expiring": "skipped",
    }
    assert {name: job.result for name, job in jobs.items() if name != "build"} == wanted
    outputs = jobs["plan"].outputs
    assert (outputs["changes"], outputs["review"], len(outputs["digest"])) == ("true", "true", 64)
    assert jobs["plan"].roles["jump-admin"].endswith("role/jump/pipeline/jump-deploy")
    assert outputs["digest"] in jobs["plan"].summary  # what the reviewers see

    def deploy(attempt: int = 1, **parts: Job) -> dict[str, Job]:
        before = {"build": pull["build"], "plan": jobs["plan"], "review": review, **parts}
        return replace(runner, attempt=attempt).run(FILES["deploy.yml"], only=("deploy",), needs=before)

    github.answer(reviewers=2, newest=SHA)
    review = runner.run(
        FILES["deploy.yml"], only=("review",), needs={"build": pull["build"], "plan": jobs["plan"]}
    )["review"]
    assert review.result == "success"
    assert outputs["digest"] in review.summary
    another = replace(jobs["plan"], outputs={**outputs, "digest": "0" * 64})
    refused = deploy(plan=another)["deploy"]
    assert (refused.result, "G522" in refused.log("Deploy")) == ("failure", True)
    github.answer(reviewers=2, newest="f" * 40)
    old = deploy(attempt=2)["deploy"]  # there is nothing to go on with, so it would deploy
    assert old.result == "failure"
    assert "main is at ffff" in old.log("Is this the newest commit")
    assert {one.name: one.result for one in old.steps[-2:]} == {"resume": "skipped", "Deploy": "skipped"}
    github.answer(reviewers=2, newest=SHA)
    done = deploy()
    assert done["deploy"].result == "success", done["deploy"].steps
    again = runner.run(FILES["deploy.yml"], needs={"build": pull["build"]})
    assert (again["plan"].outputs["changes"], again["review"].result) == ("false", "skipped")
    assert again["deploy"].result == "skipped"
    github.told += ["", *page("deploy.yml", {**jobs, **done}, "plan", "review", "deploy")]


@pytest.mark.parametrize(
    "answers",
    [{"chosen": "null"}, {"chosen": "false"}, {"branches": "branch:main branch:*"}, {"branches": "tag:main"}],
)
def test_an_environment_that_others_may_use_stops_before_a_role_is_taken(
    github: GitHub, pull: dict[str, Job], answers: dict[str, str]
) -> None:
    runner = github.runner("push", github.main, MAIN, artifacts=dict(github.artifacts))
    github.answer(newest=SHA, **answers)
    jobs = runner.run(FILES["deploy.yml"], needs={"build": pull["build"]})
    assert (jobs["plan"].result, jobs["plan"].roles) == ("failure", {})
    assert (jobs["review"].result, jobs["deploy"].result) == ("skipped", "skipped")
    assert "any branch can take the deploy role" in jobs["plan"].log(
        "Is production kept for the default branch"
    )


def test_what_broadens_nothing_needs_no_review_and_a_run_that_broke_off_is_gone_on_with(
    github: GitHub, pull: dict[str, Job], built_estate: Path, tmp_path: Path
) -> None:
    """The change is taken back; the machine that deploys it dies, and the next attempt runs on another one."""
    desk = shutil.copytree(github.main, tmp_path / "desk")
    build = tmp_path / "build"
    shutil.copytree(built_estate / "build" / "templates", build / "templates")
    shutil.copy(built_estate / "build" / "manifest.json", build)
    runner = github.runner("push", github.main, MAIN, artifacts={"jumpcf-build": build})
    github.answer(newest=SHA)
    needs = {"build": pull["build"]}
    plan = runner.run(FILES["deploy.yml"], only=("plan", "review"), needs=needs)
    assert (plan["plan"].outputs["review"], plan["review"].result) == ("false", "skipped")
    with environment(github.world.aws.environment()):
        assert killed(desk, tmp_path / "killed.txt", 8, "after") == -9
    hook = tmp_path / "hook.py"
    hook.write_text(PASSING)
    again: dict[str, Any] = {"attempt": 2, "environment": {"SLEEP_HOOK": str(hook)}}
    # another commit's run is not what broke off: it deploys as in a first attempt, with its own words
    other = github.runner("push", github.branch, MAIN, artifacts=dict(github.artifacts), **again)
    theirs = other.run(FILES["deploy.yml"], only=("deploy",), needs=plan)["deploy"]
    assert (theirs.log("resume").count("G530 "), "G536 " in theirs.log("resume")) == (1, True)
    assert theirs.steps[-1].result != "skipped"
    assert theirs.result == "success" or "G521 " in theirs.log("Deploy"), theirs.log("Deploy")
    deploy = replace(runner, **again).run(FILES["deploy.yml"], only=("deploy",), needs=plan)["deploy"]
    log = deploy.log("resume")
    assert (deploy.result, "Left of run" in log) == ("success", True), log
    assert deploy.steps[-1].result == "skipped"


def test_who_cancels_a_deploy_is_heard_by_jumpcf_itself(tmp_path: Path) -> None:
    """GitHub's runner sends SIGINT, then SIGTERM, to the process that it started, and then kills all of them."""
    steps = yaml.safe_load(text("deploy.yml"))["jobs"]["deploy"]["steps"]
    script = tmp_path / "step.sh"
    script.write_text(next(one["run"] for one in steps if one.get("name") == "Deploy"))
    told = "#!/usr/bin/env bash\ntrap 'echo heard; exit 130' INT\necho ready\nfor _ in {1..600}; do sleep 0.1; done\n"
    (tmp_path / "jumpcf").write_text(told)
    (tmp_path / "jumpcf").chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:/usr/bin:/bin"
    with subprocess.Popen(
        ["bash", "-eo", "pipefail", str(script)],
        env={"PATH": path, "DIGEST": "", "REVIEW": "skipped"},
        stdout=subprocess.PIPE,
        text=True,
    ) as job:
        assert job.stdout is not None
        before = "".join(iter(job.stdout.readline, "ready\n"))
        assert before.startswith("::stop-commands::")
        job.send_signal(signal.SIGINT)
        assert job.wait(50) == 130
        assert job.stdout.read() == "heard\n"


def test_a_night_withdraws_what_nobody_used_and_looks_for_drift_and_for_what_ends(
    github: GitHub, pull: dict[str, Job], built_estate: Path
) -> None:
    iam = github.world.client("iam", JUMP)
    fifteen_days_older("taro.yamada")
    jobs = github.night(built_estate).run(FILES["deploy.yml"], needs={"build": pull["build"]})
    wanted = {
        "plan": "skipped",
        "review": "skipped",
        "deploy": "skipped",
        "drift": "success",
        "expiring": "failure",
    }
    assert {name: job.result for name, job in jobs.items() if name != "build"} == wanted, jobs["drift"].steps
    told = jobs["drift"].log("withdraw")
    assert re.search(
        r"^done +acme/taro.yamada  the unused password of taro.yamada is withdrawn", told, re.M
    ), told
    assert told.count("\ndone ") == 1
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_login_profile(UserName="taro.yamada")
    assert iam.get_login_profile(UserName="ken.mori")
    assert "stacks and StackSets looked at" in jobs["drift"].log("What was changed by hand")
    assert "2027-03-31" in jobs["expiring"].summary
    assert jobs["expiring"].roles == {}
    github.told += ["", *page("deploy.yml (night)", jobs, "drift", "expiring")]


def test_a_night_looks_for_drift_also_where_a_deploy_is_at_work_on_the_passwords(
    github: GitHub, pull: dict[str, Job], built_estate: Path
) -> None:
    fifteen_days_older("ken.mori")
    s3, at = github.world.client("s3", JUMP), {"Bucket": BUCKET, "Key": "state/lock.json"}
    before = s3.get_object(**at)["Body"].read()
    held = orjson.loads(before) | {"released": False, "until": "2099-01-01T00:00:00Z"}
    needs = {"build": pull["build"]}
    s3.put_object(**at, Body=orjson.dumps(held))
    try:
        drift = github.night(built_estate).run(FILES["deploy.yml"], only=("drift",), needs=needs)["drift"]
    finally:
        s3.put_object(**at, Body=before)
    assert [one.result for one in drift.steps[-2:]] == ["failure", "success"], drift.steps
    assert "G530 " in drift.log("withdraw")
    assert "stacks and StackSets looked at" in drift.log("What was changed by hand")
    assert drift.result == "failure"


def test_without_roles_or_with_something_else_in_their_place_nothing_is_taken(
    github: GitHub, pull: dict[str, Job]
) -> None:
    step = "Take the plan role in each account"
    for variable, words in (("", "No roles to take"), ("jump-admin not-a-role", "one is not")):
        runner = github.runner("pull_request", github.branch, PULL, artifacts=dict(github.artifacts))
        runner.variables = {"JUMPCF_PLAN_ROLES": variable}
        jobs = runner.run(FILES["plan.yml"], only=("plan",), needs={"build": pull["build"]})
        assert (jobs["plan"].result, words in jobs["plan"].log(step)) == ("failure", True)


def test_both_workflows_build_alike() -> None:
    built = [yaml.safe_load(text(name))["jobs"]["build"]["steps"] for name in ("plan.yml", "deploy.yml")]
    assert built[0] == built[1]


def test_the_page_shows_a_run(
    github: GitHub, pull: dict[str, Job], golden: Callable[[Path, str], None]
) -> None:
    """Last in this file: what the tests above have seen."""
    if len([line for line in github.told if not line]) < 2:
        pytest.skip("the page is made of the tests before it: run the whole file")
    run = "\n".join([*page("plan.yml", pull, "build", "plan", "comment"), *github.told])
    comment = (
        github.comment.partition("<details>")[0] + "…\n\n" + github.comment.rstrip().rpartition("\n\n")[2]
    )
    made = PAGE.format(run=run, comment=comment)
    golden(ROOT / "docs" / "github-actions-run.md", re.sub(r"\b[0-9a-f]{64}\b", "(digest)", made))
