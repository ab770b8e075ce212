"""What was asked of awacs, told apart from what it rendered.

awacs keeps the last of two condition elements with the same operator, and says nothing.  The objects still
hold both, so they are read here and compared with the rendered JSON by the rule J2001.
"""

from collections.abc import Mapping
from typing import Any

from awacs.aws import Condition, PolicyDocument, Statement

AskedTerm = tuple[str, str]
"""A condition operator and a condition key."""


def asked(document: Any) -> tuple[tuple[AskedTerm, ...], ...] | None:
    """The condition terms of each statement, in the order of the statements, a term as often as it was given;
    None for what is no document.  awacs's statements may stand in a plain dictionary, too."""
    properties = document.properties if isinstance(document, PolicyDocument) else document
    if not isinstance(properties, Mapping) or "Statement" not in properties:
        return None
    statements = properties["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return tuple(_of_statement(statement) for statement in listed)


def _of_statement(statement: Any) -> tuple[AskedTerm, ...]:
    properties = statement.properties if isinstance(statement, Statement) else statement
    condition = properties.get("Condition") if isinstance(properties, Mapping) else None
    if not isinstance(condition, Condition):
        return ()
    return tuple(
        (str(element.condition), str(key)) for element in condition.conditions for key in element.get_dict()
    )
