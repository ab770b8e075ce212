"""J2004: no Allow is for everybody."""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, listed


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if statement.get("Effect") != "Allow":
        return
    if "NotPrincipal" in statement:
        yield "Allow with NotPrincipal is for everybody else"
    for name in _names(statement.get("Principal")):
        if "*" in name or "?" in name:
            yield f"Allow for the principal {name}"


def _names(principal: Any) -> list[str]:
    values = principal.values() if isinstance(principal, Mapping) else [principal]
    return [str(name) for value in values for name in listed(value) if isinstance(name, str)]


RULE = policy_rule(
    code="J2004",
    meaning="An Allow names everybody, or a pattern, as its principal.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    hint="name accounts or roles; patterns of principals belong in a condition on aws:PrincipalArn",
    check=check,
)
