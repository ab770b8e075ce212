"""J2002: MFA is asked for with Bool in an Allow, and its lack denied with BoolIfExists.

aws:MultiFactorAuthPresent is absent for long-term access keys: BoolIfExists in an Allow lets them in, and
Bool in a Deny, or Null in either, misses them.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms

KEY = "aws:multifactorauthpresent"


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    effect = statement.get("Effect")
    wanted = ("Bool", "true") if effect == "Allow" else ("BoolIfExists", "false")
    for operator, key, values in condition_terms(statement):
        if key.lower() != KEY:
            continue
        if operator != wanted[0] or [str(value).lower() for value in values] != [wanted[1]]:
            found = ", ".join(str(value).lower() for value in values)
            yield f"{effect} with {operator} {key} {found}; it must be {' '.join(wanted)}"


RULE = policy_rule(
    code="J2002",
    meaning="An Allow asks for MFA other than by Bool true, or a Deny for its lack other than by BoolIfExists false.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    hint="the key is absent for long-term access keys: Bool true in an Allow, BoolIfExists false in a Deny",
    check=check,
)
