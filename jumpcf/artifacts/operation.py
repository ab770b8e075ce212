"""The operations of a plan as data: what the executor has the gateway do.

They hold digests of templates, never bodies.  A new kind is one record here, one method of
`aws.gateway.Gateway` and one line in `planner.explain`; mypy lists what is missing.
"""

from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.password_policy import PasswordPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One ring of an organization's rollout: its number, from 1, and its OUs by path; none where it is
    the accounts that are in no ring, which come last."""

    number: int
    paths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a person is told: "ring 1 (/Sandbox)"."""
        return f"ring {self.number} ({', '.join(self.paths) or 'the rest'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What every operation has.  `id` is the first 12 hex digits of the digest of its kind, place, stack
    and parameters, so the same work has the same id; `place` is "jump" or an organization's name;
    `needs` are ids of operations that must have succeeded before.  One with a `ring` waits for every operation
    of a lower ring in its place (`executor.rules` says which of their failures stop it)."""

    id: str
    place: str
    stack: str
    reason: str
    needs: tuple[str, ...] = ()
    ring: Ring | None = None

    @property
    def kind(self) -> str:
        """A field of each record, by which the records of the union are told apart."""
        raise NotImplementedError

    @property
    def work(self) -> str:
        """The kind, and whom it is about where that is not the stack."""
        return self.kind

    @property
    def lane(self) -> tuple[str, str]:
        """Of the operations of one lane one runs at a time: those on one stack or StackSet, or on one user."""
        return self.place, self.stack


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployStack(Operation):
    """Create or update a plain stack of the jump account by change set.

    `removes` and `replaces` are the logical ids of what the plan shows as going from the stack and as made anew,
    certainly or not.  A change set that would take more is not executed.  Nothing is in plans that are older than
    these fields.
    """

    template: str
    create: bool
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    removes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    kind: Literal["deploy-stack"] = "deploy-stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStack(Operation):
    """Delete a plain stack of the jump account (also one that failed at its creation and can only be deleted)."""

    kind: Literal["delete-stack"] = "delete-stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueRollback(Operation):
    """Let a stack of the jump account go back to what it was, where that failed before (ContinueUpdateRollback)."""

    kind: Literal["continue-rollback"] = "continue-rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTags(Operation):
    """Take tags off a stack of the jump account, and change nothing else of it."""

    keys: tuple[str, ...]
    kind: Literal["remove-tags"] = "remove-tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteBucket(Operation):
    """Empty the artifact bucket (every version, delete marker and unfinished upload) and delete it."""

    bucket: str
    kind: Literal["delete-bucket"] = "delete-bucket"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteChangeSet(Operation):
    """Delete a change set of ours that nobody ran; `change_set` is its ARN, `name` its name."""

    change_set: str
    name: str
    kind: Literal["delete-change-set"] = "delete-change-set"

    @property
    def work(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardUser(Operation):
    """Take from a partner's user what he made himself, so that his stack can let go of him.

    `stack` is the stack of the jump account that loses him.  `path` and `partner` (his tag) are what its live
    template says: a user of this name who has others is somebody else.  `resource` is his logical id there.
    `members` is the group that carries every Deny, which he leaves last.  `parameter` is where his initial
    password is kept, if it still is ("" in plans that are older than this field).
    """

    user: str
    path: str
    partner: str
    resource: str
    members: str
    parameter: str = ""
    kind: Literal["offboard-user"] = "offboard-user"

    @property
    def work(self) -> str:
        return f"{self.kind} {self.user}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPasswordPolicy(Operation):
    """Set the jump account's password policy, every field of it.  `stack` is "password-policy"."""

    policy: PasswordPolicy
    kind: Literal["set-password-policy"] = "set-password-policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePassword(Operation):
    """Make a user's initial password where he has none, and keep it in Parameter Store.  Never resets one.

    `stack` is the stack that makes him; `path` and `partner` (his tag) are what proves that it is he.
    `parameter` is where it is kept, `key` the KMS key's alias, `length` the characters that the policy asks for.
    The password itself is nowhere in a plan.
    """

    estate: str
    user: str
    path: str
    partner: str
    parameter: str
    key: str
    length: int
    kind: Literal["create-password"] = "create-password"

    @property
    def work(self) -> str:
        return f"{self.kind} {self.user}"

    @property
    def lane(self) -> tuple[str, str]:
        return self.place, self.work


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPassword(Operation):
    """Take a user's initial password that nobody has used, and what is stored of it; one that was used stays."""

    user: str
    path: str
    partner: str
    parameter: str
    kind: Literal["withdraw-password"] = "withdraw-password"

    @property
    def work(self) -> str:
        return f"{self.kind} {self.user}"

    @property
    def lane(self) -> tuple[str, str]:
        return self.place, self.work


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStackSet(Operation):
    """Create the container: service-managed, auto-deployed, managed execution on.  No instances yet."""

    template: str
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    kind: Literal["create-stack-set"] = "create-stack-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStackSet(Operation):
    """Give a StackSet a new template, tags or capabilities, and its instances with it: all of them, or only those
    of `accounts` in `units` (INTERSECTION); AWS then calls the others outdated.  `follows`: an operation before
    it gave the StackSet its definition, and only these accounts are brought up to it."""

    template: str
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    rollout: Rollout
    region: str = ""
    units: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    follows: bool = False
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
    accounts: tuple[str, ...] = ()  # where not empty: only these accounts of the OUs (INTERSECTION)
    kind: Literal["create-instances"] = "create-instances"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteInstances(Operation):
    """Delete the stacks in the OUs; the OUs are targets no more.

    With `accounts`, only theirs (INTERSECTION).  With `retain` their stacks are left and only taken off the
    StackSet: where an account is suspended or gone, or where a person asked for it.
    """

    units: tuple[str, ...]
    region: str
    rollout: Rollout
    retain: bool = False
    accounts: tuple[str, ...] = ()
    kind: Literal["delete-instances"] = "delete-instances"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStackSet(Operation):
    """Delete an empty StackSet."""

    kind: Literal["delete-stack-set"] = "delete-stack-set"


AnyOperation = (
    DeployStack
    | DeleteStack
    | ContinueRollback
    | DeleteChangeSet
    | RemoveTags
    | DeleteBucket
    | OffboardUser
    | SetPasswordPolicy
    | CreatePassword
    | WithdrawPassword
    | CreateStackSet
    | UpdateStackSet
    | ConfigureStackSet
    | CreateInstances
    | DeleteInstances
    | DeleteStackSet
)

AccountOperation = OffboardUser | SetPasswordPolicy | CreatePassword | WithdrawPassword
"""Those on the jump account's users and settings, which no stack has."""
