"""An object of the artifact bucket as it was read."""

from dataclasses import dataclass

LOCK = "state/lock.json"  # the key of the deploy lock


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's bytes, and the ETag by which it can be replaced."""

    body: bytes
    etag: str
