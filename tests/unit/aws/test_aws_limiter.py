"""Call rates, by a clock that only sleeping moves."""

import pytest
from aws_world import FakeClock

from jumpcf.aws.limiter import SLOWEST, Lane, TokenBucket


def bucket(rate: float, burst: float) -> tuple[TokenBucket, FakeClock]:
    clock = FakeClock()
    return TokenBucket(rate, burst, clock=clock, sleep=clock.sleep), clock


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


def test_a_throttled_answer_halves_the_rate_and_answers_bring_it_back() -> None:
    lane, clock = bucket(10, 1)
    lane.throttled()
    lane.take()
    assert clock.sleeps.pop() == pytest.approx(1 / 5)
    for _ in range(1000):
        lane.answered()
    lane.take()
    assert clock.sleeps.pop() == pytest.approx(1 / 10)


def test_the_rate_never_falls_to_nothing() -> None:
    lane, clock = bucket(10, 1)
    for _ in range(100):
        lane.throttled()
    lane.take()
    assert clock.sleeps == pytest.approx([1 / SLOWEST])


def test_operations_with_a_rate_of_their_own_have_a_bucket_of_their_own() -> None:
    lane = Lane("organizations")
    assert lane.bucket("ListRoots") is not lane.bucket("ListAccounts")
    assert lane.bucket("DescribePolicy") is lane.bucket("ListPolicies")
    cloudformation = Lane("cloudformation")
    assert cloudformation.bucket("ListStackSets") is cloudformation.bucket("DescribeStackSet")


def test_a_service_whose_rates_are_ample_has_no_bucket() -> None:
    assert Lane("sts").bucket("GetCallerIdentity") is None
