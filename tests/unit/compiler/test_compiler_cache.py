import os
import shutil
import subprocess
import sys

import pytest
from unit import builders as an
from unit.compiled import STACKS

from jumpcf.compiler.build import compile_estate
from jumpcf.compiler.cache import inputs_digest, store, stored
from jumpcf.errors import Problem

WARNING = Problem("params/partners/acme.yaml", 3, 1, "E299", "nobody is in this group", "", "warning")


@pytest.fixture
def estate(tmp_path):
    """A folder with params/, stacks/ and a build that was stored."""
    (tmp_path / "params/lock").mkdir(parents=True)
    (tmp_path / "params/estate.yaml").write_text("estate: example\n")
    (tmp_path / "params/lock/corp.json").write_text("{}\n")
    shutil.copytree(STACKS, tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    compile_estate(an.an_estate(), tmp_path / "stacks", tmp_path / "build")
    store(tmp_path / ".jumpcf/build.json", now(tmp_path), tmp_path / "build", (WARNING,))
    return tmp_path


def now(folder, organizations=None):
    return inputs_digest(folder / "params", folder / "stacks", organizations)


def warm(folder, organizations=None):
    return stored(folder / ".jumpcf/build.json", now(folder, organizations), folder / "build")


def test_nothing_changed_gives_the_stored_manifest_and_its_warnings(estate):
    again = compile_estate(an.an_estate(), estate / "stacks", estate / "build")
    assert warm(estate) == (again, (WARNING,))


@pytest.mark.parametrize(
    "changed",
    [
        "params/estate.yaml",
        "params/lock/corp.json",
        "params/partners/new.yaml",
        "stacks/partner.py",
        "stacks/new.py",
        "build/manifest.json",
        "build/sources.json",
        "build/templates/corp/jump-acme-dev.json",
        "build/templates/corp/stale.json",
        "build/guardrails/corp/rcp.json",
        "build/guardrails/corp/stale.json",
        ".jumpcf/build.json",
    ],
)
def test_one_byte_more_anywhere_is_a_cold_build(estate, changed):
    path = estate / changed
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write("#")
    assert warm(estate) is None


def test_a_build_that_somebody_committed_is_no_build_of_ours(estate):
    """Whoever may commit could put build/ and this file beside stacks/ that give something else."""
    cache = estate / ".jumpcf/build.json"
    cache.write_bytes(cache.read_bytes())  # as a checkout does
    assert warm(estate) is None
    store(cache, now(estate), estate / "build", (WARNING,))
    assert warm(estate)


@pytest.mark.parametrize(
    "gone",
    [
        "params/lock/corp.json",
        "stacks/partner.py",
        "build/manifest.json",
        "build/sources.json",
        "build/templates/corp/jump-acme-dev.json",
        "build/templates",
        "build/guardrails",
        ".jumpcf/build.json",
    ],
)
def test_a_file_that_is_gone_is_a_cold_build(estate, gone):
    path = estate / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert warm(estate) is None


def test_a_file_that_moved_is_a_cold_build(estate):
    (estate / "params/lock/corp.json").rename(estate / "params/corp.json")
    assert warm(estate) is None


def test_other_organizations_are_another_build(estate):
    assert warm(estate, ["corp"]) is None


def test_times_bytecode_and_hidden_files_do_not_matter(estate):
    os.utime(estate / "params/estate.yaml", (1, 1))
    (estate / "stacks/__pycache__").mkdir()
    (estate / "stacks/__pycache__/partner.pyc").write_bytes(b"x")
    (estate / "params/.editor.swp").write_text("x")
    assert warm(estate) is not None


@pytest.mark.parametrize("text", ["", "[]", '{"inputs":1}', '{"inputs":"x","more":1}', "\0"])
def test_a_broken_cache_is_a_cold_build_and_no_error(estate, text):
    (estate / ".jumpcf/build.json").write_text(text)
    assert warm(estate) is None


def test_a_warm_build_imports_neither_troposphere_nor_awacs_nor_pydantic(estate):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from jumpcf.compiler.cache import inputs_digest, stored\n"
        "here = Path(sys.argv[1])\n"
        "inputs = inputs_digest(here / 'params', here / 'stacks')\n"
        "assert stored(here / '.jumpcf/build.json', inputs, here / 'build') is not None\n"
        "heavy = {'awacs', 'boto3', 'cfnlint', 'click', 'pydantic', 'troposphere', 'yaml'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(estate)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
