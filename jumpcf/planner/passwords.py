"""The decisions about initial passwords: who gets one, whose is withdrawn, who has none.

A password is made by itself only for a user who is new, or younger than the days after which an unused one is
withdrawn.  So a withdrawn one does not come back with the next deploy, and nothing must be remembered for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from jumpcf.artifacts.effects import WITHOUT
from jumpcf.artifacts.manifest import JUMP, Manifest, PasswordStore, Person
from jumpcf.artifacts.marks import PARTNER_PATH, password_parameter
from jumpcf.artifacts.observed import Observed, ObservedUser
from jumpcf.artifacts.operation import (
    AnyOperation,
    CreatePassword,
    DeployStack,
    OffboardUser,
    SetPasswordPolicy,
    WithdrawPassword,
)
from jumpcf.artifacts.plan import Plan
from jumpcf.planner.operations import identified

NEVER_SET = "what is stored for him was never set as his password"
NONE_YET = "he has none yet"
NEW = "the user is new"


@dataclass(slots=True)
class PasswordWork:
    """`operations` in the order of the people; `without` are people who have none and get none by themselves."""

    operations: list[CreatePassword | WithdrawPassword] = field(default_factory=list)
    without: list[Person] = field(default_factory=list)

    @property
    def notice(self) -> str:
        if not self.without:
            return ""
        names = ", ".join(f"{one.partner}/{one.name}" for one in self.without)
        return f"{WITHOUT}{names}; `jumpcf user password PARTNER USER --new` makes one"


def decide_passwords(
    manifest: Manifest, observed: Observed, operations: Sequence[AnyOperation]
) -> PasswordWork:
    """What to do about passwords, beside the plan's other operations; each waits for the policy, for what all
    partners share and for the stack that makes its user."""
    work = PasswordWork()
    store = manifest.passwords
    if store is None:
        return work
    live = {user.name: user for user in observed.people}
    leaving = {one.user for one in operations if isinstance(one, OffboardUser)}
    made = {one.stack: one.id for one in operations if isinstance(one, DeployStack)}
    first = [one.id for one in operations if isinstance(one, SetPasswordPolicy)]
    first += [made[one.name] for one in manifest.stacks if one.partner is None and one.name in made]
    for person in manifest.people:
        user = None if person.name in leaving else live.get(person.name)
        if user is None and person.stack not in made:
            continue  # deleted by hand: nobody makes him
        why, overdue = _reason(user)
        if person.frozen and not overdue:
            continue  # whoever is denied everything gets no new way in
        if why:
            needs = tuple(dict.fromkeys((*first, *([made[person.stack]] if person.stack in made else []))))
            work.operations.append(replace(create_password(manifest, store, person, why), needs=needs))
        elif overdue:
            work.operations.append(withdraw_password(store, person, overdue))
        elif user and user.state == "none":
            work.without.append(person)
    return work


def withdrawals(plan: Plan) -> Plan:
    """Of a whole plan, the withdrawals alone: none waits for anything, and nothing that stands in the way of the
    rest, or of which somebody has yet to be asked, says anything against them."""
    work = tuple(one for one in plan.operations if isinstance(one, WithdrawPassword))
    return replace(
        plan,
        stacks=(),
        stack_sets=(),
        operations=work,
        blockers=(),
        notices=(),
        account=None,
        open_sessions=(),
    )


def without_password(manifest: Manifest, observed: Observed) -> Iterator[tuple[Person, str]]:
    """People who are there and should have got a password by now, and why they have none."""
    live = {user.name: user for user in observed.people}
    for person in manifest.people:
        if person.name in live and not person.frozen and (why := _reason(live[person.name])[0]):
            yield person, why


def with_passwords(operations: Sequence[AnyOperation], work: PasswordWork) -> tuple[AnyOperation, ...]:
    """The work on passwords comes after the stacks of the jump account and before the organizations."""
    place = next((at for at, one in enumerate(operations) if one.place != JUMP), len(operations))
    return (*operations[:place], *work.operations, *operations[place:])


def _reason(user: ObservedUser | None) -> tuple[str, str]:
    """Why one is made, or why what is there goes; two empty texts where nothing happens."""
    if user is None:
        return NEW, ""
    if user.state == "none" and user.young:
        return (NEVER_SET if user.stored else NONE_YET), ""
    if user.state == "none" and user.stored:
        return "", "he has none, and what is stored opens nothing"
    if user.state == "unused" and user.overdue:
        return "", "nobody has used it"
    if user.state == "used" and user.stored and user.overdue:
        return "", "he has one of his own, and what is stored opens nothing"
    return "", ""


def create_password(manifest: Manifest, store: PasswordStore, person: Person, why: str) -> CreatePassword:
    """The operation that makes one for this person."""
    policy = manifest.password_policy
    return identified(
        CreatePassword(
            id="",
            place=JUMP,
            stack=person.stack,
            reason=why,
            estate=manifest.estate,
            user=person.name,
            path=f"{PARTNER_PATH}{person.partner}/",
            partner=person.partner,
            parameter=password_parameter(store.prefix, person.partner, person.name),
            key=store.key,
            length=policy.minimum_length if policy else 0,
        )
    )


def withdraw_password(store: PasswordStore, person: Person, why: str) -> WithdrawPassword:
    """The operation that takes this person's unused one."""
    return identified(
        WithdrawPassword(
            id="",
            place=JUMP,
            stack=person.stack,
            reason=why,
            user=person.name,
            path=f"{PARTNER_PATH}{person.partner}/",
            partner=person.partner,
            parameter=password_parameter(store.prefix, person.partner, person.name),
        )
    )
