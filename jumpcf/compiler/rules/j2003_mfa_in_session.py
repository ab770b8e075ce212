"""J2003: no policy of a role session asks about MFA.

The credentials that AssumeRole returns carry no MFA information, so an Allow with it never allows, and a Deny
with it denies everybody.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms

KEYS = frozenset({"aws:multifactorauthpresent", "aws:multifactorauthage"})


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    if uses & {"role", "boundary"}:
        for operator, key, _ in condition_terms(statement):
            if key.lower() in KEYS:
                yield f"{operator} {key} has no meaning in a role session"


RULE = policy_rule(
    code="J2003",
    meaning="A role's policy or boundary asks about MFA, which a role session does not carry.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html",
    hint="ask for MFA in the trust policy (mfa_max_age of a level limits its age)",
    check=check,
)
