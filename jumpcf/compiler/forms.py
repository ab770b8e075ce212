"""What has the right size and yet a form that AWS refuses: characters, names, paths, spans, Fn::Or."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from jumpcf.artifacts.codec import canonical

Found = tuple[str, str, str, str]
"""The code, where in the template, what is wrong, and the way out."""

CODES = {
    "E413": "A policy or description has a character beyond Latin-1, which AWS refuses.",
    "E440": "A name or path with a form that IAM refuses.",
    "E441": "A MaxSessionDuration outside 3,600 to 43,200 seconds.",
    "E442": "A condition function with too few or too many arguments.",
}
SESSION = (3_600, 43_200)  # seconds; IAM API Reference, CreateRole, MaxSessionDuration
# CloudFormation User Guide, "Condition functions": how many arguments each takes
ARGUMENTS = {"Fn::And": (2, 10), "Fn::Or": (2, 10), "Fn::Not": (1, 1), "Fn::Equals": (2, 2), "Fn::If": (3, 3)}

_LATIN1 = ("AssumeRolePolicyDocument", "PolicyDocument", "Policies", "KeyPolicy", "Description")
_MODULE = "mend the stack module that makes it"
# IAM API Reference: UserName, RoleName, GroupName, PolicyName; pathType; policyPathType
_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+")
_PATH = re.compile(r"/|/[!-~]+/")
_POLICY_PATH = re.compile(r"((/[A-Za-z0-9.,+@=_-]+)*)/")
_NAMES = {
    "AWS::IAM::User": ("UserName", _PATH),
    "AWS::IAM::Role": ("RoleName", _PATH),
    "AWS::IAM::Group": ("GroupName", _PATH),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", _POLICY_PATH),
}


def misshapen(body: Mapping[str, Any], data: bytes) -> Iterator[Found]:
    """All of a template's values that AWS would refuse for their form; `data` is its rendered form."""
    for title, resource in body["Resources"].items():
        if resource["Type"] in _NAMES:
            yield from _names(title, resource["Type"], resource.get("Properties", {}))
    if conditions := body.get("Conditions"):
        yield from _conditions(orjson.dumps(conditions))
    if not data.isascii():
        yield from _latin1(body)


def _names(title: str, kind: str, properties: Mapping[str, Any]) -> Iterator[Found]:
    name, path = _NAMES[kind]
    for key, pattern in ((name, _NAME), ("Path", path)):
        value = properties.get(key)
        if isinstance(value, str) and not pattern.fullmatch(value):
            yield "E440", title, f"IAM does not take {value!r} as a {key}", _MODULE
    session = properties.get("MaxSessionDuration", SESSION[0])
    if isinstance(session, int) and not SESSION[0] <= session <= SESSION[1]:
        text = f"MaxSessionDuration is {session:,} seconds; AWS takes {SESSION[0]:,} to {SESSION[1]:,}"
        yield "E441", title, text, "write a session of 1h to 12h in the grant, the level or the defaults"


@functools.lru_cache(maxsize=256)
def _conditions(rendered: bytes) -> tuple[Found, ...]:
    """By their text, because the grants of an organization leave the same accounts empty."""
    return tuple(
        found
        for name, condition in orjson.loads(rendered).items()
        for found in _arguments(f"condition {name}", condition)
    )


def _arguments(where: str, condition: Any) -> Iterator[Found]:
    if isinstance(condition, list):
        for each in condition:
            yield from _arguments(where, each)
    elif isinstance(condition, Mapping):
        for function, arguments in condition.items():
            least, most = ARGUMENTS.get(function, (0, len(arguments)))
            if not least <= len(arguments) <= most:
                text = f"{function} has {len(arguments)} arguments; CloudFormation takes {least} to {most}"
                yield "E442", where, text, "nest them"
            yield from _arguments(where, arguments)


def _latin1(body: Mapping[str, Any]) -> Iterator[Found]:
    """Policies and descriptions take U+00FF at most (IAM API Reference, policyDocumentType)."""
    parts: dict[str, Any] = {"Description": body.get("Description", "")}
    for title, resource in body["Resources"].items():
        properties = resource.get("Properties", {})
        parts |= {f"{title} {key}": properties[key] for key in _LATIN1 if key in properties}
    for part, value in parts.items():
        foreign = sorted({sign for sign in canonical(value).decode() if ord(sign) > 0xFF})
        if foreign:
            text = f"{' '.join(foreign)} cannot stand there; AWS takes Latin-1 only"
            yield "E413", part, text, "titles belong in tags and pages"
