"""One body, two grounds: the embedded AWS by default, a real sandbox organization with JUMPCF_LIVE=1.

Every body in this folder uses boto3 and its Ground, nothing else.  What needs an injected failure, an exact
instant or the embedded AWS's own switches stands one folder up and is local by its nature.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local.session import LocalAws
from tests.local.conformance.ground import (
    LIVE,
    Clock,
    Ground,
    LiveGround,
    LocalGround,
    developer_environment,
)
from tests.local.conformance.things import Things, left


@pytest.fixture
def judged(tmp_path: Path, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """The ground of what people do by policies; on the embedded AWS they are judged (`--enforce`).

    What a body made is taken away by its own words there too, and nothing of it may be left.
    """
    if LIVE:
        yield from _live(monkeypatch)
        return
    clock = Clock()
    with LocalAws(tmp_path, estate, speed=0, clock=clock, enforce=True) as aws:
        local = LocalGround(aws, clock)
        try:
            yield local
        finally:
            local.take_away()
        assert left(local) == []


@pytest.fixture
def things(judged: Ground) -> Things:
    """The account `one`, and what is made there."""
    return Things(judged)


@pytest.fixture
def ground(tmp_path: Path, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    if LIVE:
        yield from _live(monkeypatch)
        return
    clock = Clock()
    with LocalAws(tmp_path, estate, speed=2, delay=60, lag=5, clock=clock) as aws:
        yield LocalGround(aws, clock)


def _live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    for name, value in developer_environment().items():
        monkeypatch.setenv(name, value)
    live = LiveGround()
    try:
        yield live
    finally:
        live.clean()
