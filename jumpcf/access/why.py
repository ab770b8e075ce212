"""The chain from a user to a role, hop by hop: what each says, and which lines of params/ made it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from jumpcf.access.ask import Asker, Works
from jumpcf.access.deed import Deed, decide, session_of
from jumpcf.access.graph import absent
from jumpcf.access.model import Person, Place, RoleKind
from jumpcf.access.probe import OPAQUE, USUAL
from jumpcf.access.snapshots import file_of
from jumpcf.policy.evaluate import BOUNDARY, POLICIES, TRUST, Decision, Step

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
    """The way of one user to one role in one account, asked for one moment.

    `session` is None where the role may not be taken; with a `deed` ("s3:GetObject on *") it is about that, else
    about one harmless action.
    """

    at: str
    network: str
    mfa: bool
    user: str
    account: str
    role: str
    level: str
    allowed: bool
    session: Works | None
    deed: str | None = None
    hops: tuple[Hop, ...] = field(default=())


def meant(asker: Asker, person: Person, place: Place, level: str | None) -> tuple[RoleKind, ...]:
    """Each role that somebody could mean: those that the account has, and those of the user's own partner in
    the organization; of one level where it is given."""
    here = asker.graph.deployed[place.id]
    every = [
        role
        for role in asker.graph.roles
        if (level is None or role.level == level)
        and (role in here or (role.partner == person.partner and role.organization == place.organization))
    ]
    mine = [role for role in every if role.partner == person.partner]
    # Other partners' roles are told of only where somebody asks why there is nothing of his own.
    return tuple(mine or every)


def why(
    asker: Asker, person: Person, place: Place, level: str | None, deed: Deed | None = None
) -> tuple[Chain, ...]:
    """A chain for each role that could be meant; with a deed also whether its session may do that.
    What is allowed comes first."""
    chains = [_chain(asker, person, role, place, deed) for role in meant(asker, person, place, level)]
    return tuple(sorted(chains, key=lambda one: not one.allowed))


def _chain(asker: Asker, person: Person, role: RoleKind, place: Place, deed: Deed | None) -> Chain:
    missing = absent(role, place)
    decision = asker.take(person, role, place) if asker.graph.jump != place.id else None
    allowed = not missing and decision is not None and decision.allowed
    hops = [_user(asker, person), _there(asker, role, place, missing)]
    if decision is not None:
        hops += _taking(asker, person, role, decision)
    session: Works | None = None
    if allowed and deed is not None:
        done = decide(asker, person, role, place, deed)
        session = session_of(done, role, place, deed)
        hops += _doing(asker, role, place, deed, done)
    elif allowed:
        session = asker.works(person, role, place)
        hops += _using(asker, person, role, place)
    return Chain(
        at=asker.moment.at,
        network=asker.moment.network or person.network,
        mfa=asker.moment.mfa,
        user=person.name,
        account=place.id,
        role=f"{role.path}{role.name}",
        level=role.level,
        allowed=allowed,
        session=session,
        deed=str(deed) if deed else None,
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
            yield _opaque(asker, role, role.opaque, "whose content is not in the bytes and was not judged")
        else:
            yield _of_session(asker, role, step, role.probe or USUAL)


def _doing(asker: Asker, role: RoleKind, place: Place, deed: Deed, decision: Decision) -> Iterator[Hop]:
    """What each policy of the session says of the deed; where none allows it, that too."""
    copies = {one.policy.name: one for one in deed.snapshots.values()}
    for step in decision.trace:
        if step.policy == OPAQUE.name:
            missing = deed.missing(role)
            files = ", ".join(map(file_of, missing))
            yield _opaque(asker, role, missing, f"not judged: there is no {files}")
        elif step.policy in copies:
            hop = _of_session(asker, role, step, deed.action)
            place_of = copies[step.policy].places.get(step.sid)
            yield replace(hop, hop="snapshot", places=(place_of,) if place_of else ())
        else:
            yield _of_session(asker, role, step, deed.action)
    if decision.effect == "implicit-deny" and decision.layer == POLICIES:
        says = f"no policy of the role allows {deed}"
        yield Hop(hop="session", verdict="deny", says=says, places=asker.graph.cited(role.where, role.title))
    if decision.allowed and (side := deed.other_side(place)):
        says = f"{side} must allow it as well; not in the templates, not judged"
        yield Hop(hop="resource", verdict="opaque", says=says)


def _opaque(asker: Asker, role: RoleKind, names: Sequence[str], says: str) -> Hop:
    return Hop(
        hop="session",
        verdict="opaque",
        says=f"{', '.join(names)}: AWS's own, {says}",
        places=asker.graph.cited(role.where, role.title),
    )


def _of_session(asker: Asker, role: RoleKind, step: Step, action: str) -> Hop:
    """A policy that says nothing passes the question on; a boundary that says nothing denies."""
    if step.layer == BOUNDARY:
        return _hop(asker, "boundary", role.where, step)
    if step.effect != "implicit-deny":
        return _hop(asker, "session", role.where, step)
    near = "; ".join(str(miss) for miss in step.misses if miss.effect == "Allow")
    says = (
        f"{step.policy} does not allow {action} ({near})" if near else f"{step.policy} is silent on {action}"
    )
    return Hop(hop="session", verdict="pass", says=says, places=asker.graph.cited(role.where, step.policy))


def _hop(asker: Asker, name: str, where: str, step: Step) -> Hop:
    what = f"{step.policy}/{step.sid}" if step.sid else step.policy
    near = "; ".join(str(miss) for miss in step.misses)
    if step.effect == "implicit-deny":
        says = f"{step.policy} does not allow it" + (f" ({near})" if near else "")
    else:
        says = f"{what} {'allows' if step.effect == 'allow' else 'denies'} it"
    verdict: Verdict = "allow" if step.effect == "allow" else "deny"
    return Hop(hop=name, verdict=verdict, says=says, places=asker.graph.cited(where, what))
