"""What the accounts of an organization hold in all, by the lock's tree and what was compiled."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jumpcf.compiler.culprits import Culprit
from jumpcf.estate.model import Estate, Grant, Organization

STACK = "stack"
"""Stands among the resource types of a `Held` for the stack itself."""

IN_TARGET = {
    "AWS::IAM::Role": "roles_per_account",
    "AWS::IAM::ManagedPolicy": "managed_policies_per_account",
    STACK: "stacks_per_account",
}
IN_JUMP = {"AWS::IAM::User": "users_per_account", "AWS::IAM::Group": "groups_per_account", **IN_TARGET}

Held = Mapping[tuple[str, str, str], Counter[str]]
"""Organization, partner and grant to how many stacks it puts into an account, and what is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fullest:
    """The fullest account; `others` is what the other accounts use of the same quota."""

    key: str
    account: str
    used: int
    others: tuple[int, ...]
    culprits: tuple[Culprit, ...]


class Accounts:
    """One organization's accounts and the grants that were compiled for it.

    A stack is in every account below its grant's OUs except the management account, which service-managed
    StackSets never reach; in the grant's protected and excepted accounts it is there, and empty.
    """

    def __init__(self, organization: Organization, estate: Estate, held: Held) -> None:
        self._unit_of = {
            account.id: account.unit
            for account in organization.accounts
            if account.id != organization.management_account
        }
        self._parents = {unit.id: unit.parent for unit in organization.units}
        self._above = {unit: frozenset(self._chain(unit)) for unit in self._parents}
        self._jump = estate.jump.account
        grants = [grant for partner in estate.partners.values() for grant in partner.grants]
        keys = [(organization.name, grant.partner, grant.name) for grant in grants]
        self._grants = [
            (grant, held[key])
            for grant, key in zip(grants, keys, strict=True)
            if grant.organization == organization.name and key in held
        ]

    def fullest(self) -> Iterator[Fullest]:
        """For each quota of a target account the one that uses most of it."""
        holdings = self._holdings()
        for kind, key in IN_TARGET.items():
            uses = sorted((-has[kind], account) for account, has in holdings.items())
            if uses:
                used, account = uses[0]
                yield Fullest(
                    key=key,
                    account=account,
                    used=-used,
                    others=tuple(-other for other, _ in uses[1:]),
                    culprits=tuple(self._culprits(account, kind)),
                )

    def instances(self) -> Iterator[tuple[Grant, int]]:
        """In how many accounts each grant has an instance, those that it leaves empty among them.

        Counted upwards, in one pass over the accounts for all grants: `stack.accounts_below` walks every account
        for each, which a hundred grants and a hundred thousand accounts make slow.
        """
        below: Counter[str] = Counter()
        for unit in self._unit_of.values():
            below.update(self._above[unit])
        for grant, _ in self._grants:
            yield grant, sum(below[unit] for unit in grant.units)

    def _chain(self, unit: str) -> Iterator[str]:
        """The unit and all that it lies in."""
        here: str | None = unit
        while here is not None:
            yield here
            here = self._parents[here]

    def _holdings(self) -> dict[str, Counter[str]]:
        at_unit: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for grant, has in self._grants:
            for unit in grant.units:
                at_unit[unit].update(has)
        in_unit: dict[str, Counter[str]] = {}
        for unit, above in self._above.items():
            in_unit[unit] = Counter()
            for each in above:
                in_unit[unit].update(at_unit[each])
        holdings = {account: Counter(in_unit[unit]) for account, unit in self._unit_of.items()}
        for grant, has in self._grants:
            for account in grant.closed(self._jump) & self._unit_of.keys():
                if self._reaches(grant, account):
                    holdings[account].subtract({kind: n for kind, n in has.items() if kind != STACK})
        return holdings

    def _culprits(self, account: str, kind: str) -> Iterator[Culprit]:
        for grant, has in self._grants:
            empty = kind != STACK and account in grant.closed(self._jump)
            if has[kind] and not empty and self._reaches(grant, account):
                # the line stands in the name: the problem itself belongs to the estate's quotas
                yield Culprit(name=f"{grant.partner}/{grant.name} ({grant.mark})", size=has[kind])

    def _reaches(self, grant: Grant, account: str) -> bool:
        return not self._above[self._unit_of[account]].isdisjoint(grant.units)
