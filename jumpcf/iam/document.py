"""Policy documents: actions, statements, the document, and its size as AWS counts it."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from awacs.aws import Action, Condition, PolicyDocument, Statement

MANAGED_POLICY_LIMIT = 6144  # characters without white space (IAM and STS quotas)
VERSION = "2012-10-17"  # the only version in which policy variables such as ${aws:username} work


def encode(value: Any) -> Any:
    """What orjson asks for an awacs object: its plain form, or what it has rendered already."""
    if isinstance(value, (Clause, Document)):
        return orjson.Fragment(value.rendered)
    return value.JSONrepr()


class Clause(Statement):
    """A statement that renders itself once; many boundaries share most of theirs."""

    @functools.cached_property
    def rendered(self) -> bytes:
        return orjson.dumps(self.JSONrepr(), default=encode, option=orjson.OPT_SORT_KEYS)


class Document(PolicyDocument):
    """A policy document that renders itself once."""

    @functools.cached_property
    def rendered(self) -> bytes:
        return orjson.dumps(self.JSONrepr(), default=encode, option=orjson.OPT_SORT_KEYS)


def characters(rendered: bytes) -> int:
    """The length that IAM compares with its quotas: characters, white space not counted
    (IAM User Guide, "IAM and STS quotas")."""
    text = rendered.decode()
    return len(text) - sum(map(text.count, (" ", "\t", "\n", "\r")))


def actions(service: str, *names: str) -> list[Action]:
    """Actions of one service, in the order given."""
    return [Action(service, name) for name in names]


def everything() -> list[Action]:
    """Every action of every service."""
    return [Action("*")]


def parse_actions(names: Iterable[str]) -> list[Action]:
    """Actions as people write them, "ec2:StartInstances" or "*"."""
    return [Action(*name.split(":", 1)) for name in names]


def deny(
    sid: str,
    *,
    action: list[Action] | None = None,
    not_action: list[Action] | None = None,
    resource: Sequence[str] = ("*",),
    not_resource: Sequence[str] = (),
    condition: Condition | None = None,
) -> Clause:
    return _statement("Deny", sid, action, not_action, resource, not_resource, condition)


def allow(
    sid: str,
    *,
    action: list[Action] | None = None,
    not_action: list[Action] | None = None,
    resource: Sequence[str] = ("*",),
    not_resource: Sequence[str] = (),
    condition: Condition | None = None,
) -> Clause:
    return _statement("Allow", sid, action, not_action, resource, not_resource, condition)


def _statement(
    effect: str,
    sid: str,
    action: list[Action] | None,
    not_action: list[Action] | None,
    resource: Sequence[str],
    not_resource: Sequence[str],
    condition: Condition | None,
) -> Clause:
    if bool(action) == bool(not_action):
        raise ValueError(f"statement {sid} needs either actions or not-actions")
    parts: dict[str, Any] = {"Effect": effect, "Sid": sid}
    parts |= {"Action": action} if action else {"NotAction": not_action}
    parts |= {"NotResource": list(not_resource)} if not_resource else {"Resource": list(resource)}
    if condition is not None:
        parts["Condition"] = condition
    return Clause(**parts)


def document(statements: Iterable[Clause]) -> Document:
    """One document; refuses (ValueError) none at all, and a Sid that stands twice, as IAM does."""
    listed = list(statements)
    if not listed:
        raise ValueError("a policy document needs a statement")
    sids = [statement.properties.get("Sid", "") for statement in listed]
    twice = sorted({sid for sid in sids if sid and sids.count(sid) > 1})
    if twice:
        raise ValueError(f"the statement id {', '.join(twice)} stands twice in one policy")
    return Document(Version=VERSION, Statement=listed)
