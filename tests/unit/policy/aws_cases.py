"""Cases of AWS's own documentation: what a policy of each page decides, and the twin that is denied.

Each case is allowed as it stands, and denied when the one value of `twin` differs.  `page` is the page of
the IAM User Guide (docs.aws.amazon.com/IAM/latest/UserGuide/<page>.html); account ids and names are made
up where the page has placeholders.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
DAVID = f"arn:aws:iam::{ACCOUNT}:user/David"


@dataclass(frozen=True, kw_only=True)
class Case:
    """`resource_policy` without policies is judged alone; with them both accounts have to allow."""

    page: str
    shows: str
    action: str
    twin: tuple[str, Any]
    denied: str = "implicit-deny"
    resource: str = "*"
    given: Mapping[str, Any] = field(default_factory=dict)
    principal: str = DAVID
    policies: tuple[Mapping[str, Any], ...] = ()
    boundary: Mapping[str, Any] | None = None
    session: Mapping[str, Any] | None = None
    resource_policy: Mapping[str, Any] | None = None


def doc(*statements: Mapping[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return {"Statement": list(statements)} | ({"Version": version} if version else {})


def allow(action: Any, resource: Any = "*", /, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def deny(action: Any, resource: Any = "*", /, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource} | more


def when(operator: str, key: str, *values: Any, **more: Any) -> dict[str, Any]:
    """A Condition of one operator and key, and more operators by name."""
    return {"Condition": {operator: {key: values[0] if len(values) == 1 else list(values)}} | more}


EVERYTHING = allow("*")


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return doc({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more)


def allowed_if(
    page: str, shows: str, condition: dict[str, Any], good: dict[str, Any], key: str, bad: Any
) -> Case:
    """One Allow under a condition: it holds for `good`, and no more when `key` has the value `bad`."""
    return Case(
        page=page,
        shows=shows,
        policies=(doc(allow("*", **condition)),),
        action="ec2:StopInstances",
        given=good,
        twin=(key, bad),
    )


def denied_if(
    page: str, shows: str, condition: dict[str, Any], good: dict[str, Any], key: str, bad: Any
) -> Case:
    """Everything allowed, and one Deny under a condition, which holds when `key` has the value `bad`."""
    return Case(
        page=page,
        shows=shows,
        policies=(doc(EVERYTHING, deny("*", **condition)),),
        action="ec2:StopInstances",
        given=good,
        twin=(key, bad),
        denied="explicit-deny",
    )
