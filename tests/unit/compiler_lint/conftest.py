"""The planted templates as files, made once."""

from pathlib import Path

import pytest
from lint_samples import PLANTED, planted, write


@pytest.fixture(scope="session")
def planted_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every planted template as a file, the clean one first: what a rule remembers of it must not hide the
    mistakes of the others."""
    folder = tmp_path_factory.mktemp("planted")
    names = ["clean", *(name for name in PLANTED if name != "clean")]
    return {name: write(folder / f"{name}.json", planted(name)) for name in names}


@pytest.fixture(scope="session")
def not_json(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("broken") / "broken.json"
    path.write_text('{"Resources": {')
    return path
