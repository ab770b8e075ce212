"""What is linted again, and what is not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from lint_samples import REGION, a_template, planted, write

from jumpcf.artifacts.manifest import (
    JUMP,
    CompiledStack,
    Connection,
    Manifest,
    ManifestOrganization,
    Rollout,
)
from jumpcf.compiler.lint import LintTarget, lint_templates, targets
from jumpcf.compiler.lint_cache import SPARE, LintCache
from jumpcf.compiler.lint_findings import Finding

WARNING = Finding("W1", "Resources/Role", "text", 1, 2, "warning", "")


def target(path: Path, region: str = REGION) -> LintTarget:
    return LintTarget(path=path, file=f"build/{path.name}", region=region)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / ".jumpcf" / "lint.json"


@pytest.fixture
def clean(tmp_path: Path) -> LintTarget:
    return target(write(tmp_path / "clean.json", a_template()))


def test_a_clean_template_is_linted_once(cache: Path, clean: LintTarget) -> None:
    assert lint_templates([clean], cache=cache).linted == 1
    written = cache.read_bytes()
    again = lint_templates([clean], cache=cache)
    assert (again.linted, again.problems) == (0, ())
    assert cache.read_bytes() == written


def test_verdicts_that_somebody_committed_are_not_believed(cache: Path, clean: LintTarget) -> None:
    lint_templates([clean], cache=cache)
    cache.write_bytes(cache.read_bytes())  # as a checkout does
    assert lint_templates([clean], cache=cache).linted == 1
    assert lint_templates([clean], cache=cache).linted == 0


def test_changed_bytes_and_another_region_are_linted_again(cache: Path, clean: LintTarget) -> None:
    lint_templates([clean], cache=cache)
    assert lint_templates([target(clean.path, "eu-west-1")], cache=cache).linted == 1
    write(clean.path, a_template("other"))
    assert lint_templates([clean], cache=cache).linted == 1


def test_the_same_bytes_under_two_names_are_linted_once_and_told_twice(cache: Path, tmp_path: Path) -> None:
    both = [target(write(tmp_path / name, planted("unknown-property"))) for name in ("a.json", "b.json")]
    report = lint_templates(both, cache=cache)
    assert report.linted == 1
    assert [problem.file for problem in report.problems] == ["build/a.json", "build/b.json"]


def test_an_error_is_told_by_every_run_and_never_kept(cache: Path, tmp_path: Path) -> None:
    wrong = target(write(tmp_path / "wrong.json", planted("effect")))
    first = lint_templates([wrong], cache=cache)
    second = lint_templates([wrong], cache=cache)
    assert first == second
    assert second.linted == 1
    (problem,) = second.problems
    assert problem.severity == "error"
    assert problem.file == "build/wrong.json"
    assert problem.code == "E3510"
    assert problem.message == (
        "Resources/Role/Properties/Policies/0/PolicyDocument/Statement/0/Effect: "
        "'Dney' is not one of ['Allow', 'Deny']"
    )


def test_a_warning_is_kept_and_told_again_without_a_new_run(cache: Path, tmp_path: Path) -> None:
    warned = target(write(tmp_path / "warned.json", planted("condition-unused")))
    first = lint_templates([warned], cache=cache)
    second = lint_templates([warned], cache=cache)
    assert {problem.severity for problem in first.problems} == {"warning"}
    assert (second.linted, second.problems) == (0, first.problems)


def test_a_long_list_in_a_message_is_cut(cache: Path, tmp_path: Path) -> None:
    wrong = target(write(tmp_path / "wrong.json", planted("unknown-action")))
    (problem,) = lint_templates([wrong], cache=cache).problems
    assert problem.code == "W3037"
    assert "'deletepolcy' is not one of" in problem.message
    assert problem.message.endswith("…")
    assert len(problem.message) < 600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'{"schema":1}',
        b'{"schema":2,"fingerprint":"f","order":[],"verdicts":{}}',
        b'{"schema":1,"fingerprint":"f","order":[],"verdicts":[]}',
        b'{"schema":1,"fingerprint":"f","order":["k"],"verdicts":{"k":[{"rule":"E1"}]}}',
        b'{"schema":1,"fingerprint":"another","order":["k"],"verdicts":{"k":[]}}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_or_foreign_cache_is_an_empty_one(cache: Path, content: bytes) -> None:
    cache.parent.mkdir()
    cache.write_bytes(content)
    assert LintCache.read(cache, "f").verdicts == {}


def test_a_damaged_cache_is_mended_by_the_next_run(cache: Path, clean: LintTarget) -> None:
    cache.parent.mkdir()
    cache.write_bytes(b"{")
    assert lint_templates([clean], cache=cache).linted == 1
    assert lint_templates([clean], cache=cache).linted == 0


def test_another_version_of_cfn_lint_forgets_everything(cache: Path, clean: LintTarget) -> None:
    lint_templates([clean], cache=cache)
    stored = json.loads(cache.read_bytes())
    cache.write_text(json.dumps({**stored, "fingerprint": "0" * 64}))
    assert lint_templates([clean], cache=cache).linted == 1


def test_what_was_written_is_read_back(cache: Path) -> None:
    written = LintCache(cache, "f")
    written.add({"a": (), "b": (WARNING,)})
    written.write(["a", "b"])
    assert LintCache.read(cache, "f").verdicts == {"a": (), "b": (WARNING,)}


def test_verdicts_of_other_runs_are_kept_up_to_a_limit_the_latest_first(cache: Path) -> None:
    first = LintCache(cache, "f")
    keys = [f"k{number}" for number in range(SPARE + 3)]
    first.add(dict.fromkeys(keys, ()))
    first.write(keys)
    second = LintCache.read(cache, "f")
    second.add({"new": ()})
    second.write(["new"])
    kept = LintCache.read(cache, "f")
    assert kept.order == ("new", *keys[:SPARE])
    assert kept.verdicts.keys() == set(kept.order)


def test_a_folder_that_cannot_be_written_costs_no_verdict(tmp_path: Path, clean: LintTarget) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert lint_templates([clean], cache=tmp_path / "file" / "lint.json").linted == 1


def test_each_template_is_linted_in_the_region_of_its_place(tmp_path: Path) -> None:
    jump = Connection(account="111111111111", region="eu-west-1")
    corp = Connection(account="222222222222", region="us-west-2")
    organization = ManifestOrganization(
        name="corp", id="o-corp0example", root="r-ab12", connection=corp, rollout=Rollout(), protected={}
    )
    manifest = Manifest(
        estate="example",
        partition="aws",
        jump=jump,
        bucket="bucket",
        organizations=(organization,),
        stacks=(
            a_stack(JUMP, "stack", "templates/jump/jump-base.json"),
            a_stack("corp", "stackset", "templates/corp/jump-acme-dev.json"),
        ),
    )
    build = tmp_path / "build"
    assert [(one.path, one.file, one.region) for one in targets(manifest, build)] == [
        (build / "templates/jump/jump-base.json", "build/templates/jump/jump-base.json", "eu-west-1"),
        (build / "templates/corp/jump-acme-dev.json", "build/templates/corp/jump-acme-dev.json", "us-west-2"),
    ]


def a_stack(place: str, kind: Literal["stack", "stackset"], path: str) -> CompiledStack:
    return CompiledStack(
        name=Path(path).stem,
        place=place,
        kind=kind,
        module="stacks/m.py",
        path=path,
        digest="",
        size=0,
        capabilities=(),
        tags={},
    )


def test_when_all_are_known_cfn_lint_is_not_imported(cache: Path, clean: LintTarget) -> None:
    lint_templates([clean], cache=cache)
    program = f"""
import sys
from pathlib import Path
from jumpcf.compiler.lint import LintTarget, lint_templates
target = LintTarget(path=Path({str(clean.path)!r}), file="f", region={clean.region!r})
print(lint_templates([target], cache=Path({str(cache)!r})).linted)
heavy = {{"cfnlint", "multiprocessing", "concurrent", "troposphere", "awacs", "pydantic", "boto3", "yaml"}}
print(sorted(heavy & {{name.split(".")[0] for name in sys.modules}}))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["0", "[]"]
