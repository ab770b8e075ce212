"""A rendered template: its Conditions for one account, and its IAM resources by type."""

from collections.abc import Callable, Mapping
from typing import Any

from jumpcf.access.codes import UnknownTemplate

ACCOUNT = {"Ref": "AWS::AccountId"}
# What a stack may hold beside these decides nothing about who takes which role, unless it is IAM's.
IAM_TYPES = ("AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User")
_CLOSED = (
    "AWS::IAM::",
    "AWS::SSO::",
    "AWS::Organizations::",
    "AWS::RolesAnywhere::",
    "AWS::CloudFormation::",
)
_EMPTY = ("AWS::CloudFormation::WaitConditionHandle",)


def resources(body: Mapping[str, Any], where: str) -> dict[str, dict[str, Any]]:
    """The IAM resources by title; E601 where a resource of a kind that decides about access is unknown."""
    strange = set(body) - {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Metadata",
        "Outputs",
        "Resources",
    }
    if strange:
        raise UnknownTemplate(
            "E601",
            f"The template has {', '.join(sorted(strange))}, which the proof does not read.",
            where=where,
        )
    found = {}
    for title, resource in body["Resources"].items():
        kind = resource["Type"]
        if kind in IAM_TYPES:
            found[title] = resource
        elif kind.startswith(_CLOSED) and kind not in _EMPTY:
            raise UnknownTemplate("E601", f"{title} is a {kind}, which the proof does not know.", where=where)
    return found


def properties(resource: Mapping[str, Any], known: set[str], where: str) -> dict[str, Any]:
    """A resource's properties; E601 where there is one that the proof does not read."""
    written: dict[str, Any] = resource.get("Properties", {})
    if strange := sorted(set(written) - known):
        raise UnknownTemplate(
            "E601",
            f"{resource['Type']} has {', '.join(strange)}, which the proof does not read.",
            where=where,
        )
    return written


def exists(body: Mapping[str, Any], resource: Mapping[str, Any], account: str, where: str) -> bool:
    """Does the stack in this account have the resource, by its Condition?"""
    name = resource.get("Condition")
    return name is None or holds(body.get("Conditions", {}), {"Condition": name}, account, where)


def holds(conditions: Mapping[str, Any], written: Any, account: str, where: str, depth: int = 0) -> bool:
    """A condition function of CloudFormation over the account's id; E602 for every other form."""
    if depth > 100 or not isinstance(written, Mapping) or len(written) != 1:
        raise _unknown(written, where)
    ((function, arguments),) = written.items()

    def inner(one: Any) -> bool:
        return holds(conditions, one, account, where, depth + 1)

    if function == "Condition" and isinstance(arguments, str) and arguments in conditions:
        return inner(conditions[arguments])
    if function not in _FUNCTIONS or not isinstance(arguments, list):
        raise _unknown(written, where)
    least, most, judge = _FUNCTIONS[function]
    if not least <= len(arguments) <= most:
        raise _unknown(written, where)
    if function == "Fn::Equals":
        left, right = (_value(one, account, where) for one in arguments)
        return left == right
    return judge([inner(one) for one in arguments])


# function: fewest and most arguments (CloudFormation User Guide, "Condition functions"), and what it does
_FUNCTIONS: dict[str, tuple[int, int, Callable[[list[bool]], bool]]] = {
    "Fn::Not": (1, 1, lambda given: not given[0]),
    "Fn::And": (2, 10, all),
    "Fn::Or": (2, 10, any),
    "Fn::Equals": (2, 2, all),
}


def _value(written: Any, account: str, where: str) -> str:
    if written == ACCOUNT:
        return account
    if isinstance(written, str):
        return written
    raise _unknown(written, where)


def _unknown(written: Any, where: str) -> UnknownTemplate:
    return UnknownTemplate("E602", f"A Condition has {str(written)[:80]}, which is not known.", where=where)
