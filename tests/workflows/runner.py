"""A small runner of GitHub's: jobs in their order, each in a folder of its own, with nothing but what it is given.

It runs the real `run:` steps with bash.  Actions are played by what they do to the folder: a checkout copies, an
artifact is a folder.  A job has AWS only where it may ask for a token, has asked, and has put the profiles into
AWS_CONFIG_FILE; then the embedded AWS stands in for STS and the rest.
"""

import configparser
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.workflows.expressions import Contexts, evaluate, filled, holds

BIN = Path(__file__).parent / "bin"  # pip, curl, gh, sleep
REPOSITORY = "example/estate"
TOKEN = {
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job-token",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/?api-version=2",
}
SECONDS = 120  # that one step may take


@dataclass
class Step:
    """What became of a step."""

    name: str
    result: str
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Job:
    """What became of a job; `roles` are those that it could take, by profile."""

    name: str
    result: str
    folder: Path
    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    def log(self, step: str) -> str:
        return next(one.log for one in self.steps if one.name == step)


@dataclass(kw_only=True)
class Runner:
    """A repository on GitHub.  `commits` are folders by ref; "" is what the event is about.  `aws` is the
    environment of the embedded AWS, `state` where the fake gh keeps its comments and answers."""

    folder: Path
    commits: Mapping[str, Path]
    event: Mapping[str, Any]
    variables: Mapping[str, str]
    aws: Mapping[str, str]
    state: Path
    attempt: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)

    def run(
        self, workflow: Path, only: Iterable[str] = (), needs: Mapping[str, Job] | None = None
    ) -> dict[str, Job]:
        """Every job, or some of them after `needs`; needs come first in the file, as in ours."""
        content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        done = dict(needs or {})
        for name, job in content["jobs"].items():
            if name not in done and (not only or name in only):
                done[name] = self._job(name, job, done)
        return done

    def _contexts(self, values: Mapping[str, Any], results: Iterable[str]) -> Contexts:
        failed = [one for one in results if one != "success"]
        github = {
            "event": self.event["payload"],
            "event_name": self.event["name"],
            "ref": "refs/heads/main",
            "repository": REPOSITORY,
            "run_attempt": self.attempt,
            "run_id": 7001,
            "server_url": "https://github.example",
            "sha": "c0ffee" + "0" * 34,
            "token": "job-github-token",
        }
        functions = {
            "always": lambda: True,
            "cancelled": lambda: False,
            "failure": lambda: bool(failed),
            "success": lambda: not failed,
            "format": lambda text, *given: text.format(*given),
        }
        return Contexts({"github": github, "vars": self.variables, **values}, functions)

    def _job(self, name: str, job: dict[str, Any], done: Mapping[str, Job]) -> Job:
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        before = {one: {"result": done[one].result, "outputs": done[one].outputs} for one in needs}
        contexts = self._contexts({"needs": before}, [done[one].result for one in needs])
        folder = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        if not holds(job.get("if"), contexts):
            return Job(name, "skipped", folder)
        made = Job(name, "success", folder)
        work = _Work(self, job, made, before)
        try:
            for step in job["steps"]:
                work.step(step)
        finally:
            work.end()
        steps = {"steps": {one.name: {"outputs": one.outputs, "outcome": one.result} for one in made.steps}}
        told = self._contexts(steps, ())
        made.outputs = {key: filled(value, told) for key, value in job.get("outputs", {}).items()}
        return made


