"""What was compiled: every template with its digest and targets, and all that a plan must know of the estate.

No clock and no host in it: the same params give the same bytes.  Template bodies lie beside it under
`build/templates/`, found by `CompiledStack.path`.
"""

from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.password_policy import PasswordPolicy

JUMP = "jump"  # the place of the jump account's plain stacks; an organization may not have this name

StackKind = Literal["stack", "stackset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach an account: a boto3 profile, a role to assume, or neither (the environment's credentials)."""

    account: str
    region: str
    profile: str | None = None
    role_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """How a StackSet operation spreads; a count ("10") or a percentage of the accounts ("25%")."""

    max_concurrent: str = "25%"
    failure_tolerance: str = "10%"
    mode: Literal["soft", "strict"] = "soft"
    rings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOrganization:
    """One organization as a plan needs it.  `protected` maps account id to why no role may be there:
    "jump account", "admin account", "management account" or "delegated administrator"."""

    name: str
    id: str
    root: str
    connection: Connection
    rollout: Rollout
    protected: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a StackSet goes.  `ous` are ids (OUs or the root), sorted, none below another; `paths` are
    theirs, in the same order, as people write them ("/Workloads/Prod", "/" for the root).
    `excepted` are account ids whose stack stays empty by the template's own Condition."""

    ous: tuple[str, ...]
    paths: tuple[str, ...]
    excepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledStack:
    """One stack of the jump account (`place` is "jump") or one StackSet of an organization (`place` is its name)."""

    name: str
    place: str
    kind: StackKind
    module: str
    path: str
    digest: str
    size: int
    capabilities: tuple[str, ...]
    tags: dict[str, str]
    needs: tuple[str, ...] = ()
    partner: str | None = None
    grant: str | None = None
    target: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A partner's user of the jump account, and the stack that makes him; `frozen` where he, or his whole
    partner, is denied everything."""

    partner: str
    name: str
    stack: str
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """Somebody who is a partner's user no more, and whose sessions the partner's roles deny if they bear his name."""

    partner: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordStore:
    """Where initial passwords are kept: the path of their parameters ("/jump/example/passwords"), the alias of the
    KMS key, and the days after which an unused one is withdrawn."""

    prefix: str
    key: str
    unused_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How full a quota is: `used` of `limit`, counted as AWS counts it, at `where` (stack and resource)."""

    quota: str
    where: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that was compiled from one estate."""

    estate: str
    partition: str
    jump: Connection
    bucket: str
    organizations: tuple[ManifestOrganization, ...]
    stacks: tuple[CompiledStack, ...]
    password_policy: PasswordPolicy | None = None  # None: compiled before there was one
    people: tuple[Person, ...] = ()
    left: tuple[Leaver, ...] = ()
    passwords: PasswordStore | None = None  # as for the policy
    quotas: tuple[QuotaUse, ...] = ()
    notices: tuple[str, ...] = ()
    bootstrap: tuple[CompiledStack, ...] = ()  # what bootstrap rolls out and a deploy never touches
    service_role: str | None = (
        None  # CloudFormation's on the jump account's stacks; None: the caller's rights
    )
    schema: int = 1

    @property
    def every_stack(self) -> tuple[CompiledStack, ...]:
        """Those of a deploy and those of a bootstrap."""
        return (*self.stacks, *self.bootstrap)
