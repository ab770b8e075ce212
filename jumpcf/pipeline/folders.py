"""Where an estate's files are, and what every step of the flow is told and tells."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where an estate's files are: `root` holds params/ and stacks/, `build` is written by us."""

    root: Path
    build: Path

    @property
    def state(self) -> Path:
        """`.jumpcf/`: caches, journals and the embedded AWS's state; never committed."""
        return self.root / ".jumpcf"


def silent(_: str) -> None:
    """Where nobody listens."""
