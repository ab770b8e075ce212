"""botocore's debug log holds what a call sends and gets; here it is kept out while a call carries a secret.

Nothing in jumpcf turns that log on.  Whoever does (a script, a test, a wrapper) must not find passwords in it.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TALKATIVE = ("botocore", "urllib3")
_here = threading.local()


class _Filter(logging.Filter):
    """In a hushed thread drops what is logged at DEBUG; of a request the name of the operation stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not getattr(_here, "hushed", False) or record.levelno > logging.DEBUG:
            return True
        if str(record.msg).startswith("Making request for") and isinstance(record.args, tuple):
            record.args = (record.args[0], *("(hidden)" for _ in record.args[1:]))
            return True
        return False


_FILTER = _Filter()


@contextmanager
def hushed() -> Iterator[None]:
    """Within, this thread's calls leave no parameter and no answer in a log."""
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(_TALKATIVE):
            logging.getLogger(name).addFilter(_FILTER)  # adding it twice does nothing
    _here.hushed = True
    try:
        yield
    finally:
        _here.hushed = False
