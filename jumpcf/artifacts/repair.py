"""What a repair found, what it does about each thing and why that does no harm; the operations are a Plan."""

from dataclasses import dataclass

from jumpcf.artifacts.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChangeSet:
    """A change set of a stack of the jump account that nobody ran.  `id` is its ARN, `status` CloudFormation's
    ExecutionStatus."""

    stack: str
    name: str
    id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a deploy does not mend by itself.

    `place` is "jump" or an organization's name; `accounts` are those it is about, none for a stack of the jump
    account, and `names` are theirs in the same order, as a person knows them.  `done` and `safe` say what the
    repair does and why that does no harm; `operations` are the ids of the plan's operations that do it, none
    where a person has to.
    """

    place: str
    stack: str
    wrong: str
    done: str
    safe: str
    accounts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The findings, and the plan that mends those that can be mended."""

    findings: tuple[Finding, ...]
    plan: Plan
    schema: int = 1
