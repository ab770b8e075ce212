"""params/lock/: what AWS said when the lock was written, so that a build needs nothing but files.

`<organization>.json` holds an organization's OU tree and accounts; `parameters.json` the Parameter Store
values that params name.  Both are JSON with a `schema` of 1.
"""

import functools
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from jumpcf.errors import Problem
from jumpcf.estate import shapes
from jumpcf.estate.schema import AccountId, Strict, shaped
from jumpcf.estate.source import Document, parse, read_text
from jumpcf.estate.validate import File, validate

UnitId = Annotated[str, shaped(shapes.UNIT_ID, "OU id")]
State = Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"]


class LockedRoot(Strict):
    """The root of an organization's tree."""

    id: Annotated[str, shaped(shapes.ROOT_ID, "Root id")]


class LockedUnit(Strict):
    """An OU; `path` begins at the root ("/Workloads/Prod"), `parent` is an OU's id or the root's."""

    id: UnitId
    name: str = Field(min_length=1, max_length=128)
    path: str = Field(pattern="^/.")
    parent: str


class LockedAccount(Strict):
    """A member account; `unit` is the id of the OU it lies in, or the root's."""

    id: AccountId
    name: str
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

    value: str | list[str]
    version: int = Field(ge=1)


class ParametersLock(Strict):
    """Every parameter that params name, by its Parameter Store name ("/jump/acme/networks")."""

    version: Literal[1] = Field(1, alias="schema")
    parameters: dict[str, LockedParameter]


def read_organization(path: Path, file: str) -> tuple[File[OrganizationLock] | None, list[Problem]]:
    """An organization's lock; None where it cannot be used, and every problem of its shape."""
    document, problems = _read(path, file)
    found, more = validate(OrganizationLock, path.stem, document)
    # a tree with holes would give wrong answers about every grant, so it is whole or not there
    return (found if found and found.whole else None), problems + more


def read_parameters(path: Path, file: str) -> tuple[File[ParametersLock] | None, list[Problem]]:
    """The locked parameters; None where they cannot be used."""
    document, problems = _read(path, file)
    found, more = validate(ParametersLock, path.stem, document)
    return found, problems + more


def _read(path: Path, file: str) -> tuple[Document, list[Problem]]:
    text, problems = read_text(path, file)
    if text is None:
        return Document(file, None), problems
    if not text.strip():
        return Document(file, None), [Problem(file, 0, 0, "E103", "the file is empty", "refresh the lock")]
    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return Document(file, None), [Problem(file, error.lineno, error.colno, "E101", message)]
    if not isinstance(value, dict):
        return Document(file, None), [Problem(file, 1, 1, "E111", "the file must hold an object")]
    # JSON is YAML to the parser, which knows lines; it is asked only where something is wrong
    return Document(file, value, functools.cache(lambda: parse(text, file)[0].places)), []
