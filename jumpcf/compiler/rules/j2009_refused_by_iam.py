"""J2009: IAM takes the statement: its elements, its Sid, its characters.

Sizes are quotas (E401 to E404), characters beyond Latin-1 are E413, whether an action exists is J2010.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule
from jumpcf.compiler.rules.policies import Policy, Statement, sid, statements

CODE = "J2009"
SID = re.compile("[A-Za-z0-9]*")
CONTROL = re.compile("[^\t\n\r\x20-\U0010ffff]")  # policyDocumentType of the IAM API
VERSION = "2012-10-17"
PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
ELEMENTS = {"Sid", "Effect", "Condition", *(name for pair in PAIRS for name in pair)}


def check(template: Rendered, path: str) -> Iterator[Finding]:
    for policy, content in template.policies:
        # Canonical JSON writes a control character with a backslash; almost no policy has one.
        escaped = b"\\" in content
        for message in (*_document(policy, content), *_statements(policy, escaped)):
            yield Finding(code=CODE, title=policy.title, message=f"{policy.place}, {message}")


def _document(policy: Policy, content: bytes) -> Iterator[str]:
    if "${" in content.decode() and policy.document.get("Version") != VERSION:
        yield f"a policy variable needs Version {VERSION}"
    twice = Counter(each["Sid"] for each in statements(policy.document) if each.get("Sid"))
    yield from (f"the Sid {name} stands twice" for name, count in twice.items() if count > 1)
    if not statements(policy.document):
        yield "there is no statement"


def _statements(policy: Policy, escaped: bool) -> Iterator[str]:
    for number, statement in enumerate(statements(policy.document), 1):
        for message in (*_statement(statement, policy), *(_characters(statement) if escaped else ())):
            yield f"{sid(statement, number)}: {message}"


def _statement(statement: Statement, policy: Policy) -> Iterator[str]:
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect must be Allow or Deny"
    if not SID.fullmatch(str(statement.get("Sid", ""))) and "resource" not in policy.uses:
        yield "a Sid takes letters and digits only"
    yield from (f"there is no element {name}" for name in sorted(statement.keys() - ELEMENTS))
    # A trust policy has principals and no resource; a policy of an identity the other way round.
    needs = {
        "Action": True,
        "Resource": "trust" not in policy.uses,
        "Principal": bool(policy.uses & {"trust", "resource"}),
    }
    for pair in PAIRS:
        there = sum(bool(statement.get(name)) for name in pair)
        if there != needs[pair[0]]:
            yield f"needs one of {' and '.join(pair)}" if needs[pair[0]] else f"may not have {pair[0]}"


def _characters(statement: Statement) -> Iterator[str]:
    control = sorted({sign for text in _texts(statement) for sign in CONTROL.findall(text)})
    if control:
        yield f"IAM takes no control characters: {', '.join(map(ascii, control))}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


RULE = Rule(
    code=CODE,
    meaning="IAM would refuse a statement: an element is missing or out of place, or a character is not allowed.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    check=check,
)
