"""What CloudFormation takes away where a stack of the jump account gets a new template: what is removed, and what
is made anew because a property cannot be changed in place.

A plan shows all of it, so that a change set which would do more is none that somebody accepted (`aws.unshown`).
So where this module cannot know, it says that something may be replaced or removed.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from jumpcf.artifacts.plan import Fate, ResourceChange
from jumpcf.planner.changes import differing, section

# "Update requires: Replacement" in the CloudFormation Template Reference, one page for each type
# (AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html and so on), which are the
# createOnlyProperties of its registry schema.
REPLACING: Mapping[str, frozenset[str]] = {
    "AWS::CloudFormation::WaitConditionHandle": frozenset(),
    "AWS::IAM::Group": frozenset({"GroupName"}),
    "AWS::IAM::ManagedPolicy": frozenset({"Description", "ManagedPolicyName", "Path"}),
    "AWS::IAM::OIDCProvider": frozenset({"Url"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::IAM::User": frozenset({"UserName"}),
    # A change of KeySpec, KeyUsage, Origin or MultiRegion is refused, not carried out.
    "AWS::KMS::Key": frozenset(),
    "AWS::KMS::Alias": frozenset({"AliasName"}),
    "AWS::S3::Bucket": frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"}),
    "AWS::S3::BucketPolicy": frozenset({"Bucket"}),
    "AWS::SSM::Parameter": frozenset({"Name"}),
}
"""The properties whose change makes a resource anew, by type.  Of a type that is not here it may be any."""

NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::S3::Bucket": "BucketName",
}
"""The property that fixes a resource's name."""

SUB = re.compile(r"\$\{([^!][^}]*)\}")  # "${!Literal}" is no reference (Fn::Sub)
UNCERTAIN = ("Parameters", "Mappings", "Conditions")  # the sections that functions read

Changes = tuple[ResourceChange, ...]


def with_fates(changes: Iterable[ResourceChange], before: Any, after: Any, *, tags: bool = False) -> Changes:
    """The changes, each with what becomes of the resource that is there, and one more for each resource that is
    written as before and refers to something that is made anew.  `tags`: the stack's tags differ, which
    CloudFormation gives to its resources."""
    found = {one.logical_id: one for one in changes}
    old, new = section(before, "Resources"), section(after, "Resources")
    sections = {name for name in UNCERTAIN if section(before, name) != section(after, name)}
    moving = {
        *_sections(sections, before, after),
        *(f"{name}." for name, one in found.items() if one.action == "change"),
    }
    fates = _fates(old, new, moving, tags)
    for name, (fate, properties) in fates.items():
        one = found.get(name) or ResourceChange(
            logical_id=name, type=_type(new[name]), action="change", properties=properties
        )
        found[name] = dataclasses.replace(one, fate=fate)
    return tuple(
        dataclasses.replace(one, name=_name(old[name])) if one.goes else one
        for name, one in sorted(found.items())
    )


def removes(changes: Iterable[ResourceChange]) -> tuple[str, ...]:
    """The logical ids of what the plan shows as going from the stack, certainly or not."""
    return tuple(one.logical_id for one in changes if one.action == "remove" or one.fate == "may be removed")


def replaces(changes: Iterable[ResourceChange]) -> tuple[str, ...]:
    """The logical ids of what the plan shows as made anew, certainly or not; what may be removed is more."""
    return tuple(one.logical_id for one in changes if one.fate != "kept")


def told(changes: Iterable[ResourceChange]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What goes, in words: "removed", "replaced" …, each with the resources of which it is said."""
    found: dict[str, list[str]] = {}
    for one in changes:
        if one.goes:
            name = f" {one.name}" if one.name else ""
            word = "removed" if one.action == "remove" else one.fate
            found.setdefault(word, []).append(f"{one.logical_id} ({one.type}{name})")
    return tuple((word, tuple(found[word])) for word in sorted(found, reverse=True))


def _fates(
    old: Mapping[str, Any], new: Mapping[str, Any], moving: set[str], tags: bool
) -> dict[str, tuple[Fate, tuple[str, ...]]]:
    """By logical id, with the properties that bring it about.  What is made anew moves what refers to it."""
    found: dict[str, tuple[Fate, tuple[str, ...]]] = {}
    more = True
    while more:
        more = False
        for name in sorted((old.keys() & new.keys()) - found.keys()):
            fate, properties = _fate(old[name], new[name], moving, tags)
            if fate != "kept":
                found[name] = fate, properties
                moving |= {name, f"{name}."}
                more = True
    return found


def _fate(old: Any, new: Any, moving: set[str], tags: bool) -> tuple[Fate, tuple[str, ...]]:
    kind, condition = _type(new), new.get("Condition") if isinstance(new, dict) else None
    if _type(old) != kind:
        return "replaced", ("Type",)
    if condition is not None and (condition != old.get("Condition") or "Conditions" in moving):
        return "may be removed", ("Condition",)
    before, after = section(old, "Properties"), section(new, "Properties")
    fixed = REPLACING.get(kind)
    changed = [name for name in differing(before, after) if fixed is None or name in fixed]
    if (
        any(_literal(before.get(name)) and _literal(after.get(name)) for name in changed)
        and fixed is not None
    ):
        return "replaced", tuple(changed)
    moved = [name for name in sorted(after) if fixed is None or name in fixed]
    moved = [name for name in moved if not moving.isdisjoint(mentions(after[name]))]
    if changed or moved or (tags and fixed is None):
        return "may be replaced", (*changed, *moved) or ("Tags",)
    return "kept", ()


def _sections(differ: Collection[str], before: Any, after: Any) -> Iterator[str]:
    """What functions read that may have another value now: a parameter by its name, conditions and mappings as a
    whole."""
    old, new = section(before, "Parameters"), section(after, "Parameters")
    yield from differing(old, new)
    if differ:
        yield "Conditions"
    if "Mappings" in differ or "Parameters" in differ:
        yield "Mappings"


def mentions(value: Any) -> Iterator[str]:
    """What a value depends on: "Name" by Ref, "Name." by an attribute, "Conditions" and "Mappings"."""
    if isinstance(value, list):
        for item in value:
            yield from mentions(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _read(key, item)
            yield from mentions(item)


def _read(function: str, argument: Any) -> Iterator[str]:
    first = argument[0] if isinstance(argument, list) and argument else argument
    match function:
        case "Ref":
            yield str(argument)
        case "Fn::GetAtt":
            yield f"{str(first).partition('.')[0]}."
        case "Fn::Sub":
            for name in SUB.findall(str(first)):
                resource, dot, _ = name.strip().partition(".")
                yield f"{resource}{dot}"
        case "Fn::If":
            yield "Conditions"
        case "Fn::FindInMap":
            yield "Mappings"


def _literal(value: Any) -> bool:
    """A value that no function computes."""
    if isinstance(value, list):
        return all(map(_literal, value))
    if isinstance(value, dict):
        return not any(key == "Ref" or key.startswith("Fn::") for key in value) and all(
            map(_literal, value.values())
        )
    return True


def _type(resource: Any) -> str:
    return str(resource.get("Type", "")) if isinstance(resource, dict) else ""


def _name(resource: Any) -> str:
    name = section(resource, "Properties").get(NAMES.get(_type(resource), ""))
    return name if isinstance(name, str) else ""
