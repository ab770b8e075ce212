"""The second process: it changes how long a build takes, and nothing else."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from unit.compiled import ROOT

from benchmarks import estates
from jumpcf.compiler import second
from jumpcf.compiler.build import compile_estate
from jumpcf.errors import ProblemsFound
from jumpcf.estate.load import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    estates.write(tmp_path, 30)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    return tmp_path


def written(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_two_processes_write_what_one_writes(folder: Path) -> None:
    estate = load(folder)
    together = compile_estate(estate, folder / "stacks", folder / "together")
    alone = compile_estate(estate, folder / "stacks", folder / "alone", alone=True)
    assert len(together.stacks) > second.WORTH_IT
    assert together == alone
    assert written(folder / "together") == written(folder / "alone")


def test_two_processes_tell_the_problems_that_one_tells_and_leave_no_file(folder: Path) -> None:
    module = folder / "stacks" / "target_roles.py"
    module.write_text(
        module.read_text().replace(
            "def build(context: StackContext) -> Template:",
            "def build(context: StackContext) -> Template:\n"
            "    if context.partner.name.endswith('7'):\n"
            "        raise ValueError('not this one')\n",
            1,
        )
    )
    told = []
    for alone in (False, True):
        with pytest.raises(ProblemsFound) as caught:
            compile_estate(load(folder), folder / "stacks", folder / "out", alone=alone)
        told.append([str(problem) for problem in caught.value.problems])
        assert written(folder / "out") == {}
    assert told[0] == told[1] != []


def test_the_other_processs_result_comes_back_and_its_memory_does_not() -> None:
    seen = []

    def work() -> int:
        seen.append(1)
        return os.getpid()

    result = second.forked(work)()
    assert result is not None
    assert result != os.getpid()
    assert seen == []


def test_a_process_that_dies_gives_nothing() -> None:
    assert second.forked(lambda: os._exit(3))() is None
    assert second.forked(lambda: threading.Lock())() is None  # cannot be sent


def test_no_second_process_beside_other_threads_or_for_a_few_stacks() -> None:
    assert not second.worthwhile(second.WORTH_IT - 1)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert not second.worthwhile(10_000)
    finally:
        end.set()
        thread.join()
