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


@pytest.fixture
def ground(tmp_path: Path, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    if LIVE:
        for name, value in developer_environment().items():
            monkeypatch.setenv(name, value)
        live = LiveGround()
        try:
            yield live
        finally:
            live.clean()
        return
    clock = Clock()
    with LocalAws(tmp_path, estate, speed=2, delay=60, lag=5, clock=clock) as aws:
        yield LocalGround(aws, clock)
