"""What `pin.py` makes of pip's report is what `pip install --require-hashes` takes."""

import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.test_workflow_rules import SKELETON

REPORT = {
    "version": "1",
    "install": [
        {
            "metadata": {"name": name, "version": version},
            "download_info": {"url": "https://index.example/x.whl", "archive_info": archive},
        }
        for name, version, archive in (
            ("jumpcf", "0.1.0", {"hashes": {"sha256": "b" * 64}}),
            ("Jinja2", "3.1.6", {"hash": "sha256=" + "a" * 64, "hashes": {"sha256": "a" * 64}}),
        )
    ],
}


def test_every_package_is_pinned_by_version_and_hash_in_one_order() -> None:
    lines = runpy.run_path(str(SKELETON / "pin.py"))["lines"](REPORT)
    assert lines == [f"Jinja2==3.1.6 --hash=sha256:{'a' * 64}", f"jumpcf==0.1.0 --hash=sha256:{'b' * 64}"]


def test_a_package_without_a_hash_is_no_pin() -> None:
    bare = {"install": [{**REPORT["install"][0], "download_info": {"archive_info": {"hashes": {}}}}]}  # type: ignore[dict-item]
    with pytest.raises(KeyError):
        runpy.run_path(str(SKELETON / "pin.py"))["lines"](bare)


def test_the_script_prints_a_file_for_pip(tmp_path: Path) -> None:
    """With a pip that answers from a file: what pip says of a real index is pip's to test."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(
        f"import sys\nassert '--report' in sys.argv and 'jumpcf==0.1.0' in sys.argv\nprint({json.dumps(REPORT)!r})\n"
    )
    script = shutil.copy(SKELETON / "pin.py", tmp_path / "pin.py")
    said = subprocess.run(
        [sys.executable, script, "jumpcf==0.1.0"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert said.stdout.splitlines()[1:] == [
        "# Made by:  python .github/pin.py jumpcf==0.1.0",
        f"Jinja2==3.1.6 --hash=sha256:{'a' * 64}",
        f"jumpcf==0.1.0 --hash=sha256:{'b' * 64}",
    ]
