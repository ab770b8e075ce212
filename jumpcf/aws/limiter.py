"""Call rates, kept on our side: a token bucket per place, service and operation.

Organizations publishes its rates per account (Organizations User Guide, "Quotas and service limits for AWS
Organizations", API throttling).  CloudFormation publishes none; about ten calls a second with a burst is
what it answers in practice (assumed, not verified on AWS: live check).  A throttled answer halves the rate,
later answers bring it back.  boto's retries are the second line of defence.
"""

import threading
import time
from collections.abc import Callable

Rate = tuple[float, float]  # calls a second, burst

RATES: dict[tuple[str, str], Rate] = {  # by service and operation; "*" for every other one together
    ("organizations", "DescribeOrganization"): (1, 2),
    ("organizations", "ListRoots"): (1, 2),
    ("organizations", "ListAccounts"): (8, 12),
    ("organizations", "ListAccountsForParent"): (
        2.5,
        4,
    ),  # these two are assumed to share 5 a second, burst 8
    ("organizations", "ListOrganizationalUnitsForParent"): (2.5, 4),
    ("organizations", "ListDelegatedAdministrators"): (5, 8),
    ("organizations", "*"): (2, 2),
    ("cloudformation", "*"): (10, 20),
}
SLOWEST = 0.5  # calls a second, however often AWS throttles


class TokenBucket:
    """Lets calls through at a rate, after a burst; callers that come too early sleep in turn."""

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._most = self._rate = rate
        self._burst = self._tokens = burst
        self._clock, self._sleep = clock, sleep
        self._last = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for one's turn.  The token is taken at once, so that the sleepers' order is their arrival's."""
        with self._lock:
            self._refill()
            self._tokens -= 1
            delay = -self._tokens / self._rate
        if delay > 0:
            self._sleep(delay)

    def throttled(self) -> None:
        """AWS said "too fast": half the rate, and no burst for now."""
        with self._lock:
            self._refill()
            self._rate = max(SLOWEST, self._rate / 2)
            self._tokens = min(self._tokens, 0)

    def answered(self) -> None:
        """AWS took a call: a little faster again, never above the first rate."""
        with self._lock:
            self._refill()
            self._rate = min(self._most, self._rate + self._most / 50)

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
            operation: TokenBucket(*rate, clock=clock, sleep=sleep)
            for (name, operation), rate in RATES.items()
            if name == service
        }

    def bucket(self, operation: str) -> TokenBucket | None:
        """The bucket of an operation; None where the service has no rate that we know."""
        return self._buckets.get(operation) or self._buckets.get("*")
