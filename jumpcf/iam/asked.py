"""What was asked of awacs, told apart from what it rendered.

awacs keeps the last of two condition elements with the same operator, and says nothing.  The objects still
hold both, so they are read here and compared with the rendered JSON by the rule J2001.
"""

from typing import Any

from awacs.aws import Condition, PolicyDocument, Statement

AskedTerm = tuple[str, str]
"""A condition operator and a condition key."""


def asked(document: Any) -> tuple[frozenset[AskedTerm], ...] | None:
    """The condition terms of each statement, in the order of the statements; None for what is no awacs document."""
    if not isinstance(document, PolicyDocument):
        return None
    statements = document.properties.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return tuple(_of_statement(statement) for statement in listed)


def _of_statement(statement: Any) -> frozenset[AskedTerm]:
    condition = statement.properties.get("Condition") if isinstance(statement, Statement) else None
    if not isinstance(condition, Condition):
        return frozenset()
    return frozenset(
        (str(element.condition), str(key)) for element in condition.conditions for key in element.get_dict()
    )
