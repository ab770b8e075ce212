"""Names for a shell's completion: whatever can be read from params/ as it stands, however broken.

A name is a file's, as everywhere in params/; users stand inside the partners' files.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jumpcf.estate.levels import NAMES

LARGEST = 2_000_000
"""Bytes of a partner's file that are read while somebody waits for Tab."""


@dataclass(frozen=True, slots=True)
class Names:
    folder: Path | None
    """The estate's; None where the line names none that is there: another one's names would mislead."""

    def stems(self, kind: str) -> list[str]:
        """The names that the files of params/`kind`/ have."""
        return sorted(path.stem for path in self._files(kind))

    def levels(self) -> list[str]:
        return sorted({*NAMES, *self.stems("levels")}) if self.folder else []

    def users(self, partner: str | None = None) -> list[str]:
        """The users of one partner, or of all; a file that cannot be read has none."""
        files = [path for path in self._files("partners") if partner in (None, path.stem)]
        return sorted({name for path in files for name in _users(path)})

    def _files(self, kind: str) -> list[Path]:
        return list(self.folder.glob(f"params/{kind}/*.yaml")) if self.folder else []


def _users(path: Path) -> list[str]:
    import yaml  # only here: most completions need no YAML

    try:
        if path.stat().st_size > LARGEST:
            return []
        told = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return []
    listed: Any = told.get("users") if isinstance(told, dict) else None
    found = [one.get("name") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [name for name in found if isinstance(name, str)]
