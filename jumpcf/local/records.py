"""What the embedded CloudFormation remembers: stacks, change sets, StackSets, instances and operations.

Plain mutable records, changed only under the server's lock.  Everything here goes to state.json as it is
(`graph.py`), so fields hold text, numbers, instants, lists and dictionaries with text keys, nothing else.
"""

import datetime
import json
from dataclasses import dataclass, field

Tag = dict[str, str]


@dataclass(slots=True)
class Resource:
    """A resource of a stack.  `properties` are canonical JSON text: compared as a whole, cheap to keep."""

    logical_id: str
    type: str
    physical_id: str
    properties: str
    attributes: dict[str, str]
    status: str
    changed: datetime.datetime
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a stack's history (DescribeStackEvents); `at` is an instant in ISO 8601, `operation` the
    number of the stack's operation that it belongs to, from 1; 0 before the first."""

    id: str
    at: str
    logical_id: str
    type: str
    physical_id: str
    status: str
    reason: str | None
    token: str | None
    operation: int = 0

    def text(self) -> str:
        """As a stack keeps it: there are thousands, and hardly any is ever read."""
        return json.dumps([getattr(self, name) for name in self.__slots__])

    @classmethod
    def read(cls, text: str) -> "Event":
        return cls(*json.loads(text))


@dataclass(slots=True)
class Wish:
    """What a stack is asked to become.  `on_failure` is ROLLBACK, DELETE or DO_NOTHING; with `retain_new` a
    rollback deletes new resources whose DeletionPolicy is Retain (RetainExceptOnCreate)."""

    template: str
    parameters: dict[str, str]
    tags: list[Tag]
    capabilities: list[str]
    on_failure: str = "ROLLBACK"
    retain_new: bool = False


@dataclass(slots=True)
class Work:
    """An operation on a plain stack that ends at `due`, in seconds since the epoch.  `names` are logical ids:
    to retain (DELETE), to skip (CONTINUE_ROLLBACK) or to look at (DETECT_DRIFT); `change_set` is the id of what
    is executed."""

    kind: str
    account: str
    region: str
    stack_id: str
    due: float
    wish: Wish | None = None
    names: list[str] = field(default_factory=list)
    change_set: str = ""


@dataclass(slots=True)
class Arrival:
    """An account was created, moved or removed; StackSets notice it at `due`, in seconds since the epoch."""

    management: str
    account: str
    due: float


@dataclass(slots=True)
class Stack:
    """A stack of one account and region; `template` is a key of `World.templates`, "" before the first.
    `events` are texts of Event, the oldest first; `operations` are "<OperationType> <id>".  `before` are the
    resources that a rollback goes back to, while an operation runs or was left where it failed.  `drifts` are
    rows of DescribeStackResourceDrifts as JSON text, by logical id, of the latest `detection`."""

    name: str
    id: str
    account: str
    region: str
    created: datetime.datetime
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    template: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    updated: datetime.datetime | None = None
    deleted: datetime.datetime | None = None
    protected: bool = False
    role_arn: str | None = None
    token: str | None = None
    operations: list[str] = field(default_factory=list)
    before: dict[str, Resource] | None = None
    detection: str = ""
    drift: str = "NOT_CHECKED"
    drift_at: datetime.datetime | None = None
    drifts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ChangeSet:
    """A change set; `changes` is the Changes list of DescribeChangeSet, `errors` what validation found before
    (VALIDATION_ERROR of DescribeEvents), both as JSON text."""

    name: str
    id: str
    stack_id: str
    stack_name: str
    kind: str
    created: datetime.datetime
    template: str
    parameters: dict[str, str]
    tags: list[Tag]
    capabilities: list[str]
    status: str
    execution: str
    reason: str | None
    changes: str
    description: str | None
    on_failure: str | None
    role_arn: str | None
    errors: str = "[]"


@dataclass(slots=True)
class Place:
    """One account and region: its stacks and change sets by id, in order of creation."""

    account: str
    region: str
    stacks: dict[str, Stack] = field(default_factory=dict)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)


@dataclass(slots=True)
class Instance:
    """A StackSet's instance.  `unit` is the OU that was named as target, maybe a parent of the account's own."""

    account: str
    region: str
    unit: str
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str | None = None
    stack_id: str | None = None
    last_operation: str | None = None
    drift: str = "NOT_CHECKED"
    drift_at: datetime.datetime | None = None
    overrides: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """What an operation did in one account and region; `drift` and `drifts` as on a stack, for DETECT_DRIFT."""

    account: str
    region: str
    unit: str
    status: str = "PENDING"
    reason: str | None = None
    drift: str = ""
    drifts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Operation:
    """An operation on a StackSet.  `request` is a digest of what was asked, for idempotency; `due` is the
    second at which the batch under way is finished."""

    id: str
    action: str
    created: datetime.datetime
    request: str
    results: list[Result]
    preferences: dict[str, str | int | list[str]] = field(default_factory=dict)
    targets: dict[str, str | list[str]] | None = None
    overrides: dict[str, str] | None = None
    kept_overrides: list[str] = field(default_factory=list)
    retain: bool | None = None
    automatic: bool = False
    status: str = "QUEUED"
    ended: datetime.datetime | None = None
    due: float = 0.0


@dataclass(slots=True)
class StackSet:
    """A service-managed StackSet.  `targets` maps each auto-deployment OU to its regions; the first `ended`
    of its operations are over, for they end in the order in which they were asked for."""

    name: str
    id: str
    arn: str
    template: str
    description: str | None
    parameters: dict[str, str]
    tags: list[Tag]
    capabilities: list[str]
    auto_deployment: bool
    retain_on_removal: bool
    managed_execution: bool
    token: str
    status: str = "ACTIVE"
    instances: dict[str, Instance] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    targets: dict[str, list[str]] = field(default_factory=dict)
    ended: int = 0


@dataclass(slots=True)
class Home:
    """Where service-managed StackSets live: an organization's management account, in one region."""

    management: str
    region: str
    stack_sets: dict[str, StackSet] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """A fault on demand; `fault_words` says what each kind means and which fields it reads.

    Empty fields match everything.  `times` counts down, None is for ever; `after` is how many calls go
    through first; `since` the second at which it began, `fired` how often it struck, and `over` whether it is
    done with.  `source` names the file that asked for it, "" a person.
    """

    kind: str
    account: str = ""
    stack_set: str = ""
    action: str = ""
    service: str = ""
    times: int | None = None
    reason: str = ""
    rate: float = 0.0
    seconds: float = 0.0
    after: int = 0
    unit: str = ""
    name: str = ""
    source: str = ""
    since: float | None = None
    fired: int = 0
    over: bool = False


def key(account: str, region: str) -> str:
    """How an account and region are written as one dictionary key."""
    return f"{account}/{region}"
