"""Faults on demand at work: put in, undone, and struck where time or an operation brings them about.

What strikes calls on their way stands in `traffic`, what fails StackSets' work in an account in
`World.fault`.  A fault that changes the world (a name, a suspension, a move, the clock) does so when it is
put in, and is undone when it is cleared; a move is not.
"""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from botocore import xform_name
from moto.iam.models import IAMBackend, iam_backends
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends

from jumpcf.errors import JumpcfError
from jumpcf.estate.similar import did_you_mean
from jumpcf.local import tree
from jumpcf.local.accounts import is_known
from jumpcf.local.automatic import account_changed
from jumpcf.local.credentials import clean_session
from jumpcf.local.fault_words import KINDS, SCP_REASON
from jumpcf.local.gate import SERVICES
from jumpcf.local.operations import OPEN
from jumpcf.local.records import Fault, Home, Operation, StackSet
from jumpcf.local.world import World, new_id, strike

FOREIGN = "/somebody-else/"  # the path of what takes a name; what lies there is ours to remove
_TRUST = '{"Version":"2012-10-17","Statement":[]}'


def refused(what: str, hint: str = "") -> JumpcfError:
    return JumpcfError("A597", what, hint)


def add(world: World, fault: Fault) -> Fault:
    """Put a fault in, and do what it does at once; gives it as it was understood.

    JumpcfError A597: it names an account, OU, service or call that is not here, or what it wants is so already.
    """
    if fault.kind not in KINDS:
        raise refused(f"there is no fault {fault.kind}", did_you_mean(fault.kind, KINDS))
    fault = dataclasses.replace(fault)
    if fault.service and fault.service not in SERVICES:
        raise refused(
            f"the embedded AWS has not the service {fault.service}", did_you_mean(fault.service, SERVICES)
        )
    match fault.kind:
        case "account" | "scp":
            _target(fault)
        case "name-taken":
            _take_name(fault)
        case "lose-answer":
            fault.service, fault.action = _call(fault.action)
        case "suspend":
            _suspend(fault)
        case "move":
            _move_or_wait(world, fault)
        case "clock":
            world.ahead += fault.seconds
    world.faults.append(fault)
    return fault


def clear(world: World, numbers: Iterable[int] = ()) -> list[Fault]:
    """Take faults out by their number in the list, counted from 1 (none named: all), and undo them."""
    wanted = set(numbers) or set(range(1, len(world.faults) + 1))
    unknown = sorted(wanted - set(range(1, len(world.faults) + 1)))
    if unknown:
        raise refused(f"there is no fault {unknown[0]}", "see: jumpcf local fault list")
    gone = [fault for number, fault in enumerate(world.faults, 1) if number in wanted]
    for fault in gone:
        _undo(world, fault)
    world.faults = [fault for number, fault in enumerate(world.faults, 1) if number not in wanted]
    return gone


def begun(world: World, stack_set: StackSet) -> None:
    """An operation on a StackSet has begun: now those accounts move that were to move in its middle."""
    for fault in world.faults:
        if fault.kind == "move" and fault.stack_set == stack_set.name and strike(fault):
            _move(world, fault)


def occupy(world: World) -> None:
    """Let foreign operations begin and end; called before each request, like `operations.advance`."""
    for fault in world.faults:
        if fault.kind == "occupy" and not fault.over:
            for home, stack_set in _stack_sets(world, fault.stack_set):
                _occupy(world, home, stack_set, fault)


def _occupy(world: World, home: Home, stack_set: StackSet, fault: Fault) -> None:
    if fault.since is not None:
        fault.over = world.clock() >= fault.since + fault.seconds
        return
    if any(item.status in OPEN for item in stack_set.operations):
        return  # one at a time, also for strangers
    begins = world.clock()
    operation = Operation(new_id(), "UPDATE", world.now(), "", [])
    operation.status, operation.due = "RUNNING", begins + fault.seconds
    stack_set.operations.append(operation)
    fault.since, fault.fired, fault.name = begins, 1, operation.id


def _undo(world: World, fault: Fault) -> None:
    match fault.kind:
        case "name-taken":
            _free_name(fault)
        case "suspend":
            with contextlib.suppress(JumpcfError):  # it left its organization meanwhile
                _, account = _member(fault.account)
                account.status = account.state = "ACTIVE"
        case "clock":
            world.ahead -= fault.seconds
        case "occupy":
            for _, stack_set in _stack_sets(world, fault.stack_set):
                for item in stack_set.operations:
                    if item.id == fault.name and item.status in OPEN:
                        item.due = world.clock()


