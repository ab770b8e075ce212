"""What a word of the command line or of an assertion stands for."""

import datetime
import ipaddress
from collections.abc import Iterable

from jumpcf.access.arns import account_of, parts
from jumpcf.access.model import Graph, Person, Place, RoleKind
from jumpcf.artifacts.instants import utc
from jumpcf.errors import UnknownName
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.times import zone


def moment(text: str, timezone: str) -> str:
    """The first instant of a day in the estate's time zone, or an instant as it is written
    (2027-03-31T15:00:00Z); E605 for anything else."""
    try:
        at = datetime.datetime.fromisoformat(text)
        return utc(at if at.tzinfo else at.replace(tzinfo=zone(timezone)))
    except (ValueError, OverflowError):  # OverflowError: the first or last day that Python knows, in a zone
        raise UnknownName("E605", f"{text} is no date", "write 2027-03-31, or 2027-03-31T15:00:00Z") from None


def person(graph: Graph, name: str) -> Person:
    """The user of a name; letter case does not count, as in IAM."""
    for one in graph.people:
        if one.name.casefold() == name.casefold():
            return one
    raise _nobody("user", name, (one.name for one in graph.people))


def partner(graph: Graph, name: str) -> str:
    known = {one.partner for one in graph.people} | {one.partner for one in graph.roles}
    if name in known:
        return name
    raise _nobody("partner", name, known)


def place(graph: Graph, word: str) -> Place:
    """The account of an id or of a name that only one has."""
    if word in graph.places:
        return graph.places[word]
    found = [one for one in graph.places.values() if one.name == word]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{one.id} ({one.organization})" for one in found)
        raise UnknownName("E604", f"{len(found)} accounts have the name {word}", f"write the id: {ids}")
    raise _nobody("account", word, (word for one in graph.places.values() for word in (one.id, one.name)))


def level(graph: Graph, name: str) -> str:
    known = {one.level for one in graph.roles}
    if name in known:
        return name
    raise _nobody("level", name, known)


def roles(graph: Graph, word: str) -> tuple[tuple[RoleKind, ...], str | None]:
    """The roles of a name, a path with a name, or an ARN, and the account that an ARN names."""
    account = None
    if word.startswith("arn:"):
        account = account_of(word)
        if account not in graph.places:
            raise _nobody("account", account or word, graph.places)
        word = parts(word)[-1].removeprefix("role")
    found = tuple(one for one in graph.roles if word in (one.name, f"{one.path}{one.name}"))
    if found:
        return found, account
    known = {name for one in graph.roles for name in (one.name, f"{one.path}{one.name}")}
    raise _nobody("role", word, known)


def roles_or_nothing(graph: Graph, word: str) -> tuple[tuple[RoleKind, ...], str | None]:
    """As `roles`, of a word that is no account either: the hint is then about both."""
    try:
        return roles(graph, word)
    except UnknownName:
        if word.startswith(("arn:", "/")):
            raise
        known = {name for one in graph.places.values() for name in (one.id, one.name)}
        raise _nobody("role or account", word, known | {one.name for one in graph.roles}) from None


def _nobody(kind: str, name: str, known: Iterable[str]) -> UnknownName:
    return UnknownName("E603", f"no {kind} {name}", did_you_mean(name, known))


def address(text: str) -> str:
    """An IPv4 or IPv6 address; E613 for anything else."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise UnknownName("E613", f"{text} is no address", "write one address: 192.0.2.1") from None
