"""The authoring API of `stacks/`: what a stack module declares, and what its `build` is given.

A stack module has two names, `STACK = StackSpec(...)` and `build(context) -> troposphere.Template`, and no
side effects when imported.
"""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.errors import Mark
from jumpcf.estate.model import Estate, Grant, Level, Organization, Partner


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSpec:
    """What a module compiles to: a plain stack of the jump account, or a StackSet of an organization;
    one per estate, per partner or per grant."""

    kind: Literal["stack", "stackset"]
    per: Literal["estate", "partner", "grant"]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackContext:
    """What `build` is given.  `partner` is set for per="partner" and "grant", `grant`, `organization` and
    `levels` only for per="grant"."""

    estate: Estate
    name: str
    partner: Partner | None = None
    grant: Grant | None = None
    organization: Organization | None = None
    levels: tuple[Level, ...] = ()
    sources: dict[str, list[Mark]] = field(default_factory=dict)

    def cite(self, what: str, *marks: Mark) -> None:
        """Say which lines of params/ made a resource ("RolePower") or a statement ("RolePower/Trust")."""
        self.sources.setdefault(what, []).extend(marks)
