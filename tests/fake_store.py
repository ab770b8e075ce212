"""The artifact bucket as the executor meets it (`executor.lock.Store`)."""

import threading
from collections.abc import Callable

from jumpcf.artifacts.stored import Stored


class FakeStore:
    """Objects with S3's conditional puts.  `on` is called before each call with its name and key, and may raise."""

    def __init__(self, on: Callable[[str, str], None] | None = None) -> None:
        self.objects: dict[str, Stored] = {}
        self.on = on
        self._number = 0
        self._mutex = threading.RLock()

    def read(self, key: str) -> Stored | None:
        self._called("read", key)
        with self._mutex:
            return self.objects.get(key)

    def create(self, key: str, body: bytes) -> str | None:
        self._called("create", key)
        with self._mutex:
            return None if key in self.objects else self._put(key, body)

    def replace(self, key: str, body: bytes, etag: str) -> str | None:
        self._called("replace", key)
        with self._mutex:
            found = self.objects.get(key)
            return self._put(key, body) if found and found.etag == etag else None

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def _put(self, key: str, body: bytes) -> str:
        self._number += 1
        self.objects[key] = Stored(body, f'"{self._number}"')
        return self.objects[key].etag

    def _called(self, name: str, key: str) -> None:
        if self.on:
            self.on(name, key)
