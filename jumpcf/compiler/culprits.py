"""What of a template fills a quota: its largest statements, with the lines of params/ that made them.

Asked only for what is over, so nothing here costs a build that is well.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jumpcf.compiler.measures import size
from jumpcf.errors import Mark
from jumpcf.estate.model import Level, Statement
from jumpcf.stack import StackContext, logical_id

MOST = 3  # named in a message

_PART = re.compile(r"Part\d+$")  # of a list that stands in several statements
_NUMBERED = re.compile(r"(Level|Ceiling)(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """Something that fills a quota, how much of it, and the lines where that can be mended (often none)."""

    name: str
    size: int
    marks: tuple[Mark, ...] = ()

    def __str__(self) -> str:
        where = f" ({', '.join(map(str, self.marks[:MOST]))})" if self.marks else ""
        return f"{self.name} {self.size:,}{where}"


def largest(found: Iterable[Culprit]) -> tuple[Culprit, ...]:
    """The few that matter: what is less than a tenth of the largest would only hide it."""
    ordered = sorted(found, key=lambda one: (-one.size, one.name))[:MOST]
    return tuple(one for one in ordered if one.size * 10 >= ordered[0].size)


@dataclass(frozen=True, slots=True)
class Culprits:
    """Asks one template, and the context that it was built from."""

    body: Mapping[str, Any]
    context: StackContext

    def of(self, title: str, key: str) -> tuple[Culprit, ...]:
        """The largest parts of what a resource uses of a quota, the largest first; "" is the template."""
        if key == "resources_per_template":
            kinds = Counter(resource["Type"] for resource in self.body["Resources"].values())
            return largest(Culprit(name=kind, size=count) for kind, count in kinds.items())
        resource = self.body["Resources"].get(title)
        if resource is None:
            return ()
        properties = resource.get("Properties", {})
        if key == "managed_policies_per_group":
            return self._families(properties)
        if key == "managed_policies_per_role" and (level := self._level(title)):
            return (Culprit(name=level.name, size=len(level.managed_policies), marks=_real([level.mark])),)
        return largest(
            Culprit(name=name + sid, size=size(statement), marks=self._marks(title, sid))
            for name, document in _documents(key, properties)
            for sid, statement in _statements(document)
        )

    def mark(self, title: str) -> Mark | None:
        """The line of a user; other resources have no line of their own."""
        if self.body["Resources"][title]["Type"] != "AWS::IAM::User":
            return None
        return next(iter(_real(self.context.sources.get(title, ()))), None)

    def _families(self, properties: Mapping[str, Any]) -> tuple[Culprit, ...]:
        """What fills a group's managed policies; a list in several statements counts as one."""
        sizes: Counter[str] = Counter()
        titles: dict[str, str] = {}
        for policy in properties.get("ManagedPolicyArns", ()):
            title = policy.get("Ref", "") if isinstance(policy, Mapping) else ""
            named = self.body["Resources"].get(title, {}).get("Properties", {})
            for sid, statement in _statements(named.get("PolicyDocument", {})):
                family = _PART.sub("", sid)
                sizes[family] += size(statement)
                titles.setdefault(family, title)
        return largest(
            Culprit(name=family, size=count, marks=self._marks(titles[family], family))
            for family, count in sizes.items()
        )

    def _marks(self, title: str, sid: str) -> tuple[Mark, ...]:
        """The lines of params/ that made a statement, where they are known."""
        family = _PART.sub("", sid)
        partner = self.context.partner
        if partner is None:
            return ()
        if family in ("DenyOutsideNetworks", "PartnerUsersWithMfa"):
            return _real([partner.at("networks")])
        if family == "DenyExcepted":
            return _real(grant.at("except_accounts") for grant in partner.grants if grant.excepted)
        if found := [grant for grant in partner.grants if logical_id("Assume", grant.name) == family]:
            return _real(grant.at("ous") for grant in found)
        if numbered := _NUMBERED.match(sid):
            return self._written(title, numbered.group(1), int(numbered.group(2)))
        return _real(self.context.sources.get(f"{title}/{sid}", ()))

    def _written(self, title: str, kind: str, number: int) -> tuple[Mark, ...]:
        """A statement of a level or of a boundary that somebody wrote."""
        level = self._level(title)
        written: Sequence[Statement] = ()
        if level and kind == "Level":
            written = level.statements
        elif level and level.boundary in self.context.estate.boundaries:
            written = self.context.estate.boundaries[level.boundary].statements
        return _real([written[number - 1].mark]) if 0 < number <= len(written) else ()

    def _level(self, title: str) -> Level | None:
        """The level that a resource of a grant's template belongs to."""
        for level in self.context.levels:
            if re.fullmatch(rf"(Role|Boundary|Level(Full)?\d+){level.name}", title):
                return level
        return None


def _documents(key: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The policies that a quota of size counts, and what to put before their statements' Sids."""
    if key == "managed_policy_size":
        yield "", properties["PolicyDocument"]
    elif key == "trust_policy_length":
        yield "", properties["AssumeRolePolicyDocument"]
    elif key.endswith("_inline_size"):
        for policy in properties.get("Policies", ()):
            yield f"{policy.get('PolicyName', '')}/", policy["PolicyDocument"]


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = document.get("Statement", [])
    for number, statement in enumerate(found if isinstance(found, list) else [found], 1):
        yield statement.get("Sid") or f"statement {number}", statement


def _real(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Without "(built-in)", which is no file that a person could open."""
    return tuple(mark for mark in marks if mark.line)
