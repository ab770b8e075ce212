"""What a destruction takes away, and what stays after it."""

from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is destroyed.  `name` is what a person types to confirm it: the organization's, the partner's, or the
    estate's name."""

    kind: Literal["organization", "partner", "estate"]
    name: str

    def __str__(self) -> str:
        return f"the {self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What no deletion of jumpcf's takes, where it is, why, and the commands that take it."""

    what: str
    where: str
    why: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """The plan, what runs after it alone (`last`: the artifact bucket, in which the journal is kept until then),
    and what stays."""

    scope: Scope
    plan: Plan
    last: Plan
    leftovers: tuple[Leftover, ...]
    schema: int = 1

    @property
    def is_done(self) -> bool:
        """True where nothing of it is there any more."""
        return not self.plan.operations and not self.last.operations
