"""An organization's tree as the lock has it, and the questions that checks ask of it."""

from collections.abc import Iterable

from jumpcf.artifacts.bootstrap import STACK_SETS
from jumpcf.estate.lock import OrganizationLock
from jumpcf.estate.model import Account, OrgUnit

NEVER_ADMITTED = frozenset(
    {
        STACK_SETS,
        "config-multiaccountsetup.amazonaws.com",  # conformance packs, with what they mend by
        "iam.amazonaws.com",  # root sessions
        "servicecatalog.amazonaws.com",  # products by StackSets
        "ssm-quicksetup.amazonaws.com",  # its own StackSets
        "ssm.amazonaws.com",  # automations in many accounts
        "sso.amazonaws.com",  # permission sets and who has them
    }
)
"""Services whose delegated administrator acts in every account of the organization: a role there reaches them all
(AWS Organizations User Guide, "AWS services that you can use with AWS Organizations")."""


class Tree:
    """Units (the root included) and accounts of a lock that does not contradict itself."""

    def __init__(self, lock: OrganizationLock) -> None:
        self.root = lock.root.id
        root = OrgUnit(id=lock.root.id, name="Root", path="/", parent=None)
        locked = (
            OrgUnit(id=unit.id, name=unit.name, path=unit.path, parent=unit.parent) for unit in lock.units
        )
        self.units = {unit.id: unit for unit in (root, *locked)}
        self.accounts = {
            account.id: Account(
                id=account.id, name=account.name, unit=account.unit, state=account.state, email=account.email
            )
            for account in lock.accounts
        }
        self._by_path: dict[str, list[str]] = {}
        for unit in self.units.values():
            self._by_path.setdefault(unit.path, []).append(unit.id)

    @property
    def paths(self) -> list[str]:
        return list(self._by_path)

    def find(self, reference: str) -> list[str]:
        """The ids that a path or an id stands for: one, none, or several units of one path."""
        if reference.startswith("/"):
            return self._by_path.get(reference, [])
        return [reference] if reference in self.units else []

    def above(self, unit: str) -> list[str]:
        """A unit and everything above it, up to the root."""
        chain: list[str] = []
        at: str | None = unit
        while at is not None:
            chain.append(at)
            at = self.units[at].parent
        return chain

    def accounts_below(self, units: Iterable[str]) -> set[str]:
        """The accounts in units, at any depth."""
        wanted = set(units)
        return {
            account.id for account in self.accounts.values() if wanted.intersection(self.above(account.unit))
        }
