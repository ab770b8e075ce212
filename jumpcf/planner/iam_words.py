"""A template read as people of IAM speak of it: roles, groups and users, each with its parts.

What cannot be read (a construct that the evaluator does not know, in a template that somebody changed by hand)
is kept as UNREADABLE: nothing is ever proved of it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.freezing import LONGEST
from jumpcf.artifacts.marks import is_freeze
from jumpcf.artifacts.plan import Part
from jumpcf.errors import JumpcfError
from jumpcf.planner.changes import differing, section
from jumpcf.planner.conditions import NOTHING, plain
from jumpcf.policy.document import Policy, parse
from jumpcf.policy.pattern import escaped

KINDS: dict[str, Part] = {"AWS::IAM::Role": "role", "AWS::IAM::Group": "group", "AWS::IAM::User": "user"}
NAMES = {"role": "RoleName", "group": "GroupName", "user": "UserName"}
SESSION = 3600  # seconds of MaxSessionDuration where a role states none (IAM API Reference, CreateRole)
POLICY = "AWS::IAM::ManagedPolicy"
HOLDERS = ("Groups", "Roles", "Users")
"""Properties of a managed policy by which it is attached to others than those that name it."""

SILENT = frozenset({"AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Resources"})
"""Sections of a template that give nothing to anybody, and the one that is read."""

_JUDGED = frozenset(
    {
        *("AssumeRolePolicyDocument", "Description", "Groups", "ManagedPolicyArns", "MaxSessionDuration"),
        *("PermissionsBoundary", "Policies"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A role, group or user.  `layers` are the policies that are read together, by part; None where one of
    them cannot be read.  `unseen` are policies whose content is not in the template, by ARN; `frozen` says whether
    the one that denies everything, which jump-base makes, is attached."""

    kind: Part
    name: str
    layers: dict[Part, tuple[Policy, ...] | None]
    unseen: frozenset[str]
    frozen: bool
    groups: frozenset[str]
    session: int
    rest: dict[str, Any] = field(repr=False)  # what else it has: tags, path, Condition …


def subjects(template: Any) -> dict[str, Subject]:
    """Every role, group and user of a template, by its logical id."""
    resources = section(template, "Resources")
    return {
        title: _subject(KINDS[kind], title, resource, resources)
        for title, resource in resources.items()
        if isinstance(resource, dict) and (kind := resource.get("Type")) in KINDS
    }


def longest_of_roles(templates: Iterable[Any]) -> int:
    """Seconds that a session of any role of these templates, compiled or live, can last; LONGEST where there is no
    role."""
    found = [
        one.session for template in templates for one in subjects(template).values() if one.kind == "role"
    ]
    return max(found, default=LONGEST)


def others(template: Any) -> dict[str, bytes]:
    """Every resource that is none of these, no policy of theirs and not NOTHING, as it is written, by its logical
    id; of a policy of theirs, to whom else it is attached."""
    resources = section(template, "Resources")
    theirs = {title for one in resources.values() for title in _references(section(one, "Properties"))}
    found: dict[str, bytes] = {}
    for title, resource in resources.items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if kind == POLICY and title in theirs:
            own = section(resource, "Properties")
            held = {name: own[name] for name in HOLDERS if own.get(name)}
            found |= {f"{title} ({', '.join(held)})": canonical(held)} if held else {}
        elif kind not in (*KINDS, NOTHING):
            found[title] = canonical(resource)
    return found


def doubtful_sections(before: Any, after: Any) -> tuple[str, ...]:
    """The sections that differ and by which more may be made than Resources say: a Transform, the value of a
    Parameter or Mapping, Conditions that do more than leave accounts out."""
    old, new = (one if isinstance(one, dict) else {} for one in (before, after))
    found = [name for name in differing(old, new) if name not in SILENT]
    if plain(before) and plain(after):
        found = [name for name in found if name != "Conditions"]
    return tuple(found)


