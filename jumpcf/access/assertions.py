"""tests/access.yaml: what must be possible and what must never be, read strictly."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jumpcf.access import find
from jumpcf.access.model import Graph, Person, Place
from jumpcf.errors import Mark, Problem, ProblemsFound, UnknownName
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.source import Document, read

FILE = "tests/access.yaml"
Kind = Literal["may", "must_not"]

_TEXTS = ("account", "at", "level", "network", "organization", "ou", "partner", "user", "why")
_KEYS = (*_TEXTS, "mfa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """Every one of `people`, in every one of `places`: each may take a role (of the level, where one is
    given), or none may.  `at` and `network` None mean the run's own."""

    kind: Kind
    name: str
    people: tuple[Person, ...]
    places: tuple[Place, ...]
    level: str | None
    at: str | None
    network: str | None
    mfa: bool
    mark: Mark


def read_assertions(root: Path, graph: Graph) -> tuple[tuple[Assertion, ...], str | None]:
    """The assertions, and the file's own date; raises every problem at once."""
    path = root / FILE
    if not path.exists():
        raise ProblemsFound(
            [Problem(FILE, 0, 0, "E611", "the file is missing", "docs/access.md says what is in it")]
        )
    document, problems = read(path, FILE)
    reader = _Reader(graph, document, list(problems))
    found = reader.all() if document.value is not None else ()
    if reader.problems:
        raise ProblemsFound(reader.problems)
    at = (document.value or {}).get("at")
    return found, find.moment(at, graph.timezone) if isinstance(at, str) else None


class _Reader:
    def __init__(self, graph: Graph, document: Document, problems: list[Problem]) -> None:
        self.graph = graph
        self.document = document
        self.problems = problems

    def bad(
        self, path: tuple[str | int, ...], code: str, message: str, hint: str = "", *, key: bool = False
    ) -> None:
        mark = self.document.key_mark(*path) if key else self.document.mark(*path)
        self.problems.append(Problem.at(mark, code, message, hint))

    def all(self) -> tuple[Assertion, ...]:
        value = self.document.value or {}
        for key in value.keys() - {"at", "may", "must_not"}:
            self.bad((key,), "E612", f"unknown key '{key}'", "known: at, may, must_not", key=True)
        if "at" in value:
            self.known(("at",), value["at"], lambda text: find.moment(text, self.graph.timezone))
        if not value.get("may") and not value.get("must_not"):
            self.bad((), "E612", "nothing is asserted", "write a list under may or must_not")
        kinds: tuple[Kind, ...] = ("may", "must_not")
        found = [made for kind in kinds for made in self.of(kind, value.get(kind, []))]
        return tuple(found)

    def of(self, kind: Kind, listed: Any) -> list[Assertion]:
        if not isinstance(listed, list):
            self.bad((kind,), "E613", f"'{kind}' is not a list")
            return []
        made = []
        for number, one in enumerate(listed):
            before = len(self.problems)
            self.shape((kind, number), one)
            if len(self.problems) == before:
                assertion = self.one(kind, (kind, number), one)
                if len(self.problems) == before:
                    made.append(assertion)
        return made

    def shape(self, path: tuple[str | int, ...], one: Any) -> None:
        if not isinstance(one, dict):
            self.bad(
                path, "E613", "an assertion is a mapping", "such as {user: taro.yamada, account: shop-dev}"
            )
            return
        for key, value in one.items():
            if key not in _KEYS:
                self.bad((*path, key), "E612", f"unknown key '{key}'", did_you_mean(key, _KEYS), key=True)
            elif key == "mfa" and not isinstance(value, bool):
                self.bad((*path, key), "E613", "mfa is true or false")
            elif key in _TEXTS and not isinstance(value, str):
                self.bad((*path, key), "E613", f"{key} is not text", "put it in quotes")
        if ("user" in one) == ("partner" in one):
            self.bad(path, "E612", "an assertion names a user or a partner, and not both")
        if "account" in one and ("organization" in one or "ou" in one):
            self.bad(path, "E612", "an assertion names an account, or an organization and an OU of it")
        if "ou" in one and "organization" not in one:
            self.bad(path, "E612", "an OU needs its organization")

    def known(self, path: tuple[str | int, ...], word: Any, look: Callable[[str], Any]) -> Any:
        """What a word stands for; a problem where it stands for nothing."""
        if not isinstance(word, str):
            self.bad(path, "E613", f"{path[-1]} is not text", "put it in quotes")
            return None
        try:
            return look(word)
        except UnknownName as error:
            self.bad(path, "E614", error.what, error.hint)
            return None

    def one(self, kind: Kind, path: tuple[str | int, ...], one: dict[str, Any]) -> Assertion:
        graph = self.graph

        def look(key: str, how: Callable[[str], Any]) -> Any:
            return self.known((*path, key), one[key], how) if key in one else None

        person, partner = (
            look("user", lambda w: find.person(graph, w)),
            look("partner", lambda w: find.partner(graph, w)),
        )
        people = (person,) if person else tuple(who for who in graph.people if who.partner == partner)
        return Assertion(
            kind=kind,
            name=_name(kind, one),
            people=people,
            places=self.places(path, one),
            level=look("level", lambda w: find.level(graph, w)),
            at=look("at", lambda w: find.moment(w, graph.timezone)),
            network=look("network", find.address),
            mfa=one.get("mfa", True),
            mark=self.document.mark(*path),
        )

    def places(self, path: tuple[str | int, ...], one: dict[str, Any]) -> tuple[Place, ...]:
        graph = self.graph
        if "account" in one:
            found = self.known((*path, "account"), one["account"], lambda word: find.place(graph, word))
            return (found,) if found else ()
        every = tuple(graph.places.values())
        if "organization" not in one:
            return every
        name = one["organization"]
        if name not in graph.units:
            self.bad(
                (*path, "organization"), "E614", f"no organization {name}", did_you_mean(name, graph.units)
            )
            return ()
        inside = tuple(place for place in every if place.organization == name)
        ou = one.get("ou", "/")
        if ou not in graph.units[name]:
            self.bad((*path, "ou"), "E614", f"{name} has no OU {ou}", did_you_mean(ou, graph.units[name]))
        return tuple(place for place in inside if graph.units[name].get(ou) in place.units)


def _name(kind: Kind, one: dict[str, Any]) -> str:
    where = one.get("account") or " ".join(filter(None, (one.get("organization", "anywhere"), one.get("ou"))))
    said = [one.get("user") or f"every user of {one['partner']}", kind.replace("_", " ")]
    said += ["take", one.get("level", "a role"), "in", where]
    said += [f"{word} {one[key]}" for key, word in (("at", "at"), ("network", "from")) if key in one]
    said += [] if one.get("mfa", True) else ["without MFA"]
    return " ".join(said)
