"""What jumpcf put into its own folder is known again; what a checkout put there is not."""

import os
import shutil
import time
from pathlib import Path

from jumpcf.artifacts.sealed import is_sealed, seal


def test_a_file_is_ours_until_its_bytes_or_its_time_are_others(tmp_path: Path) -> None:
    path, data = tmp_path / "build.json", b"{}\n"
    path.write_bytes(data)
    assert not is_sealed(path, data)  # as Git leaves it: written now
    seal(path, data)
    assert is_sealed(path, data)
    assert not is_sealed(path, b"[]\n")
    assert is_sealed(Path(shutil.copy2(path, tmp_path / "copy.json")), data)
    assert not is_sealed(Path(shutil.copyfile(path, tmp_path / "checkout.json")), data)
    path.write_bytes(b"[]\n")
    assert not is_sealed(path, b"[]\n")


def test_no_time_of_these_years_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    for number in range(500):
        seal(path, str(number).encode())
        second = path.stat().st_mtime_ns / 10**9
        assert second == int(second)
        assert second % 2 == 0
        assert second < time.mktime((2004, 2, 1, 0, 0, 0, 0, 0, 0))
    os.utime(path)
    assert not is_sealed(path, b"499")
