"""A simulated move as text."""

from collections.abc import Iterator

from jumpcf.access.simulate import Reach, RoleFate, Simulation
from jumpcf.cli.tables import wrapped
from jumpcf.planner.words import count

SIGNS = {"made": "+", "deleted": "-", "made-anew": "!", "kept": "=", "withheld": "o"}
ORDER = ("made", "deleted", "made-anew", "withheld", "kept")
SHOWN = 6  # users of one partner that are named without --verbose


def text(made: Simulation, verbose: bool) -> str:
    """What becomes of the account's roles, then who gains and loses, then who is without access for a while."""
    lines = [_title(made)]
    for fate in ORDER:
        of_kind = [one for one in made.roles if one.fate == fate]
        if fate == "kept" and not verbose and of_kind:
            lines.append(f"  = {count(len(of_kind), 'role')} kept")
            continue
        lines += [line for one in of_kind for line in _role(one)]
    if not made.roles:
        lines.append("  No grant reaches the account, before or after.")
    lines += _people("gain", made.people, verbose)
    lines += _people("lose", made.people, verbose)
    for outage in made.outages:
        lines += wrapped(f"Outage: {outage}", 4)
    if made.origin and not made.outages and made.origin != made.destination:
        lines.append("No outage: no role goes and comes again.")
    for notice in made.notices:
        lines += wrapped(f"Note: {notice}", 4)
    return "\n".join(lines)


def _title(made: Simulation) -> str:
    to = " ".join(made.destination)
    if made.origin is None:
        return f"a new account in {to}"
    return f"{made.account} {made.name}: {' '.join(made.origin)} → {to}"


def _role(one: RoleFate) -> Iterator[str]:
    why = f": {one.reason}" if one.reason else ""
    at = f" (by {one.target})" if one.target else ""
    yield from wrapped(f"  {SIGNS[one.fate]} {one.role}  {one.fate.replace('-', ' ')}{at}{why}", 6)
    if one.fate in ("made", "deleted"):
        users = one.after if one.fate == "made" else one.before
        groups = ", ".join(one.groups)
        yield f"      {one.partner}, groups {groups}: {count(len(users), 'user')}"


def _people(verb: str, people: tuple[Reach, ...], verbose: bool) -> Iterator[str]:
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in people:
        roles = one.gains if verb == "gain" else one.loses
        if roles:
            found.setdefault((one.partner, roles), []).append(one.user)
    for (partner, roles), users in found.items():
        named = users if verbose else users[:SHOWN]
        more = f" and {len(users) - len(named)} more (-v)" if len(users) > len(named) else ""
        ending = "s" if len(users) == 1 else ""
        yield from wrapped(f"{partner}: {', '.join(named)}{more} {verb}{ending} {', '.join(roles)}", 4)
