"""Organizations that had grants at the last deploy, as the tags of jump-base remember them.

Without these tags an organization whose file and grants are removed together would leave no trace: nobody
would read it any more, and its StackSets would stay for ever.
"""

from collections.abc import Collection

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest
from jumpcf.artifacts.marks import ORGANIZATION_TAG
from jumpcf.artifacts.observed import Observed, ObservedStack
from jumpcf.planner.view import owner

BASE = "jump-base"


def forgotten(manifest: Manifest, observed: Observed) -> dict[str, str]:
    """The organizations that the live jump-base remembers and the manifest does not have, each with the
    sentence that says what to do; only where that jump-base is ours."""
    known = {one.name for one in manifest.organizations}
    known |= {name for stack in manifest.stacks for name in _named(stack.tags)}
    return {
        name: f"the organization {name} ({tag}) may still have StackSets of this estate, and the manifest has "
        f"it no more; destroy it first: put params/organizations/{name}.yaml back, then jumpcf destroy --org {name}"
        for stack in observed.stacks
        if stack.name == BASE and owner(stack.tags) == manifest.estate
        for name, tag in sorted(_named(stack.tags).items())
        if name not in known
    }


def unseen(manifest: Manifest, observed: Observed) -> frozenset[str]:
    """The manifest's organizations that were not read (`--org` named others)."""
    return frozenset(one.name for one in manifest.organizations) - {
        one.name for one in observed.organizations
    }


def wanted_tags(
    compiled: CompiledStack, live: ObservedStack | None, skipped: Collection[str]
) -> dict[str, str]:
    """The tags that a stack of the jump account shall have: the compiled ones, and the memory of organizations
    that this run does not touch, whose StackSets it therefore cannot have taken away."""
    if live is None or compiled.name != BASE or compiled.place != JUMP:
        return compiled.tags
    kept = {
        f"{ORGANIZATION_TAG}{name}": value for name, value in _named(live.tags).items() if name in skipped
    }
    return {**kept, **compiled.tags}


def _named(tags: dict[str, str]) -> dict[str, str]:
    return {
        key.removeprefix(ORGANIZATION_TAG): value
        for key, value in tags.items()
        if key.startswith(ORGANIZATION_TAG)
    }
