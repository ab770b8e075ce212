"""J2002: MFA is asked for with Bool in an Allow, and its lack denied with BoolIfExists.

aws:MultiFactorAuthPresent is absent for long-term access keys: BoolIfExists in an Allow lets them in, and
Bool in a Deny, or Null in either, misses them.  So is aws:MultiFactorAuthAge, whose numbers are compared.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms

PRESENT = "aws:multifactorauthpresent"
AGE = "aws:multifactorauthage"


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    effect = statement.get("Effect")
    for operator, key, values in condition_terms(statement):
        said = " ".join([f"{effect} with {operator} {key}", ", ".join(str(each).lower() for each in values)])
        if key.lower() == PRESENT:
            wanted = ("Bool", "true") if effect == "Allow" else ("BoolIfExists", "false")
            if operator != wanted[0] or [str(value).lower() for value in values] != [wanted[1]]:
                yield f"{said}; it must be {' '.join(wanted)}"
        elif key.lower() == AGE and not _age(effect, operator):
            wanted_age = "NumericLessThan" if effect == "Allow" else "NumericGreaterThanIfExists"
            yield f"{said}; it must be {wanted_age}"


def _age(effect: object, operator: str) -> bool:
    """The absent age must neither pass an Allow nor slip through a Deny."""
    if effect == "Allow":
        return operator in ("NumericLessThan", "NumericLessThanEquals")
    return operator in ("NumericGreaterThanIfExists", "NumericGreaterThanEqualsIfExists")


RULE = policy_rule(
    code="J2002",
    meaning="An Allow asks for MFA other than by Bool true, or a Deny for its lack other than by BoolIfExists false.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    hint="the key is absent for long-term access keys: Bool true in an Allow, BoolIfExists false in a Deny",
    check=check,
)
