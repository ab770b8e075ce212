"""What a bootstrap found and what it is to do: the rights of an organization, and the stacks of a pipeline."""

from dataclasses import dataclass, field
from typing import Literal

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""The service whose delegated administrator an admin account is (CloudFormation User Guide, "Register a delegated
administrator")."""

SUBJECT = "token.actions.githubusercontent.com:sub"
"""The condition key by which a role's trust says which jobs of GitHub may take it."""

StepKind = Literal["trust", "delegate", "stack"]
StackState = Literal["new", "changed", "current", "foreign", "stuck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an organization stands to StackSets, as far as the credentials can see (None: they cannot).

    `trusted`: CloudFormation's trusted access is on.  `delegated`: the admin account is a delegated administrator of
    StackSets, or is the management account."""

    organization: str
    management_account: str
    admin_account: str
    trusted: bool | None
    delegated: bool | None

    @property
    def own(self) -> bool:
        """Whether the admin account is the management account, which needs no delegation."""
        return self.management_account == self.admin_account


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStack:
    """A stack of the pipeline as it is in AWS; `resources` are those that are new, changed or go, `trusted` says in
    words which of GitHub's jobs take a role that did not take it before."""

    place: str
    name: str
    account: str
    template: str
    state: StackState
    status: str = ""
    resources: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, in an account of a place (the organization, for `trust` and `delegate`)."""

    kind: StepKind
    place: str
    account: str
    what: str
    stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """What stands in the way, as a refusal says it."""

    code: str
    what: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """Everything found, what is to do in order, and what stands in the way of all of it."""

    estate: str
    standings: tuple[Standing, ...]
    stacks: tuple[PipelineStack, ...]
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...] = ()
    schema: int = field(default=1)
