"""A file of params/ put in place whole: whoever reads it, and a machine that dies, find the old bytes or the new."""

import os
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """Through a file beside it, on the disk before it takes the name.  Rights stay, and so does a link: what it
    leads to is replaced.  Where this fails, what was there stays and nothing else is left, and the error names
    this file, also where it was the disk that was full."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("xb") as file:
            if path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        fresh.unlink(missing_ok=True)
