"""What a lock holds, read from AWS in the fewest calls: each organization's tree, and named parameters.

Per organization DescribeOrganization, ListRoots, ListAccounts (20 accounts a page), ListDelegatedAdministrators,
ListOrganizationalUnitsForParent for the root and each OU, ListDelegatedServicesForAccount for each delegated
administrator (`organizations`); before them GetCallerIdentity.  The jump account is asked only where params name a
parameter: GetParameters, ten names a call (Systems Manager API reference).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from jumpcf.artifacts.lock import OrganizationTree, StoredParameter, TreeAccount, TreeUnit
from jumpcf.artifacts.manifest import JUMP, Connection
from jumpcf.artifacts.observed import ObservedUnit
from jumpcf.aws.api import Api
from jumpcf.aws.identity import verify_account, verify_membership
from jumpcf.aws.organizations import Organizations, account_state
from jumpcf.aws.sessions import Clients
from jumpcf.errors import AwsRefused

THREADS = 4  # of one organization's tree: its calls share a bucket of five a second
NAMES = 10  # the most that GetParameters takes
READABLE = ("String", "StringList")

Parameters = dict[str, StoredParameter]
Answer = OrganizationTree | Parameters | AwsRefused


def read(
    clients: Clients,
    organizations: Mapping[str, tuple[str, Connection]],
    jump: Connection,
    parameters: Sequence[str],
) -> dict[str, Answer]:
    """By place what AWS says there, or why it refused: a place that refuses takes nothing from the others."""
    jobs: dict[str, Callable[[], Answer]] = {
        name: partial(read_organization, clients, name, *one) for name, one in organizations.items()
    }
    if parameters:
        jobs[JUMP] = partial(read_parameters, clients, jump, parameters)
    with ThreadPoolExecutor(max(len(jobs), 1)) as places:
        futures = {place: places.submit(_refused_or_not, job) for place, job in jobs.items()}
        return {place: future.result() for place, future in futures.items()}


def read_organization(clients: Clients, name: str, id_: str, connection: Connection) -> OrganizationTree:
    """One organization, once it is certain which one this is."""
    membership = verify_membership(clients, name, id_, connection)
    api = Organizations(Api(clients, name, "organizations"))
    root = api.root()
    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(THREADS) as branches:
        delegations = beside.submit(api.delegations)
        units, members = api.members(root, branches.map)
        delegated = delegations.result()
    paths = {unit.id: unit.path for unit in units}
    return OrganizationTree(
        name=name,
        id=membership.id,
        management_account=membership.management_account,
        root=root,
        units=tuple(
            sorted(
                (_unit(unit, unit.parent, paths) for unit in units if unit.parent is not None),
                key=lambda unit: (unit.path, unit.id),
            )
        ),
        accounts=tuple(_account(answer, unit) for answer, unit in members),
        delegated_administrators=delegated,
    )


def read_parameters(clients: Clients, jump: Connection, names: Sequence[str]) -> Parameters:
    """The named parameters of the jump account; AwsRefused with every one that cannot stand in a lock.

    Nothing is decrypted: what is worth a SecureString does not belong into a file that is committed.
    """
    verify_account(clients, JUMP, jump)
    api = Api(clients, JUMP, "ssm")
    found: dict[str, Any] = {}
    wanted = sorted(names)
    for at in range(0, len(wanted), NAMES):
        answer = api.call("GetParameters", Names=wanted[at : at + NAMES], WithDecryption=False)
        found |= {one["Name"]: one for one in answer["Parameters"]}
    missing = [name for name in wanted if name not in found]
    secret = [name for name, one in sorted(found.items()) if one["Type"] not in READABLE]
    told = [f"the parameter {name} does not exist" for name in missing]
    told += [f"{name} is a {found[name]['Type']}, which never goes into a lock" for name in secret]
    if told:
        code = "A581" if missing else "A580"
        hint = "make it as a String or StringList, in the jump account's region: aws ssm put-parameter"
        raise AwsRefused(code, f"{JUMP}: {'; '.join(told)}", hint)
    return {name: _parameter(one) for name, one in sorted(found.items())}


def unfit(place: str, why: str) -> AwsRefused:
    """The refusal of an answer with a state that this jumpcf does not know, or a name that nobody could read."""
    what = f"{place}: the answer cannot stand in a lock: {why}"
    return AwsRefused("A582", what, "rename it in AWS, or upgrade jumpcf")


def _refused_or_not(job: Callable[[], Answer]) -> Answer:
    try:
        return job()
    except AwsRefused as refused:
        return refused


def _unit(unit: ObservedUnit, parent: str, paths: Mapping[str, str]) -> TreeUnit:
    above = paths[parent].rstrip("/")
    return TreeUnit(id=unit.id, name=unit.path[len(above) + 1 :], path=unit.path, parent=parent)


def _account(answer: dict[str, Any], unit: str) -> TreeAccount:
    return TreeAccount(
        id=answer["Id"],
        name=answer.get("Name", ""),
        email=answer.get("Email", ""),
        unit=unit,
        state=account_state(answer),
    )


def _parameter(answer: dict[str, Any]) -> StoredParameter:
    value = answer["Value"]
    is_list = answer["Type"] == "StringList"
    return StoredParameter(value=tuple(value.split(",")) if is_list else value, version=answer["Version"])
