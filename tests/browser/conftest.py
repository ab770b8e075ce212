"""One browser for all tests of this folder; where it is not installed they are skipped, and its name is said."""

from collections.abc import Iterator

import devtools
import pytest

from tests.conftest import absent


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[devtools.Browser]:
    if program := devtools.missing():
        absent(program, f"apt-get install {program}")
    with devtools.Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
