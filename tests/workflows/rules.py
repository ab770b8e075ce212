"""What a workflow must hold so that no stranger's code runs beside a credential; each breach in a sentence."""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

NEVER_ON = {"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion"}
MAY = {"contents": "read", "actions": "read", "id-token": "write", "pull-requests": "write"}
USABLE = (  # what may enter a step: none of it is anybody's free text
    r"vars\.\w+|needs\.\w+\.(result|outputs\.\w+)|github\.(token|repository|sha|server_url|run_id)"
    r"|github\.event\.(pull_request\.(number|head\.sha)|repository\.default_branch)"
)
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
DEFAULT = "${{ github.event.repository.default_branch }}"


@functools.lru_cache(maxsize=8)
def _read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return found


@dataclass(frozen=True, slots=True)
class Workflow:
    name: str
    text: str

    @property
    def content(self) -> dict[str, Any]:
        return _read(self.text)

    @property
    def on(self) -> Any:
        return self.content[True]  # type: ignore[index]  # YAML 1.1 takes "on" for a truth value

    @property
    def jobs(self) -> dict[str, Any]:
        found: dict[str, Any] = self.content["jobs"]
        return found

    @property
    def is_on_pull_requests(self) -> bool:
        return "pull_request" in self.on


Rule = Callable[[Workflow], Iterator[str]]


