"""What a refreshed lock of an organization changes, and what that means for the grants.

The grants are those of params as they are, on both sides: what differs is what AWS said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jumpcf.artifacts.lock import ChangeKind, LockChange
from jumpcf.estate.files import Params
from jumpcf.estate.lock import OrganizationLock
from jumpcf.estate.model import Account
from jumpcf.estate.resolve import admitted, protected_accounts
from jumpcf.estate.schema import GrantFile
from jumpcf.estate.tree import Tree

ORDER: tuple[ChangeKind, ...] = ("joined", "left", "account")


@dataclass(frozen=True, slots=True)
class Reached:
    """By one lock: which grants reach an account, and why those do not whose OUs hold it."""

    by: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One lock, with what is asked of it."""

    lock: OrganizationLock
    tree: Tree
    protected: dict[str, str]
    grants: dict[str, tuple[GrantFile, frozenset[str]]]

    def path(self, account: Account) -> str:
        return self.tree.units[account.unit].path

    def services(self, account: str) -> set[str]:
        return set(self.lock.delegated_administrators.get(account, ()))

    def reached(self, account: Account | None) -> Reached:
        """StackSets pass over accounts that are not ACTIVE; a protected or excepted one gets an empty stack."""
        if account is None or account.state != "ACTIVE":
            return Reached()
        above = set(self.tree.above(account.unit))
        by, why = [], []
        for told, (grant, units) in self.grants.items():
            if units.isdisjoint(above):
                continue
            reason = self.protected.get(account.id, "")
            if account.id in grant.except_accounts:
                why.append(f"{told} excepts it")
            elif reason and not admitted(grant, reason, self.services(account.id)):
                why.append(f"it is protected ({reason})")
            else:
                by.append(told)
        return Reached(tuple(by), tuple(dict.fromkeys(why)))


def changes(params: Params, before: OrganizationLock | None, after: OrganizationLock) -> list[LockChange]:
    """Every change from one lock of an organization to the next: OUs, who joined, who left, what else is otherwise.

    `before` None is a first lock.
    """
    if before is None:
        return [_first(_side(params, after))]
    if facts := _another(before, after):
        other = LockChange(kind="other", subject=after.id, name=after.organization, facts=facts)
        return [other, _first(_side(params, after))]
    old = _side(params, before)
    new = _side(params, after, old.tree)
    accounts = sorted(old.tree.accounts.keys() | new.tree.accounts.keys())
    found = (_account(old, new, old.tree.accounts.get(one), new.tree.accounts.get(one)) for one in accounts)
    told = sorted((change for change in found if change), key=lambda change: ORDER.index(change.kind))
    return [*_units(old, new), *told]


def _another(before: OrganizationLock, after: OrganizationLock) -> tuple[str, ...]:
    """What tells that the old lock was not of this tree: nothing in it can be compared."""
    if before.id != after.id:
        stays = f"what was deployed in {before.id} stays there: put its id back and destroy it first"
        return f"another AWS Organization than {before.id}", stays
    if before.root.id != after.root.id:  # an organization keeps its root
        was = f"has the root {after.root.id}, the lock had {before.root.id}: it was of another tree"
        return (f"{was} (invented, as by jumpcf init)",)
    return ()


def _side(params: Params, lock: OrganizationLock, former: Tree | None = None) -> Side:
    file, estate, tree = params.organizations[lock.organization], params.estate, Tree(lock)
    assert file is not None
    assert estate is not None
    return Side(
        lock,
        tree,
        protected_accounts(
            estate.model.jump.account,
            file.model.admin.account,
            lock.management_account,
            lock.delegated_administrators,
        ),
        _grants(params, lock.organization, tree, former),
    )


def _grants(
    params: Params, organization: str, tree: Tree, former: Tree | None
) -> dict[str, tuple[GrantFile, frozenset[str]]]:
    """Each grant in this organization, as it is told, and the ids of its OUs.

    A path that is gone stands for the OU that had it, if that is still there: its accounts keep their roles until
    params are mended, and the checks say that they must be.
    """
    found = {}
    for name, file in sorted(params.partners.items()):
        for grant, model in sorted(file.model.grants.items()) if file else ():
            if model.organization == organization:
                units = (
                    tree.find(one)
                    or [id_ for id_ in (former.find(one) if former else ()) if id_ in tree.units]
                    for one in model.ous
                )
                told = f"{name} {grant} {', '.join(sorted(set(model.levels)))}"
                found[told] = (model, frozenset(id_ for ids in units for id_ in ids))
    return found


