"""What IAM decides: one layer, an identity's layers together, and the taking of a role across accounts.

IAM User Guide: reference_policies_evaluation-logic, reference_policies_evaluation-logic-cross-account,
access_policies_boundaries.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from jumpcf.policy import conditions, pattern, principals, variables
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.document import Policy, Statement
from jumpcf.policy.request import Request

__all__ = ["Decision", "Miss", "Step", "UnknownConstruct", "applies", "assume_role", "identity", "judge"]

Effect = Literal["allow", "explicit-deny", "implicit-deny"]

POLICIES = "policies"
SESSION = "session policies"
BOUNDARY = "boundary"
TRUST = "trust"
"""The names of layers."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A statement that is about this request, but for one condition that is not met."""

    sid: str
    effect: Literal["Allow", "Deny"]
    condition: conditions.Condition
    found: str | tuple[str, ...] | None

    def __str__(self) -> str:
        there = "absent" if self.found is None else " | ".join(_many(self.found))
        return f"{self.effect} {self.sid}: {self.condition}, and the request has {there}"


@dataclass(frozen=True, slots=True)
class Step:
    """What one policy said: the statement that decided within it, and the near misses."""

    layer: str
    policy: str
    effect: Effect
    sid: str = ""
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer.

    `by` is "<policy>/<sid>" of the statement that decided, and "" for an implicit deny; of assume_role it
    is then the name of the layer that did not allow.  `layer` names the deciding layer always.  `trace`
    holds every policy that was looked at, in the order given.
    """

    effect: Effect
    by: str = ""
    layer: str = ""
    trace: tuple[Step, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.effect == "allow"


def _many(found: str | tuple[str, ...]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else found


def judge(request: Request, *policies: Policy, layer: str = POLICIES) -> Decision:
    """One layer: an explicit Deny wins, else an Allow, else the implicit deny.  Every policy is read."""
    steps = tuple(_step(request, policy, layer) for policy in policies)
    for effect in ("explicit-deny", "allow"):
        for step in steps:
            if step.effect == effect:
                return Decision(step.effect, f"{step.policy}/{step.sid}", layer, steps)
    return Decision("implicit-deny", "", layer, steps)


def _step(request: Request, policy: Policy, layer: str) -> Step:
    said: dict[str, str] = {}
    misses: list[Miss] = []
    for statement in policy.statements:
        try:
            about, unmet = _reads(statement, request)
        except UnknownConstruct as unknown:
            raise unknown.at(f"{policy.name}/{statement.sid}") from unknown
        if not about:
            continue
        if unmet:
            condition = unmet[0]
            misses.append(Miss(statement.sid, statement.effect, condition, request.value(condition.key)))
        else:
            said.setdefault(statement.effect, statement.sid)
    if "Deny" in said:
        return Step(layer, policy.name, "explicit-deny", said["Deny"], tuple(misses))
    if "Allow" in said:
        return Step(layer, policy.name, "allow", said["Allow"], tuple(misses))
    return Step(layer, policy.name, "implicit-deny", "", tuple(misses))


def applies(statement: Statement, request: Request) -> bool:
    """Does the statement's effect hold for this request?"""
    about, unmet = _reads(statement, request)
    return about and not unmet


def _reads(statement: Statement, request: Request) -> tuple[bool, list[conditions.Condition]]:
    """Is the statement about this request, and if so, which of its conditions are not met?"""
    about = _about(statement, request)
    return about, _unmet(statement, request) if about else []


def _about(statement: Statement, request: Request) -> bool:
    """Principal, action and resource, without the conditions."""
    return (
        _names_the_action(statement, request)
        and _names_the_caller(statement, request)
        and _names_the_resource(statement, request)
    )


def _unmet(statement: Statement, request: Request) -> list[conditions.Condition]:
    """Every condition is looked at, so that the order of a document can hide nothing unknown."""
    return [one for one in statement.conditions if not conditions.holds(one, request)]


def _names_the_action(statement: Statement, request: Request) -> bool:
    action = request.action.lower()
    if statement.not_actions:
        return not any(pattern.like(action, one) for one in statement.not_actions)
    return any(pattern.like(action, one) for one in statement.actions)


def _names_the_caller(statement: Statement, request: Request) -> bool:
    return statement.principals is None or any(
        principals.includes(one, request) for one in statement.principals
    )


def _names_the_resource(statement: Statement, request: Request) -> bool:
    if statement.not_resources:
        patterns = [variables.as_pattern(one, request) for one in statement.not_resources]
        if None in patterns:
            raise UnknownConstruct(
                "P210", "A variable in NotResource is absent, and what IAM makes of it is not documented."
            )
        return not any(pattern.resource_like(request.resource, one) for one in patterns if one is not None)
    if not statement.resources:
        return True
    filled = (variables.as_pattern(one, request) for one in statement.resources)
    return any(one is not None and pattern.resource_like(request.resource, one) for one in filled)


def identity(
    request: Request,
    policies: Iterable[Policy],
    boundary: Policy | None = None,
    session_policies: Iterable[Policy] = (),
) -> Decision:
    """A user's or role's own account: its policies, its boundary and its session's policies must all allow.

    An explicit Deny in any of them wins.  No policy at all allows nothing; no boundary and no session
    policies restrict nothing.
    """
    layers = [_layer(request, POLICIES, policies)]
    if boundary is not None:
        layers.append(_layer(request, BOUNDARY, (boundary,)))
    if session := tuple(session_policies):
        layers.append(_layer(request, SESSION, session))
    return _together(layers, allowed_by=layers[0])


def _layer(request: Request, name: str, policies: Iterable[Policy]) -> Decision:
    kept = tuple(policies)
    for policy in kept:
        if policy.of_a_resource:
            raise UnknownConstruct("P214", f"{policy.name} names principals, and stands among {name}.")
    return judge(request, *kept, layer=name)


def _together(layers: list[Decision], *, allowed_by: Decision) -> Decision:
    """Every layer must allow; the first explicit Deny decides, else the first that does not allow."""
    trace = tuple(step for layer in layers for step in layer.trace)
    for effect in ("explicit-deny", "implicit-deny"):
        for layer in layers:
            if layer.effect == effect:
                return replace(layer, trace=trace)
    return replace(allowed_by, trace=trace)


def assume_role(
    request: Request,
    *,
    group_policies: Iterable[Policy],
    trust: Policy,
    user_boundary: Policy | None = None,
) -> Decision:
    """The taking of a role of another account: the caller's account and the role's trust must both allow.

    `by` of an allow is the statement of the trust policy, which has the last word; the group's is in the
    trace.  P215 inside one account, where the rules are others.
    """
    if request.principal_account == request.resource_account:
        raise UnknownConstruct("P215", "The role and its caller are in one account; that is not judged.")
    if not trust.of_a_resource:
        raise UnknownConstruct("P214", f"{trust.name} names no principals, and stands for a trust policy.")
    own = identity(request, group_policies, user_boundary)
    other = judge(request, trust, layer=TRUST)
    decided = _together([own, other], allowed_by=other)
    return replace(decided, by=decided.by or decided.layer)
