"""The only place that builds awacs conditions.

awacs keeps the last of two elements with the same operator: `Condition([StringEquals("a", "1"),
StringEquals("b", "2")])` renders only "b", and a trust policy silently gets wider.  So equal operators are
merged here, and a key that is given twice under one operator is refused.
"""

import functools

import awacs.aws

Term = tuple[str, str, str | tuple[str, ...]]


@functools.cache
def _operators() -> dict[str, type[awacs.aws.ConditionElement]]:
    classes = awacs.aws.ConditionElement.__subclasses__()
    return {str(kind.condition): kind for kind in classes}


def all_of(*terms: Term) -> awacs.aws.Condition:
    """One Condition in which every term must hold; a term is (operator, key, value or values).

    Refuses with ValueError: no term, an operator that IAM does not have, a term without values, and a key
    that stands twice under one operator (IAM compares keys without regard to case).
    """
    if not terms:
        raise ValueError("a condition without terms would hold always")
    merged: dict[str, dict[str, str | list[str]]] = {}
    seen: set[tuple[str, str]] = set()
    for operator, key, values in terms:
        if operator not in _operators():
            raise ValueError(f"IAM has no condition operator {operator}")
        if not values:
            raise ValueError(f"{operator} {key} has no value")
        if (operator, key.lower()) in seen:
            raise ValueError(f"{operator} {key} is given twice; IAM would keep only one")
        seen.add((operator, key.lower()))
        merged.setdefault(operator, {})[key] = _value(values)
    return awacs.aws.Condition([_operators()[operator](keys) for operator, keys in merged.items()])


def _value(values: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else list(values)


def before(instant: str) -> Term:
    """Holds until `instant` (UTC, "2027-03-31T15:00:00Z")."""
    return ("DateLessThan", "aws:CurrentTime", instant)


def from_then_on(instant: str) -> Term:
    """Holds from `instant` on (UTC); for Denies."""
    return ("DateGreaterThanEquals", "aws:CurrentTime", instant)


def issued_before(instant: str) -> Term:
    """Holds for sessions issued before `instant` (UTC); the way of the console's "Revoke sessions" (IAM User
    Guide, id_roles_use_revoke-sessions).  Long-term keys have no such time; a role's session always has."""
    return ("DateLessThan", "aws:TokenIssueTime", instant)


def outside(networks: tuple[str, ...]) -> Term:
    """Holds for every address outside `networks`, and for requests without a public address (through a VPC
    endpoint): a negated operator is true where the key is absent, so a Deny with it fails closed."""
    return ("NotIpAddress", "aws:SourceIp", networks)
