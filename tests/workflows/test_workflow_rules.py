"""The workflows hold what docs/github-actions.md promises, and each promise that is broken is found."""

import re

import pytest

from tests.unit.test_house_rules import ROOT
from tests.workflows.rules import EVERY, Workflow, breaches

SKELETON = ROOT / "jumpcf" / "skeleton" / ".github"
CI = ROOT / ".github" / "workflows" / "ci.yml"
FILES = {path.name: path for path in sorted((SKELETON / "workflows").glob("*.yml"))}


def text(name: str) -> str:
    return FILES.get(name, CI).read_text(encoding="utf-8")


def test_the_workflows_of_an_estate_are_these() -> None:
    assert list(FILES) == ["deploy.yml", "plan.yml"]


@pytest.mark.parametrize("name", FILES)
def test_a_workflow_of_an_estate_breaks_no_rule(name: str) -> None:
    assert breaches(Workflow(name, text(name))) == []


def test_the_projects_own_workflow_breaks_none_either() -> None:
    assert breaches(Workflow("ci.yml", text("ci.yml")), EVERY) == []


TRUSTED = "        path: trusted"
CHANGES = {
    "pull_request_target": (
        "plan.yml",
        "  pull_request:\n",
        "  pull_request_target:\n",
        "runs on pull_request_t",
    ),
    "any base": ("plan.yml", "    branches: [main]\n", "", "any branch"),
    "permissions of all": ("plan.yml", "permissions: {}", "permissions: read-all", "permissions of its own"),
    "no permissions": (
        "plan.yml",
        "    permissions:\n      contents: read\n    steps",
        "    steps",
        "says not",
    ),
    "write": ("deploy.yml", "contents: read", "contents: write", "more permissions than any"),
    "both": (
        "plan.yml",
        "      pull-requests: write",
        "      pull-requests: write\n      id-token: write",
        "and w",
    ),
    "a token for the branch": (
        "plan.yml",
        "      contents: read\n    steps",
        "      contents: read\n      id-token: write\n    steps",
        "runs the branch's code with",
    ),
    "no timeout": ("plan.yml", "    timeout-minutes: 5\n", "", "comment has no timeout"),
    "the newest machine": ("plan.yml", "ubuntu-24.04", "ubuntu-latest", "whatever is newest"),
    "a tag": (
        "plan.yml",
        "checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
        "checkout@v4",
        "not pinned",
    ),
    "no version": ("deploy.yml", " # v4.2.2", "", "not pinned by commit with its version"),
    "a title in a script": (
        "plan.yml",
        "jumpcf build",
        "jumpcf build ${{ github.event.pull_request.title }}",
        "into a script",
    ),
    "a title in the environment": (
        "plan.yml",
        "NUMBER: ${{ github.event.pull_request.number }}",
        "NUMBER: ${{ github.head_ref }}",
        "somebody's text",
    ),
    "a cache": (
        "plan.yml",
        '          python-version: "3.12"\n',
        '          python-version: "3.12"\n          cache: pip\n',
        "restores a cache",
    ),
    "a key": (
        "deploy.yml",
        "ROLES: ${{ vars.JUMPCF_DEPLOY_ROLES }}",
        "ROLES: ${{ secrets.AWS_KEY }}",
        "lives long",
    ),
    "a token on the disk": (
        "deploy.yml",
        "persist-credentials: false",
        "persist-credentials: true",
        "on the disk",
    ),
    "the pull request's params": (
        "plan.yml",
        "          ref: ${{ github.event.repository.default_branch }}\n",
        "",
        "checks out the pull request",
    ),
    "stacks beside the token": (
        "plan.yml",
        "            params\n",
        "            params\n            stacks\n",
        "more than params",
    ),
    "everything beside the token": ("deploy.yml", "          path: trusted\n", "", "more than params"),
    "the artifact last": (
        "plan.yml",
        "    steps:\n      # the stranger's",
        "    steps:\n      - run: echo first\n      # the stranger's",
        "over what it trusts",
    ),
    "the artifact over it": (
        "plan.yml",
        "          path: build\n",
        "          path: .\n",
        "elsewhere than into build/",
    ),
    "the branch's jumpcf": (
        "plan.yml",
        "--requirement trusted/.github/jumpcf.txt",
        "--requirement build/jumpcf.txt",
        "than the trusted branch pins",
    ),
    "no hashes": (
        "deploy.yml",
        "--require-hashes --requirement trusted",
        "--requirement trusted",
        "than the trusted",
    ),
    "a package that is built here": (
        "plan.yml",
        "--only-binary :all: --require-hashes --requirement trusted",
        "--require-hashes --requirement trusted",
        "than the trusted",
    ),
    "a build beside the token": (
        "plan.yml",
        "jumpcf -C trusted plan --compiled build",
        "jumpcf plan",
        "on the branch",
    ),
    "a script of the artifact": (
        "plan.yml",
        "bash trusted/.github/aws-roles.sh",
        "bash build/aws-roles.sh",
        "a script of",
    ),
    "python beside the artifact": ("plan.yml", "python -I -c", "python -c", "artifact's folder at hand"),
    "the other role": ("plan.yml", "vars.JUMPCF_PLAN_ROLES", "vars.JUMPCF_DEPLOY_ROLES", "takes other roles"),
    "an environment for the plan": (
        "plan.yml",
        "    outputs:\n",
        "    environment: production\n    outputs:\n",
        "has not the environment",
    ),
    "an environment for the branch": (
        "deploy.yml",
        "    timeout-minutes: 20\n",
        "    timeout-minutes: 20\n    environment: production\n",
        "branch's code in an environment",
    ),
    "no environment": ("deploy.yml", "    environment: production\n", "", "has not the environment"),
    "side by side": ("deploy.yml", "concurrency:", "x-concurrency:", "side by side"),
    "broken off": (
        "deploy.yml",
        "cancel-in-progress: false",
        "cancel-in-progress: true",
        "broken off by the next",
    ),
    "no review": (
        "deploy.yml",
        "    needs: [plan, review]",
        "    needs: plan",
        "waits not for plan and review",
    ),
    "a review that failed": (
        "deploy.yml",
        "(needs.review.result == 'success' ||",
        "(always() ||",
        "how the review ended",
    ),
    "a plan that failed": ("deploy.yml", "needs.plan.result == 'success' && ", "", "how the plan ended"),
    "any plan": ("deploy.yml", '"--accept-broadening=$DIGEST"', "--accept-broadening", "accepts any plan"),
    "any deletion": (
        "deploy.yml",
        '"--accept-deletion=$DIGEST"',
        "--accept-deletion=any",
        "accepts any plan",
    ),
    "no way on": ("deploy.yml", "if: github.run_attempt > 1", "if: false", "that broke off"),
    "an old commit": ("deploy.yml", "commits/heads/$BRANCH", "commits/$COMMIT", "an old commit"),
    "a shell between": ("deploy.yml", "exec jumpcf", "jumpcf", "does not hear"),
    "a shell between at night": (
        "deploy.yml",
        "exec jumpcf -C trusted user",
        "jumpcf -C trusted user",
        "does not hear",
    ),
    "passwords that stay": (
        "deploy.yml",
        "user withdraw --compiled",
        "user list --compiled",
        "leaves unused",
    ),
    "a deploy at night": (
        "deploy.yml",
        "exec jumpcf -C trusted user withdraw",
        "jumpcf -C trusted deploy --compiled build --yes\n          exec jumpcf -C trusted user withdraw",
        "nobody was asked about",
    ),
    "no drift after a withdrawal that failed": (
        "deploy.yml",
        "        if: success() || steps.withdraw.outcome == 'failure'\n",
        "",
        "does not look where",
    ),
    "commands in a plan": ("plan.yml", "::stop-commands::", "::notice::", "command the runner"),
    "commands in a deploy": (
        "deploy.yml",
        '          echo "::stop-commands::$stop"\n',
        "",
        "command the runner",
    ),
    "a plan that was replaced": ("plan.yml", '= "$PLANNED"', '!= ""', "may have replaced"),
    "a plan of an old commit": ("plan.yml", "pulls/$NUMBER", "pulls/1", "plan of an old commit"),
    "a digest of its own": (
        "plan.yml",
        "PLANNED: ${{ needs.plan.outputs.comment }}",
        "PLANNED: ${{ github.sha }}",
        "may have replaced",
    ),
    "an environment of all": ("deploy.yml", '"branch:$BRANCH"', '"$kept"', "although any branch may"),
    "no reviewers": ("deploy.yml", "    environment: production-review\n", "", "nobody is to be asked"),
    "reviewers unseen": (
        "deploy.yml",
        'select(.type == "required_reviewers")',
        "select(true)",
        "nobody is to be",
    ),
    "ci with rights": ("ci.yml", "contents: read", "contents: write", "more permissions"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_broken_promise_is_found(change: str) -> None:
    name, old, new, words = CHANGES[change]
    before = text(name)
    assert old in before
    found = breaches(Workflow(name, before.replace(old, new, 1)))
    assert [one for one in found if words in one], found


def test_an_old_commit_is_asked_for_before_anything_is_resumed() -> None:
    found = Workflow("deploy.yml", text("deploy.yml"))
    steps = [one["name"] for one in found.jobs["deploy"]["steps"] if "name" in one]
    assert steps[-3:] == ["Is this the newest commit", "Go on with a run that broke off", "Deploy"]


def test_the_wheel_has_them() -> None:
    """A hidden folder is package data only where it is named."""
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    assert "skeleton/.github/*" in setup
    assert "skeleton/.github/workflows/*" in setup


def test_until_somebody_pins_jumpcf_nothing_can_be_installed() -> None:
    lines = (SKELETON / "jumpcf.txt").read_text(encoding="utf-8").splitlines()
    assert [one for one in lines if not one.startswith("#")] == ["jumpcf"]


def test_no_script_is_run_that_is_not_there() -> None:
    for name in FILES:
        for script in re.findall(r"\.github/([\w-]+\.(?:sh|py|txt))", text(name)):
            assert (SKELETON / script).exists(), script
