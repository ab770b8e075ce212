"""A template as CloudFormation reads it: parsed, refused where wrong, with the order of its resources.

Promises: the same body is parsed once.  Refuses, in CloudFormation's words where they are known: what is not
JSON, unknown types and properties, transforms, cycles, references to nothing.  YAML is not read here: jumpcf
writes JSON, and `yaml` belongs to the estate.
Source: CloudFormation User Guide, "Template anatomy" and "Intrinsic function reference".
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.local.providers.registry import PROVIDERS
from jumpcf.local.refusals import InsufficientCapabilities, NotImplementedHere, ValidationError

INLINE_LIMIT = 51_200  # bytes of TemplateBody (CloudFormation quotas)
URL_LIMIT = 1_000_000  # bytes of a template in S3 (1 MB)
RESOURCE_LIMIT = 500
SECTIONS = frozenset(
    [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Resources",
        "Outputs",
    ]
)
RESOURCE_KEYS = frozenset(
    ["Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"]
)
POLICIES = frozenset({"Delete", "Retain", "RetainExceptOnCreate"})
PSEUDO = frozenset(
    f"AWS::{name}"
    for name in [
        "AccountId",
        "NotificationARNs",
        "NoValue",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    ]
)
SUB = re.compile(r"\$\{(!?)([^}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A resource as the template declares it; `needs` are logical ids that must exist before."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    condition: str | None
    deletion_policy: str
    replace_policy: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A parsed template; `resources` are in an order in which they can be created."""

    body: str
    description: str | None
    parameters: dict[str, dict[str, Any]]
    mappings: dict[str, Any]
    conditions: dict[str, Any]
    resources: dict[str, Declaration]
    outputs: dict[str, dict[str, Any]]

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What the caller must acknowledge; CAPABILITY_NAMED_IAM where an IAM resource has a name of its own."""
        iam = [item for item in self.resources.values() if item.type.startswith("AWS::IAM::")]
        named = any(PROVIDERS[item.type].name_property in item.properties for item in iam)
        return ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",) if iam else ()

    def require(self, given: list[str]) -> None:
        """Refuse where `given` does not acknowledge what the template needs."""
        for need in self.capabilities:
            if need not in given and "CAPABILITY_NAMED_IAM" not in given:
                raise InsufficientCapabilities(f"Requires capabilities : [{need}]")


@functools.lru_cache(maxsize=1024)
def parse(body: str) -> Template:
    """Read a template body, or refuse it."""
    raw = _load(body)
    unknown = raw.keys() - SECTIONS
    if "Transform" in unknown:
        raise NotImplementedHere("The embedded AWS does not run transforms or macros.")
    if unknown:
        raise ValidationError(f"Invalid template property or properties [{', '.join(sorted(unknown))}]")
    if "Rules" in raw:
        raise NotImplementedHere("The embedded AWS does not evaluate Rules.")
    declared = _section(raw, "Resources")
    if not declared:
        raise ValidationError("Template format error: At least one Resources member must be defined.")
    if len(declared) > RESOURCE_LIMIT:
        raise ValidationError(
            f"Template format error: Number of resources, {len(declared)}, is greater than maximum allowed, "
            f"{RESOURCE_LIMIT}"
        )
    _check_types(declared)
    names = frozenset(declared)
    parameters = _section(raw, "Parameters")
    resources = {name: _declaration(name, item, names) for name, item in declared.items()}
    template = Template(
        body=body,
        description=raw.get("Description"),
        parameters=parameters,
        mappings=_section(raw, "Mappings"),
        conditions=_section(raw, "Conditions"),
        resources=_ordered(resources),
        outputs=_section(raw, "Outputs"),
    )
    _check_references(raw, names | set(parameters) | PSEUDO)
    _check_conditions(template, raw)
    return template


def _load(body: str) -> dict[str, Any]:
    try:
        raw = json.loads(body)
    except ValueError as error:
        if body.lstrip()[:1] in ("{", "["):
            raise ValidationError(f"Template format error: JSON not well-formed. ({error})") from None
        raise NotImplementedHere("The embedded AWS reads templates in JSON only, not in YAML.") from None
    if not isinstance(raw, dict):
        raise ValidationError("Template format error: unsupported structure.")
    return raw


def _section(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = raw.get(name, {})
    if not isinstance(section, dict) or not all(isinstance(item, dict) for item in section.values()):
        raise ValidationError(f"Template format error: Every {name} member must be an object.")
    return section


def _check_types(declared: Mapping[str, Any]) -> None:
    for name, item in declared.items():
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
            raise ValidationError(f"Template format error: Resource name {name} is non alphanumeric.")
        if not isinstance(item.get("Type"), str):
            raise ValidationError("Template format error: Every Resources object must contain a Type member.")
    unknown = sorted({item["Type"] for item in declared.values()} - PROVIDERS.keys())
    if unknown:
        raise ValidationError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _declaration(name: str, item: Mapping[str, Any], names: frozenset[str]) -> Declaration:
    unknown = item.keys() - RESOURCE_KEYS
    if unknown:
        raise ValidationError(f"Invalid template resource property '{min(unknown)}' (resource {name})")
    properties = item.get("Properties", {})
    if not isinstance(properties, dict):
        raise ValidationError(f"Template format error: Properties of {name} must be an object.")
    provider = PROVIDERS[item["Type"]]
    extra = properties.keys() - provider.properties
    if extra:
        raise ValidationError(
            f"Encountered unsupported property {', '.join(sorted(extra))} (resource {name}, {item['Type']})"
        )
    missing = provider.required - properties.keys()
    if missing:
        raise ValidationError(
            f"Properties validation failed for resource {name} with message: required key "
            f"[{', '.join(sorted(missing))}] not found"
        )
    for key in ("DeletionPolicy", "UpdateReplacePolicy"):
        if item.get(key, "Delete") not in POLICIES:
            raise ValidationError(f"Template error: {key} of {name} is not supported: {item[key]}")
    depends = item.get("DependsOn", [])
    wanted = frozenset([depends] if isinstance(depends, str) else depends)
    if wanted - names:
        raise ValidationError(
            "Template format error: Unresolved resource dependencies "
            f"[{', '.join(sorted(wanted - names))}] in the Resources block of the template"
        )
    return Declaration(
        logical_id=name,
        type=item["Type"],
        properties=properties,
        condition=item.get("Condition"),
        deletion_policy=item.get("DeletionPolicy", "Delete"),
        replace_policy=item.get("UpdateReplacePolicy", "Delete"),
        needs=(wanted | {found for found in _references(properties) if found in names}) - {name},
    )


def _references(value: Any) -> Iterator[str]:
    """Every name that Ref, Fn::GetAtt and Fn::Sub mention below a value."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref" and isinstance(item, str):
                yield item
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                yield from _sub_references(item)
            else:
                yield from _references(item)


