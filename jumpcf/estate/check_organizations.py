"""Organizations: one partition, each once, an admin account that may manage StackSets, rings that exist."""

from jumpcf.artifacts.bootstrap import STACK_SETS
from jumpcf.errors import Mark
from jumpcf.estate import partitions
from jumpcf.estate.check_defaults import check_reached, check_region
from jumpcf.estate.files import Params
from jumpcf.estate.lock import OrganizationLock
from jumpcf.estate.report import Report
from jumpcf.estate.schema import OrganizationFile
from jumpcf.estate.tree import Tree
from jumpcf.estate.units import find_unit
from jumpcf.estate.validate import File

RESERVED = ("all", "jump", "parameters")


def check_organizations(params: Params, trees: dict[str, Tree], report: Report) -> None:
    """Report what is wrong with organizations, except their locks."""
    seen: dict[str, tuple[str, Mark]] = {}
    for name, file in params.organizations.items():
        if name in RESERVED:
            message = f"an organization may not be named {name}"
            report.add(
                Mark(f"params/organizations/{name}.yaml"), "E218", message, "jumpcf uses this name itself"
            )
        if not file:
            continue
        check_region(file, ("region",), file.model.region, report)
        check_reached(file, ("admin",), file.model.admin, file.model.region, report)
        _partition(file, params, report)
        _once(file, seen, report)
        if name in trees:
            lock = params.locks[name]
            assert lock is not None
            _admin(file, lock.model, report)
            _rings(file, trees, report)


def _partition(file: File[OrganizationFile], params: Params, report: Report) -> None:
    if not params.estate:
        return
    jump, here = (
        partitions.of_region(region) for region in (params.estate.model.jump.region, file.model.region)
    )
    if jump and here and jump != here:
        message = f"region: {file.model.region} is in {here}, the jump account in {jump}"
        hint = "roles cannot be assumed across partitions; make an estate of its own for it"
        report.add(file.mark("region"), "E228", message, hint)


def _once(file: File[OrganizationFile], seen: dict[str, tuple[str, Mark]], report: Report) -> None:
    for key, value, mark in (
        ("id", file.model.id, file.mark("id")),
        ("admin.account", file.model.admin.account, file.mark("admin", "account")),
    ):
        if value in seen:
            other, first = seen[value]
            message = f"{key}: {value} is already that of {other} ({first})"
            report.add(mark, "E255", message, "one AWS Organization has one file")
        seen.setdefault(value, (file.name, mark))


def _admin(file: File[OrganizationFile], lock: OrganizationLock, report: Report) -> None:
    """AWS lets only the management account and delegated administrators for StackSets manage
    service-managed StackSets (CloudFormation User Guide, "Register a delegated administrator")."""
    account = file.model.admin.account
    if account == lock.management_account or STACK_SETS in lock.delegated_administrators.get(account, ()):
        return
    message = f"admin.account: {account} is neither the management account nor a delegated administrator"
    report.add(
        file.mark("admin", "account"), "E254", f"{message} for StackSets", f"register it for {STACK_SETS}"
    )


def _rings(file: File[OrganizationFile], trees: dict[str, Tree], report: Report) -> None:
    first: dict[str, Mark] = {}
    for ring, references in enumerate(file.model.rollout.rings):
        for index, reference in enumerate(references):
            mark = file.mark("rollout", "rings", ring, index)
            unit = find_unit(reference, file.name, trees, mark, report)
            if unit in first:
                message = f"{reference} is in two rings; the first is in line {first[unit].line}"
                report.add(mark, "E256", message, "keep the earlier one")
            elif unit:
                first[unit] = mark
