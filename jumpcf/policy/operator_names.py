"""The names of IAM's condition operators: all that there are, those among them that `operators` does not judge."""

import re

# IAM User Guide, "IAM JSON policy elements: Condition operators"
OPERATORS = (
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "BinaryEquals", "Bool"),
    *("DateEquals", "DateGreaterThan", "DateGreaterThanEquals", "DateLessThan", "DateLessThanEquals"),
    *("DateNotEquals", "IpAddress", "NotIpAddress", "Null", "NumericEquals", "NumericGreaterThan"),
    *("NumericGreaterThanEquals", "NumericLessThan", "NumericLessThanEquals", "NumericNotEquals"),
    *("StringEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotEquals"),
    *("StringNotEqualsIgnoreCase", "StringNotLike"),
)
_OPERATOR = re.compile(r"(ForAllValues:|ForAnyValue:)?(?P<name>[A-Za-z]+?)(IfExists)?")


def is_operator(operator: str) -> bool:
    """Is there such a condition operator, with its set prefix and its IfExists?"""
    found = _OPERATOR.fullmatch(operator)
    return found is not None and found["name"] in OPERATORS and not operator.endswith("NullIfExists")
