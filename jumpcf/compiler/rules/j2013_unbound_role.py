"""J2013: a role that a partner's people take in a target account has a boundary and an end.

The trust ends with the grant, and a session that was let in before must end with it: a Deny of everything from
that instant on, in a policy of the role itself.  Roles that services take are left alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule
from jumpcf.compiler.rules.policies import Policy, Statement, condition_terms, listed, statements, texts

CODE = "J2013"
HINT = "see target_roles.py: PermissionsBoundary, jumpcf.iam.trust and jumpcf.iam.fence"
NOW = "aws:currenttime"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    if template.per != "grant":
        return
    documents = [policy for policy, _ in template.policies]
    for title, resource in template.body["Resources"].items():
        trusting = _trusting(title, documents) if resource["Type"] == "AWS::IAM::Role" else []
        if trusting:
            own = [each for each in documents if each.title == title and "role" in each.uses]
            for message in _lacking(resource.get("Properties", {}), trusting, own):
                yield Finding(code=CODE, title=title, message=message, hint=HINT)


def _trusting(title: str, documents: list[Policy]) -> list[Statement]:
    """The Allows of a role's trust by which identities of an account come."""
    return [
        statement
        for policy in documents
        if policy.title == title and "trust" in policy.uses
        for statement in statements(policy.document)
        if statement.get("Effect") == "Allow" and _people(statement.get("Principal"))
    ]


def _people(principal: Any) -> bool:
    """Accounts, users, everybody; a principal that names roles only is no person."""
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    return any(not any(":role/" in text for text in texts(each)) for each in named)


def _lacking(role: Mapping[str, Any], trusting: list[Statement], own: list[Policy]) -> Iterator[str]:
    if "PermissionsBoundary" not in role:
        yield "has no PermissionsBoundary"
    if not all(_asks(statement, "DateLess") for statement in trusting):
        yield "its trust has no end"
    if not any(_ends(statement) for policy in own for statement in statements(policy.document)):
        yield "no policy of its own ends its sessions"


def _ends(statement: Statement) -> bool:
    everything = listed(statement.get("Action")) == ["*"] and listed(statement.get("Resource")) == ["*"]
    return statement.get("Effect") == "Deny" and everything and _asks(statement, "DateGreater", alone=True)


def _asks(statement: Statement, operator: str, *, alone: bool = False) -> bool:
    """Is the time compared so; `alone`, and nothing else asked?"""
    terms = [(name, key.lower()) for name, key, _ in condition_terms(statement)]
    found = any(name.startswith(operator) and key == NOW for name, key in terms)
    return found and not (alone and len(terms) > 1)


RULE = Rule(
    code=CODE,
    meaning="A role that a partner's people take has no boundary, or its trust or its sessions have no end.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    check=check,
)
