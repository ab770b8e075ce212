"""The organization's tree as AWS has it, with the questions that a plan asks of it.

A StackSet's target OU covers the accounts of its child OUs at any depth (CloudFormation User Guide,
"Associate StackSets with your organization"), so "below" always means at any depth.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jumpcf.artifacts.observed import ObservedAccount, ObservedOrganization, ObservedUnit


@dataclass(frozen=True, slots=True)
class Tree:
    """OUs and accounts by id; `above` maps an OU to itself and its parents, the nearest first;
    `below` maps an OU to every account under it, sorted by path and id."""

    units: dict[str, ObservedUnit]
    accounts: dict[str, ObservedAccount]
    above: dict[str, tuple[str, ...]]
    below: dict[str, tuple[ObservedAccount, ...]]

    @classmethod
    def of(cls, organization: ObservedOrganization) -> "Tree":
        units = {unit.id: unit for unit in organization.units}
        above = {unit: _above(unit, units) for unit in units}
        below: dict[str, list[ObservedAccount]] = {unit: [] for unit in units}
        for account in sorted(organization.accounts, key=lambda a: (_path(units, a.unit), a.id)):
            for unit in above.get(account.unit, ()):
                below[unit].append(account)
        return cls(
            units,
            {account.id: account for account in organization.accounts},
            above,
            {unit: tuple(accounts) for unit, accounts in below.items()},
        )

    def path(self, unit: str) -> str:
        """The path of an OU as people write it; of an OU that is gone, its id."""
        return _path(self.units, unit)

    def paths(self, units: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self.path(unit) for unit in units))

    def covers(self, upper: str, lower: str) -> bool:
        """True where `lower` is `upper` or lies below it."""
        return upper in self.above.get(lower, (lower,))

    def related(self, one: str, other: str) -> bool:
        """True where one of the two OUs is the other or lies below it."""
        return self.covers(one, other) or self.covers(other, one)

    def target_of(self, account: ObservedAccount, units: Iterable[str]) -> str | None:
        """Which of the target OUs reaches the account; the nearest one, None where none does."""
        targets = set(units)
        return next((unit for unit in self.above.get(account.unit, ()) if unit in targets), None)

    def scope(self, units: Iterable[str]) -> tuple[ObservedAccount, ...]:
        """Every account below the OUs, each once, sorted by path and id; OUs that are gone have none."""
        targets = tuple(units)
        if len(targets) == 1:
            return self.below.get(targets[0], ())
        found = {account.id: account for unit in targets for account in self.below.get(unit, ())}
        return tuple(sorted(found.values(), key=lambda a: (self.path(a.unit), a.id)))


def _path(units: dict[str, ObservedUnit], unit: str) -> str:
    return units[unit].path if unit in units else unit


def _above(unit: str, units: dict[str, ObservedUnit]) -> tuple[str, ...]:
    chain: list[str] = []
    here: str | None = unit
    while here in units and here not in chain:
        chain.append(here)
        here = units[here].parent
    return tuple(chain)
