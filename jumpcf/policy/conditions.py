"""One condition of a statement: an operator, a key and values, held against a request.

IAM User Guide: reference_policies_elements_condition_operators (absent keys, IfExists, Null) and
reference_policies_condition-multi-valued-context-keys (ForAnyValue, ForAllValues).
"""

from dataclasses import dataclass
from typing import Literal

from jumpcf.policy import keys, variables
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.operators import OPERATORS, Operator, matches
from jumpcf.policy.request import Request

SetPrefix = Literal["", "ForAnyValue", "ForAllValues"]


@dataclass(frozen=True, slots=True)
class Condition:
    """`set_prefix:operator[IfExists]` on `key`; any of `values` is enough (none of them, if negated)."""

    operator: Operator
    key: str
    values: tuple[variables.Text, ...]
    set_prefix: SetPrefix = ""
    if_exists: bool = False

    @property
    def name(self) -> str:
        """The operator as the document writes it."""
        prefix = f"{self.set_prefix}:" if self.set_prefix else ""
        return f"{prefix}{self.operator.name}{'IfExists' if self.if_exists else ''}"

    def __str__(self) -> str:
        return f"{self.name} {self.key} = {' | '.join(value.written for value in self.values)}"


def read(name: str, key: str, written: tuple[str, ...], *, version_2012: bool) -> Condition:
    """The condition; P207 to P211 for what is not known."""
    prefix, operator, if_exists = _operator(name)
    if not keys.known(key):
        raise UnknownConstruct("P208", f"The condition key {key!r} is not known.")
    if key.lower() in keys.MULTIVALUED and not prefix and operator.name != "Null":
        raise UnknownConstruct("P211", f"{key} has several values; {name} needs ForAnyValue or ForAllValues.")
    values = tuple(variables.read(value, variables=version_2012) for value in written)
    for value in values:
        if value.has_variables and not operator.variables:
            raise UnknownConstruct("P210", f"{name} takes no policy variables: {value.written!r}.")
        if fault := operator.refuses(value.written):
            raise UnknownConstruct("P209", f"{name} on {key}: {fault}.")
    return Condition(operator, key, values, prefix, if_exists)


def _operator(name: str) -> tuple[SetPrefix, Operator, bool]:
    bare, prefix = name, ""
    if ":" in name:
        prefix, _, bare = name.partition(":")
    if_exists = bare.endswith("IfExists")
    found = OPERATORS.get(bare.removesuffix("IfExists"))
    if found is None or prefix not in ("", "ForAnyValue", "ForAllValues"):
        raise UnknownConstruct("P207", f"The condition operator {name!r} is not known.")
    if found.name == "Null" and (prefix or if_exists):
        raise UnknownConstruct("P207", f"Null takes neither a prefix nor IfExists: {name!r}.")
    if name.startswith(":"):
        raise UnknownConstruct("P207", f"The condition operator {name!r} is not known.")
    return prefix, found, if_exists  # type: ignore[return-value]  # one of the three, checked above


def holds(condition: Condition, request: Request) -> bool:
    """Is the condition met?"""
    found = request.value(condition.key)
    if condition.operator.name == "Null":
        return any(
            (value.written.lower() == "true") is _is_null(condition, found) for value in condition.values
        )
    if found is None:
        return holds_when_absent(condition)
    if isinstance(found, str) and not condition.set_prefix:
        return _one(condition, found, request)
    if isinstance(found, tuple) and not condition.set_prefix:
        raise UnknownConstruct(
            "P211", f"{condition.key} has several values; {condition.name} needs ForAnyValue or ForAllValues."
        )
    values = (found,) if isinstance(found, str) else found
    if not any(values):  # "an empty data set (for example, an empty string)" is as good as absent
        return holds_when_absent(condition)
    each = [_one(condition, value, request) for value in values]
    return any(each) if condition.set_prefix == "ForAnyValue" else all(each)


def _is_null(condition: Condition, found: str | tuple[str, ...] | None) -> bool:
    if found == "":
        raise UnknownConstruct(
            "P212", f"{condition.key} is empty, and whether IAM takes that for null is not documented."
        )
    return found is None or not any(found)


def holds_when_absent(condition: Condition) -> bool:
    """IfExists and ForAllValues are then true, ForAnyValue is false, and a negation is true."""
    if condition.if_exists or condition.set_prefix == "ForAllValues":
        return True
    return condition.operator.negated and condition.set_prefix != "ForAnyValue"


def _one(condition: Condition, value: str, request: Request) -> bool:
    """One value of the request against every value of the policy."""
    row = condition.operator
    hit = False
    for text in condition.values:
        wanted = variables.as_pattern(text, request) if row.like else variables.as_text(text, request)
        if wanted is not None:
            hit |= matches(row, condition.key, value, wanted)
        elif row.negated:
            raise UnknownConstruct(
                "P210",
                f"{condition}: a variable is absent, and what a negation makes of it is not documented.",
            )
    return hit is not row.negated
