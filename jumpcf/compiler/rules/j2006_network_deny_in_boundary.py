"""J2006: no boundary denies by network.

A boundary is also forced upon the roles that a partner makes, and those call from AWS's own addresses.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms

KEYS = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"})


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if "boundary" in uses:
        for operator, key, _ in condition_terms(statement):
            if key.lower() in KEYS:
                yield f"{statement.get('Effect')} with {operator} {key}"


RULE = policy_rule(
    code="J2006",
    meaning="A boundary speaks of networks, which would break the roles that a partner makes.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    hint="networks are enforced by the fence, an inline policy of the role (fence in params/estate.yaml)",
    check=check,
)
