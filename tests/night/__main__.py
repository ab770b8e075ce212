"""`make night`: play the night and write docs/rollout.md."""

import tempfile
from pathlib import Path

from tests.night.estate import ROOT
from tests.night.script import play

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        (ROOT / "docs" / "rollout.md").write_text(play(Path(folder)), encoding="utf-8")
