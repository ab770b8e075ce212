"""One organization from both sides, the wanted and the live one; what every decision about a StackSet reads.

Templates are the same where their digests are: a compiled template is canonical JSON, and a live one is
digested in its canonical form, so order of keys and spacing do not count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpcf.artifacts.manifest import JUMP, CompiledStack, Manifest, ManifestOrganization, Target
from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.observed import Observed, ObservedAccount, ObservedOrganization, ObservedStackSet
from jumpcf.planner.conditions import left_out
from jumpcf.planner.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`template` gives a compiled template by digest, `templates` the live ones."""

    estate: str
    jump: str
    wanted: ManifestOrganization
    live: ObservedOrganization
    tree: Tree
    template: Callable[[str], Any]
    templates: Mapping[str, Any]

    @property
    def region(self) -> str:
        return self.wanted.connection.region

    def named(self, account: str) -> str:
        """An account as a person knows it: id and name."""
        known = self.tree.accounts.get(account)
        return f"{account} ({known.name})" if known and known.name else account


def view_of(
    manifest: Manifest,
    observed: Observed,
    organization: ObservedOrganization,
    template: Callable[[str], Any],
) -> View | None:
    """Both sides of one organization; None where the manifest does not know it or means another one."""
    wanted = next((one for one in manifest.organizations if one.name == organization.name), None)
    if wanted is None or wanted.id != organization.id:
        return None
    return View(
        estate=manifest.estate,
        jump=manifest.jump.account,
        wanted=wanted,
        live=organization,
        tree=Tree.of(organization),
        template=template,
        templates=observed.templates,
    )


def wanted_sets(manifest: Manifest, organization: str) -> list[CompiledStack]:
    """The StackSets that the manifest wants in an organization, by name."""
    found = [one for one in manifest.stacks if one.place == organization and one.kind == "stackset"]
    return sorted(found, key=lambda one: one.name)


def mismatches(manifest: Manifest, observed: Observed) -> Iterator[str]:
    """Signs that the two records do not speak of the same jump account and organizations."""
    if observed.account != manifest.jump.account:
        yield f"{JUMP}: AWS answers as {observed.account}, the estate's account is {manifest.jump.account}"
    ids = {one.name: one.id for one in manifest.organizations}
    for organization in sorted(observed.organizations, key=lambda o: o.name):
        if organization.name not in ids:
            yield f"{organization.name}: the manifest was not compiled for this organization; build it again"
        elif organization.id != ids[organization.name]:
            yield f"{organization.name}: AWS says {organization.id}, the estate says {ids[organization.name]}"


def target_of(compiled: CompiledStack) -> Target:
    """The target of a compiled StackSet; ValueError where the manifest is malformed and has none."""
    if compiled.target is None:
        raise ValueError(f"the manifest gives the StackSet {compiled.name} no target")
    return compiled.target


def owner(tags: Mapping[str, str]) -> str | None:
    """The estate that a stack or StackSet belongs to, by its tag; None where jumpcf did not make it."""
    return tags.get(ESTATE_TAG)


def same_tags(wanted: Mapping[str, str], live: Mapping[str, str]) -> bool:
    """Compares only what jumpcf owns: the wanted tags, and every live tag of jumpcf's own prefix."""
    ours = {key: value for key, value in live.items() if key in wanted or key.startswith("jumpcf-")}
    return ours == dict(wanted)


def same_definition(compiled: CompiledStack, live: ObservedStackSet) -> bool:
    """True where template, tags and capabilities are as compiled."""
    return (
        same_tags(compiled.tags, live.tags)
        and set(compiled.capabilities) == set(live.capabilities)
        and compiled.digest == live.template
    )


def misconfigured(live: ObservedStackSet) -> tuple[str, ...]:
    """What of the StackSet's own settings is not as jumpcf wants it, in words."""
    found = []
    if not live.auto_deployment:
        found.append("auto-deployment is off")
    if live.auto_deployment and live.retain_on_removal:
        found.append("accounts that leave would keep their roles")
    if not live.managed_execution:
        found.append("managed execution is off")
    return tuple(found)


def leaving_units(live: ObservedStackSet, wanted: Iterable[str]) -> frozenset[str]:
    """OUs that are targets, or still have instances, and are wanted no more."""
    return (frozenset(live.units) | {one.unit for one in live.instances if one.unit}) - frozenset(wanted)


def inactive(account: ObservedAccount | None) -> bool:
    """True where AWS does not deploy: every state but ACTIVE (Organizations API, Account.State), and an
    account that left the organization."""
    return account is None or account.state != "ACTIVE"


def label(view: View, target: Target, excluded: frozenset[str], account: str) -> str:
    """Why an account's stack stays empty: "excepted", "protected: <why>", or "" where it does not.

    A delegated administrator that a grant admits is protected in general and not left out by the
    template, so it has no label.
    """
    if account not in excluded:
        return ""
    if account in target.excepted:
        return "excepted"
    return f"protected: {view.wanted.protected.get(account, 'left out by its template')}"


def left_out_live(view: View, live: ObservedStackSet | None) -> frozenset[str]:
    """The accounts that the live template leaves out; none where there is no StackSet."""
    return left_out(view.templates.get(live.template)) if live else frozenset()
