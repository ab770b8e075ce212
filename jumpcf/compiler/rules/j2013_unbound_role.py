"""J2013: a role that a partner's people take in a target account has a boundary and an end.

The trust ends with the grant, and a session that was let in before must end with it: a Deny of everything from
that instant on, in a policy of the role itself.  Neither may be later than the grant's end.  The boundary stands in
the same template, where it can be read, and is not one that allows everything.  Roles that services take are left
alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule
from jumpcf.compiler.rules.policies import (
    Policy,
    Statement,
    condition_terms,
    listed,
    names_people,
    statements,
)
from jumpcf.policy.operators import moment

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
            boundary = resource.get("Properties", {}).get("PermissionsBoundary")
            for message in (*_bound(boundary, documents), *_ended(trusting, own, template.promises.ends)):
                yield Finding(code=CODE, title=title, message=message, hint=HINT)


def _trusting(title: str, documents: list[Policy]) -> list[Statement]:
    """The Allows of a role's trust by which identities of an account come."""
    return [
        statement
        for policy in documents
        if policy.title == title and "trust" in policy.uses
        for statement in statements(policy.document)
        if statement.get("Effect") == "Allow" and names_people(statement.get("Principal"))
    ]


def _bound(boundary: Any, documents: list[Policy]) -> Iterator[str]:
    named = boundary.get("Ref") if isinstance(boundary, Mapping) else None
    given = [policy.document for policy in documents if policy.title == named and "boundary" in policy.uses]
    if boundary is None:
        yield "has no PermissionsBoundary"
    elif not given:
        yield "its PermissionsBoundary is no policy of the template"
    elif not any(_narrows(statements(document)) for document in given):
        yield "its PermissionsBoundary allows everything"


def _narrows(ceiling: list[Statement]) -> bool:
    """A ceiling without a Deny that allows everything is none."""
    return any(each.get("Effect") == "Deny" for each in ceiling) or not any(map(_of_everything, ceiling))


def _ended(trusting: list[Statement], own: list[Policy], ends: str) -> Iterator[str]:
    if not all(_until(statement, ends) for statement in trusting):
        yield "its trust has no end" + (f" by {ends}" if ends else "")
    if not any(_closes(statement, ends) for policy in own for statement in statements(policy.document)):
        yield "no policy of its own ends its sessions" + (f" by {ends}" if ends else "")


def _of_everything(statement: Statement) -> bool:
    return listed(statement.get("Action")) == ["*"] and listed(statement.get("Resource")) == ["*"]


def _until(trust: Statement, ends: str) -> bool:
    """Of several dates in a condition the latest lets in."""
    return any(
        operator.startswith("DateLess") and values and all(_by(value, ends) for value in values)
        for operator, values in _times(trust)
    )


def _closes(statement: Statement, ends: str) -> bool:
    """A Deny of everything that asks about nothing but the time; of several dates the earliest denies."""
    terms = list(condition_terms(statement))
    after = any(
        operator.startswith("DateGreater") and any(_by(value, ends) for value in values)
        for operator, values in _times(statement)
    )
    return statement.get("Effect") == "Deny" and _of_everything(statement) and after and len(terms) == 1


def _times(statement: Statement) -> Iterator[tuple[str, list[Any]]]:
    return ((operator, values) for operator, key, values in condition_terms(statement) if key.lower() == NOW)


def _by(value: Any, ends: str) -> bool:
    """Whether a value is an instant, and not a later one than the grant's end."""
    try:
        instant = moment(str(value))
    except ValueError:
        return False
    return not ends or instant <= moment(ends)


RULE = Rule(
    code=CODE,
    meaning="A role of a partner's people has no boundary, or its trust or its sessions do not end with the grant.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    check=check,
)
