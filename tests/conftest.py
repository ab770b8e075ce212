"""What every test gets: no developer's AWS configuration, and golden files that one switch rewrites.

And what tests want read at the end of a run, on whichever processor they ran.
"""

import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parents[1]
INSTALLS = frozenset(os.environ.get("CI_INSTALLS", "").split())  # what .ci/run has installed
SUMMARY = pytest.StashKey[list[str]]()


def absent(program: str, how: str) -> NoReturn:
    """Skip for want of a program; fail where it was to be there, or nobody would see that a test never runs."""
    told = f"{program} is not installed ({how})"
    if program in INSTALLS:
        pytest.fail(told)
    pytest.skip(told)


@contextmanager
def standard_input(text: str) -> Iterator[None]:
    """What a command reads within, as contextlib redirects what it writes."""
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", choices=["check", "write"], default="check", help="write: rewrite golden files"
    )
    parser.addoption("--mutants", action="store_true", help="print every mutant of the mutation test")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SUMMARY] = []
    gc.set_threshold(
        20_000, 10, 10
    )  # imports and collecting tests make no garbage: it was a third of their time


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later collection looks at it, nor a fork copies its pages."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist hands its lines to the process that prints."""
    if (sent := getattr(session.config, "workeroutput", None)) is not None:
        sent["summary"] = session.config.stash[SUMMARY]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[SUMMARY] += getattr(node, "workeroutput", {}).get("summary", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Always seen, also where every test passes and nothing else is printed."""
    if lines := config.stash[SUMMARY]:
        terminalreporter.section("battery")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def summary(request: pytest.FixtureRequest) -> list[str]:
    """Lines that pytest prints at the end of the run."""
    return request.config.stash[SUMMARY]


@pytest.fixture(autouse=True)
def no_local_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The developer's own AWS settings never reach a test."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "JUMPCF_", "MOTO_"))]:
        monkeypatch.delenv(name)
    for name in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR"):  # a runner's own do not change what tests read
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str | bytes], None]:
    """Compare text with a golden file, or rewrite it under --golden=write."""

    def compare(path: Path, actual: str | bytes) -> None:
        data = actual.encode() if isinstance(actual, str) else actual
        if request.config.getoption("--golden") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        remedy = "run pytest --golden=write and read the difference"
        assert path.exists(), f"{path.relative_to(ROOT)} is missing; {remedy}"
        assert data.decode() == path.read_text(encoding="utf-8"), (
            f"{path.relative_to(ROOT)} differs; {remedy}"
        )

    return compare
