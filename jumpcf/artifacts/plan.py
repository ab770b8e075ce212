"""The plan as data: what would change, for people, and the operations, for the executor.

Plans hold digests of templates, never bodies.  A new kind of operation is one record here, one method
of `aws.gateway.Gateway` and one line in `planner.explain`; mypy lists what is missing.
"""

from dataclasses import dataclass, field
from typing import Literal

from jumpcf.artifacts.manifest import Rollout


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What every operation has.  `id` is the first 12 hex digits of the digest of its kind, place, stack
    and parameters, so the same work has the same id; `place` is "jump" or an organization's name;
    `needs` are ids of operations that must have succeeded before."""

    id: str
    place: str
    stack: str
    reason: str
    needs: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """A field of each record, by which the records of the union are told apart."""
        raise NotImplementedError

    @property
    def work(self) -> str:
        """The kind, and whom it is about where that is not the stack."""
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployStack(Operation):
    """Create or update a plain stack of the jump account by change set."""

    template: str
    create: bool
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    kind: Literal["deploy-stack"] = "deploy-stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStack(Operation):
    """Delete a plain stack of the jump account (also one that failed at its creation and can only be deleted)."""

    kind: Literal["delete-stack"] = "delete-stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardUser(Operation):
    """Take from a partner's user what he made himself, so that his stack can let go of him.

    `stack` is the stack of the jump account that loses him.  `path` and `partner` (his tag) are what its live
    template says: a user of this name who has others is somebody else.  `resource` is his logical id there.
    `members` is the group that carries every Deny, which he leaves last.
    """

    user: str
    path: str
    partner: str
    resource: str
    members: str
    kind: Literal["offboard-user"] = "offboard-user"

    @property
    def work(self) -> str:
        return f"{self.kind} {self.user}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStackSet(Operation):
    """Create the container: service-managed, auto-deployed, managed execution on.  No instances yet."""

    template: str
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    kind: Literal["create-stack-set"] = "create-stack-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStackSet(Operation):
    """Give a StackSet a new template, tags or capabilities, and all of its instances with it."""

    template: str
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    rollout: Rollout
    kind: Literal["update-stack-set"] = "update-stack-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureStackSet(Operation):
    """Put auto-deployment and managed execution back to what jumpcf wants; calls of their own by AWS's rules."""

    kind: Literal["configure-stack-set"] = "configure-stack-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInstances(Operation):
    """Make the OUs targets (also empty ones) and fill every account in them that has no current stack."""

    units: tuple[str, ...]
    region: str
    rollout: Rollout
    kind: Literal["create-instances"] = "create-instances"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteInstances(Operation):
    """Delete the stacks in the OUs; the OUs are targets no more.  `retain` only where an account is suspended."""

    units: tuple[str, ...]
    region: str
    rollout: Rollout
    retain: bool = False
    accounts: tuple[str, ...] = ()  # where not empty: only these accounts of the OUs (INTERSECTION)
    kind: Literal["delete-instances"] = "delete-instances"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStackSet(Operation):
    """Delete an empty StackSet."""

    kind: Literal["delete-stack-set"] = "delete-stack-set"


AnyOperation = (
    DeployStack
    | DeleteStack
    | OffboardUser
    | CreateStackSet
    | UpdateStackSet
    | ConfigureStackSet
    | CreateInstances
    | DeleteInstances
    | DeleteStackSet
)


Action = Literal["create", "update", "delete", "none", "blocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource of a template: added, removed, or changed in these properties."""

    logical_id: str
    type: str
    action: Literal["add", "remove", "change"]
    properties: tuple[str, ...] = ()


Mark = Literal["neutral", "narrowed", "changed", "broadened"]
"""What a change means for access.  "neutral" and "narrowed" are proved; "changed" is said of a single statement
that goes both ways; what cannot be proved narrower or equal is "broadened"."""

Part = Literal["role", "group", "user", "trust", "policies", "fence", "boundary", "session", "resource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One thing of IAM's that a template changes.

    `subject` is whose it is, by the name in AWS ("acme-dev-Power"); `what` the statement's Sid, the policy's
    name, or the values before and after.
    """

    subject: str
    part: Part
    what: str
    action: Literal["added", "removed", "changed"]
    mark: Mark


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
    """A plain stack of the jump account."""

    name: str
    action: Action
    reason: str = ""
    changes: tuple[ResourceChange, ...] = ()
    iam: tuple[PolicyChange, ...] = ()


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
    schema: int = field(default=1)

    @property
    def deletions(self) -> tuple[str, ...]:
        """What the plan takes away, by name: stacks and StackSets, wholly or from an OU; users, with all that
        they hold; accounts that lose their roles; single roles and groups."""
        operations = (
            f"{op.place}/{op.stack}"
            for op in self.operations
            if isinstance(op, DeleteStack | DeleteInstances | DeleteStackSet)
        )
        offboarded = {(op.stack, op.resource): op for op in self.operations if isinstance(op, OffboardUser)}
        users = (f"jump/{op.stack} user {op.user}" for op in offboarded.values())
        identities = (
            f"jump/{one.name} {name}"
            for one in self.stacks
            for name in _removed(one.changes)
            if (one.name, name) not in offboarded
        )
        roles = (
            f"{one.organization}/{one.name} {name}"
            for one in self.stack_sets
            for name in _removed(one.changes)
        )
        accounts = (
            f"{one.organization}/{one.name} in {change.account}"
            for one in self.stack_sets
            for change in one.accounts
            if change.effect == "leaving" and one.action != "delete" and not one.leaving_units
        )
        return tuple(dict.fromkeys((*operations, *users, *identities, *roles, *accounts)))


def _removed(changes: tuple[ResourceChange, ...]) -> tuple[str, ...]:
    return tuple(
        change.logical_id for change in changes if change.action == "remove" and change.type in TAKEN
    )


TAKEN = frozenset({"AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"})
"""Resources whose removal takes access away from somebody."""
