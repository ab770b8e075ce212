"""The verdict is cfn-lint's own, whatever is remembered and however many workers there are."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lint_samples import REGION, a_template, planted, write

from jumpcf.compiler.lint_engine import Engine
from jumpcf.compiler.lint_findings import Finding, LintFailed
from jumpcf.compiler.lint_pool import check_all

Verdict = set[tuple[str, str, str, int, int]]


def outside(files: list[Path]) -> dict[str, Verdict]:
    """What the cfn-lint command says, by file name."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--regions", REGION, "--"]
    run = subprocess.run([*command, *map(str, files)], capture_output=True, check=False)
    verdicts: dict[str, Verdict] = {file.name: set() for file in files}
    for match in json.loads(run.stdout):
        verdicts[Path(match["Filename"]).name].add(_of_the_command(match))
    return verdicts


def _of_the_command(match: dict[str, Any]) -> tuple[str, str, str, int, int]:
    start, path = match["Location"]["Start"], match["Location"]["Path"] or []
    return (
        match["Rule"]["Id"],
        "/".join(map(str, path)),
        match["Message"],
        start["LineNumber"],
        start["ColumnNumber"],
    )


def inside(findings: tuple[Finding, ...]) -> Verdict:
    return {(one.rule, one.where, one.message, one.line, one.column) for one in findings}


def check(engine: Engine, files: dict[str, Path]) -> dict[str, Verdict]:
    return {path.name: inside(engine.check(str(path), REGION)) for path in files.values()}


def test_every_planted_mistake_is_judged_as_by_the_cfn_lint_command(
    planted_files: dict[str, Path],
) -> None:
    wanted = outside(list(planted_files.values()))
    assert check(Engine(), planted_files) == wanted
    assert not wanted["clean.json"]
    assert sum(bool(verdict) for verdict in wanted.values()) > 30, "the mistakes are mistakes"


def test_a_second_look_says_the_same_as_the_first(planted_files: dict[str, Path]) -> None:
    engine = Engine()
    first = check(engine, planted_files)
    assert check(engine, dict(reversed(planted_files.items()))) == first


def test_remembering_changes_nothing(planted_files: dict[str, Path]) -> None:
    assert check(Engine(), planted_files) == check(Engine(remember=False), planted_files)


def test_a_mistake_is_not_hidden_by_the_same_statement_elsewhere(tmp_path: Path) -> None:
    """The statement is right in an identity policy and wrong in a trust policy."""
    template = a_template()
    role = template["Resources"]["Role"]["Properties"]
    engine = Engine()
    assert engine.check(str(write(tmp_path / "right.json", template)), REGION) == ()
    role["AssumeRolePolicyDocument"] = role["Policies"][0]["PolicyDocument"]
    findings = engine.check(str(write(tmp_path / "wrong.json", template)), REGION)
    assert {finding.severity for finding in findings} == {"error"}


def test_a_reference_is_judged_by_the_template_around_it(tmp_path: Path) -> None:
    """The very same statement: what it refers to is right in one template and wrong in the other."""
    template = planted("effect")
    fence = template["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
    fence["Statement"][0]["Effect"] = {"Ref": "Effect"}
    template["Parameters"] = {"Effect": {"Type": "String", "Default": "Deny"}}
    engine = Engine()
    assert engine.check(str(write(tmp_path / "right.json", template)), REGION) == ()
    template["Parameters"]["Effect"]["Default"] = "Dney"
    findings = engine.check(str(write(tmp_path / "wrong.json", template)), REGION)
    assert [one.rule for one in findings] == ["W1030"]
    assert "is not one of ['Allow', 'Deny'] when 'Ref' is resolved" in findings[0].message


def test_workers_and_one_process_give_the_same_in_the_same_order(planted_files: dict[str, Path]) -> None:
    jobs = [(str(path), REGION) for path in planted_files.values()]
    assert check_all(jobs, workers=2) == check_all(jobs, workers=1)


def test_a_file_that_is_not_json_is_a_finding(not_json: Path) -> None:
    (finding,) = Engine().check(str(not_json), REGION)
    assert (finding.rule, finding.severity) == ("E0000", "error")


def test_neither_the_home_folder_nor_the_current_one_can_silence_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [E, W]\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "t.json", planted("unknown-property"))
    assert [one.rule for one in Engine().check(str(path), REGION)] == ["E3002"]


def test_a_region_that_cfn_lint_does_not_know_is_refused(planted_files: dict[str, Path]) -> None:
    with pytest.raises(LintFailed, match="does not know the region xx-nowhere-1"):
        Engine().check(str(planted_files["clean"]), "xx-nowhere-1")


class _Dies(Engine):
    """An engine whose process is gone in the middle of a template, as the kernel's memory killer does it."""

    def check(self, path: str, region: str) -> tuple[Finding, ...]:
        assert multiprocessing.parent_process() is not None, "only a worker may die"
        os._exit(9)


class _Breaks(Engine):
    def check(self, path: str, region: str) -> tuple[Finding, ...]:
        raise RecursionError("too deep")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("_Dies", "J2902 a lint worker ended without an answer"),
        ("_Breaks", "J2903 cfn-lint broke on this template: RecursionError: too deep"),
    ],
)
def test_a_worker_that_breaks_is_an_error_and_never_a_clean_verdict(
    planted_files: dict[str, Path], broken: str, says: str
) -> None:
    """In a process of its own: only one without threads forks workers (`can_fork`), and other tests leave some."""
    command = [sys.executable, "-c", "import test_lint_verdicts as it; it.broken_in_a_worker()", broken]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    run = subprocess.run(
        [*command, *map(str, planted_files.values())], capture_output=True, text=True, env=here, check=True
    )
    assert run.stdout.startswith(says)


def broken_in_a_worker() -> None:
    """What the process above does: lint the files it was named by a broken engine, and say what is raised."""
    engine = {"_Dies": _Dies, "_Breaks": _Breaks}[sys.argv[1]]()
    try:
        check_all([(path, REGION) for path in sys.argv[2:]], workers=2, engine=engine)
    except LintFailed as failed:
        print(failed.code, failed)
