"""A deploy in a forked process that is killed before or after the effect of one of its writes.

The fork starts warm, so that hundreds of points take a minute.  It is killed by SIGKILL, in its own words at the
moment when botocore is about to send a call that writes, or has just got the answer: nothing of ours runs after.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Literal, NoReturn

from jumpcf.cli.main import main

When = Literal["before", "after"]
READS = ("Get", "List", "Describe", "Head", "Detect")


class Killer(logging.Handler):
    """Counts the calls that write; kills its process at the one with this number, counted from 0."""

    def __init__(self, number: int, when: When) -> None:
        super().__init__(logging.DEBUG)
        self._number, self._when = number, when
        self._seen, self._last = 0, threading.local()
        self._counting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("Making request for") and isinstance(record.args, tuple):
            self._begins(record.args[0])
        elif record.msg.startswith("Response headers") and self._when == "after" and self._is_last():
            die()

    def _is_last(self) -> bool:
        return getattr(self._last, "number", None) == self._number

    def _begins(self, operation: Any) -> None:
        self._last.number = None
        if operation.name.startswith(READS):
            return
        with self._counting:
            self._last.number, self._seen = self._seen, self._seen + 1
        if self._when == "before" and self._last.number == self._number:
            die()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it lives")


def killed(folder: Path, out: Path, number: int, when: When, *arguments: str) -> int:
    """Run `jumpcf deploy` in a fork that dies there; gives its exit code, -9 where it was killed."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        killer = Killer(number, when)
        for name in ("botocore.endpoint", "botocore.parsers"):
            logger = logging.getLogger(name)
            logger.handlers[:], logger.propagate = [killer], False
            logger.setLevel(logging.DEBUG)
        code = main(["-C", str(folder), "deploy", "--yes", "--accept-deletion", *arguments])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
