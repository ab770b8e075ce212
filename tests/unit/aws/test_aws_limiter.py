"""Call rates, by a clock that only sleeping moves."""

import pytest
from aws_world import FakeClock

from jumpcf.aws.limiter import CALM, RATES, SLOWEST, Lane, Rate, TokenBucket


def bucket(rate: float, burst: float, most: float | None = None) -> tuple[TokenBucket, FakeClock]:
    clock = FakeClock()
    return TokenBucket(Rate(rate, burst, most or rate), clock=clock, sleep=clock.sleep), clock


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    lane, clock = bucket(5, 8)
    for _ in range(8):
        lane.take()
    assert clock.sleeps == []
    for _ in range(10):
        lane.take()
    assert clock.now == pytest.approx(2.0)


def test_a_rest_fills_the_burst_and_no_more() -> None:
    lane, clock = bucket(5, 2)
    clock.now = 1000.0
    lane.take()
    lane.take()
    lane.take()
    assert clock.sleeps == pytest.approx([0.2])


def test_a_throttled_answer_halves_the_rate_and_answers_bring_it_back_slowly() -> None:
    lane, clock = bucket(10, 1)
    lane.throttled()
    lane.take()
    assert clock.sleeps.pop() == pytest.approx(1 / 5)
    for _ in range(50):
        lane.answered()
    lane.take()
    assert 1 / 10 < clock.sleeps.pop() <= 1 / 8.5  # what was too fast is not tried again soon
    for _ in range(1000):
        lane.answered()
    lane.take()
    assert clock.sleeps.pop() == pytest.approx(1 / 10)


def test_calls_that_were_throttled_together_slow_down_once() -> None:
    lane, clock = bucket(16, 1)
    for _ in range(8):
        lane.throttled()
    lane.take()
    assert clock.sleeps.pop() == pytest.approx(1 / 8)


def test_the_rate_never_falls_to_nothing() -> None:
    lane, clock = bucket(10, 1)
    for _ in range(100):
        lane.throttled()
        clock.now += CALM
    lane.throttled()
    lane.take()
    assert clock.sleeps == pytest.approx([1 / SLOWEST])


def test_a_published_rate_is_never_exceeded_however_well_it_goes() -> None:
    for rates in RATES["organizations"].values():
        assert rates.first == rates.most
    lane, clock = bucket(5, 8)
    for _ in range(1000):
        lane.take()
        lane.answered()
    assert clock.now == pytest.approx((1000 - 8) / 5)


class Throttler:
    """An AWS that takes calls at a rate after a burst; counts those it throttles."""

    def __init__(self, rate: float, burst: float, clock: FakeClock) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self.tokens, self.last, self.throttled = burst, 0.0, 0

    def takes(self) -> bool:
        self.tokens = min(self.burst, self.tokens + (self.clock.now - self.last) * self.rate)
        self.last = self.clock.now
        if self.tokens < 1:
            self.throttled += 1
            return False
        self.tokens -= 1
        return True


@pytest.mark.parametrize("limit", [5, 10, 20, 60])
def test_the_rate_of_cloudformation_is_learnt_whatever_it_is(limit: float) -> None:
    clock = FakeClock()
    lane = Lane("cloudformation", clock=clock, sleep=clock.sleep).bucket("DescribeStackSet")
    assert lane
    aws, left = Throttler(limit, 2 * limit, clock), 500
    while left:
        lane.take()
        if aws.takes():
            lane.answered()
            left -= 1
        else:
            lane.throttled()
    best = (500 - 2 * limit) / limit if limit < 30 else (500 - 20) / 30
    assert clock.now < 1.6 * best, (clock.now, best)
    assert aws.throttled < 30, aws.throttled


def test_operations_with_a_rate_of_their_own_have_a_bucket_of_their_own() -> None:
    lane = Lane("organizations")
    assert lane.bucket("ListRoots") is not lane.bucket("ListAccounts")
    assert lane.bucket("DescribePolicy") is lane.bucket("ListPolicies")
    assert lane.bucket("ListAccountsForParent") is lane.bucket("ListOrganizationalUnitsForParent")
    cloudformation = Lane("cloudformation")
    assert cloudformation.bucket("ListStackSets") is cloudformation.bucket("DescribeStackSet")


def test_a_service_whose_rates_are_ample_has_no_bucket() -> None:
    assert Lane("sts").bucket("GetCallerIdentity") is None
