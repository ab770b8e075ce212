"""One browser for all tests of this folder; where it is not installed they are skipped, and its name is said.  And
the pages that it opens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import devtools
import pytest
from devtools import Browser, Page
from portal_pages import KITS, Open

from jumpcf.portal.page import page
from tests.conftest import absent


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[devtools.Browser]:
    if program := devtools.missing():
        absent(program, f"apt-get install {program}")
    with devtools.Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name, kit in KITS.items():
        (made / f"{name}.html").write_bytes(page(kit()))
    return made


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all: a new one costs as much as the page in it."""
    with browser.page() as shared:
        yield shared


@pytest.fixture
def opened(tab: Page, folder: Path) -> Iterator[Open]:
    """Opens a kit's page.  At the end of every test: no error was told and nothing but the file was asked for."""

    def call(name: str, **how: Any) -> Page:
        tab.become(**how)
        return tab.open(folder / f"{name}.html")

    yield call
    tab.ask("1")
    told = tab.heard("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    asked = [one["request"]["url"] for one in tab.heard("Network.requestWillBeSent")]
    dialogs = tab.heard("Page.javascriptDialogOpening")
    assert (told, dialogs) == ([], [])
    assert asked
    assert all(url.startswith("file://") and url.endswith(".html") for url in asked), asked
