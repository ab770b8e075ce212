"""J2005: a user's own ARN is written with his path.

${aws:username} is the name without the path, so `user/${aws:username}` matches nobody who has one.
"""

import re
from collections.abc import Iterator

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms, texts

# Also as Fn::Sub writes it (${!aws:username}), with a default value, and behind a wildcard that is no whole part
# of the path: user/*${aws:username} means everybody whose name ends like one's own.
BARE = re.compile(r":user/(?:.*[^/])?\$\{!?aws:username\b", re.IGNORECASE)


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    named = [statement.get("Resource"), statement.get("NotResource")]
    named += [values for _, _, values in condition_terms(statement)]
    for value in texts(named):
        if BARE.search(value):
            yield f"{value} has no path"


RULE = policy_rule(
    code="J2005",
    meaning="A user's ARN has ${aws:username} without the path, so it matches no user of a partner.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    hint="write user/partner/<partner>/${aws:username}",
    check=check,
)
