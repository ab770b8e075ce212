"""Whole processes, interleaved: seconds on the wall, seconds of processor time, peak of resident memory."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Nothing of the developer's AWS configuration, and the same hash seed for every process.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "JUMPCF_"))},
    "PYTHONHASHSEED": "0",
}


def nothing() -> None:
    """Where a case needs no preparation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command line; `before` prepares each run and is not measured."""

    name: str
    command: Sequence[str | Path]
    before: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of the runs: seconds on the wall, and of processor time with all child processes; and the
    largest peak of any run in MiB (of its largest process)."""

    seconds: float
    processor: float
    mebibytes: float


def interleaved(
    cases: Sequence[Case], runs: int, pick: Callable[[list[float]], float] = statistics.median
) -> dict[str, Measured]:
    """Run all cases once, then all again, …: what disturbs the machine disturbs them alike.

    A first round, which fills the disk's cache and compiles Python files, is not counted.  `pick` makes one
    number of the runs: `min` where a busy machine would spoil the median.
    """
    samples: dict[str, list[Measured]] = {case.name: [] for case in cases}
    for turn in range(runs + 1):
        for case in cases:
            case.before()
            sample = once(case)
            if turn:
                samples[case.name].append(sample)
    return {
        name: Measured(
            seconds=pick([one.seconds for one in taken]),
            processor=pick([one.processor for one in taken]),
            mebibytes=max(one.mebibytes for one in taken),
        )
        for name, taken in samples.items()
    }


def middle(samples: Sequence[Measured]) -> Measured:
    """The medians of the runs, and the largest peak."""
    return Measured(
        seconds=statistics.median(one.seconds for one in samples),
        processor=statistics.median(one.processor for one in samples),
        mebibytes=max(one.mebibytes for one in samples),
    )


def told(case: Case, runs: int) -> Measured:
    """The best of the runs of a process that prints `seconds processor-seconds` of a piece of its work.

    The best, not the median: a piece this short is spoilt by whatever else the machine does meanwhile.
    """
    samples = []
    for _ in range(runs):
        whole, output = run(case)
        seconds, processor = map(float, output.split())
        samples.append((seconds, processor, whole.mebibytes))
    seconds, processor, mebibytes = (min(column) for column in zip(*samples, strict=True))
    return Measured(seconds=seconds, processor=processor, mebibytes=mebibytes)


def once(case: Case) -> Measured:
    """One run; stops the benchmarks where the process fails."""
    return run(case)[0]


def run(case: Case) -> tuple[Measured, str]:
    """One run and what it printed."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in case.command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{case.name} failed ({process.returncode}):\n{output.decode(errors='replace')}")
    measured = Measured(
        seconds=seconds, processor=usage.ru_utime + usage.ru_stime, mebibytes=usage.ru_maxrss / 1024
    )
    return measured, output.decode()
