"""Why nothing may be written to a StackSet: it is somebody else's, its OUs are not there, or it would
reach an account where no role may be."""

from collections.abc import Iterable, Iterator

from jumpcf.artifacts.manifest import Target
from jumpcf.artifacts.marks import STACK_PARTNER_TAG
from jumpcf.artifacts.observed import ObservedAccount, ObservedStackSet
from jumpcf.planner.accounts import Comparison
from jumpcf.planner.view import View, owner

ADMITTABLE = "delegated administrator"
"""The one kind of protected account that a grant can admit (accept_delegated_admin)."""


def obstacles(view: View, partner: str | None, both: Comparison) -> tuple[str, ...]:
    """Every reason against the StackSet of this partner, each a sentence; none where the way is free."""
    if both.live is not None and (foreign := foreign_reason(view.estate, both.live)):
        return (foreign,)
    if both.live is not None and (other := _of_another(partner, both.live)):
        return (other,)
    return (*astray(view, both.target, both.scope), *_not_left_out(view, both))


def astray(view: View, target: Target, scope: Iterable[ObservedAccount]) -> tuple[str, ...]:
    """The reasons that the organization alone gives, whatever the templates say: OUs that are not there or
    lie below each other, and accounts in scope that the manifest does not know to be protected."""
    return (*_missing_units(view, target), *_overlaps(view, target), *_unknown(view, scope))


def foreign_reason(estate: str, live: ObservedStackSet) -> str:
    """Why a StackSet of our name is not ours to write to, or ""."""
    tagged = owner(live.tags)
    if tagged is None:
        return (
            "a StackSet of this name is there without jumpcf's tags; rename the grant or take it away by hand"
        )
    if tagged != estate:
        return f"a StackSet of this name belongs to the estate {tagged}; rename the grant"
    if live.permission_model != "SERVICE_MANAGED":
        return f"its permission model is {live.permission_model}, which cannot change; delete it by hand"
    return ""


def _of_another(partner: str | None, live: ObservedStackSet) -> str:
    """Why a StackSet that is another partner's must go first: updated in place its roles would stay, and with them
    every session that his people have."""
    theirs = live.tags.get(STACK_PARTNER_TAG)
    if theirs in (None, partner):
        return ""
    return (
        f"a StackSet of this name is {theirs}'s, whose sessions would go on in {partner}'s roles; take the grant "
        f"away from {theirs} in a deploy of its own first"
    )


def _missing_units(view: View, target: Target) -> Iterator[str]:
    written = dict(zip(target.ous, target.paths, strict=False))
    own = view.wanted.root.removeprefix("r-")
    for unit in target.ous:
        if unit in view.tree.units:
            continue
        name = f"{written.get(unit, unit)} ({unit})"
        # An OU's id holds the id of its root (Organizations API, OrganizationalUnit.Id).
        if unit.startswith("ou-") and unit.split("-")[1] != own:
            yield f"the OU {name} is under another root than {view.wanted.root}"
        else:
            yield f"the OU {name} is not there any more; {refresh(view)} and mend the grant"


def refresh(view: View) -> str:
    """What to do about a lock that AWS has left behind."""
    return f"refresh params/lock/{view.wanted.name}.json (jumpcf sync --org {view.wanted.name})"


def _overlaps(view: View, target: Target) -> Iterator[str]:
    """What AWS does with a target below another target is not documented, so it is refused."""
    wanted = target.ous
    for unit in wanted:
        for other in wanted:
            if unit != other and view.tree.covers(other, unit):
                yield f"the OU {view.tree.path(unit)} now lies below {view.tree.path(other)}; name only one"


def _unknown(view: View, scope: Iterable[ObservedAccount]) -> Iterator[str]:
    """Accounts in scope where a role must not be made, and of which the manifest does not know it."""
    for account, why in _dangerous(view, scope):
        if account not in view.wanted.protected:
            yield f"{view.named(account)} is a {why} that the lock does not know; {refresh(view)}"


def _not_left_out(view: View, both: Comparison) -> Iterator[str]:
    """Protected accounts in scope that the template's own Conditions do not leave out."""
    for account, why in _dangerous(view, both.scope):
        known = account in view.wanted.protected and why != ADMITTABLE
        if known and account not in both.excluded and not _never(view, account):
            yield f"the template would make roles in {view.named(account)}, the {why}"


def _dangerous(view: View, scope: Iterable[ObservedAccount]) -> Iterator[tuple[str, str]]:
    danger = {account: ADMITTABLE for account in view.live.delegated_administrators}
    danger |= {view.live.management_account: "management account"}
    danger |= {view.wanted.connection.account: "admin account", view.jump: "jump account"}
    for account in scope:
        if account.id in danger:
            yield account.id, danger[account.id]


def _never(view: View, account: str) -> bool:
    return account == view.live.management_account  # StackSets never deploy there, whatever a template says
