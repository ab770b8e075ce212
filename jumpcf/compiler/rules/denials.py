"""Whether policies of a template deny everything where params want it: by what they mean, not by their names.

That is proved, for every request there is: a Deny that asks for anything more than is wanted is none, nor is one in a
policy that Fn::If may leave out.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from jumpcf.compiler.rules.base import REMEMBERED, Rendered
from jumpcf.compiler.rules.policies import listed
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.document import Statement, parse
from jumpcf.policy.subsume import covered

Part = tuple[bytes, str]
"""A statement's bytes, and the version of its policy."""

Parts = Mapping[str, Mapping[str, tuple[Part, ...]]]
"""The statements of every resource, by its logical id and by the place of their policy."""

Terms = tuple[tuple[str, str, str], ...]
"""When everything is to be denied: (operator, key, value), all of them; the first one tells most."""

FORGOTTEN = (
    "its module in stacks/ was changed, or is older than this jumpcf: compare it with what `jumpcf init` makes "
    "(docs/stacks.md, When jumpcf is newer than stacks/)"
)
"""What to do about a module that does not deny whom params deny."""

_INLINE = re.compile(r"Policies/[^/]+")
_READ = 256  # statements; those of one stack


def parts_of(template: Rendered) -> Parts:
    found: dict[str, dict[str, tuple[Part, ...]]] = {}
    for (policy, _), parts in zip(template.policies, template.parts, strict=True):
        version = str(policy.document.get("Version"))
        found.setdefault(policy.title, {})[policy.place] = tuple((part, version) for part in parts)
    return found


def own_parts(title: str, resource: Mapping[str, Any], parts: Parts) -> tuple[Part, ...]:
    """What stands in the inline policies of a role, group or user, and in policies of the template that it names."""
    inline = [each for place, each in parts.get(title, {}).items() if _INLINE.fullmatch(place)]
    named = refs(resource.get("Properties", {}).get("ManagedPolicyArns"))
    attached = [parts[ref]["PolicyDocument"] for ref in named if "PolicyDocument" in parts.get(ref, ())]
    return tuple(part for each in (*inline, *attached) for part in each)


def refs(value: Any) -> list[str]:
    """The logical ids in a list of Refs; what is none is left out."""
    return [
        each["Ref"]
        for each in listed(value)
        if isinstance(each, Mapping) and len(each) == 1 and isinstance(each.get("Ref"), str)
    ]


def is_denied(terms: Terms, own: Iterable[Part]) -> bool:
    """One statement must do it alone; those first that speak of it, for all of them are read only where none does."""
    said = terms[0][2].encode()
    denies = [each for each in own if b'"Effect":"Deny"' in each[0]]
    return any(
        statement_denies(part, version, terms)
        for part, version in sorted(denies, key=lambda each: said not in each[0])
    )


@functools.lru_cache(maxsize=REMEMBERED)
def statement_denies(part: bytes, version: str, terms: Terms) -> bool:
    """Remembered by the statement: the levels of a grant have one fence, the users of a partner one group."""
    statement = _read(part, version)
    if statement is None or statement.effect != "Deny":
        return False
    return covered(_wanted(terms), [_about(statement, {value for _, _, value in terms})])


@functools.lru_cache(maxsize=_READ)
def _read(part: bytes, version: str) -> Statement | None:
    return read_statement(orjson.loads(part), version)


def read_statement(body: Mapping[str, Any], version: str) -> Statement | None:
    """None for what the evaluator does not know, which proves nothing."""
    try:
        return parse({"Version": version, "Statement": [body]}, name="").statements[0]
    except UnknownConstruct:
        return None


@functools.lru_cache(maxsize=REMEMBERED)
def _wanted(terms: Terms) -> Statement:
    """The Deny that params promise: of everything, and of nobody who is not meant."""
    condition: dict[str, dict[str, str]] = {}
    for operator, key, value in terms:
        condition.setdefault(operator, {})[key] = value
    body = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    return parse({"Version": "2012-10-17", "Statement": body}, name="wanted").statements[0]


def _about(deny: Statement, meant: set[str]) -> Statement:
    """Of a list of names the one that is meant, where it stands there as it is: to prove that none of the others
    is his takes long, and says nothing."""
    conditions = []
    for each in deny.conditions:
        his = tuple(value for value in each.values if value.written in meant)
        conditions.append(replace(each, values=his) if his and not each.operator.negated else each)
    return replace(deny, conditions=tuple(conditions))
