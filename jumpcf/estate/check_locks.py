"""Every organization has a lock, every lock its organization, and no lock contradicts itself."""

from collections import Counter

from jumpcf.errors import Mark
from jumpcf.estate.files import Params
from jumpcf.estate.lock import LockedUnit, OrganizationLock
from jumpcf.estate.report import Report
from jumpcf.estate.similar import nearest
from jumpcf.estate.tree import Tree
from jumpcf.estate.validate import File

MAX_DEPTH = 5  # OUs below the root (AWS Organizations quotas)

Lock = File[OrganizationLock]


def check_locks(params: Params, report: Report) -> dict[str, Tree]:
    """Report what is wrong with the locks; gives a tree for each that can be trusted."""
    for name, organization in params.organizations.items():
        if name not in params.locks:
            mark = (
                organization.mark("organization")
                if organization
                else Mark(f"params/organizations/{name}.yaml")
            )
            report.add(mark, "E250", f"params/lock/{name}.json is missing", _refresh(name))
    check_orphans(params, report)
    trees: dict[str, Tree] = {}
    for name, lock in params.locks.items():
        if name in params.organizations and lock and _sound(lock, params, report):
            trees[name] = Tree(lock.model)
    return trees


def check_orphans(params: Params, report: Report) -> None:
    """Report locks whose organization has no file: what was deployed there is there until it is destroyed, and
    without the file nothing looks into that organization any more."""
    for name in params.locks:
        if name not in params.organizations:
            hint = (
                f"destroy it first: put params/organizations/{name}.yaml back, run jumpcf destroy --org {name}, "
                "then delete both files"
            )
            if near := nearest(name, params.organizations):
                hint = f"did you mean {near}? Otherwise {hint}"
            report.add(Mark(f"params/lock/{name}.json"), "E251", f"no organization is named {name}", hint)


def _refresh(name: str) -> str:
    return f"write it anew: jumpcf sync --org {name}"


def _sound(lock: Lock, params: Params, report: Report) -> bool:
    before = len(report.errors)
    model = lock.model
    if model.organization != lock.name:
        message = f"organization: '{model.organization}' stands in a file named {lock.name}.json"
        report.add(lock.mark("organization"), "E115", message, f"write {lock.name}")
    organization = params.organizations[lock.name]
    if organization and organization.model.id != model.id:
        message = f"id: '{model.id}' is another AWS Organization than {organization.model.id}"
        report.add(lock.mark("id"), "E253", message, _refresh(lock.name))
    _units(lock, report)
    _accounts(lock, report)
    return len(report.errors) == before


def _units(lock: Lock, report: Report) -> None:
    root = lock.model.root.id
    paths = {root: ""} | {unit.id: unit.path for unit in lock.model.units}
    repeated = _repeated([root, *(unit.id for unit in lock.model.units)])
    for index, unit in enumerate(lock.model.units):
        for message in _unit(unit, root, paths, repeated):
            report.add(lock.mark("units", index), "E252", f"units[{index}]: {message}", _refresh(lock.name))


def _unit(unit: LockedUnit, root: str, paths: dict[str, str], repeated: set[str]) -> list[str]:
    if unit.id in repeated:
        return [f"{unit.id} stands here more than once"]
    if unit.parent not in paths:
        return [f"the parent {unit.parent} of {unit.path} is not there"]
    found = []
    if unit.id.split("-")[1] != root.removeprefix("r-"):
        found.append(f"{unit.id} is of another root than {root}")
    if unit.path != f"{paths[unit.parent]}/{unit.name}":
        found.append(f"the path {unit.path} is not its parent's and /{unit.name}")
    if unit.path.count("/") - unit.name.count("/") > MAX_DEPTH:
        found.append(f"{unit.path} is more than {MAX_DEPTH} deep")
    return found


def _accounts(lock: Lock, report: Report) -> None:
    model = lock.model
    units = {model.root.id} | {unit.id for unit in model.units}
    members = {account.id for account in model.accounts}
    repeated = _repeated([account.id for account in model.accounts])
    for index, account in enumerate(model.accounts):
        mark, where = lock.mark("accounts", index), f"accounts[{index}]"
        if account.id in repeated:
            report.add(mark, "E252", f"{where}: {account.id} stands here more than once", _refresh(lock.name))
        if account.unit not in units:
            report.add(mark, "E252", f"{where}: the unit {account.unit} is not there", _refresh(lock.name))
    if model.management_account not in members:
        message = f"management_account: {model.management_account} is not among the accounts"
        report.add(lock.mark("management_account"), "E252", message, _refresh(lock.name))
    for delegated in model.delegated_administrators:
        if delegated not in members:
            message = f"delegated_administrators: {delegated} is not among the accounts"
            report.add(
                lock.key_mark("delegated_administrators", delegated), "E252", message, _refresh(lock.name)
            )


def _repeated(values: list[str]) -> set[str]:
    return {value for value, count in Counter(values).items() if count > 1}