class _Work:
    """One job at work."""

    def __init__(self, runner: Runner, job: dict[str, Any], made: Job, needs: Mapping[str, Any]) -> None:
        self.runner, self.job, self.made, self.needs = runner, job, made, needs
        self.workspace = made.folder / "workspace"
        self.temporary = made.folder / "temporary"
        for one in (self.workspace, self.temporary):
            one.mkdir(parents=True)
        self.summary = made.folder / "summary.md"
        self.kept: dict[str, str] = {}
        self.groups: list[int] = []

    def end(self) -> None:
        """Whatever a step left running ends with its job."""
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.summary.exists():
            self.made.summary = self.summary.read_text(encoding="utf-8")

    def step(self, step: dict[str, Any]) -> None:
        name = step.get("id") or step.get("name") or step["uses"].split("@")[0]
        steps = {one.name: {"outputs": one.outputs, "outcome": one.result} for one in self.made.steps}
        results = [one.result for one in self.made.steps if one.result != "skipped"]
        contexts = self.runner._contexts({"needs": self.needs, "steps": steps}, results)
        made = Step(name, "success")
        if not holds(step.get("if"), contexts):
            made.result = "skipped"
        elif "run" in step:
            self._run(step, made, contexts)
        else:
            given = {key: filled(value, contexts) for key, value in step.get("with", {}).items()}
            self._use(step["uses"].split("@")[0].rpartition("/")[2], given, made)
        self.made.steps.append(made)
        if made.result == "failure":
            self.made.result = "failure"

    def _run(self, step: dict[str, Any], made: Step, contexts: Contexts) -> None:
        files = {
            name: self.temporary / f"{name}-{len(self.made.steps)}"
            for name in ("GITHUB_ENV", "GITHUB_OUTPUT")
        }
        for path in files.values():
            path.touch()
        script = self.temporary / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        given = {key: filled(value, contexts) for key, value in step.get("env", {}).items()}
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        log = self.temporary / f"log-{len(self.made.steps)}"
        with log.open("wb") as out:
            done = subprocess.Popen(
                bash,
                cwd=self.workspace,
                env={**self._environment(), **{name: str(path) for name, path in files.items()}, **given},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.groups.append(done.pid)
            made.result = "success" if done.wait(SECONDS) == 0 else "failure"
        made.log = log.read_text(encoding="utf-8")
        self.kept |= _pairs(files["GITHUB_ENV"])
        made.outputs = _pairs(files["GITHUB_OUTPUT"])

    def _environment(self) -> dict[str, str]:
        told = {
            "PATH": f"{BIN}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.made.folder),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_RUN_ID": "7001",
            "GITHUB_RUN_ATTEMPT": str(self.runner.attempt),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.temporary),
            "FAKE_STATE": str(self.runner.state),
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.runner.environment,
        }
        if self.job["permissions"].get("id-token") == "write":
            told |= TOKEN
        return told | self.kept | self._aws()

    def _aws(self) -> dict[str, str]:
        """The embedded AWS, for the profiles that the job has roles for; it has every profile of the estate."""
        if "AWS_CONFIG_FILE" not in self.kept:
            return {}
        config = configparser.ConfigParser()
        config.read(self.kept["AWS_CONFIG_FILE"])
        names = {name.removeprefix("profile ") for name in config.sections()}
        self.made.roles = {
            name.removeprefix("profile "): config[name]["role_arn"] for name in config.sections()
        }
        for section in config.sections():
            by = config[section].get("source_profile")
            assert by in names if by else Path(config[section]["web_identity_token_file"]).read_text()
        return dict(self.runner.aws)

    def _use(self, action: str, given: Mapping[str, str], made: Step) -> None:
        play = {
            "checkout": self._checkout,
            "setup-python": lambda given, made: None,
            "upload-artifact": self._upload,
            "download-artifact": self._download,
        }[action]
        play(given, made)

    def _checkout(self, given: Mapping[str, str], _: Step) -> None:
        target = self.workspace / given.get("path", "")
        shutil.rmtree(target) if given.get("path") and target.exists() else None
        source = self.runner.commits[given.get("ref", "")]
        wanted = given.get("sparse-checkout", "").split()
        for path in source.iterdir():
            if path.is_dir() and (not wanted or path.name in wanted):
                shutil.copytree(path, target / path.name)
            elif path.is_file():
                target.mkdir(exist_ok=True)
                shutil.copy(path, target)

    def _upload(self, given: Mapping[str, str], made: Step) -> None:
        name = given["name"]
        paths = [self.workspace / line.strip("/") for line in given["path"].split()]
        there = [path for path in paths if path.exists()]
        if not there or (name in self.runner.artifacts and given.get("overwrite") != "true"):
            made.result = "failure"
            return
        kept = self.runner.folder / f"artifact-{len(list(self.runner.folder.iterdir()))}"
        for path in there:
            if len(paths) == 1:
                shutil.copytree(path, kept)
            elif path.is_dir():
                shutil.copytree(path, kept / path.name)
            else:
                kept.mkdir(exist_ok=True)
                shutil.copy(path, kept)
        self.runner.artifacts[name] = kept

    def _download(self, given: Mapping[str, str], made: Step) -> None:
        if given["name"] not in self.runner.artifacts:
            made.result = "failure"
            return
        shutil.copytree(
            self.runner.artifacts[given["name"]],
            self.workspace / given["path"],
            symlinks=True,
            dirs_exist_ok=True,
        )


def _pairs(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


__all__ = ["Job", "Runner", "Step", "evaluate"]