def _sub_references(value: Any) -> Iterator[str]:
    text, own = (value[0], value[1]) if isinstance(value, list) else (value, {})
    for literal, name in SUB.findall(text):
        if not literal and name not in own:
            yield name.split(".")[0]
    yield from _references(own)


def _ordered(resources: dict[str, Declaration]) -> dict[str, Declaration]:
    done: dict[str, Declaration] = {}
    left = dict(resources)
    while left:
        ready = [name for name, item in left.items() if item.needs <= done.keys()]
        if not ready:
            raise ValidationError(f"Circular dependency between resources: [{', '.join(left)}]")
        done.update((name, left.pop(name)) for name in ready)
    return done


def _check_references(raw: Mapping[str, Any], known: frozenset[str] | set[str]) -> None:
    for section in ("Resources", "Outputs", "Conditions"):
        unknown = sorted(set(_references(raw.get(section, {}))) - known)
        if unknown:
            raise ValidationError(
                f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] in the "
                f"{section} block of the template"
            )


def _check_conditions(template: Template, raw: Mapping[str, Any]) -> None:
    used = {item.condition for item in template.resources.values() if item.condition}
    used |= {item["Condition"] for item in template.outputs.values() if "Condition" in item}
    used |= set(_if_names(raw.get("Resources", {}))) | set(_if_names(raw.get("Outputs", {})))
    unknown = sorted(used - template.conditions.keys())
    if unknown:
        raise ValidationError(
            f"Template format error: Unresolved condition dependency {unknown[0]} in the Resources block of "
            "the template"
        )


def _if_names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _if_names(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Fn::If" and isinstance(item, list) and item:
                yield item[0]
            yield from _if_names(item)
