"""Who was taken out of params; what an emergency offboarding came to, with the proof as IAM gave it afterwards."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One kind of what a user may hold: how many were taken, and how many the last look found; None where AWS
    refused to list them (`refusal` says why, as it does where one was not given up).

    `stays` is a policy that was attached on purpose and denies him everything until he is deleted; "" where it could
    not be attached or is not proved to deny, which `refusal` explains."""

    what: str
    taken: int
    left: int | None
    refusal: str = ""
    stays: str = ""

    @property
    def amiss(self) -> bool:
        return self.left != 0 or bool(self.refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offboarded:
    """`state`: "done" (he has nothing any more), "gone" (there is no such user), "partly" (something is
    left, or what he has open in the jump account may not be denied).

    `at` is when IAM was read last, `by` whose credentials did it, `arn` and `id` are the user's own.
    `todo` is what this did not do, in the order in which to do it; `params` is the file in which he was moved to
    `left`, "" where none was.
    """

    estate: str
    partner: str
    user: str
    state: Literal["done", "gone", "partly"]
    arn: str
    id: str
    at: str
    by: str
    proofs: tuple[Proof, ...]
    todo: tuple[str, ...]
    params: str = ""
    schema: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A user who was moved to `left` in a file of params, with the day that stands there; AWS was not asked.  `near`
    is somebody who is in `users` under much the same name, where he himself was not: perhaps he was meant."""

    partner: str
    user: str
    params: str
    day: str
    near: str = ""
    schema: int = 1
