"""J2009: IAM takes the statement: its elements, its Sid, its characters, operators, ARNs and principals.

Sizes are quotas (E401 to E404), characters beyond Latin-1 are E413, whether an action exists is J2010.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from jumpcf.compiler.rules.base import REMEMBERED, Finding, Rendered, Rule, of_statement
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms, listed, statements, texts
from jumpcf.policy.operator_names import is_operator

CODE = "J2009"
SID = re.compile("[A-Za-z0-9]*")
CONTROL = re.compile("[^\t\n\r\x20-\U0010ffff]")  # policyDocumentType of the IAM API
VERSION = "2012-10-17"
VERSIONS = (VERSION, "2008-10-17")
PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
ELEMENTS = {"Sid", "Effect", "Condition", *(name for pair in PAIRS for name in pair)}
RESOURCE = re.compile(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
# A group is no principal, and a pattern is none but * (IAM User Guide, "Principal").
NO_PRINCIPAL = re.compile(r"arn:.*:group/.*|.+[*?].*|[*?].+|[?]")


def check(template: Rendered, path: str) -> Iterator[Finding]:
    for (policy, content), parts in zip(template.policies, template.parts, strict=True):
        for message in _document(policy.document, content):
            yield Finding(code=CODE, title=policy.title, message=f"{policy.place}, {message}")
        for number, part in enumerate(parts, 1):
            for message in _said(part, policy.uses):
                yield of_statement(CODE, policy, statements(policy.document)[number - 1], number, message, "")
    names = Counter((policy.title, policy.place) for policy, _ in template.policies)
    for (title, place), count in names.items():
        if count > 1:
            yield Finding(code=CODE, title=title, message=f"{place} stands twice")


@functools.lru_cache(maxsize=REMEMBERED)
def _said(part: bytes, uses: frozenset[Use]) -> tuple[str, ...]:
    """What is wrong with a statement; remembered, for most statements of an estate's policies are the same."""
    # Canonical JSON writes a control character with a backslash; almost no policy has one.
    return tuple(_statement(orjson.loads(part), uses, b"\\" in part))


def _document(document: Mapping[str, Any], content: bytes) -> Iterator[str]:
    version = document.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        yield f"there is no Version {version}"
    if "${" in content.decode() and version != VERSION:
        yield f"a policy variable needs Version {VERSION}"
    yield from (
        f"there is no element {name}" for name in sorted(document.keys() - {"Id", "Statement", "Version"})
    )
    twice = Counter(str(each["Sid"]) for each in statements(document) if each.get("Sid"))
    yield from (f"the Sid {name} stands twice" for name, count in twice.items() if count > 1)
    if not document["Statement"]:
        yield "there is no statement"


def _statement(statement: Statement, uses: frozenset[Use], escaped: bool) -> Iterator[str]:
    yield from _elements(statement, uses)
    yield from _values(statement)
    if escaped:
        yield from _characters(statement)


def _elements(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect must be Allow or Deny"
    if not SID.fullmatch(str(statement.get("Sid", ""))) and "resource" not in uses:
        yield "a Sid takes letters and digits only"
    yield from (f"there is no element {name}" for name in sorted(statement.keys() - ELEMENTS))
    # A trust policy has principals and no resource; a policy of an identity the other way round.  Some policies
    # of resources name none, for they mean their own resource (Amazon ECR).
    needs = {
        "Action": (1,),
        "Resource": (0,) if "trust" in uses else (0, 1) if "resource" in uses else (1,),
        "Principal": (1,) if uses & {"trust", "resource"} else (0,),
    }
    for pair in PAIRS:
        there = sum(bool(statement.get(name)) for name in pair)
        if there not in needs[pair[0]]:
            wanted = 1 in needs[pair[0]]
            yield f"needs one of {' and '.join(pair)}" if wanted else f"may not have {pair[0]}"


def _values(statement: Statement) -> Iterator[str]:
    for element in ("Resource", "NotResource"):
        for value in listed(statement.get(element)):
            if isinstance(value, str) and not RESOURCE.fullmatch(value):
                yield f"{element} {value} is neither an ARN nor *"
    for element in ("Principal", "NotPrincipal"):
        for name in _principals(statement.get(element)):
            if NO_PRINCIPAL.fullmatch(name):
                yield f"{name} cannot be a principal"
    for operator, key, values in condition_terms(statement):
        if not is_operator(operator):
            yield f"there is no condition operator {operator}"
        if not values:
            yield f"{operator} {key} has no value"


def _principals(principal: Any) -> list[str]:
    named = principal.values() if isinstance(principal, Mapping) else [principal]
    return [name for value in named for name in listed(value) if isinstance(name, str)]


def _characters(statement: Statement) -> Iterator[str]:
    control = sorted({sign for text in texts(statement) for sign in CONTROL.findall(text)})
    if control:
        yield f"IAM takes no control characters: {', '.join(map(ascii, control))}"


RULE = Rule(
    code=CODE,
    meaning="IAM would refuse a statement: an element is missing or out of place, or a character is not allowed.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    check=check,
)
