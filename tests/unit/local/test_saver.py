"""The thread that writes the state: it ends when it is told, whenever that is."""

import threading

from jumpcf.local.saver import Saver


def test_a_stop_between_its_last_look_and_its_next_wait_is_heard() -> None:
    """Else a command that ends just as the state is written would wait for ever."""

    class StoppedJustNow(threading.Event):
        def clear(self) -> None:
            saver._end.set()
            self.set()
            super().clear()

    saved = []
    saver = Saver(lambda: saved.append(1), 0.001)
    saver._wanted = StoppedJustNow()
    saver.start()
    saver.wanted()
    saver._thread.join(timeout=10)
    assert not saver._thread.is_alive()
    assert saved == [1]
