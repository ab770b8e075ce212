"""How fast an operation may go and how much may fail (StackSetOperationPreferences)."""

import datetime
from typing import Any

import pytest

from jumpcf.local.operations import check_preferences, limits
from jumpcf.local.records import Operation, Result
from jumpcf.local.refusals import ValidationError

NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
SOFT = {"ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}


def operation(accounts: int, failed: int = 0, **preferences: Any) -> Operation:
    results = [
        Result(f"{number:012}", "ap-northeast-1", "r-ab12", "FAILED" if number < failed else "PENDING")
        for number in range(accounts)
    ]
    return Operation("id", "CREATE", NOW, "", results, preferences)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (operation(10), (0, 1)),
        (operation(10, FailureToleranceCount=3, MaxConcurrentCount=10), (3, 4)),
        (operation(10, 2, FailureToleranceCount=3, MaxConcurrentCount=10), (3, 2)),
        (operation(10, 2, FailureToleranceCount=3, MaxConcurrentCount=10, **SOFT), (3, 10)),
        (operation(7, FailureTolerancePercentage=10, MaxConcurrentPercentage=25, **SOFT), (0, 1)),
        (operation(50, FailureTolerancePercentage=10, MaxConcurrentPercentage=25, **SOFT), (5, 12)),
        (operation(3, MaxConcurrentPercentage=1, **SOFT), (0, 1)),
    ],
)
def test_percentages_round_down_and_strict_slows_with_failures(
    given: Operation, expected: tuple[int, int]
) -> None:
    assert limits(given) == expected


def test_automatic_operations_have_no_preferences() -> None:
    automatic = operation(5)
    automatic.automatic = True
    assert limits(automatic) == (5, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"MaxConcurrentCount": 0},
        {"MaxConcurrentPercentage": 0},
        {"FailureTolerancePercentage": 101},
        {"MaxConcurrentCount": 1, "MaxConcurrentPercentage": 1},
    ],
)
def test_preferences_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        check_preferences(wrong)


def test_a_tolerance_of_zero_is_allowed() -> None:
    check_preferences({"FailureToleranceCount": 0, "MaxConcurrentPercentage": 100})
