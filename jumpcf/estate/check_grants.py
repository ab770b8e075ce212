"""Grants: their organization, OUs, levels, and the accounts they leave out."""

from jumpcf.estate.check_defaults import check_repeated
from jumpcf.estate.files import Params
from jumpcf.estate.levels import NAMES
from jumpcf.estate.report import Report
from jumpcf.estate.schema import PartnerFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.tree import NEVER_ADMITTED, Tree
from jumpcf.estate.units import find_unit
from jumpcf.estate.validate import File


def check_grants(params: Params, trees: dict[str, Tree], report: Report) -> None:
    """Report what grants name that is not there, and what they name twice."""
    levels = [*NAMES, *params.levels]
    for file in params.partners.values():
        for name in file.model.grants if file else ():
            assert file is not None
            _levels(file, name, levels, report)
            _organization(file, name, params, trees, report)
            for key in ("groups", "except_accounts"):
                check_repeated(
                    file, ("grants", name, key), getattr(file.model.grants[name], key) or [], report
                )


def _levels(file: File[PartnerFile], name: str, known: list[str], report: Report) -> None:
    levels = file.model.grants[name].levels
    check_repeated(file, ("grants", name, "levels"), levels, report)
    for index, level in enumerate(levels):
        if level not in known:
            hint = did_you_mean(level, known)
            report.add(file.mark("grants", name, "levels", index), "E211", f"no level is named {level}", hint)


def _organization(
    file: File[PartnerFile], name: str, params: Params, trees: dict[str, Tree], report: Report
) -> None:
    organization = file.model.grants[name].organization
    if organization not in params.organizations:
        hint = did_you_mean(organization, params.organizations)
        mark = file.mark("grants", name, "organization")
        report.add(mark, "E210", f"no organization is named {organization}", hint)
    elif organization in trees:
        units = _units(file, name, trees, report)
        _excepted(file, name, units, trees, report)
        _delegated(file, name, units, params, trees, report)


def _units(file: File[PartnerFile], name: str, trees: dict[str, Tree], report: Report) -> set[str]:
    grant = file.model.grants[name]
    tree = trees[grant.organization]
    found: dict[str, int] = {}
    for index, reference in enumerate(grant.ous):
        mark = file.mark("grants", name, "ous", index)
        unit = find_unit(reference, grant.organization, trees, mark, report)
        if unit in found:
            report.add(mark, "E209", f"{reference} stands here twice", "keep one of the two")
        elif unit:
            found[unit] = index
    for unit, index in found.items():
        higher = next((above for above in tree.above(unit)[1:] if above in found), None)
        if higher:
            message = f"{grant.ous[index]} lies below {grant.ous[found[higher]]}, which covers it"
            report.add(file.mark("grants", name, "ous", index), "E216", message, "keep the higher one")
    return set(found)


def _excepted(
    file: File[PartnerFile], name: str, units: set[str], trees: dict[str, Tree], report: Report
) -> None:
    grant = file.model.grants[name]
    tree = trees[grant.organization]
    inside = tree.accounts_below(units) if grant.except_accounts else set()
    for index, account in enumerate(grant.except_accounts):
        mark = file.mark("grants", name, "except_accounts", index)
        if account not in tree.accounts:
            others = sorted(other for other, there in trees.items() if account in there.accounts)
            hint = f"it is in {', '.join(others)}" if others else "run jumpcf sync if it is new"
            report.add(mark, "E235", f"{grant.organization} has no account {account}", hint)
        elif account not in inside and len(units) == len(grant.ous):
            found = tree.accounts[account]
            message = f"account {account} ({found.name}) is not in the grant's OUs"
            report.add(mark, "E236", message, f"it is in {tree.units[found.unit].path}; remove it here")


def _delegated(
    file: File[PartnerFile],
    name: str,
    units: set[str],
    params: Params,
    trees: dict[str, Tree],
    report: Report,
) -> None:
    """An acceptance that accepts nothing today would admit, unseen, whoever is registered tomorrow; and who
    administers every account is not admitted by any."""
    grant = file.model.grants[name]
    lock = params.locks[grant.organization]
    if not grant.accept_delegated_admin or not lock or len(units) != len(grant.ous):
        return
    inside = trees[grant.organization].accounts_below(units)
    administrators = lock.model.delegated_administrators
    reaching = {
        account: NEVER_ADMITTED.intersection(services) for account, services in administrators.items()
    }
    mark = file.key_mark("grants", name, "accept_delegated_admin")
    if not inside.intersection(account for account, services in reaching.items() if not services):
        message = f"grants.{name}: no delegated administrator that can be admitted is in these OUs"
        report.add(mark, "E237", message, "remove accept_delegated_admin", severity="warning")
    for account in sorted(inside):
        if services := reaching.get(account):
            message = f"grants.{name}: {account} stays closed, for it administers every account"
            text = f"{message} ({', '.join(sorted(services))})"
            hint = "let another account administer that, or leave this one without our roles"
            report.add(mark, "E261", text, hint, severity="warning")
