"""When the state is written: soon after every request, without making each of them wait for it.

A killed process forgets at most what was asked in its last second: the first request after a pause is written at
once, those that follow within a second together, and nothing waits for a further request.  A state so large that
writing it takes longer is written less often, so that at most a twentieth of the time goes into saving.
"""

import logging
import threading
import time
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_SHARE = 20


class Saver:
    """Calls `save` at most `every` seconds after `wanted`; with `every` 0 within it.  Stopped, it saves no more.

    A `save` that fails with OSError (a full disk) is told once, and tried again when next wanted.
    """

    def __init__(self, save: Callable[[], None], every: float) -> None:
        self._save, self._every = save, every
        self._last, self._took = 0.0, 0.0
        self._wanted, self._end = threading.Event(), threading.Event()
        self._told = False
        self._thread = threading.Thread(target=self._run, name="jumpcf-local-saver", daemon=True)

    def start(self) -> None:
        self._last = time.monotonic()
        if self._every:
            self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def wanted(self) -> None:
        """Something may have changed."""
        if self._every:
            self._wanted.set()
        else:
            self._try()

    def _run(self) -> None:
        while not self._end.is_set():  # looked at after `clear`, which may take the word of `stop` with it
            self._wanted.wait()
            pause = max(self._every, _SHARE * self._took)
            if self._end.wait(max(0.0, self._last + pause - time.monotonic())):
                return
            self._wanted.clear()
            self._try()

    def _try(self) -> None:
        begun = time.monotonic()
        try:
            self._save()
            self._told = False
        except OSError as error:
            if not self._told:
                _LOG.warning("The embedded AWS's state cannot be written (%s); it goes on without.", error)
            self._told = True
        self._last = time.monotonic()
        self._took = self._last - begun