def steps(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [one for one in job["steps"] if f"/{action}@" in one.get("uses", "")]


def runs(job: dict[str, Any]) -> list[str]:
    return [one["run"] for one in job["steps"] if "run" in one]


def holds_aws(job: dict[str, Any]) -> bool:
    return "id-token" in job.get("permissions", {})


def triggers(workflow: Workflow) -> Iterator[str]:
    yield from (f"runs on {one}" for one in NEVER_ON & set(workflow.on))
    branches = (
        (workflow.on["pull_request"] or {}).get("branches") if workflow.is_on_pull_requests else ["main"]
    )
    if workflow.name != "ci.yml" and not branches:
        yield "runs for pull requests into any branch, so that a stranger's branch may be the base"


def permissions(workflow: Workflow) -> Iterator[str]:
    if workflow.content.get("permissions") != {}:
        yield "the workflow has permissions of its own"
    for name, job in workflow.jobs.items():
        given = job.get("permissions")
        if not isinstance(given, dict):
            yield f"{name} says not which permissions it has"
        elif any(MAY.get(one) != word for one, word in given.items()):
            yield f"{name} has more permissions than any job needs"
        elif {"id-token", "pull-requests"} <= set(given):
            yield f"{name} reaches AWS and writes to pull requests"


def limits(workflow: Workflow) -> Iterator[str]:
    yield from (
        f"{name} has no timeout" for name, job in workflow.jobs.items() if "timeout-minutes" not in job
    )
    yield from (
        f"{name} runs on whatever is newest"
        for name, job in workflow.jobs.items()
        if "latest" in job["runs-on"] or "self-hosted" in job["runs-on"]
    )


def pins(workflow: Workflow) -> Iterator[str]:
    for line in workflow.text.splitlines():
        if "uses:" in line and not PINNED.search(line):
            yield f"not pinned by commit with its version: {line.strip()}"


def injection(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        for step in job["steps"]:
            if "${{" in step.get("run", ""):
                yield f"{name} puts a value into a script"
            for value in step.get("env", {}).values():
                used = re.findall(r"\$\{\{\s*(.*?)\s*\}\}", str(value))
                if any(not re.fullmatch(USABLE, one) for one in used):
                    yield f"{name} takes somebody's text: {value}"


def caches(workflow: Workflow) -> Iterator[str]:
    """A cache that a pull request may have filled is none that another run may believe."""
    for name, job in workflow.jobs.items():
        for step in job["steps"]:
            if "/cache" in step.get("uses", "") or any("cache" in one for one in step.get("with", {})):
                yield f"{name} restores a cache"


def keys(workflow: Workflow) -> Iterator[str]:
    if re.search(r"secrets\.|aws-access-key|AWS_SECRET|AWS_ACCESS", workflow.text):
        yield "has a key that lives long"


def checkouts(workflow: Workflow) -> Iterator[str]:
    for name, job in workflow.jobs.items():
        if any(one.get("with", {}).get("persist-credentials") is not False for one in steps(job, "checkout")):
            yield f"{name} leaves the token of its checkout on the disk"


def apart(workflow: Workflow) -> Iterator[str]:
    """A job with a credential has of the branch only what build wrote, and runs the released jumpcf."""
    for name, job in workflow.jobs.items():
        if not holds_aws(job):
            continue
        yield from (f"{name} {one}" for one in _trusted(workflow, job))
        for run in runs(job):
            if re.search(r"pip3? install", run) and not re.search(
                r"--only-binary :all: --require-hashes --requirement trusted/\S+$", run.strip()
            ):
                yield f"{name} installs something else than the trusted branch pins"
            for line in re.findall(r"^.*\bjumpcf -?\w.*$", run, flags=re.M):
                if not re.search(
                    r"jumpcf -C trusted (plan|deploy|drift|user withdraw) --compiled build\b", line
                ):
                    yield f"{name} runs jumpcf on the branch: {line.strip()}"
            if re.search(r"(bash|sh|python3?|\.|source) (?!-I -c|trusted/)\S+\.(sh|py)", run):
                yield f"{name} runs a script of the branch"
            if re.search(r"python3? (?!-I)", run):
                yield f"{name} runs Python with the artifact's folder at hand"


def _trusted(workflow: Workflow, job: dict[str, Any]) -> Iterator[str]:
    for one in steps(job, "checkout"):
        given = one["with"]
        folders = set(str(given.get("sparse-checkout", "*")).split())
        if given.get("path") != "trusted" or not folders <= {".github", "params"}:
            yield "checks out more than params and .github"
        if workflow.is_on_pull_requests and given.get("ref") != DEFAULT:
            yield "checks out the pull request"
    uses = [one.get("uses", "run").split("@")[0] for one in job["steps"]]
    if uses[0] != "actions/download-artifact":
        yield "unpacks the artifact over what it trusts"
    if [one["with"]["path"] for one in steps(job, "download-artifact")] != ["build"]:
        yield "unpacks the artifact elsewhere than into build/"


def branch_code(workflow: Workflow) -> Iterator[str]:
    """Where the branch is checked out whole, there is nothing to take."""
    for name, job in workflow.jobs.items():
        whole = [one for one in steps(job, "checkout") if "path" not in one.get("with", {})]
        if whole and job.get("permissions") != {"contents": "read"}:
            yield f"{name} runs the branch's code with more than the right to read it"
        if whole and "environment" in job:
            yield f"{name} runs the branch's code in an environment"


def environments(workflow: Workflow) -> Iterator[str]:
    """The plan role trusts pull requests, the deploy role one environment: a job has the one or the other."""
    for name, job in workflow.jobs.items():
        if holds_aws(job):
            wanted = None if workflow.is_on_pull_requests else "production"
            if job.get("environment") != wanted:
                yield f"{name} has not the environment that its role trusts"
            kind = "PLAN" if workflow.is_on_pull_requests else "DEPLOY"
            given = [one["env"]["ROLES"] for one in job["steps"] if "ROLES" in one.get("env", {})]
            if given != [f"${{{{ vars.JUMPCF_{kind}_ROLES }}}}"]:
                yield f"{name} takes other roles"


def deploying(workflow: Workflow) -> Iterator[str]:
    """How the deploy itself is called."""
    for name, job in workflow.jobs.items():
        text = "\n".join(runs(job))
        if "trusted deploy" in text and re.search(r"--accept-(broadening|deletion)(?!=\$DIGEST\")", text):
            yield f"{name} accepts any plan"
        for verb in ("deploy", "user withdraw"):
            if f"trusted {verb}" in text and f"exec jumpcf -C trusted {verb}" not in text:
                yield f"{name} does not hear that it is cancelled"


def nights(workflow: Workflow) -> Iterator[str]:
    """A night withdraws what nobody used, deploys nothing, and looks for drift whatever became of that."""
    for name, job in workflow.jobs.items():
        text = "\n".join(runs(job))
        if "trusted drift" not in text:
            continue
        if "trusted user withdraw" not in text.partition("trusted drift")[0]:
            yield f"{name} leaves unused passwords where they are"
        if re.search("trusted (deploy|repair)", text):
            yield f"{name} deploys what nobody was asked about"
        (looks,) = [one for one in job["steps"] if "trusted drift" in one.get("run", "")]
        if looks.get("if") != "success() || steps.withdraw.outcome == 'failure'":
            yield f"{name} does not look where a withdrawal failed"


def commands(workflow: Workflow) -> Iterator[str]:
    """Where jumpcf prints what a stranger named, the runner takes no line of the log for a command."""
    for name, job in workflow.jobs.items():
        for run in runs(job) if holds_aws(job) else ():
            before, found, _ = run.partition("jumpcf -C trusted")
            if found and "::stop-commands::" not in before:
                yield f"{name} lets a name in the log command the runner"


def comments(workflow: Workflow) -> Iterator[str]:
    """Whoever may write to a pull request writes what the job with the credentials said, and nothing else."""
    for name, job in workflow.jobs.items():
        if "pull-requests" in job.get("permissions", {}):
            given = [one["env"].get("PLANNED") for one in job["steps"] if "env" in one]
            compared = 'sha256sum < plan/comment.md | cut -c 1-64)" = "$PLANNED"' in "".join(runs(job))
            if given != ["${{ needs.plan.outputs.comment }}"] or not compared:
                yield f"{name} writes an artifact that somebody may have replaced"
            if "pulls/$NUMBER" not in "".join(runs(job)).partition("comments")[0]:
                yield f"{name} writes the plan of an old commit"


def kept(workflow: Workflow) -> Iterator[str]:
    """A deploy's first job asks whether its environment is the default branch's."""
    for name, job in workflow.jobs.items():
        text = "".join(runs(job))
        if job.get("environment") == "production" and job.get("outputs"):
            before = text.partition("aws-roles.sh")[0]
            if "custom_branch_policies" not in before or '"branch:$BRANCH"' not in before:
                yield f"{name} takes the role although any branch may"


def concurrency(workflow: Workflow) -> Iterator[str]:
    found = workflow.content.get("concurrency", {})
    if "group" not in found:
        yield "two runs may go side by side"
    elif found.get("cancel-in-progress") is not workflow.is_on_pull_requests:
        yield "a deploy may be broken off by the next one"


def acceptance(workflow: Workflow) -> Iterator[str]:
    """What broadens or takes away waits for people, and their word holds for one digest."""
    for name, job in workflow.jobs.items():
        text = "\n".join(runs(job))
        if "trusted deploy" not in text:
            continue
        if set(job.get("needs", [])) != {"plan", "review"}:
            yield f"{name} waits not for plan and review"
        condition = job.get("if", "")
        if "needs.review.result == 'success' || needs.plan.outputs.review == 'false'" not in condition:
            yield f"{name} does not ask how the review ended"
        if "needs.plan.result == 'success'" not in condition:
            yield f"{name} does not ask how the plan ended"
        if "run_attempt > 1" not in str([one.get("if") for one in job["steps"]]) or "--resume" not in text:
            yield f"{name} does not go on with a run that broke off"
        if "commits/heads/$BRANCH" not in text.partition("trusted deploy")[0]:
            yield f"{name} may deploy an old commit"
    review = workflow.jobs.get("review")
    if review and (
        review.get("environment") != "production-review" or "required_reviewers" not in str(review)
    ):
        yield "review passes where nobody is to be asked"


EVERY: tuple[Rule, ...] = (triggers, permissions, limits, pins, injection, caches, keys, checkouts)
ESTATE: tuple[Rule, ...] = (
    *(*EVERY, apart, branch_code, environments, concurrency, acceptance),
    *(deploying, nights, commands, comments, kept),
)


def breaches(workflow: Workflow, rules: tuple[Rule, ...] = ESTATE) -> list[str]:
    return [one for rule in rules for one in rule(workflow)]