def _stack_sets(world: World, name: str) -> Iterator[tuple[Home, StackSet]]:
    for home in world.homes.values():
        for stack_set in home.stack_sets.values():
            if stack_set.name == name and stack_set.status == "ACTIVE":
                yield home, stack_set


def _member(account: str) -> tuple[OrganizationsBackend, FakeAccount]:
    """An account and its organization; refused where it is none's member account."""
    found = organizations_backends.master_accounts.get(account)
    if found is None:
        members = organizations_backends.master_accounts
        hint = did_you_mean(account, members, "aws organizations list-accounts names them")
        raise refused(f"no organization has the member account {account}", hint)
    management, partition = found
    organization = organizations_backends[management][partition]
    known = tree.account(organization, account)
    assert known is not None
    return organization, known


def _target(fault: Fault) -> None:
    if fault.account:
        _member(fault.account)
    if fault.kind == "scp":
        fault.reason = SCP_REASON.format(account=fault.account)


def _suspend(fault: Fault) -> None:
    _, account = _member(fault.account)
    if account.state != "ACTIVE":
        raise refused(f"account {fault.account} is {account.state} already")
    account.close()


def _move_or_wait(world: World, fault: Fault) -> None:
    organization, account = _member(fault.account)
    units = dict(_units(organization))
    if fault.unit not in units:
        raise refused(
            f"{fault.account}'s organization has no OU {fault.unit}", did_you_mean(fault.unit, units)
        )
    if units[fault.unit] == account.parent_id:
        raise refused(f"account {fault.account} is in {fault.unit} already")
    fault.times = 1
    if not fault.stack_set and strike(fault):
        _move(world, fault)


def _move(world: World, fault: Fault) -> None:
    """Move; nothing happens where the account has left or the OU is gone meanwhile."""
    with contextlib.suppress(JumpcfError):
        organization, account = _member(fault.account)
        account.parent_id = dict(_units(organization)).get(fault.unit, account.parent_id)
        account_changed(world, organization.account_id, fault.account)


def _units(organization: OrganizationsBackend) -> Iterator[tuple[str, str]]:
    """Every OU and the root, by id and by path of names ("/Workloads/Dev"), to its id."""
    by_id = {unit.id: unit for unit in organization.ou}
    for unit in organization.ou:
        names: list[str] = []
        at = unit
        while at.parent_id in by_id:
            names.append(str(at.name))
            at = by_id[at.parent_id]
        yield unit.id, unit.id
        yield "/" + "/".join(reversed(names)), unit.id


def _iam(account: str) -> IAMBackend:
    if not is_known(account):
        raise refused(
            f"the embedded AWS has not the account {account}",
            did_you_mean(account, iam_backends, "aws organizations list-accounts names them"),
        )
    (partition,) = iam_backends[account]
    return iam_backends[account][partition]


def _named(iam: IAMBackend, kind: str) -> dict[str, Any]:
    """What has a name in the account; IAM's names do not know case."""
    if kind == "role":
        return {role.name.casefold(): role for role in iam.roles.values()}
    return {name.casefold(): item for name, item in (iam.users if kind == "user" else iam.groups).items()}


def _take_name(fault: Fault) -> None:
    iam, kind, name = _iam(fault.account), fault.action or "role", fault.name
    if name.casefold() in _named(iam, kind):
        raise refused(f"account {fault.account} has a {kind} {name} already")
    if kind == "role":
        iam.create_role(name, _TRUST, FOREIGN, None, "", [], "3600")
    elif kind == "user":
        iam.create_user(iam.region_name, name, FOREIGN)
    else:
        iam.create_group(name, FOREIGN)
    fault.action = kind


def _free_name(fault: Fault) -> None:
    iam = _iam(fault.account)
    found = _named(iam, fault.action).get(fault.name.casefold())
    if found is None or found.path != FOREIGN:
        return  # somebody removed it, and another has the name now
    if fault.action == "role":
        iam.delete_role(found.name)
    elif fault.action == "user":
        iam.delete_user(found.name)
    else:
        iam.delete_group(found.name)


def _call(name: str) -> tuple[str, str]:
    """(service, operation) of a call's name, in AWS's spelling or the command line's."""
    loader = clean_session()._session
    known: dict[str, tuple[str, str]] = {}
    for service in sorted(SERVICES):
        for operation in loader.get_service_model(service).operation_names:
            known.setdefault(operation, (service, operation))
            known.setdefault(xform_name(operation, "-"), (service, operation))
    if name not in known:
        raise refused(f"the embedded AWS's services have no call {name}", did_you_mean(name, known))
    return known[name]
