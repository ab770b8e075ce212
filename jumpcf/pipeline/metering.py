"""The meter of a run: whoever opens sessions hangs it on them.

A context variable and no argument, because every step of the flow that talks to AWS opens sessions, and none of
them has to do with being counted.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from jumpcf.aws.meter import Meter
from jumpcf.pipeline.folders import Say

_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextlib.contextmanager
def metered(tell: Say | None = None) -> Iterator[Meter]:
    """Within, calls to AWS are counted; `tell` hears of the request ids of those that write."""
    meter = Meter(tell)
    before = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(before)


def current() -> Meter | None:
    return _METER.get()
