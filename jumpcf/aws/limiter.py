"""Call rates, kept on our side: token buckets for one service at one place.

Organizations publishes its rates per account (Organizations User Guide, "Quotas and service limits for AWS
Organizations", API throttling); its rates per organization, shared with every other tool, are a little higher.
CloudFormation publishes none, so its rate is learnt: answers raise it, a throttled one halves it and is
remembered as too fast (where it begins and ends is assumed, live check 45); IAM's GetLoginProfile, which a plan
calls for many users at once, and ListMFADevices likewise (live checks 41, 86).  boto's retries are the second
line of defence.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

SLOWEST = 0.5  # calls a second, however often AWS throttles
CALM = 1.0  # seconds in which several throttled answers are one event: they were sent at one rate
STEP = 1 / 50  # of the limit: how much an answer brings back
TRUST = 1 / 1000  # of the most: how much an answer takes from what was remembered as too fast
SAFE = 0.85  # of the rate that was throttled: what is then tried at most


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second at first, how many may go at once after a rest, and calls a second at most."""

    first: float
    burst: float
    most: float

    @classmethod
    def published(cls, rate: float, burst: float) -> "Rate":
        """Never faster than AWS says."""
        return cls(rate, burst, rate)


# By service: the operations that share a bucket; "*" is every other one, together.
RATES: dict[str, dict[tuple[str, ...], Rate]] = {
    "organizations": {
        ("DescribeOrganization",): Rate.published(1, 2),
        ("ListRoots",): Rate.published(1, 2),
        ("ListAccounts",): Rate.published(8, 12),
        # One row of AWS's table; that the three share it is assumed.
        ("ListParents", "ListAccountsForParent", "ListOrganizationalUnitsForParent"): Rate.published(5, 8),
        ("ListChildren",): Rate.published(6, 10),
        ("ListDelegatedAdministrators",): Rate.published(5, 8),
        ("ListAWSServiceAccessForOrganization",): Rate.published(1, 3),
        ("DescribeAccount",): Rate.published(20, 30),
        ("DescribeOrganizationalUnit",): Rate.published(2, 2),
        ("*",): Rate.published(1, 2),  # the slowest of the table
    },
    "cloudformation": {("*",): Rate(10, 20, 30)},
    "iam": {("GetLoginProfile",): Rate(20, 40, 40), ("ListMFADevices",): Rate(20, 40, 40)},
}


class TokenBucket:
    """Lets calls through at a rate, after a burst; callers that come too early sleep in turn."""

    def __init__(
        self,
        rate: Rate,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._most = self._limit = rate.most
        self._rate, self._burst, self._tokens = rate.first, rate.burst, rate.burst
        self._clock, self._sleep = clock, sleep
        self._last = clock()
        self._slowed = self._last - CALM
        self._lock = threading.Lock()

    def take(self) -> float:
        """Wait for one's turn; gives the seconds that it took.

        The token is taken at once, so that the sleepers' order is their arrival's.
        """
        with self._lock:
            self._refill()
            self._tokens -= 1
            delay = -self._tokens / self._rate
        if delay > 0:
            self._sleep(delay)
        return max(delay, 0.0)

    def throttled(self) -> None:
        """AWS said "too fast": half the rate, no burst for now, and this rate not again soon."""
        with self._lock:
            self._refill()
            self._tokens = min(self._tokens, 0)
            if self._last - self._slowed < CALM:
                return
            self._slowed = self._last
            self._limit = max(SLOWEST, self._rate * SAFE)
            self._rate = max(SLOWEST, self._rate / 2)

    def answered(self) -> None:
        """AWS took a call: a little faster, up to the limit, which slowly comes back as well."""
        with self._lock:
            self._refill()
            self._limit = min(self._most, self._limit + self._most * TRUST)
            self._rate = min(self._limit, self._rate + self._limit * STEP)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._last) * self._rate)
        self._last = now


class Lane:
    """The buckets of one service at one place."""

    def __init__(
        self,
        service: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._buckets = {
            operation: bucket
            for operations, rate in RATES.get(service, {}).items()
            for bucket in [TokenBucket(rate, clock=clock, sleep=sleep)]
            for operation in operations
        }

    def bucket(self, operation: str) -> TokenBucket | None:
        """The bucket of an operation; None where the service has no rate that we know."""
        return self._buckets.get(operation) or self._buckets.get("*")
