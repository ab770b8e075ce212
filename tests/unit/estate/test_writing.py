"""Files of params/ that a verb writes: whole or not at all, and nothing but what was meant."""

import resource
from pathlib import Path

import pytest

from jumpcf.errors import GateRefused
from jumpcf.estate.repository import ESTATE, name_repository
from jumpcf.estate.writing import put


def test_a_new_file_comes_with_its_folder(tmp_path: Path) -> None:
    put(tmp_path / "lock/corp.json", b"{}\n")
    assert [path.read_bytes() for path in (tmp_path / "lock").iterdir()] == [b"{}\n"]


def test_what_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "corp.json").mkdir()
    with pytest.raises(OSError, match="corp"):
        put(tmp_path / "corp.json", b"{}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["corp.json"]


def test_a_full_disk_is_told_with_the_file_that_was_meant(tmp_path: Path) -> None:
    put(tmp_path / "corp.json", b"{}\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))  # the writing fails, and the error names no file
    try:
        with pytest.raises(OSError) as caught:
            put(tmp_path / "corp.json", b"{ }\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.filename == str(tmp_path / "corp.json")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"{}\n"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_repository_is_added_and_every_other_byte_stays(tmp_path: Path, newline: str) -> None:
    path = tmp_path / ESTATE
    before = newline.join(["estate: example  # ours", "jump: {}", ""]).encode()
    put(path, before)
    name_repository(tmp_path, "example-corp/jump-estate")
    added = ["", "pipeline:", "  repository: example-corp/jump-estate", "  environment: production", ""]
    assert path.read_bytes() == before + newline.join(added).encode()


def test_what_is_no_repository_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path / ESTATE, b"estate: example\n")
    with pytest.raises(GateRefused, match="is not a GitHub repository"):
        name_repository(tmp_path, "https://github.com/example-corp/jump-estate")
    assert (tmp_path / ESTATE).read_bytes() == b"estate: example\n"