def _subject(kind: Part, title: str, resource: Mapping[str, Any], resources: Mapping[str, Any]) -> Subject:
    own = section(resource, "Properties")
    attached = _items(own, "ManagedPolicyArns")
    layers: dict[Part, tuple[Policy, ...] | None] = {
        "policies": _read([*_inline(own), *_managed(attached, resources)]),
        "boundary": _read(_managed([own["PermissionsBoundary"]], resources))
        if "PermissionsBoundary" in own
        else (),
    }
    if kind == "role":
        layers["trust"] = _read([("trust", own.get("AssumeRolePolicyDocument"))])
    session = own.get("MaxSessionDuration", SESSION)
    rest = {key: value for key, value in own.items() if key not in _JUDGED}
    limit = own.get("PermissionsBoundary")
    ceiling = resources.get(_title(limit), {})
    # Roles are in no account that has the policy of a freeze: one of its name there is somebody's own.
    freezes = {str(one) for one in attached if kind != "role" and is_freeze(str(one))}
    return Subject(
        kind=kind,
        name=_written(own.get(NAMES[kind], title)),
        layers=layers,
        unseen=frozenset(str(one) for one in attached if _title(one) not in resources) - freezes,
        frozen=bool(freezes),
        groups=frozenset(_group(one, resources) for one in _items(own, "Groups")),
        session=session if isinstance(session, int) else SESSION,
        rest={
            **rest,
            **{f"resource's {key}": value for key, value in _around(resource).items()},
            **{f"boundary's {key}": value for key, value in _around(ceiling).items()},
            "boundary's Path": section(ceiling, "Properties").get("Path"),
            "boundary elsewhere": limit if _title(limit) not in resources else None,
        },
    )


def spelling(*templates: Any) -> dict[str, str]:
    """Every action that the templates name, in small letters, to how it is written there."""
    found: dict[str, str] = {}
    for template in templates:
        for name in _action_names(section(template, "Resources")):
            found[escaped(name.lower())] = name
    return found


def _action_names(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _action_names(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("Action", "NotAction"):
                yield from filter(_is_text, value if isinstance(value, list) else [value])
            else:
                yield from _action_names(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _around(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside the properties: Condition, DeletionPolicy …"""
    return {key: value for key, value in resource.items() if key != "Properties"}


def _items(own: Mapping[str, Any], name: str) -> list[Any]:
    """A property that is a list; what somebody put in its place is one item that nobody can read."""
    value = own.get(name) or []
    return value if isinstance(value, list) else [value]


def _inline(own: Mapping[str, Any]) -> list[tuple[str, Any]]:
    policies = [one if isinstance(one, dict) else {} for one in _items(own, "Policies")]
    return [(str(one.get("PolicyName")), one.get("PolicyDocument")) for one in policies]


def _managed(references: list[Any], resources: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (title, section(resources[title], "Properties").get("PolicyDocument"))
        for one in references
        if (title := _title(one)) in resources
    ]


def _title(reference: Any) -> str:
    return str(reference.get("Ref", "")) if isinstance(reference, dict) else ""


def _group(reference: Any, resources: Mapping[str, Any]) -> str:
    title = _title(reference)
    return _written(section(resources.get(title), "Properties").get("GroupName", title or reference))


def _written(name: Any) -> str:
    """A name, or what somebody put in its place by hand: {"Ref":"Name"}."""
    return name if isinstance(name, str) else json.dumps(name, separators=(",", ":"), ensure_ascii=False)


def _references(own: Mapping[str, Any]) -> list[str]:
    attached = _items(own, "ManagedPolicyArns")
    return [_title(one) for one in (*attached, own.get("PermissionsBoundary")) if _title(one)]


def _read(documents: list[tuple[str, Any]]) -> tuple[Policy, ...] | None:
    try:
        return tuple(parse(body, name=name) for name, body in documents)
    except (JumpcfError, TypeError, AttributeError):  # not known to the evaluator, or no policy at all
        return None
