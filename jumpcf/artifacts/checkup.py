"""What a doctor looked at, and what it found."""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.artifacts.bootstrap import PipelineStack, Standing
from jumpcf.artifacts.lock import LockFile
from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.observed import Observed

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A place as its credentials see it: why it was refused ("" where it was not), and by how many seconds this
    machine's clock is ahead of AWS's (None: not told)."""

    name: str
    code: str = ""
    refused: str = ""
    hint: str = ""
    ahead: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that jumpcf needs: the version that is installed ("" for none), and what is allowed."""

    name: str
    found: str
    wanted: str
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the checks look at.  What could not be read is None or empty, and a finding says why.

    `problems` are those of params as a build tells them; `switches` maps a key of params/ to its value, for those
    behind which an assumption about AWS stands; `unstacked` are users of the partners whom no stack of ours has, each
    with his path ("/partner/acme/taro.yamada"); `schemas` maps what was written by an earlier jumpcf to (its schema,
    ours)."""

    places: tuple[Seen, ...] = ()
    standings: tuple[Standing, ...] = ()
    problems: tuple[str, ...] = ()
    manifest: Manifest | None = None
    observed: Observed | None = None
    locks: tuple[LockFile, ...] = ()
    pipeline: tuple[PipelineStack, ...] = ()
    switches: dict[str, str] = field(default_factory=dict)
    guarded: tuple[str, ...] = ()
    unstacked: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    schemas: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: `what` with names, `fix` for here; meaning and source are the code's."""

    code: str
    severity: Severity
    where: str
    what: str
    fix: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What `doctor` gives."""

    estate: str
    findings: tuple[Finding, ...]
    schema: int = 1

    def count(self, severity: Severity) -> int:
        return sum(one.severity == severity for one in self.findings)
