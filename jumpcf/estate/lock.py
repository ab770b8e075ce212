"""params/lock/: what AWS said when the lock was written, so that a build needs nothing but files.

`<organization>.json` holds an organization's OU tree and accounts; `parameters.json` the Parameter Store
values that params name.  Both are JSON with a `schema` of 1.
"""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from jumpcf.errors import Problem
from jumpcf.estate import shapes
from jumpcf.estate.schema import AccountId, OneOrMore, Strict, shaped
from jumpcf.estate.source import Document, Key, parse, read_text
from jumpcf.estate.validate import File, validate

UnitId = Annotated[str, shaped(shapes.UNIT_ID, "OU id")]
State = Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"]
REFRESH = "a lock is never merged by hand: jumpcf sync writes it anew"


class LockedRoot(Strict):
    """The root of an organization's tree."""

    id: Annotated[str, shaped(shapes.ROOT_ID, "Root id")]


class LockedUnit(Strict):
    """An OU; `path` begins at the root ("/Workloads/Prod"), `parent` is an OU's id or the root's."""

    id: UnitId
    name: Annotated[str, shaped(shapes.TEXT, "The OU's name", max_length=128)]
    path: Annotated[str, shaped(shapes.PATH, "Path from the root, by names")]
    parent: str


class LockedAccount(Strict):
    """A member account; `unit` is the id of the OU it lies in, or the root's."""

    id: AccountId
    name: Annotated[str, shaped(shapes.TEXT, "The account's name")]
    unit: str
    state: State
    email: str = ""


class OrganizationLock(Strict):
    """One organization's tree."""

    version: Literal[1] = Field(alias="schema")
    organization: str
    id: Annotated[str, shaped(shapes.ORGANIZATION_ID, "AWS Organization id")]
    management_account: AccountId
    root: LockedRoot
    units: list[LockedUnit]
    accounts: list[LockedAccount]
    delegated_administrators: dict[AccountId, list[str]] = Field(
        default_factory=dict, description="Account id to the service principals it is registered for"
    )


class LockedParameter(Strict):
    """A Parameter Store value (a StringList as a list) and its version."""

    value: OneOrMore
    version: int = Field(ge=1)


class ParametersLock(Strict):
    """Every parameter that params name, by its Parameter Store name ("/jump/acme/networks")."""

    version: Literal[1] = Field(1, alias="schema")
    parameters: dict[str, LockedParameter]


def read_organization(path: Path, file: str) -> tuple[File[OrganizationLock] | None, list[Problem]]:
    """An organization's lock; None where it cannot be used, and every problem of its shape."""
    text, problems = read_text(path, file)
    found, more = parse_organization(text, path.stem, file)
    return found, problems + more


def read_parameters(path: Path, file: str) -> tuple[File[ParametersLock] | None, list[Problem]]:
    """The locked parameters; None where they cannot be used."""
    text, problems = read_text(path, file)
    found, more = parse_parameters(text, path.stem, file)
    return found, problems + more


def parse_organization(
    text: str | None, name: str, file: str
) -> tuple[File[OrganizationLock] | None, list[Problem]]:
    """`read_organization` of a text that need not be in a file yet."""
    document, problems = _parse(text, file)
    found, more = validate(OrganizationLock, name, document)
    # a tree with holes would give wrong answers about every grant, so it is whole or not there
    return (found if found and found.whole else None), problems + more


def parse_parameters(
    text: str | None, name: str, file: str
) -> tuple[File[ParametersLock] | None, list[Problem]]:
    """`read_parameters` of a text."""
    document, problems = _parse(text, file)
    found, more = validate(ParametersLock, name, document)
    return found, problems + more


def _parse(text: str | None, file: str) -> tuple[Document, list[Problem]]:
    if text is None:
        return Document(file, None), []
    if not text.strip():
        return Document(file, None), [
            Problem(file, 0, 0, "E103", "the file is empty", "jumpcf sync writes it anew")
        ]
    value, problems = _decode(text, file)
    if problems:
        return Document(file, None), problems
    # JSON is YAML to the parser, which knows lines; it is asked only where something is wrong
    document = Document(file, value, functools.cache(lambda: parse(text, file)[0].places))
    return document, [_nothing(document, path) for path in _nulls(value, ())]


def _decode(text: str, file: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    repeated: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.append(pairs[0][0])
        return found

    try:
        value = json.loads(text, object_pairs_hook=once)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be printed
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return None, [Problem(file, error.lineno, error.colno, "E101", message, REFRESH)]
    except RecursionError:
        return None, [Problem(file, 0, 0, "E114", "nested too deep")]
    except ValueError as error:
        return None, [Problem(file, 0, 0, "E101", f"not valid JSON: {error}", REFRESH)]
    if not isinstance(value, dict):
        return None, [Problem(file, 1, 1, "E111", "the file must hold an object")]
    if repeated:
        return None, [problem for problem in parse(text, file)[1] if problem.code == "E104"]
    return value, []


def _nothing(document: Document, path: tuple[Key, ...]) -> Problem:
    message = f"'{path[-1]}' has no value" if isinstance(path[-1], str) else "an item has no value"
    return Problem.at(document.mark(*path), "E117", message, "leave it out where it may be left out")


def _nulls(value: Any, path: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    if value is None:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _nulls(item, (*path, key))
