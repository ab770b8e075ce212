"""The authoring API of `stacks/`: what a stack module declares, and what its `build` is given.

A stack module has two names, `STACK = StackSpec(...)` and `build(context) -> troposphere.Template`, and no
side effects when imported.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from jumpcf.errors import Mark
from jumpcf.estate.model import Estate, Grant, Level, Organization, Partner


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSpec:
    """What a module compiles to: a plain stack of the jump account, or a StackSet of an organization;
    one per estate, per partner or per grant.  per="pipeline" is what `jumpcf bootstrap` rolls out and no deploy
    touches: a plain stack of the jump account and one of each organization's admin account."""

    kind: Literal["stack", "stackset"]
    per: Literal["estate", "partner", "grant", "pipeline"]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackContext:
    """What `build` is given.  `partner` is set for per="partner" and "grant", `grant`, `organization` and
    `levels` only for per="grant", `organization` also in an admin account's stack of per="pipeline"."""

    estate: Estate
    name: str
    partner: Partner | None = None
    grant: Grant | None = None
    organization: Organization | None = None
    levels: tuple[Level, ...] = ()
    sources: dict[str, list[Mark]] = field(default_factory=dict)
    lengths: dict[str, list[Mark]] = field(default_factory=dict)

    def cite(self, what: str, *marks: Mark) -> None:
        """Say which lines of params/ made a resource ("RolePower"), an inline policy ("RolePower/fence") or a
        statement by its Sid ("RolePower/Trust", "RolePower/fence/DenyAfterEnd")."""
        self.sources.setdefault(what, []).extend(marks)

    def cite_length(self, what: str, *marks: Mark) -> None:
        """Say which lines make a statement long, where those are others than the ones that made it."""
        self.lengths.setdefault(what, []).extend(marks)


def logical_id(prefix: str, name: str) -> str:
    """A logical id (letters and digits only) that depends on nothing but the name, so that a neighbour who
    comes or goes never renames a resource: "User", "taro.yamada" gives "UserTaroYamada" and six hex digits.
    """
    words = re.findall("[A-Za-z0-9]+", name)
    camel = "".join(word[0].upper() + word[1:] for word in words)
    same = name.isascii() and name.isalnum()
    return prefix + camel + ("" if same else hashlib.sha256(name.encode()).hexdigest()[:6])


def accounts_below(organization: Organization, units: Collection[str]) -> tuple[str, ...]:
    """The ids of the accounts in these units (ids of OUs or of the root) or anywhere below, sorted."""
    parents = {unit.id: unit.parent for unit in organization.units}

    def inside(unit: str | None) -> bool:
        while unit is not None and unit not in units:
            unit = parents[unit]
        return unit is not None

    return tuple(sorted(account.id for account in organization.accounts if inside(account.unit)))
