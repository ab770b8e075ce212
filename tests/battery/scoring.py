"""Runs the battery over the mutants of each distinct policy shape, and reads what is left alive on purpose."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from jumpcf.errors import JumpcfError
from jumpcf.policy.document import Policy, parse
from tests.battery.battery import BATTERY, DOCUMENTS, document_in, reddens
from tests.battery.mutants import mutants
from tests.battery.rows import Row
from tests.battery.subjects import Document, Subject, shape

ON_PURPOSE = Path(__file__).parents[1] / "mutants.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One mutant: where it is, what was done, and the first case that turned red ("" if none)."""

    layer: str
    where: str
    what: str
    killer: str

    def __str__(self) -> str:
        return f"{self.layer} {self.where} {self.what}: {self.killer or 'ALIVE'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A survivor that is known: patterns of layer and deed, and what makes it redundant."""

    layer: str
    what: str
    because: str
    where: str = "*"

    def means(self, result: Result) -> bool:
        return (
            self.layer == result.layer
            and fnmatchcase(result.what, self.what)
            and fnmatchcase(result.where, self.where)
        )


def on_purpose() -> list[Purpose]:
    return [Purpose(**entry) for entry in tomllib.loads(ON_PURPOSE.read_text())["survivor"]]


def shapes(subjects: list[Subject]) -> list[Document]:
    """One document of each distinct shape, in the order of the estates."""
    found: dict[str, Document] = {}
    for subject in subjects:
        for documents in subject.layers.values():
            for one in documents:
                found.setdefault(shape(one, subject), one)
    return list(found.values())


def policy_results(subjects: list[Subject]) -> Iterator[Result]:
    for found in shapes(subjects):
        cases = [
            (row, subject)
            for subject in subjects
            if document_in(subject, found)
            for row in BATTERY
            if DOCUMENTS.get(row.layer) == found.layer and row.about(subject)
        ]
        for sid, deed, body in mutants(found.body):
            what = f"{sid}: {deed}"
            killer = _killer(found, parse(body, name=found.policy.name), cases, sid)
            yield Result(layer=found.layer, where=found.where, what=what, killer=killer)


def _killer(found: Document, mutant: Policy, cases: list[tuple[Row, Subject]], sid: str) -> str:
    """The case that turns red; those that name the statement come first, for they are the likely ones."""
    likely = [case for case in cases if case[0].by and fnmatchcase(sid, case[0].by)]
    for row, subject in [*likely, *cases]:
        own = [mutant if one is found else one.policy for one in subject.layers[found.layer]]
        try:
            if reddens(row, subject, own):
                return str(row)
        except JumpcfError as refused:
            return f"refused: {refused}"
    return ""


def score(results: list[Result], known: list[Purpose]) -> list[str]:
    """The score in a line, and below it what is alive: each purpose with how many it explains."""
    alive = [one for one in results if not one.killer]
    meant = [one for one in alive if any(purpose.means(one) for purpose in known)]
    percent = 100 * (len(results) - len(alive)) / len(results)
    head = (
        f"{len(results)} mutants, {len(results) - len(alive)} killed ({percent:.1f} %), "
        f"{len(meant)} alive on purpose (tests/mutants.toml), {len(alive) - len(meant)} alive unexplained"
    )
    explained = [(sum(map(purpose.means, alive)), purpose) for purpose in known]
    return [head, *(f"  {times} alive: {one.layer} {one.what}: {one.because}" for times, one in explained)]
