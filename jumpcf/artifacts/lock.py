"""What params/lock/ holds as AWS said it, and what a refreshed lock changes."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeUnit:
    """An OU; `path` begins at the root ("/Workloads/Prod"), `parent` is an OU's id or the root's."""

    id: str
    name: str
    path: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeAccount:
    """A member account; `unit` is the id of the OU it lies in, or the root's."""

    id: str
    name: str
    email: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationTree:
    """One AWS Organization: OUs by path, accounts by id, and account id to the service principals it is a
    delegated administrator of."""

    name: str
    id: str
    management_account: str
    root: str
    units: tuple[TreeUnit, ...]
    accounts: tuple[TreeAccount, ...]
    delegated_administrators: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredParameter:
    """A Parameter Store value (a StringList as a tuple) and its version."""

    value: str | tuple[str, ...]
    version: int


ChangeKind = Literal["new", "other", "joined", "left", "account", "unit", "parameter", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChange:
    """One thing that is otherwise than the lock said: an account, an OU, a parameter, or the whole file.

    `facts` say what changed, in words.  `gains` are the grants whose roles reach the account now and did not by
    the old lock ("acme prod Read"), `loses` those of which it is the other way round; `why` says of grants whose
    OUs hold the account why they do not reach it.  For a new file `gains` counts the accounts of each grant.
    """

    kind: ChangeKind
    subject: str
    name: str = ""
    facts: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """One file of params/lock/ after a sync; `refused` is why it could not be refreshed, with the code before it,
    and `hint` what helps."""

    file: str
    place: str
    state: Literal["same", "new", "changed", "refused"]
    changes: tuple[LockChange, ...] = ()
    refused: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync came to; with `check` nothing was written."""

    estate: str
    check: bool
    files: tuple[LockFile, ...]
    schema: int = 1
