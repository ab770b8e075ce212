"""An estate's repository as its workflows see it: its commits, its runs, what `gh` answers, and the AWS behind it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import yaml

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.manifest import Manifest
from tests.functional.conftest import World
from tests.workflows.runner import REPOSITORY, Job, Runner

SHA = "c0ffee" + "0" * 34
PULL = {
    "pull_request": {"number": 7, "head": {"sha": SHA, "repo": {"full_name": REPOSITORY}}},
    "repository": {"default_branch": "main"},
}
MAIN = {"repository": {"default_branch": "main"}}
SPY = "import os, pathlib\npathlib.Path(os.environ['HOME'], 'seen.txt').write_text('\\n'.join(os.environ))\n"
"""What a pull request may put into stacks/: it tells what it sees of the environment that it runs in."""


def roles(kind: str, folder: Path) -> str:
    """The variable that docs/github-actions.md asks for: a line for each profile that params/ name."""
    estate = yaml.safe_load((folder / "params" / "estate.yaml").read_text())
    jump = estate["jump"]
    lines = [f"{jump['profile']} arn:aws:iam::{jump['account']}:role/jump/pipeline/jump-{kind}"]
    for path in sorted((folder / "params" / "organizations").glob("*.yaml")):
        admin = yaml.safe_load(path.read_text())["admin"]
        role = f"arn:aws:iam::{admin['account']}:role/jump/pipeline/jump-{kind}-{path.stem}"
        lines.append(f"{admin['profile']} {role} {jump['profile']}")
    return "\n".join(lines)


@dataclass
class GitHub:
    """The repository with its commits, and the AWS behind it."""

    folder: Path
    world: World
    main: Path
    branch: Path
    told: list[str] = field(default_factory=list)
    comment: str = ""  # as the pull request first got it
    artifacts: dict[str, Path] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def runner(self, name: str, commit: Path, payload: dict[str, Any], **parts: Any) -> Runner:
        jobs = self.folder / f"run-{len(list(self.folder.iterdir()))}"
        jobs.mkdir()
        return Runner(
            folder=jobs,
            commits={"main": self.main, "": commit},
            event={"name": name, "payload": payload},
            variables={
                "JUMPCF_PLAN_ROLES": roles("plan", self.main),
                "JUMPCF_DEPLOY_ROLES": roles("deploy", self.main),
            },
            aws=self.world.aws.environment(),
            state=self.state,
            **parts,
        )

    @property
    def comments(self) -> list[str]:
        file = self.state / "comments.json"
        return [one["body"] for one in json.loads(file.read_text())] if file.exists() else []

    def answer(self, **answers: object) -> None:
        """What `gh api` says: how many reviewers there are, which commit is the newest, of main and of the pull
        request, and who may use the environment `production`."""
        paths = {
            "reviewers": "environments/production-review",
            "newest": "commits/heads/main",
            "chosen": "environments/production",
            "branches": "environments/production/deployment-branch-policies",
            "head": f"pulls/{PULL['pull_request']['number']}",
        }
        answers = {"chosen": "true", "branches": "branch:main", "head": SHA, **answers}
        said = {f"repos/{REPOSITORY}/{paths[name]}": value for name, value in answers.items()}
        (self.state / "answers.json").write_text(json.dumps(said))

    def tampered(self, change: Callable[[dict[str, Any], Path], None]) -> dict[str, Path]:
        """The pull request's artifact as somebody made it who ran code in the first job."""
        number = len(list(self.folder.iterdir()))
        build = shutil.copytree(self.artifacts["jumpcf-build"], self.folder / f"tampered-{number}")
        manifest = orjson.loads((build / "manifest.json").read_bytes())
        change(manifest, build)
        (build / "manifest.json").write_bytes(canonical(decode(Manifest, orjson.dumps(manifest))))
        return {"jumpcf-build": build}

    def night(self, built_estate: Path) -> Runner:
        """A scheduled run, of what is on main."""
        build = self.folder / "night"
        if not build.exists():
            shutil.copytree(built_estate / "build" / "templates", build / "templates")
            shutil.copy(built_estate / "build" / "manifest.json", build)
        at = {"JUMPCF_EXPIRING_AT": "2027-03-28"}
        return self.runner("schedule", self.main, {}, artifacts={"jumpcf-build": build}, environment=at)


def results(jobs: dict[str, Job]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


def page(workflow: str, jobs: dict[str, Job], *names: str) -> list[str]:
    """What became of jobs, for the page."""
    lines = []
    for name in names:
        job = jobs[name]
        lines.append(f"{workflow} / {name}: {job.result}")
        lines += [f"    {one.result:8}{one.name}" for one in job.steps]
        lines += [f"    taken   {profile} as {role}" for profile, role in job.roles.items()]
        lines += [f"    output  {key}={value}" for key, value in job.outputs.items()]
    return lines


PASSING = """\
# What a quarter of an hour does to the lock of a machine that died.
import json
import boto3
s3 = boto3.Session(profile_name="jump-admin").client("s3")
at = {"Bucket": "jumpcf-example-111111111111-ap-northeast-1", "Key": "state/lock.json"}
lock = json.loads(s3.get_object(**at)["Body"].read())
s3.put_object(**at, Body=json.dumps(lock | {"until": "2020-01-01T00:00:00Z"}).encode())
"""

PAGE = """\
# A run of the workflows

What the tests' small runner (`tests/workflows/runner.py`) saw of the [workflows](github-actions.md) on the embedded
AWS, written by `make golden`: a pull request that lets a contract end later, its merge with a review, and a night.

```
{run}
```

The comment on the pull request; the tables of each StackSet, which GitHub folds, are left out here:

````markdown
{comment}
````
"""
