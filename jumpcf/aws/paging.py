"""Lists to their end, and waiting: with sleep and clock as arguments."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from jumpcf.errors import AwsRefused

Result = TypeVar("Result")
Answer = dict[str, Any]


def paginate(
    call: Callable[..., Answer], key: str, *, mark: str = "NextToken", **parameters: Any
) -> Iterator[Any]:
    """Every item under `key` of every page; `mark` is what the service calls its token (IAM: Marker).

    Goes on as long as there is a token, also after an empty page (Organizations sends those), and ends
    where it is missing, null or the empty string (ListStackSetAutoDeploymentTargets).  AwsRefused A532 where
    AWS gives the same token twice running, so that no list is read for ever.
    """
    token: str | None = None
    while True:
        answer = call(**parameters, **({mark: token} if token else {}))
        yield from answer.get(key) or ()
        following = answer.get(mark)
        if not following:
            return
        if following == token:
            raise AwsRefused("A532", f"AWS gave the same page of {key} twice", "run again")
        token = following


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks: from `first`, growing by `factor`, up to `most`."""

    first: float = 0.2
    factor: float = 1.5
    most: float = 5.0

    def __iter__(self) -> Iterator[float]:
        delay = self.first
        while True:
            yield delay
            delay = min(delay * self.factor, self.most)


PACE = Pace()


@dataclass(frozen=True, slots=True)
class Waiter:
    """Looks until there is a result.  `sleep` may raise to end the wait early: what was started goes on in AWS."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    pace: Pace = PACE

    def until(self, look: Callable[[], Result | None], what: str, *, limit: float) -> Result:
        """The first result that is not None; AwsRefused A529 after `limit` seconds."""
        started = self.clock()
        for delay in self.pace:
            result = look()
            if result is not None:
                return result
            if self.clock() - started > limit:
                break
            self.sleep(delay)
        raise AwsRefused(
            "A529",
            f"{what} did not end within {limit:.0f} seconds",
            "AWS goes on; look again with jumpcf status",
        )

    def tries(self, most: int) -> Iterator[int]:
        """0, 1, … `most` - 1, with a growing pause before each but the first."""
        for number, delay in zip(range(most), itertools.chain([0.0], self.pace), strict=False):
            if number:
                self.sleep(delay)
            yield number
