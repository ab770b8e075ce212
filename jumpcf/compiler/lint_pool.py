"""Engine runs over many templates: in this process for few, in forked workers for many."""

import concurrent.futures
import functools
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool

from jumpcf.compiler.lint_engine import Engine
from jumpcf.compiler.lint_findings import Finding, LintFailed

Job = tuple[str, str]  # the template's path and its region
Findings = tuple[Finding, ...]

PER_WORKER = 3  # fewer templates than this are linted sooner than a worker is forked
YOUNG = (
    50_000  # new objects between two collections; a template makes about as many, most of them not in cycles
)
MOST_WORKERS = 8  # each holds about 100 MB of its own


def check_all(
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    engine: Engine | None = None,
) -> list[Findings]:
    """The findings of each job, in the jobs' order; the same whatever the number of workers.

    Raises LintFailed, naming the template, where cfn-lint or a worker broke.
    """
    engine = engine or _engine()
    # A collection would walk half a million objects of the loaded rules, and in a worker copy their pages.
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()
    count = min(workers or usable_processors(), MOST_WORKERS, -(-len(jobs) // PER_WORKER))
    if count > 1 and can_fork():
        return _forked(engine, jobs, count)
    return [_checked(engine, job) for job in jobs]


@functools.cache
def _engine() -> Engine:
    """The process's own: loading the rules takes a second, and a process that builds again need not do it again."""
    return Engine()


def usable_processors() -> int:
    """Those that this process may run on, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Only on Linux (macOS's frameworks do not survive a fork) and only from a process without threads,
    whose locks a child would inherit in whatever state they are in."""
    return sys.platform == "linux" and threading.active_count() == 1


def _forked(engine: Engine, jobs: Sequence[Job], count: int) -> list[Findings]:
    # The largest first, so that no worker is left alone with a long one at the end.
    order = sorted(range(len(jobs)), key=lambda index: (-os.path.getsize(jobs[index][0]), index))
    pool = concurrent.futures.ProcessPoolExecutor(
        count, multiprocessing.get_context("fork"), initializer=_begin, initargs=(engine,)
    )
    try:
        futures = {index: pool.submit(_work, jobs[index]) for index in order}
        return [futures[index].result() for index in range(len(jobs))]
    except BrokenProcessPool:
        raise LintFailed(
            "J2902",
            "a lint worker ended without an answer, so some templates were not linted",
            "it was probably killed for want of memory; close other programs, or lint on a larger machine",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_of_this_worker: list[Engine] = []  # set once in each worker; a fork inherits it, nothing is pickled


def _begin(engine: Engine) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _of_this_worker[:] = [engine]


def _work(job: Job) -> Findings:
    return _checked(_of_this_worker[0], job)


def _checked(engine: Engine, job: Job) -> Findings:
    try:
        return engine.check(*job)
    except LintFailed:
        raise
    except Exception as error:
        raise LintFailed(
            "J2903", f"cfn-lint broke on this template: {type(error).__name__}: {error}", where=job[0]
        ) from error
