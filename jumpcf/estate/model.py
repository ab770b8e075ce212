"""The estate as frozen records, after every check: ids known, names resolved, dates turned into instants.

Every record carries `mark`, the place in params/ that made it, so that a later problem can point there; `marks`
are the places of its keys that can fill a quota, and `at` finds one of them.
"""

import datetime
from dataclasses import dataclass, field
from typing import Literal

from jumpcf.artifacts.lock import StoredParameter
from jumpcf.artifacts.manifest import Connection, Rollout
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.errors import Mark

AssumeScope = Literal["org-paths", "org-id", "role-name", "accounts"]
Fence = Literal["self-service", "session", "trust"]
CliMode = Literal["aws-login", "access-keys"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """A last valid day, as written, and `ends`: the first instant without access, in UTC
    ("2027-03-31T15:00:00Z" for 2027-03-31 in Asia/Tokyo), the form of aws:CurrentTime."""

    day: datetime.date
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgUnit:
    """An OU, or the root (`path` "/", `parent` None)."""

    id: str
    name: str
    path: str
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member account; `unit` is the id of its OU, `state` is ACTIVE, SUSPENDED, PENDING_CLOSURE or CLOSED."""

    id: str
    name: str
    unit: str
    state: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """One AWS Organization with its tree as the lock has it.

    `units` are sorted by path, the root first; `accounts` by id.  `delegated_administrators` maps account
    id to the service principals it is registered for.  `protected` maps account id to why no role may be
    there ("jump account", "admin account", "management account", "delegated administrator").
    """

    name: str
    id: str
    root: str
    connection: Connection
    rollout: Rollout
    management_account: str
    delegated_administrators: dict[str, tuple[str, ...]]
    units: tuple[OrgUnit, ...]
    accounts: tuple[Account, ...]
    protected: dict[str, str]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An IAM statement as people write it in a level or a boundary; exactly one of each pair is not empty.

    In resources and condition values `${jump:partner}` and `${jump:grant}` are filled in by the compiler.
    """

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: dict[str, dict[str, tuple[str, ...]]]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A named set of permissions.  `boundary` is "strict", "relaxed" or the name of a file in boundaries/.
    `session` and `mfa_max_age` are seconds; None means the default, or no limit."""

    name: str
    managed_policies: tuple[str, ...]
    statements: tuple[Statement, ...]
    boundary: str
    accept_escalation: str | None
    session: int | None
    mfa_max_age: int | None
    builtin: bool
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A ceiling of one's own; the compiler appends the protecting Denies to it."""

    name: str
    statements: tuple[Statement, ...]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Why and since when somebody is denied everything.  `before` is a little later than `at`: sessions issued
    before it are denied, also those that were let in while the Deny spread through IAM."""

    reason: str
    at: str
    before: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A partner's engineer: an IAM user of the jump account."""

    name: str
    email: str
    groups: tuple[str, ...]
    until: Until | None
    mark: Mark
    frozen: Frozen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody who is a user no more, and the day of it: sessions of his name are denied, whenever issued."""

    name: str
    day: datetime.date
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """(partner, organization, OUs, levels, groups): the unit that becomes one StackSet.

    `units` are OU ids or the root id, sorted, none below another.  `groups` empty means every user of the
    partner.  `until` is the grant's own date or the partner's, whichever is earlier.  `session` maps level
    name to seconds (grant over level over defaults).  `protected` are the organization's protected accounts
    less those that `accept_delegated_admin` admits; `excepted` are account ids.
    """

    name: str
    partner: str
    organization: str
    units: tuple[str, ...]
    levels: tuple[str, ...]
    groups: tuple[str, ...]
    excepted: tuple[str, ...]
    protected: tuple[str, ...]
    accept_delegated_admin: str | None
    until: Until
    session: dict[str, int]
    mark: Mark
    marks: dict[str, Mark] = field(default_factory=dict)

    def at(self, key: str) -> Mark:
        return self.marks.get(key, self.mark)

    def is_for(self, user: User) -> bool:
        return not self.groups or not set(self.groups).isdisjoint(user.groups)

    def closed(self, jump_account: str) -> frozenset[str]:
        """The accounts in which the grant's stack must stay empty; the jump account always is one."""
        return frozenset({*self.protected, *self.excepted, jump_account})


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An external company.  `networks` are canonical CIDRs, sorted; `groups` are the named groups, sorted
    (the group of all users is not among them); `users`, `left` and `grants` are sorted by name."""

    name: str
    title: str
    contact: str
    until: Until
    networks: tuple[str, ...]
    users: tuple[User, ...]
    grants: tuple[Grant, ...]
    groups: tuple[str, ...]
    cli: CliMode
    mark: Mark
    frozen: Frozen | None = None
    left: tuple[Left, ...] = ()
    marks: dict[str, Mark] = field(default_factory=dict)

    def at(self, key: str) -> Mark:
        return self.marks.get(key, self.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The GitHub repository ("owner/name") whose pull requests plan and whose environment deploys.  `provider`
    says whether GitHub's identity provider is the pipeline stack's or was there before."""

    repository: str
    environment: str
    provider: Literal["create", "existing"]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """All that one params/ folder describes; `parameters` are the locked ones, by name."""

    name: str
    partition: Literal["aws", "aws-cn", "aws-us-gov"]
    jump: Connection
    timezone: str
    role_session_name: Literal["required", "optional"]
    assume_scope: AssumeScope
    fence: tuple[Fence, ...]
    password_policy: PasswordPolicy
    unused_password_days: int
    quotas: dict[str, int]
    organizations: dict[str, Organization]
    partners: dict[str, Partner]
    levels: dict[str, Level]
    boundaries: dict[str, Boundary]
    parameters: dict[str, StoredParameter] = field(default_factory=dict)
    mark: Mark
    pipeline: Pipeline | None = None
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def sessions_named(self) -> bool:
        """Whether each session of a role bears its user's name, so that a fence knows all that are his."""
        return self.role_session_name == "required"

    def at(self, key: str) -> Mark:
        return self.marks.get(key, self.mark)
