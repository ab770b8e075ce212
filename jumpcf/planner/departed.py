"""Users of a live stack whom the compiled one has no more: who they are, and which Denies go with them.

A Deny that names a user by his ARN denies nobody else.  Where he is offboarded and deleted by the same update, nobody
may do more without it.
"""

import copy
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from jumpcf.artifacts.marks import PARTNER_PATH, PARTNER_TAG
from jumpcf.planner.changes import section

USER = "AWS::IAM::User"
EXACT = ("ArnEquals", "ArnLike", "StringEquals")
"""Operators that compare with each value alone; in the first two a value may be a pattern."""


def users(template: Any) -> dict[str, dict[str, Any]]:
    """The properties of a template's users by logical id."""
    return {
        logical_id: section(resource, "Properties")
        for logical_id, resource in sorted(section(template, "Resources").items())
        if isinstance(resource, dict) and resource.get("Type") == USER
    }


def partner_of(user: Mapping[str, Any]) -> str:
    """Whose user he is, by path and tag together; "" for a user whom nothing proves to be a partner's."""
    path, tags = user.get("Path"), user.get("Tags")
    if not (isinstance(path, str) and path.startswith(PARTNER_PATH) and isinstance(tags, list)):
        return ""
    return next(_values(tags), "")


def without_departed(before: Any, after: Any, people: Collection[str] = ()) -> Any:
    """`before` as if its Denies had never named the partners' users whom `after` has no more.  `people` are those
    whom params name: who is among them comes back by another stack, under the same ARN perhaps."""
    there = {one.casefold() for one in (*people, *map(_name, users(after).values()))}
    going = [user for user in users(before).values() if partner_of(user) and _name(user)]
    arns = {f":user{user['Path']}{_name(user)}" for user in going if _name(user).casefold() not in there}
    if not arns:
        return before
    made = copy.deepcopy(before)
    for document in _documents(made):
        statements = document.get("Statement")
        if isinstance(statements, list):
            document["Statement"] = [one for one in statements if not _is_theirs(one, arns)] or statements
    return made


def _name(user: Mapping[str, Any]) -> str:
    name = user.get("UserName")
    return name if isinstance(name, str) else ""


def _values(tags: list[Any]) -> Iterator[str]:
    for tag in tags:
        if isinstance(tag, dict) and tag.get("Key") == PARTNER_TAG and isinstance(tag.get("Value"), str):
            yield tag["Value"]


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy document within."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _documents(one)


def _is_theirs(statement: Any, arns: Collection[str]) -> bool:
    """Whether the statement is a Deny of these users alone; of others as well, they are taken out of it."""
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return False
    for operator in EXACT:
        named = section(statement.get("Condition"), operator)
        listed = named.get("aws:PrincipalArn")
        values = listed if isinstance(listed, list) else [listed]
        kept = [one for one in values if not _ends(one, arns)]
        if not kept:
            return True
        if len(kept) < len(values):
            named["aws:PrincipalArn"] = kept
    return False


def _ends(value: Any, arns: Collection[str]) -> bool:
    return isinstance(value, str) and not set("*?") & set(value) and any(map(value.endswith, arns))
