"""What somebody changed by hand in what stacks made, as CloudFormation's drift detection finds it."""

from dataclasses import dataclass

from jumpcf.artifacts.plan import PolicyChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property that is not as the stack made it (PropertyDifference): `path` is a JSON pointer, the values are
    JSON or plain text, "null" where there is none."""

    path: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDrift:
    """One resource: in which stack of which account, and CloudFormation's word, MODIFIED or DELETED."""

    place: str
    stack: str
    account: str
    resource: str
    physical_id: str
    type: str
    status: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A stack, or an account of a StackSet, that could not be looked at, and why."""

    place: str
    stack: str
    account: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """A drifted resource in the words of IAM; `changes` is empty where they are not told (DELETED, no IAM)."""

    drift: FoundDrift
    changes: tuple[PolicyChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A stack or StackSet whose live template is not what params compile to; `changes` take what params want to
    what is live, and are empty where the difference is none of IAM's."""

    place: str
    stack: str
    changes: tuple[PolicyChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What was looked at, what is not as it was made, what could not be looked at, and what drift detection never
    sees (`blind`).  `otherwise`: somebody changed the template through CloudFormation, or nobody has deployed yet.
    """

    estate: str
    looked: int
    drifted: tuple[Drifted, ...]
    unseen: tuple[Unseen, ...]
    blind: tuple[str, ...]
    otherwise: tuple[Otherwise, ...] = ()
    schema: int = 1

    @property
    def is_clean(self) -> bool:
        return not self.drifted and not self.unseen
