"""Counting calls, from many threads, and telling request ids of writes only."""

from concurrent.futures import ThreadPoolExecutor

from jumpcf.artifacts.calls import CallStats
from jumpcf.aws.meter import Meter


def test_counts_of_many_threads_add_up() -> None:
    meter = Meter()

    def one_call(number: int) -> None:
        meter.answered("corp", "iam", throttled=number % 4 == 0)
        if number % 4 == 0:
            meter.answered("corp", "iam", throttled=False)
        meter.held("corp", "iam", 0.5)
        meter.ended("corp", "iam", 2)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_call, range(400)))
    assert meter.stats().calls == (
        CallStats(
            place="corp", service="iam", calls=400, retries=100, throttled=100, seconds=800.0, held=200.0
        ),
    )


def test_the_jump_account_stands_first_and_the_rest_by_name() -> None:
    meter = Meter()
    for place, service in (("lab", "sts"), ("alpha", "sts"), ("jump", "s3"), ("jump", "iam")):
        meter.ended(place, service, 1)
    assert [(one.place, one.service) for one in meter.stats().calls] == [
        ("jump", "iam"),
        ("jump", "s3"),
        ("alpha", "sts"),
        ("lab", "sts"),
    ]


def test_only_writes_are_told_and_of_their_parameters_only_names() -> None:
    told: list[str] = []
    meter = Meter(told.append)
    meter.wrote("jump", "CreateLoginProfile", {"UserName": "taro", "Password": "secret"}, "r-1")
    meter.wrote("jump", "ListUsers", {}, "r-2")
    meter.wrote("corp", "DeleteStackSet", {"StackSetName": "jump-acme-dev"}, "")
    assert told == [
        "request jump CreateLoginProfile taro: r-1",
        "request corp DeleteStackSet jump-acme-dev: no id",
    ]
