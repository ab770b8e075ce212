"""The truth about every wanted account, and about every operation of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.manifest import JUMP

AccountState = Literal[
    "deployed",  # by this run
    "current",  # already had the wanted template
    "suspended",  # AWS skips the account; not a failure
    "management",  # service-managed StackSets never deploy to it
    "excepted",  # except_accounts: its stack is empty by Condition
    "protected",  # jump, admin or delegated administrator account: its stack is empty by Condition
    "failed",
    "in-progress",  # an operation is under way
    "not-attempted",
    "older-template",
]

AS_WANTED: frozenset[AccountState] = frozenset(
    {"deployed", "current", "suspended", "management", "excepted", "protected"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """One wanted account of one StackSet.  `victim`: not tried, because something else failed first; the cause is
    told where it stands."""

    organization: str
    stack_set: str
    account: str
    name: str
    path: str
    state: AccountState
    reason: str = ""
    hint: str = ""
    victim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStatus:
    """One stack of the jump account; `state` is "current", "missing", "older-template", "orphan",
    "foreign" or CloudFormation's own status in lower case.  The account's password policy has a line of this
    kind ("password-policy", "differs") where it is not as wanted, and so has a user who should have got
    a password ("acme/taro.yamada", "no-password")."""

    name: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetStatus:
    """One StackSet as a whole; `state` is "current", "missing", "older-template", "orphan", "foreign",
    "blocked" (the organization is not as the manifest has it) or "targets-differ".  `name` is "" where the
    whole organization is meant."""

    organization: str
    name: str
    state: str
    units: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An operation of a run that failed; `work` is its kind, and whom it is about."""

    place: str
    stack: str
    work: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything wanted, and whether it is there.  `failed` is what failed in the run that ended so and is told by no
    other line; a status without a run knows of none."""

    estate: str
    stacks: tuple[StackStatus, ...]
    stack_sets: tuple[StackSetStatus, ...]
    accounts: tuple[AccountStatus, ...]
    failed: tuple[Failed, ...] = ()
    schema: int = 1

    @property
    def as_wanted(self) -> bool:
        """True where every wanted account, StackSet and stack is as the manifest wants it, and nothing failed on the
        way."""
        return not self.amiss()

    def as_wanted_in(self, place: str) -> bool:
        """The same of the jump account ("jump") or of one organization."""
        return place not in {one for one, _ in self.amiss()}

    def amiss(self) -> set[tuple[str, str]]:
        """What is not as wanted: the place, and the name of the stack or StackSet."""
        return {
            *((line.organization, line.stack_set) for line in self.accounts if line.state not in AS_WANTED),
            *((JUMP, line.name) for line in self.stacks if line.state != "current"),
            *((line.organization, line.name) for line in self.stack_sets if line.state != "current"),
            *((line.place, line.stack) for line in self.failed),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an operation ended.  `accounts` maps account id to the reason of its failure; `tolerated` where AWS
    carried the operation out to its end, because no more accounts failed than the rollout tolerates; `gate` is the
    code of the gate that refused the operation, "" where AWS failed it."""

    state: Literal["succeeded", "failed", "skipped"]
    reason: str = ""
    accounts: tuple[tuple[str, str], ...] = ()
    tolerated: bool = False
    gate: str = ""


def gated(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Why gates refused operations on the way, each reason once."""
    return tuple(dict.fromkeys(one.reason for one in outcomes if one.gate))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where an operation is: accounts done, failed and in all (0 where it has none), and AWS's own status."""

    done: int
    failed: int
    total: int
    status: str
