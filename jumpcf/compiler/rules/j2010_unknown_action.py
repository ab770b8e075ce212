"""J2010: every action names something, by awacs's tables of the Service Authorization Reference.

IAM takes an action that does not exist, and the statement then does nothing: a Deny that is misspelt protects
nothing.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, listed
from jumpcf.iam.action_table import exists


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    for element in ("Action", "NotAction"):
        for action in listed(statement.get(element)):
            if isinstance(action, str) and not exists(action):
                yield f"{element} {action} names no action"


RULE = policy_rule(
    code="J2010",
    meaning="An action does not exist, or its pattern matches none.",
    source="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    hint="look for a typing error; for an action newer than the installed awacs, update awacs",
    check=check,
)
