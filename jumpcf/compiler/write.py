"""The effect of compiling: files under `build/`, all of them or none.

New templates are written beside the old ones under another name and put in place together at the end, so
that a build which finds problems leaves the last one as it was.  Files whose bytes are right are not touched.
"""

import os
from pathlib import Path

NEW = ".new"


def write_if_changed(path: Path, data: bytes) -> bool:
    """Put `data` at `path` in one step; says whether anything had to be written."""
    if _holds(path, data):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + NEW)
    fresh.write_bytes(data)
    os.replace(fresh, path)
    return True


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


class Output:
    """The folder of one build.  `put` any number of files, then `commit` or `abandon`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending: list[tuple[Path, Path]] = []
        self._kept: set[Path] = set()
        self._folders: set[Path] = set()

    def put(self, relative: str, data: bytes) -> None:
        """Make ready what is to stand at `relative`."""
        path = self._folder / relative
        self._kept.add(path)
        if _holds(path, data):
            return
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        fresh = path.with_name(path.name + NEW)
        fresh.write_bytes(data)
        self._pending.append((fresh, path))

    def add(self, other: "Output") -> None:
        """Add what another process made ready for the same folder."""
        self._pending += other._pending
        self._kept |= other._kept

    def commit(self, places: set[str] | None = None) -> None:
        """Put every file in place and remove our templates and guardrails that nothing makes any more;
        `places` limits the removal to these folders (None: all)."""
        for fresh, path in self._pending:
            os.replace(fresh, path)
        self._pending.clear()
        for kind in ("templates", "guardrails", "bootstrap"):
            self._tidy(self._folder / kind, places)

    def _tidy(self, kind: Path, places: set[str] | None) -> None:
        """Remove our files that nothing makes any more, and folders that are then empty."""
        for path in sorted(kind.glob("*/*.json*")):
            ours = path.suffix == ".json" or path.name.endswith(".json" + NEW)
            if ours and path not in self._kept and (places is None or path.parent.name in places):
                path.unlink()
        for folder in sorted(kind.glob("*/")):
            if not any(folder.iterdir()):
                folder.rmdir()

    def abandon(self) -> None:
        """Take away what was made ready; what stood before stands."""
        for fresh, _ in self._pending:
            fresh.unlink(missing_ok=True)
        self._pending.clear()
