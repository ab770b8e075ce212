"""One harmless action by which is seen whether a session works at all."""

import fnmatch
import re
from collections.abc import Iterable

from jumpcf.policy.document import Policy, Statement, parse

USUAL = "ec2:DescribeInstances"
OPAQUE = parse(
    {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Opaque", "Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
    name="AWS managed policies",
)
"""In the place of policies whose content is not in the bytes: whatever they allow, fence and boundary decide."""

_ONE_ACTION = re.compile(r"[a-z0-9-]+:[a-z0-9]+")


def probe_action(policies: Iterable[Policy], boundary: Policy | None, *, opaque: bool) -> str | None:
    """An action that the role's own policies allow on everything, or with opaque ones the boundary; None where
    no statement names one."""
    if not opaque:
        return _first(policies)
    return USUAL if boundary is None else _first([boundary])


def _first(policies: Iterable[Policy]) -> str | None:
    found = None
    for policy in policies:
        for statement in policy.statements:
            anywhere = any(resource.written == "*" for resource in statement.resources)
            if statement.effect != "Allow" or statement.conditions or not anywhere:
                continue
            if _allows_the_usual(statement):
                return USUAL
            found = found or next((one for one in statement.actions if _ONE_ACTION.fullmatch(one)), None)
    return found


def _allows_the_usual(statement: Statement) -> bool:
    if statement.not_actions:
        return not any(fnmatch.fnmatchcase(USUAL.lower(), one) for one in statement.not_actions)
    return "*" in statement.actions
