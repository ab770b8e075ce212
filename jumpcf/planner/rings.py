"""Rings: the OUs of an organization in the order in which a rollout goes through them, resolved to accounts.

An account belongs to the first ring that has an OU above it; accounts in no ring come last.  A ring without
accounts is never met.
"""

from collections.abc import Iterable, Iterator

from jumpcf.artifacts.observed import ObservedAccount
from jumpcf.artifacts.operation import Ring
from jumpcf.planner.view import View

Share = tuple[Ring, tuple[ObservedAccount, ...]]


def shares(view: View, accounts: Iterable[ObservedAccount], earliest: int = 0) -> tuple[Share, ...]:
    """The accounts divided by ring, in the order of the rings; a ring that has none of them is left out.  Accounts
    of rings before the `earliest` are put into that one."""
    found: dict[int, list[ObservedAccount]] = {}
    for account in accounts:
        found.setdefault(max(earliest, _number(view, account)), []).append(account)
    return tuple((_ring(view, number), tuple(found[number])) for number in sorted(found))


def lost_units(view: View) -> Iterator[str]:
    """A sentence for each OU of a ring that the organization has no more."""
    for number, units in enumerate(view.wanted.rollout.rings, 1):
        for unit in units:
            if unit not in view.tree.units:
                yield f"{view.wanted.name}: the OU {unit} of ring {number} is not there any more"


def _number(view: View, account: ObservedAccount) -> int:
    rings = view.wanted.rollout.rings
    above = set(view.tree.above.get(account.unit, ()))
    return next((number for number, units in enumerate(rings, 1) if above & set(units)), len(rings) + 1)


def _ring(view: View, number: int) -> Ring:
    rings = view.wanted.rollout.rings
    return Ring(number=number, paths=view.tree.paths(rings[number - 1]) if number <= len(rings) else ())
