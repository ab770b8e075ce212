"""Why nothing may be written to a StackSet: it is somebody else's, its OUs are not there, or it would
reach an account where no role may be."""

from collections.abc import Iterator

from jumpcf.artifacts.observed import ObservedStackSet
from jumpcf.planner.accounts import Comparison
from jumpcf.planner.view import View, owner

ADMITTABLE = "delegated administrator"
"""The one kind of protected account that a grant can admit (accept_delegated_admin)."""


def obstacles(view: View, both: Comparison) -> tuple[str, ...]:
    """Every reason, each a sentence; none where the way is free."""
    if both.live is not None and (foreign := foreign_reason(view.estate, both.live)):
        return (foreign,)
    return (*_missing_units(view, both), *_overlaps(view, both), *_unprotected(view, both))


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


def _missing_units(view: View, both: Comparison) -> Iterator[str]:
    written = dict(zip(both.target.ous, both.target.paths, strict=False))
    own = view.wanted.root.removeprefix("r-")
    for unit in both.target.ous:
        if unit in view.tree.units:
            continue
        name = f"{written.get(unit, unit)} ({unit})"
        # An OU's id holds the id of its root (Organizations API, OrganizationalUnit.Id).
        if unit.startswith("ou-") and unit.split("-")[1] != own:
            yield f"the OU {name} is under another root than {view.wanted.root}"
        else:
            yield f"the OU {name} is not there any more; run `jumpcf sync` and mend the grant"


def _overlaps(view: View, both: Comparison) -> Iterator[str]:
    """What AWS does with a target below another target is not documented, so it is refused."""
    wanted = both.target.ous
    for unit in wanted:
        for other in wanted:
            if unit != other and view.tree.covers(other, unit):
                yield f"the OU {view.tree.path(unit)} now lies below {view.tree.path(other)}; name only one"


def _unprotected(view: View, both: Comparison) -> Iterator[str]:
    """Accounts in scope where a role must not be made: unknown to the manifest, or known but not left out
    by the template's own Conditions."""
    danger = {account: ADMITTABLE for account in view.live.delegated_administrators}
    danger |= {view.live.management_account: "management account"}
    danger |= {view.wanted.connection.account: "admin account", view.jump: "jump account"}
    for account in both.scope:
        if account.id not in danger:
            continue
        why = danger[account.id]
        if account.id not in view.wanted.protected:
            yield f"{view.named(account.id)} is a {why} that the lock does not know; run `jumpcf sync`"
        elif why != ADMITTABLE and account.id not in both.excluded and not _never(view, account.id):
            yield f"the template would make roles in {view.named(account.id)}, the {why}"


def _never(view: View, account: str) -> bool:
    return account == view.live.management_account  # StackSets never deploy there, whatever a template says
