"""An organization's tree in the fewest calls (Organizations API reference; rates in limiter.py).

ListRoots, ListAccounts and one ListOrganizationalUnitsForParent for each OU: since March 2026 ListAccounts
says in `Paths` where each account is.  Where an endpoint does not, ListAccountsForParent is asked for each
OU.  Lists end where there is no NextToken, never at an empty page.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from jumpcf.artifacts.observed import ObservedAccount, ObservedUnit
from jumpcf.aws.api import Api
from jumpcf.errors import AwsRefused

Item = TypeVar("Item")
Result = TypeVar("Result")
Member = tuple[dict[str, Any], str]


class Mapper(Protocol):
    """Like `map`: results in the order of the items, maybe computed in parallel."""

    def __call__(self, step: Callable[[Item], Result], items: Iterable[Item], /) -> Iterable[Result]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What DescribeOrganization says; any member account may ask."""

    id: str
    management_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Units by path, the root ("/") first; accounts by id."""

    units: tuple[ObservedUnit, ...]
    accounts: tuple[ObservedAccount, ...]


class Organizations:
    """The Organizations API as an admin account sees it; reads only."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def membership(self) -> Membership:
        organization = self._api.call("DescribeOrganization")["Organization"]
        return Membership(id=organization["Id"], management_account=organization["MasterAccountId"])

    def root(self) -> str:
        """The id of the one root."""
        return str(next(self._api.pages("ListRoots", "Roots"))["Id"])

    def delegated_administrators(self, service: str = "") -> tuple[str, ...]:
        """Account ids, of this service or of whatever service, sorted."""
        which = {"ServicePrincipal": service} if service else {}
        listed = self._api.pages("ListDelegatedAdministrators", "DelegatedAdministrators", **which)
        return tuple(sorted({admin["Id"] for admin in listed}))

    def delegations(self) -> dict[str, tuple[str, ...]]:
        """Each delegated administrator's service principals, both sorted; one call more for each account."""
        return {
            account: tuple(sorted(self._services(account))) for account in self.delegated_administrators()
        }

    def tree(self, root: str, parallel: Mapper) -> Tree:
        """All OUs at every depth, also empty ones, and all accounts.

        AwsRefused A530 where the tree changed so while it was read that an account is in no known OU.
        """
        units, members = self.members(root, parallel)
        return Tree(units=units, accounts=tuple(_account(answer, unit) for answer, unit in members))

    def members(self, root: str, parallel: Mapper) -> tuple[tuple[ObservedUnit, ...], list[Member]]:
        """The tree with every account as AWS answers it and the id of its OU, by account id; refuses as `tree`."""
        units = self._units(root, parallel)
        accounts = list(self._api.pages("ListAccounts", "Accounts"))
        homes = _homes(accounts)
        if len(homes) < len(accounts):
            homes = dict(
                pair for pairs in parallel(self._homes_in, [unit.id for unit in units]) for pair in pairs
            )
        known = {unit.id for unit in units}
        lost = sorted(account["Id"] for account in accounts if homes.get(account["Id"]) not in known)
        if lost:
            raise AwsRefused(
                "A530",
                f"{self._api.place}: the organization changed while it was read (account {lost[0]} moved)",
                "run again",
            )
        accounts.sort(key=lambda account: str(account["Id"]))
        return units, [(account, homes[account["Id"]]) for account in accounts]

    def _services(self, account: str) -> list[str]:
        listed = self._api.pages("ListDelegatedServicesForAccount", "DelegatedServices", AccountId=account)
        return [service["ServicePrincipal"] for service in listed]

    def _units(self, root: str, parallel: Mapper) -> tuple[ObservedUnit, ...]:
        level = [ObservedUnit(id=root, path="/", parent=None)]
        units = list(level)
        while level:
            level = [child for children in parallel(self._children, level) for child in children]
            units += level
        return tuple(sorted(units, key=lambda unit: unit.path))

    def _children(self, parent: ObservedUnit) -> list[ObservedUnit]:
        listed = self._api.pages(
            "ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent.id
        )
        return [
            ObservedUnit(id=unit["Id"], path=f"{parent.path.rstrip('/')}/{unit['Name']}", parent=parent.id)
            for unit in listed
        ]

    def _homes_in(self, unit: str) -> Iterator[tuple[str, str]]:
        listed = self._api.pages("ListAccountsForParent", "Accounts", ParentId=unit)
        return iter([(account["Id"], unit) for account in listed])


def _homes(accounts: list[dict[str, Any]]) -> dict[str, str]:
    """Account id to the id of its OU, read from "o-1/r-1/ou-1-a/<account>/"; without those that have no path."""
    homes = {}
    for account in accounts:
        parts = next(iter(account.get("Paths") or [""])).strip("/").split("/")
        if len(parts) >= 3:
            homes[account["Id"]] = parts[-2]
    return homes


def account_state(account: dict[str, Any]) -> str:
    """State replaced Status, which AWS retires in September 2026."""
    return str(account.get("State") or account.get("Status") or "UNKNOWN")


def _account(account: dict[str, Any], unit: str) -> ObservedAccount:
    return ObservedAccount(
        id=account["Id"], name=account.get("Name", ""), unit=unit, state=account_state(account)
    )
