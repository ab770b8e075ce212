"""Files in which jumpcf believes itself: an earlier build, clean templates, the plan of a run that broke off.

They lie in the estate's folder, so whoever can commit to the repository can commit such a file, with what he wants
believed.  What he cannot choose is the file's time: Git sets that when it checks out.  So a file is ours where its
time is the one that follows from its bytes, some second before 2004; a copy that keeps times stays ours.
"""

import hashlib
import os
from pathlib import Path

_SPAN = 2**30  # seconds since 1970; even ones only, for file systems that keep no others


def seal(path: Path, data: bytes) -> None:
    """Make the file ours, after `data` was written to it."""
    second = _second(data)
    os.utime(path, (second, second))


def is_sealed(path: Path, data: bytes) -> bool:
    """Whether the file, which holds `data`, is ours."""
    return path.stat().st_mtime_ns == _second(data) * 10**9


def _second(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"jumpcf\0" + data).digest()[:8]) % (_SPAN // 2) * 2
