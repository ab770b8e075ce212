"""What of a template fills a quota: its largest statements, with the lines of params/ that made them.

Asked only for what is over, so nothing here costs a build that is well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.compiler.lines import lengths_of, lines_of, real
from jumpcf.compiler.measures import size
from jumpcf.compiler.rules.policies import sid, statements
from jumpcf.errors import Mark
from jumpcf.estate import names
from jumpcf.estate.model import Level
from jumpcf.iam.groups import family
from jumpcf.stack import StackContext

MOST = 3  # named in a message


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
        if key == "managed_policies_per_role" and (level := self._level(properties)):
            return (Culprit(name=level.name, size=len(level.managed_policies), marks=real([level.mark])),)
        return largest(
            Culprit(
                name=f"{inline}/{name}" if (inline := place.partition("/")[2]) else name,
                size=size(statement),
                marks=lengths_of(self.context, title, place, name),
            )
            for place, document in _documents(key, properties)
            for name, statement in _named(document)
        )

    def mark(self, title: str) -> Mark | None:
        """The line of a user; other resources have no line of their own."""
        if self.body["Resources"][title]["Type"] != "AWS::IAM::User":
            return None
        return next(iter(lines_of(self.context, title)), None)

    def _families(self, properties: Mapping[str, Any]) -> tuple[Culprit, ...]:
        """What fills a group's managed policies; a list in several statements counts as one."""
        sizes: Counter[str] = Counter()
        marks: dict[str, tuple[Mark, ...]] = {}
        for policy in properties.get("ManagedPolicyArns", ()):
            title = policy.get("Ref", "") if isinstance(policy, Mapping) else ""
            named = self.body["Resources"].get(title, {}).get("Properties", {})
            for name, statement in _named(named.get("PolicyDocument", {})):
                whole = family(name)
                sizes[whole] += size(statement)
                marks.setdefault(whole, lengths_of(self.context, title, "", name))
        return largest(Culprit(name=name, size=count, marks=marks[name]) for name, count in sizes.items())

    def _level(self, properties: Mapping[str, Any]) -> Level | None:
        """The level of a grant's role, by the name that the role has."""
        if grant := self.context.grant:
            for level in self.context.levels:
                if properties.get("RoleName") == names.role(grant.partner, grant.name, level.name):
                    return level
        return None


def _documents(key: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The policies that a quota of size counts, by their places."""
    if key == "managed_policy_size":
        yield "PolicyDocument", properties["PolicyDocument"]
    elif key == "trust_policy_length":
        yield "AssumeRolePolicyDocument", properties["AssumeRolePolicyDocument"]
    elif key.endswith("_inline_size"):
        for policy in properties.get("Policies", ()):
            yield f"Policies/{policy.get('PolicyName', '')}", policy["PolicyDocument"]


def _named(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, statement in enumerate(statements(document), 1):
        yield sid(statement, number), statement
