"""The chain from a user to a role, hop by hop: what each says, and which lines of params/ made it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from jumpcf.access.ask import Asker, Works
from jumpcf.access.graph import absent
from jumpcf.access.model import Person, Place, RoleKind
from jumpcf.access.probe import OPAQUE, USUAL
from jumpcf.policy.evaluate import BOUNDARY, TRUST, Decision, Step

Verdict = Literal["allow", "deny", "pass", "opaque"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One thing on the way.  `verdict` "pass" neither allows nor denies; `says` is a sentence; `places` are
    lines of params/ ("params/partners/acme.yaml:20:3"), or "(built-in)"."""

    hop: str
    verdict: Verdict
    says: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The way of one user to one role in one account; `session` is None where it is not allowed."""

    user: str
    account: str
    role: str
    level: str
    allowed: bool
    session: Works | None
    hops: tuple[Hop, ...] = field(default=())


def why(asker: Asker, person: Person, place: Place, level: str | None) -> tuple[Chain, ...]:
    """A chain for each role that could be meant: those that the account has, and those of the user's own
    partner in the organization; of one level where it is given."""
    here = asker.graph.deployed[place.id]
    meant = [
        role
        for role in asker.graph.roles
        if (level is None or role.level == level)
        and (role in here or (role.partner == person.partner and role.organization == place.organization))
    ]
    mine = [role for role in meant if role.partner == person.partner]
    # Other partners' roles are told of only where somebody asks why there is nothing of his own.
    return tuple(_chain(asker, person, role, place) for role in (mine or meant))


def _chain(asker: Asker, person: Person, role: RoleKind, place: Place) -> Chain:
    missing = absent(role, place)
    decision = asker.take(person, role, place) if asker.graph.jump != place.id else None
    allowed = not missing and decision is not None and decision.allowed
    hops = [_user(asker, person), _there(asker, role, place, missing)]
    if decision is not None:
        hops += _taking(asker, person, role, decision)
    if allowed:
        hops += _using(asker, person, role, place)
    return Chain(
        user=person.name,
        account=place.id,
        role=f"{role.path}{role.name}",
        level=role.level,
        allowed=allowed,
        session=asker.works(person, role, place) if allowed else None,
        hops=tuple(hops),
    )


def _user(asker: Asker, person: Person) -> Hop:
    says = f"{person.name} of {person.partner}, in {', '.join(person.groups) or 'no group'}"
    return Hop(hop="user", verdict="pass", says=says, places=asker.graph.cited(person.where, person.title))


def _there(asker: Asker, role: RoleKind, place: Place, missing: str) -> Hop:
    where = f"{place.name or place.id} in {place.organization} {place.path}"
    return Hop(
        hop="deployed",
        verdict="deny" if missing else "pass",
        says=missing or f"{role.where.partition('/')[2]} puts the role into {where}",
        places=asker.graph.cited(role.where, role.title),
    )


def _taking(asker: Asker, person: Person, role: RoleKind, decision: Decision) -> Iterator[Hop]:
    """The group policies together (only what they say, not each that is silent), a boundary, the trust."""
    own = [step for step in decision.trace if step.layer not in (TRUST, BOUNDARY)]
    spoke = [step for step in own if step.effect != "implicit-deny"]
    for step in spoke:
        yield _hop(asker, "group", person.where, step)
    if not any(step.effect == "allow" for step in spoke):
        near = "; ".join(str(miss) for step in own for miss in step.misses if miss.effect == "Allow")
        says = "no policy of the user's groups allows it" + (f" ({near})" if near else "")
        yield Hop(
            hop="group", verdict="deny", says=says, places=asker.graph.cited(person.where, person.title)
        )
    for step in decision.trace:
        if step.layer == BOUNDARY:
            yield _hop(asker, "boundary of the user", person.where, step)
        elif step.layer == TRUST:
            yield _hop(asker, "trust", role.where, step)


def _using(asker: Asker, person: Person, role: RoleKind, place: Place) -> Iterator[Hop]:
    decision = asker.use(person, role, place)
    if role.probe is None and decision.effect != "explicit-deny":
        says = "no statement names one action on everything, so nothing is tried in the session"
        yield Hop(hop="session", verdict="pass", says=says)
        return
    for step in decision.trace:
        if step.policy == OPAQUE.name:
            says = (
                f"{', '.join(role.opaque)}: AWS's own, whose content is not in the bytes and was not judged"
            )
            yield Hop(hop="session", verdict="opaque", says=says)
        elif step.layer == BOUNDARY:
            yield _hop(asker, "boundary", role.where, step)
        elif step.effect == "implicit-deny":
            says = f"{step.policy} does not deny {role.probe or USUAL}"
            yield Hop(
                hop="session", verdict="pass", says=says, places=asker.graph.cited(role.where, step.policy)
            )
        else:
            yield _hop(asker, "session", role.where, step)


def _hop(asker: Asker, name: str, where: str, step: Step) -> Hop:
    what = f"{step.policy}/{step.sid}" if step.sid else step.policy
    near = "; ".join(str(miss) for miss in step.misses)
    if step.effect == "implicit-deny":
        says = f"{step.policy} does not allow it" + (f" ({near})" if near else "")
    else:
        says = f"{what} {'allows' if step.effect == 'allow' else 'denies'} it"
    verdict: Verdict = "allow" if step.effect == "allow" else "deny"
    return Hop(hop=name, verdict=verdict, says=says, places=asker.graph.cited(where, what))
