"""The second processor: a part of the work in a forked copy of this process."""

import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

WORTH_IT = 100  # stacks; below, the fork costs more than it saves


def worthwhile(stacks: int) -> bool:
    """Whether a second process would help here.  Never beside other threads: their locks would be copied
    in whatever state they are."""
    return (
        stacks >= WORTH_IT
        and sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


def forked(work: Callable[[], Result]) -> Callable[[], Result | None]:
    """Start `work` in a copy of this process.  The function given waits for it and gives its result, or None
    where it did not come to one; what `work` changes in memory is lost with the copy."""
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work_and_leave(work, writer)
    os.close(writer)

    def result() -> Result | None:
        with os.fdopen(reader, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(child, 0)
        # written by our own copy a moment ago, through a pipe that nobody else has
        return pickle.loads(data) if status == 0 else None  # noqa: S301

    return result


def _work_and_leave(work: Callable[[], Result], writer: int) -> None:
    """The copy's whole life: it never returns, so nothing of the caller's runs twice."""
    code = 1
    try:
        data = pickle.dumps(work())
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)
        sys.stdout.flush()
        sys.stderr.flush()
        code = 0
    finally:
        os._exit(code)
