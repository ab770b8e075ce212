"""What AWS says is there, read once; the other half of a plan."""

from dataclasses import dataclass, field
from typing import Any, Literal

from jumpcf.artifacts.password_policy import PasswordPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedUnit:
    """An OU or the root.  `path` is as people write it ("/Workloads/Prod", "/" for the root)."""

    id: str
    path: str
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedAccount:
    """A member of an organization; `unit` is the id of its own OU, `state` is ACTIVE, SUSPENDED, …"""

    id: str
    name: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedInstance:
    """A StackSet's instance in one account (`unit` is the *targeted* OU, maybe a parent; StackInstanceSummary)."""

    account: str
    region: str
    unit: str
    status: str  # CURRENT, OUTDATED, INOPERABLE
    detailed: str  # PENDING, RUNNING, SUCCEEDED, FAILED, CANCELLED, INOPERABLE, SKIPPED_SUSPENDED_ACCOUNT, …
    reason: str = ""
    last_operation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedStackSet:
    """A StackSet.  `template` is the content digest of the parsed body, a key of `Observed.templates`;
    `units` are its auto-deployment targets; `running` is the id of an operation under way, if any."""

    name: str
    template: str
    tags: dict[str, str]
    capabilities: tuple[str, ...]
    auto_deployment: bool
    retain_on_removal: bool
    managed_execution: bool
    permission_model: str
    units: tuple[str, ...]
    instances: tuple[ObservedInstance, ...]
    running: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedOrganization:
    """One organization.  `call_as` is derived from who we are there: SELF or DELEGATED_ADMIN."""

    name: str
    id: str
    call_as: str
    management_account: str
    delegated_administrators: tuple[str, ...]
    units: tuple[ObservedUnit, ...]
    accounts: tuple[ObservedAccount, ...]
    stack_sets: tuple[ObservedStackSet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedStack:
    """A plain stack of the jump account; `status` is CloudFormation's, `kept` its termination protection."""

    name: str
    id: str
    status: str
    template: str
    tags: dict[str, str]
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedUser:
    """A partner's user, as far as his password goes.

    `state`: "none", "unused" (an initial one that nobody has signed in with) or "used".  `stored` says
    whether an initial password is kept for him.  Measured by the estate's days for unused passwords: `young` is a
    user who was made within them, `overdue` an unused password, or else what is stored, that is older.
    """

    name: str
    path: str
    state: Literal["none", "unused", "used"]
    stored: bool
    young: bool
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The jump account and the organizations that were asked for.

    `templates` holds each distinct live template once, parsed, by content digest.  `password_policy` is the
    jump account's, None where it has none; `people` are those of the manifest who are there.
    """

    account: str
    stacks: tuple[ObservedStack, ...]
    organizations: tuple[ObservedOrganization, ...]
    templates: dict[str, Any] = field(default_factory=dict)
    password_policy: PasswordPolicy | None = None
    people: tuple[ObservedUser, ...] = ()
    schema: int = 1
