"""Intrinsic functions and Conditions over one template, one account, one moment.  Pure.

Supported: Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::If, Fn::Select, Fn::Split, Fn::FindInMap, and in Conditions
Fn::Equals, Fn::And, Fn::Or, Fn::Not, Condition.  Any other function is refused by name, never passed through.
Source: CloudFormation User Guide, "Intrinsic function reference" and "Condition functions" (Fn::And and
Fn::Or take two to ten conditions).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.local.records import Resource
from jumpcf.local.refusals import NotImplementedHere, ValidationError
from jumpcf.local.template import SUB, Template

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"  # AWS's own placeholder in a change set's property values
_NO_VALUE = object()


@dataclass(slots=True)
class Scope:
    """What a template's functions can see.  `planning` answers references to what is not there yet with a
    placeholder instead of a refusal; `conditions` are filled in as they are asked for."""

    template: Template
    parameters: Mapping[str, str | list[str]]
    pseudo: Mapping[str, str]
    resources: dict[str, Resource]
    conditions: dict[str, bool]
    planning: bool = False


def evaluate(value: Any, scope: Scope) -> Any:
    """The value with every function replaced by what it gives; AWS::NoValue removes what holds it."""
    if isinstance(value, list):
        items = (evaluate(item, scope) for item in value)
        return [item for item in items if item is not _NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        function = _FUNCTIONS.get(name)
        if function:
            return function(argument, scope)
        if name.startswith("Fn::"):
            raise NotImplementedHere(f"The embedded AWS does not implement {name}.")
    pairs = ((key, evaluate(item, scope)) for key, item in value.items())
    return {key: item for key, item in pairs if item is not _NO_VALUE}


def holds(name: str, scope: Scope) -> bool:
    """Whether a named condition is true."""
    if name not in scope.conditions:
        if name not in scope.template.conditions:
            raise ValidationError(f"Template error: condition {name} is not defined.")
        scope.conditions[name] = _condition(scope.template.conditions[name], scope)
    return scope.conditions[name]


def wanted(scope: Scope) -> list[str]:
    """The logical ids whose condition holds, in order of creation."""
    items = scope.template.resources.values()
    return [item.logical_id for item in items if item.condition is None or holds(item.condition, scope)]


def parameters(template: Template, given: Mapping[str, str]) -> dict[str, str | list[str]]:
    """The template's parameters with defaults filled in; lists are split.

    Refuses unknown ones, missing ones, and values that AllowedValues or AllowedPattern exclude.
    """
    unknown = sorted(given.keys() - template.parameters.keys())
    if unknown:
        raise ValidationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [
        name for name, item in template.parameters.items() if name not in given and "Default" not in item
    ]
    if missing:
        raise ValidationError(f"Parameters: [{', '.join(missing)}] must have values")
    return {
        name: _parameter(name, item, str(given.get(name, item.get("Default"))))
        for name, item in template.parameters.items()
    }


def _parameter(name: str, declared: Mapping[str, Any], value: str) -> str | list[str]:
    kind = declared.get("Type", "String")
    if kind not in ("String", "Number", "CommaDelimitedList", "List<String>", "List<Number>"):
        raise NotImplementedHere(f"The embedded AWS has no parameters of type {kind} ({name}).")
    allowed = declared.get("AllowedValues")
    if allowed is not None and value not in [str(item) for item in allowed]:
        raise ValidationError(
            f"Parameter '{name}' must be one of AllowedValues: [{', '.join(map(str, allowed))}]"
        )
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        raise ValidationError(f"Parameter '{name}' must match pattern {pattern}")
    return [item.strip() for item in value.split(",")] if kind.startswith(("Comma", "List")) else value


def _ref(name: str, scope: Scope) -> Any:
    if name == "AWS::NoValue":
        return _NO_VALUE
    for values in (scope.pseudo, scope.parameters):
        if name in values:
            return values[name]
    if name in scope.resources:
        return scope.resources[name].physical_id
    return _absent(name, scope)


def _absent(name: str, scope: Scope) -> str:
    if scope.planning and name in scope.template.resources:
        return UNKNOWN
    raise ValidationError(
        f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
    )


def _get_att(argument: Any, scope: Scope) -> str:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    resource = scope.resources.get(name)
    if resource is None:
        return _absent(name, scope)
    if attribute not in resource.attributes:
        raise ValidationError(
            f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
        )
    return resource.attributes[attribute]


def _join(argument: Any, scope: Scope) -> str:
    delimiter, items = argument
    return str(delimiter).join(str(item) for item in evaluate(items, scope))


def _sub(argument: Any, scope: Scope) -> str:
    text, own = (argument[0], evaluate(argument[1], scope)) if isinstance(argument, list) else (argument, {})

    def replace(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return "${" + name + "}"
        if name in own:
            return str(own[name])
        found = _get_att(name, scope) if "." in name else _ref(name, scope)
        if found is _NO_VALUE or isinstance(found, list):
            raise ValidationError(f"Template error: Fn::Sub cannot use {name}, which is not a text.")
        return str(found)

    return SUB.sub(replace, text)


def _if(argument: Any, scope: Scope) -> Any:
    name, then, otherwise = argument
    return evaluate(then if holds(name, scope) else otherwise, scope)


def _select(argument: Any, scope: Scope) -> Any:
    index, items = evaluate(argument[0], scope), evaluate(argument[1], scope)
    if not 0 <= int(index) < len(items):
        raise ValidationError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _split(argument: Any, scope: Scope) -> list[str]:
    return str(evaluate(argument[1], scope)).split(str(argument[0]))


def _find_in_map(argument: Any, scope: Scope) -> Any:
    names = [evaluate(item, scope) for item in argument]
    found: Any = scope.template.mappings
    for name in names:
        if name not in found:
            raise ValidationError(f"Template error: Unable to get mapping for {'::'.join(map(str, names))}")
        found = found[name]
    return found


def _condition(value: Any, scope: Scope) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValidationError("Template error: every condition must be one condition function.")
    name, argument = next(iter(value.items()))
    if name == "Condition":
        return holds(argument, scope)
    if name == "Fn::Equals":
        left, right = (evaluate(item, scope) for item in argument)
        return str(left) == str(right)
    if name == "Fn::Not":
        return not _condition(argument[0], scope)
    if name not in ("Fn::And", "Fn::Or"):
        raise NotImplementedHere(f"The embedded AWS does not implement {name} in Conditions.")
    if not 2 <= len(argument) <= 10:
        raise ValidationError(
            f"Template error: every {name} object requires a list of at least 2 and at most 10 boolean parameters."
        )
    truths = [_condition(item, scope) for item in argument]
    return all(truths) if name == "Fn::And" else any(truths)


_FUNCTIONS: dict[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
}
