"""Drift in the words of IAM: the live template's resource as the stack made it, against as it is now; pure."""

import copy
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jumpcf.artifacts.drift import Drifted, FoundDrift, Otherwise
from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.plan import PolicyChange
from jumpcf.planner.changes import section
from jumpcf.planner.iam_difference import iam_difference
from jumpcf.planner.view import owner

ADDED = "-"  # a JSON pointer's word for behind the last member of a list
BLIND = (
    "Properties that no template of ours sets: an inline policy or an attached policy that somebody added to a role "
    "which has none of that kind, an access key, a password.",
    "AWS::CloudFormation::WaitConditionHandle, and what else CloudFormation has no drift detection for.",
    "Changes made through CloudFormation itself in an account: to AWS they are no drift.",
    "Suspended accounts.",
)
"""What drift detection never sees (CloudFormation User Guide, "Detect unmanaged configuration changes")."""


def in_words(found: Iterable[FoundDrift], templates: Mapping[tuple[str, str], Any]) -> tuple[Drifted, ...]:
    """`templates` are the live ones by place and stack.  Sorted by place, stack, resource and account."""
    ordered = sorted(found, key=lambda one: (one.place, one.stack, one.resource, one.account))
    return tuple(
        Drifted(drift=one, changes=_changes(one, templates.get((one.place, one.stack)))) for one in ordered
    )


def otherwise(
    manifest: Manifest, observed: Observed, template: Callable[[str], Any]
) -> tuple[Otherwise, ...]:
    """To drift detection the template that a stack has is right, whoever gave it to the stack: so live templates are
    held against the compiled ones, which `template` gives by digest."""
    wanted = {(one.place, one.name): one.digest for one in manifest.stacks}
    ours = [(JUMP, one.name, one.template, one.tags) for one in observed.stacks]
    ours += [
        (each.name, one.name, one.template, one.tags)
        for each in observed.organizations
        for one in each.stack_sets
    ]
    live = {(place, name): body for place, name, body, tags in ours if owner(tags) == manifest.estate}
    differing = [key for key, digest in live.items() if digest and wanted.get(key, digest) != digest]
    return tuple(
        Otherwise(
            place=place,
            stack=name,
            changes=iam_difference(template(wanted[place, name]), observed.templates.get(live[place, name])),
        )
        for place, name in sorted(differing)
    )


def _changes(one: FoundDrift, template: Any) -> tuple[PolicyChange, ...]:
    """What the whole template means before and after, for a policy says little without whose it is."""
    if one.resource not in section(template, "Resources"):
        return ()
    before, after = copy.deepcopy(template), copy.deepcopy(template)
    if one.status == "DELETED":
        del after["Resources"][one.resource]
        return iam_difference(before, after)
    for difference in one.differences:
        steps = [step for step in difference.path.split("/") if step]
        expected, actual = _value(difference.expected), _value(difference.actual)
        if expected is not None:  # resolved: the template may have a Ref here
            _set(before["Resources"][one.resource], ["Properties", *steps], expected)
        if expected is None and steps[-1].isdigit():
            _set(after["Resources"][one.resource], ["Properties", *steps[:-1], ADDED], actual)
        else:
            _set(after["Resources"][one.resource], ["Properties", *steps], actual)
    return iam_difference(_whole(before), _whole(after))


def _set(holder: Any, steps: list[str], value: Any) -> None:
    """Set what the steps name, None where it is gone: members of a list keep their number until `_whole`."""
    for step, following in itertools.pairwise(steps):
        if isinstance(holder, dict):
            holder = holder.setdefault(step, [] if following == ADDED else {})
        elif isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
            holder = holder[int(step)]
    last = steps[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        holder[int(last)] = value
    elif isinstance(holder, list):
        holder.append(value)


def _whole(value: Any) -> Any:
    """Without what was set to None."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_whole(one) for one in value if one is not None]
    return value


def _value(text: str) -> Any:
    if text in ("", "null"):
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
