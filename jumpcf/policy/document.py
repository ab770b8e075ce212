"""Policy documents as they are rendered, read into records; whatever is not known is refused.

IAM User Guide, reference_policies_grammar and reference_policies_elements.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jumpcf.policy import conditions as conditions_of
from jumpcf.policy import pattern, variables
from jumpcf.policy import principals as principals_of
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.conditions import Condition
from jumpcf.policy.principals import Principal

VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = {"Version", "Id", "Statement"}
_OF_A_STATEMENT = {
    *("Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
}
_A_VALUE = (str, int, float)  # made once: `str | int | float` is made anew for each value
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", re.ASCII | re.IGNORECASE)
_RESOURCE = re.compile(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; of actions and not_actions one is empty, likewise of the resources.

    `actions` are in lower case, as actions have no letter case.  `principals` is None in a policy of an
    identity.  A trust policy has no resources at all and means the role that it belongs to.
    """

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[variables.Text, ...] = ()
    not_resources: tuple[variables.Text, ...] = ()
    principals: tuple[Principal, ...] | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document under the name that decisions call it by."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def of_a_resource(self) -> bool:
        """Does it say who, as trust and bucket policies do?"""
        return self.statements[0].principals is not None


def parse(document: Mapping[str, Any] | str | bytes, *, name: str) -> Policy:
    """The policy; an UnknownConstruct that names the policy and the statement for all that is not known."""
    body = _body(document, name)
    _only(body, _ELEMENTS, name)
    version = body.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        raise UnknownConstruct("P202", f"The version {version!r} of a policy is not known.", where=name)
    written = body.get("Statement")
    listed = written if isinstance(written, list) else [written]
    if not listed or not all(isinstance(one, Mapping) for one in listed):
        raise UnknownConstruct("P203", "The policy has no statements.", where=name)
    statements = tuple(
        _statement(one, number, name, version_2012=version == VERSIONS[0])
        for number, one in enumerate(listed)
    )
    _one_kind(statements, name)
    return Policy(name, statements)


def _body(document: Mapping[str, Any] | str | bytes, name: str) -> Mapping[str, Any]:
    if isinstance(document, Mapping):
        return document
    try:
        body = json.loads(document, object_pairs_hook=_no_twins)
    except ValueError as error:
        raise UnknownConstruct("P201", f"The policy is not JSON: {error}.", where=name) from error
    if not isinstance(body, dict):
        raise UnknownConstruct("P201", "The policy is not a JSON object.", where=name)
    return body


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _only(body: Mapping[str, Any], known: set[str], where: str) -> None:
    if extra := sorted(map(str, set(body) - known)):
        raise UnknownConstruct("P202", f"The element {', '.join(extra)} is not known.", where=where)


def _one_kind(statements: tuple[Statement, ...], name: str) -> None:
    sids = [one.sid for one in statements]
    if len(set(sids)) != len(sids):
        raise UnknownConstruct("P203", "Two statements have one Sid.", where=name)
    if len({one.principals is None for one in statements}) != 1:
        raise UnknownConstruct("P203", "Some statements have a Principal and some have none.", where=name)


def _statement(written: Mapping[str, Any], number: int, name: str, *, version_2012: bool) -> Statement:
    sid = written.get("Sid") or f"#{number}"
    where = f"{name}/{sid}"
    try:
        _only(written, _OF_A_STATEMENT, where)
        if not isinstance(sid, str) or written.get("Effect") not in ("Allow", "Deny"):
            raise UnknownConstruct("P203", "A statement needs an Effect, Allow or Deny, and a Sid is text.")
        who = principals_of.read(written["Principal"]) if "Principal" in written else None
        actions, not_actions = _either(written, "Action")
        resources, not_resources = _either(written, "Resource", optional=who is not None)
        return Statement(
            sid=sid,
            effect=written["Effect"],
            actions=tuple(map(_action, actions)),
            not_actions=tuple(map(_action, not_actions)),
            resources=tuple(_resource(one, version_2012=version_2012) for one in resources),
            not_resources=tuple(_resource(one, version_2012=version_2012) for one in not_resources),
            principals=who,
            conditions=_conditions(written, version_2012=version_2012),
        )
    except UnknownConstruct as unknown:
        raise unknown.at(where) from unknown


def _either(
    written: Mapping[str, Any], element: str, *, optional: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of an element and of its negation; exactly one of them is there."""
    there = [name for name in (element, f"Not{element}") if name in written]
    if len(there) > 1 or (not there and not optional):
        raise UnknownConstruct("P203", f"A statement needs either {element} or Not{element}.")
    return (
        _texts(written[element], element) if element in there else (),
        _texts(written[f"Not{element}"], f"Not{element}") if f"Not{element}" in there else (),
    )


def _texts(written: Any, what: str) -> tuple[str, ...]:
    listed = written if isinstance(written, list) else [written]
    if not listed or not all(isinstance(one, str) and one for one in listed):
        raise UnknownConstruct("P203", f"{what} is neither a text nor a list of texts: {written!r}.")
    return tuple(listed)


def _action(written: str) -> str:
    if not _ACTION.fullmatch(written):
        raise UnknownConstruct("P204", f"The action {written!r} is not known.")
    return pattern.escaped(written.lower())


def _resource(written: str, *, version_2012: bool) -> variables.Text:
    if not _RESOURCE.fullmatch(written):
        raise UnknownConstruct("P205", f"The resource {written!r} is neither an ARN of six parts nor *.")
    text = variables.read(written, variables=version_2012)
    if text.before_the_first_variable.count(":") < pattern.ARN_PARTS - 1 and text.has_variables:
        raise UnknownConstruct("P210", f"A policy variable stands before the fifth colon of {written!r}.")
    return text


def _conditions(written: Mapping[str, Any], *, version_2012: bool) -> tuple[Condition, ...]:
    if "Condition" not in written:
        return ()
    block = written["Condition"]
    if not isinstance(block, Mapping) or not block:
        raise UnknownConstruct("P203", "A Condition is there, and holds nothing.")
    made = []
    for name, of_keys in block.items():
        if not isinstance(of_keys, Mapping) or not of_keys:
            raise UnknownConstruct("P203", f"The condition {name} names no key.")
        if len({key.lower() for key in of_keys}) != len(of_keys):
            raise UnknownConstruct("P203", f"The condition {name} names a key twice, in two letter cases.")
        made += [
            conditions_of.read(name, key, _values(values, f"{name} {key}"), version_2012=version_2012)
            for key, values in of_keys.items()
        ]
    return tuple(made)


def _values(written: Any, what: str) -> tuple[str, ...]:
    """The values as texts; JSON's own truth values and numbers mean their text."""
    listed = written if isinstance(written, list) else [written]
    if not listed or not all(isinstance(one, _A_VALUE) for one in listed):
        raise UnknownConstruct("P209", f"{what} has no value, or one that is no text: {written!r}.")
    return tuple(one if isinstance(one, str) else json.dumps(one) for one in listed)
