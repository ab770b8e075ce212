"""The plan as data: what would change, for people, and the operations, for the executor."""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.artifacts.operation import AnyOperation

PLAN_SCHEMA = 1
Action = Literal["create", "update", "delete", "none", "blocked"]

TOUCHED = ("new", "changed", "leaving")
"""Effects on an account of which something happens there."""

Fate = Literal["kept", "replaced", "may be replaced", "may be removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource of a template: added, removed, or changed in these properties.

    Of a stack of the jump account, `fate` says what becomes of one that is changed: "replaced" where CloudFormation
    makes a new one and deletes this one.  `name` is the name in AWS, where the template fixes it, of one that goes.
    """

    logical_id: str
    type: str
    action: Literal["add", "remove", "change"]
    properties: tuple[str, ...] = ()
    fate: Fate = "kept"
    name: str = ""

    @property
    def goes(self) -> bool:
        """Whether the resource that is there goes, for certain or perhaps."""
        return self.action == "remove" or self.fate != "kept"


Mark = Literal["neutral", "narrowed", "changed", "broadened"]
"""What a change means for access.  "neutral" and "narrowed" are proved; "changed" is said of a single statement
that goes both ways; what cannot be proved narrower or equal is "broadened"."""

Part = Literal["role", "group", "user", "trust", "policies", "fence", "boundary", "session", "resource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One thing of IAM's that a template changes.

    `subject` is whose it is, by the name in AWS ("acme-dev-Power"); `what` the statement's Sid, the policy's
    name, or the values before and after.  `details` says in short phrases what came and went within it
    ("+rds:StartDBInstance", "aws:CurrentTime < 2027-03-31T15:00:00Z → 2028-03-31T15:00:00Z").  `gains` and
    `loses` are what of this the policies of the subject allow from now on, or no more: patterns of actions
    ("ec2:*"), and names of policies whose content is AWS's.
    """

    subject: str
    part: Part
    what: str
    action: Literal["added", "removed", "changed"]
    mark: Mark
    details: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What a plan does to one account of a StackSet, and why, in a few words."""

    account: str
    name: str
    path: str
    effect: Literal["new", "changed", "current", "leaving", "skipped"]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlan:
    """A plain stack of the jump account; `partner` is whose it is, None where all share it."""

    name: str
    action: Action
    reason: str = ""
    partner: str | None = None
    changes: tuple[ResourceChange, ...] = ()
    iam: tuple[PolicyChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One setting of the jump account, in words, before and after."""

    name: str
    before: str
    after: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPlan:
    """What changes in the jump account beside its stacks: the settings of its password policy."""

    reason: str
    settings: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetPlan:
    """A StackSet: what changes in its template, its targets (OUs by path) and its accounts."""

    organization: str
    name: str
    action: Action
    reason: str = ""
    partner: str | None = None
    grant: str | None = None
    changes: tuple[ResourceChange, ...] = ()
    iam: tuple[PolicyChange, ...] = ()
    new_units: tuple[str, ...] = ()
    leaving_units: tuple[str, ...] = ()
    accounts: tuple[AccountChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessions:
    """Sessions of his partner's roles that a user who leaves has open in `places` (organizations), and that nothing
    of this plan denies him.  They go on until they end by themselves, `seconds` at most.

    `mend` says what would deny them: "left", an entry of his under left in params; "everywhere", the same params
    deployed to these organizations too.
    """

    partner: str
    user: str
    places: tuple[str, ...]
    seconds: int
    mend: Literal["left", "everywhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What takes observed to manifest.  `blockers` are reasons why nothing may be written (exit code 5)."""

    estate: str
    organizations: tuple[str, ...]
    manifest: str  # digest of the manifest's canonical form
    stacks: tuple[StackPlan, ...]
    stack_sets: tuple[StackSetPlan, ...]
    operations: tuple[AnyOperation, ...]
    blockers: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    account: AccountPlan | None = None
    open_sessions: tuple[OpenSessions, ...] = ()
    schema: int = field(default=PLAN_SCHEMA)