def _first(side: Side) -> LockChange:
    accounts, units = side.tree.accounts, len(side.tree.units) - 1
    reached = [told for one in accounts.values() for told in side.reached(one).by]
    return LockChange(
        kind="new",
        subject=side.lock.id,
        name=side.lock.organization,
        facts=(f"{len(accounts)} account{'s'[: len(accounts) != 1]}, {units} OU{'s'[: units != 1]}",),
        gains=tuple(f"{told}: {reached.count(told)} of them" for told in side.grants),
    )


def _account(old: Side, new: Side, was: Account | None, now: Account | None) -> LockChange | None:
    before, after = old.reached(was), new.reached(now)
    gains = tuple(one for one in after.by if one not in before.by)
    loses = tuple(one for one in before.by if one not in after.by)
    some = now or was
    assert some is not None
    kind: ChangeKind = "account"
    if now is None:
        kind, facts = "left", [f"left {new.lock.organization} (was in {old.path(some)})"]
    elif was is None:
        kind, facts = "joined", [f"joined {new.path(now)}", *_standing(new, now)]
    else:
        facts = list(_facts(old, new, was, now))
        if (gains or loses) and not facts:
            facts = [f"lies in {new.path(now)} now, with its OU"]
    if not facts:
        return None
    said = any(fact.startswith("is protected") for fact in facts)
    why = tuple(one for one in after.why if one not in before.why and not (said and "is protected" in one))
    return LockChange(
        kind=kind, subject=some.id, name=some.name, facts=tuple(facts), gains=gains, loses=loses, why=why
    )


def _standing(side: Side, account: Account) -> Iterator[str]:
    """What is worth knowing of an account that is new: that it is not ACTIVE, that it is protected."""
    if account.state != "ACTIVE":
        yield f"is {account.state}"
    if reason := side.protected.get(account.id):
        yield f"is protected ({reason})"


def _facts(old: Side, new: Side, was: Account, now: Account) -> Iterator[str]:
    if was.unit != now.unit:
        yield f"moved from {old.path(was)} to {new.path(now)}"
    if was.name != now.name:
        yield f"renamed from {was.name}"
    if was.email != now.email:
        yield f"has another e-mail address ({now.email})"
    if was.state != now.state:
        yield f"is {now.state} now, was {was.state}"
    before, after = old.protected.get(was.id), new.protected.get(now.id)
    if before != after and after:
        yield f"is protected now ({after})"
    elif before != after:
        yield f"is protected no longer (was {before})"
    joined, ended = (
        (new.services(now.id) - old.services(was.id)),
        (old.services(was.id) - new.services(now.id)),
    )
    if joined:
        yield f"is a delegated administrator for {', '.join(sorted(joined))}"
    if ended:
        yield f"is no longer a delegated administrator for {', '.join(sorted(ended))}"


def _units(old: Side, new: Side) -> Iterator[LockChange]:
    for id_ in sorted(old.tree.units.keys() | new.tree.units.keys(), key=lambda one: _path(old, new, one)):
        was, now = old.tree.units.get(id_), new.tree.units.get(id_)
        if was is None and now is not None:
            yield _unit(id_, now.path, "is new", _holding(new, id_))
        elif now is None and was is not None:
            yield _unit(id_, was.path, "is gone", ())
        elif was and now and (was.name, was.parent) != (now.name, now.parent):
            # the OUs below one that was renamed or moved have another path as well, and that is not told again
            verb = "renamed" if was.parent == now.parent else "moved"
            yield _unit(id_, now.path, f"{verb} from {was.path}", ())


def _path(old: Side, new: Side, unit: str) -> tuple[str, str]:
    return (new.tree.units.get(unit) or old.tree.units[unit]).path, unit


def _unit(id_: str, path: str, fact: str, gains: Iterable[str]) -> LockChange:
    return LockChange(kind="unit", subject=id_, name=path, facts=(fact,), gains=tuple(gains))


def _holding(side: Side, unit: str) -> Iterator[str]:
    """The grants whose OUs hold this one: accounts in it get their roles."""
    above = set(side.tree.above(unit))
    yield from (told for told, (_, units) in side.grants.items() if not units.isdisjoint(above))
