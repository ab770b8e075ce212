"""The effect of making a kit: a folder and a zip, whole or not at all.

Everything is first written beside what stands there, then put in place; where that breaks off, what stood there
is put back.
Files of other names are left alone, and files of these names that no kit wrote are not written over.
"""

import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from jumpcf.errors import GateRefused
from jumpcf.portal.files import RECORD

COMMENT = b"jumpcf kit"  # of every zip
Put = Callable[[Path, Path], None]
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold: the same bytes on every day


def archive(name: str, files: dict[str, bytes]) -> bytes:
    """The zip; nothing is compressed, because what comes of that depends on the library's version."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        made.comment = COMMENT
        for file, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{file}", _EPOCH)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            made.writestr(entry, data)
    return buffer.getvalue()


def write(out: Path, name: str, files: dict[str, bytes], put: Put = os.replace) -> tuple[Path, Path]:
    """Place `out/name/` and `out/name.zip`; gives both.  Raises GateRefused (G584) or OSError, and then nothing
    was changed."""
    folder, zipped = out / name, out / f"{name}.zip"
    wanted = {folder / file: data for file, data in files.items()} | {zipped: archive(name, files)}
    _refuse_foreign(folder, zipped, wanted)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-", dir=out) as beside:
        ready = {path: Path(beside) / str(number) for number, path in enumerate(wanted)}
        for path, data in wanted.items():
            ready[path].write_bytes(data)
        before = {path: path.read_bytes() for path in wanted if path.exists()}
        made = not folder.exists()
        folder.mkdir(exist_ok=True)
        try:
            for path, fresh in ready.items():
                put(fresh, path)
        except BaseException:  # Ctrl-C as well
            _put_back(wanted, before)
            if made:
                folder.rmdir()
            raise
    return folder, zipped


def _put_back(wanted: Iterable[Path], before: dict[Path, bytes]) -> None:
    for path in wanted:
        if path not in before:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != before[path]:
            path.write_bytes(before[path])


def _refuse_foreign(folder: Path, zipped: Path, wanted: dict[Path, bytes]) -> None:
    """Where something of our names stands that no kit wrote: a folder that has no record is not ours."""
    foreign = [path for path in wanted if path.is_symlink() or (path.exists() and not path.is_file())]
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        foreign.append(folder)
    elif not (folder / RECORD).is_file():
        foreign += [path for path in wanted if path.parent == folder and path.exists()]
    if zipped.is_file() and not zipped.read_bytes().endswith(COMMENT):
        foreign.append(zipped)
    if foreign:
        said = f"{', '.join(sorted({str(path) for path in foreign}))}: no kit wrote this"
        raise GateRefused("G584", said, "move it away, or choose another folder with --out")
