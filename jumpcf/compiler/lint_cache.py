"""Which templates were clean before: `.jumpcf/lint.json`, keyed by content, region and everything else that
a verdict depends on.  A template with an error is never kept; one with warnings is kept with them, so that
they are said again by every build."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jumpcf.artifacts.codec import canonical, decode
from jumpcf.artifacts.sealed import is_sealed, seal
from jumpcf.compiler.lint_findings import Finding

SPARE = 2000  # verdicts kept beyond those of the last run: other organizations, other branches


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The cache on disk; `verdicts` maps "<SHA-256 of the template>:<region>" to its warnings."""

    schema: int
    fingerprint: str
    order: tuple[str, ...]
    verdicts: dict[str, tuple[Finding, ...]]


@dataclass(slots=True)
class LintCache:
    """Verdicts without errors, read once and written once per run."""

    path: Path
    fingerprint: str
    verdicts: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, fingerprint: str) -> "LintCache":
        """The cache of this fingerprint; empty where the file is missing, damaged, or another version's."""
        try:
            data = path.read_bytes()
            if not is_sealed(path, data):
                return cls(path, fingerprint)
            stored = decode(_File, data)
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return cls(path, fingerprint)
        if stored.schema != 1 or stored.fingerprint != fingerprint:
            return cls(path, fingerprint)
        return cls(path, fingerprint, dict(stored.verdicts), stored.order)

    def __contains__(self, key: str) -> bool:
        return key in self.verdicts

    def add(self, verdicts: Mapping[str, tuple[Finding, ...]]) -> None:
        self.verdicts.update(verdicts)

    def write(self, used: Iterable[str]) -> None:
        """Keep the verdicts used now and the latest of the others.  A folder that cannot be written to
        costs only time, at the next run."""
        now = tuple(dict.fromkeys(key for key in used if key in self.verdicts))
        others = tuple(key for key in self.order if key in self.verdicts and key not in set(now))
        order = now + others[:SPARE]
        kept = {key: self.verdicts[key] for key in order}
        data = canonical(_File(schema=1, fingerprint=self.fingerprint, order=order, verdicts=kept))
        with contextlib.suppress(OSError):
            if not self.path.exists() or self.path.read_bytes() != data or not is_sealed(self.path, data):
                _replace(self.path, data)


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        seal(Path(name), data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
