"""The embedded AWS's own switches of time: delay, lag, what is caught up, and a request that came too late.

Local by nature: they turn the clock and look at exact instants.  The bodies of conformance/ say the same things
as a caller sees them.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local import operations
from jumpcf.local.records import Operation, Result, StackSet
from jumpcf.local.refusals import LimitExceeded
from jumpcf.local.session import LocalAws
from tests.local.conformance.ground import Clock
from tests.local.support import (
    CORP,
    DEV,
    REGION,
    SANDBOX,
    WORKLOADS,
    StackSets,
    refused,
    role_template,
    roles,
)

MOVED = "300000000009"  # lives in SANDBOX
FAST = {"MaxConcurrentCount": 20, "FailureToleranceCount": 19}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def late(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    """A minute until auto-deployment, five seconds behind in lists, a second for every batch."""
    with LocalAws(tmp_path, estate, speed=1, delay=60, lag=5, clock=clock) as aws:
        yield aws


@pytest.fixture
def queueing(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    """A minute until auto-deployment, a second for every batch, and no lag."""
    with LocalAws(tmp_path, estate, speed=1, delay=60, clock=clock) as aws:
        yield aws


@pytest.fixture
def behind(late: LocalAws) -> StackSets:
    return StackSets(late.client("cloudformation", CORP))


def latest_actions(sets: StackSets) -> list[str]:
    """The actions of the two latest operations, the newest first."""
    rows = sets.client.list_stack_set_operations(StackSetName="one")["Summaries"]
    return [row["Action"] for row in rows[:2]]


def move(aws: LocalAws, source: str, destination: str) -> None:
    aws.client("organizations", CORP).move_account(
        AccountId=MOVED, SourceParentId=source, DestinationParentId=destination
    )


def test_lists_show_what_was_five_seconds_ago(behind: StackSets, clock: Clock) -> None:
    """bc ListStackSetOperationResults: eventually consistent; DescribeStackSetOperation: strongly."""
    behind.create("one")
    operation = behind.add("one", SANDBOX)
    assert behind.instances("one") == {}
    assert behind.results("one", operation) == {}
    assert behind.client.list_stack_set_operations(StackSetName="one")["Summaries"] == []
    clock.now += 4
    assert behind.operation("one", operation)["Status"] == "SUCCEEDED"
    assert behind.results("one", operation) == {}
    clock.now += 1.5
    assert behind.results("one", operation) == {MOVED: "RUNNING"}
    assert behind.instances("one")[MOVED]["Status"] == "OUTDATED"
    clock.now += 1
    assert behind.results("one", operation) == {MOVED: "SUCCEEDED"}
    assert behind.instances("one")[MOVED]["Status"] == "CURRENT"


def test_without_a_lag_lists_show_what_is(sets: StackSets) -> None:
    sets.create("one")
    operation = sets.add("one", SANDBOX)
    assert sets.results("one", operation) == {MOVED: "SUCCEEDED"}


def test_auto_deployment_waits_for_its_delay(late: LocalAws, behind: StackSets, clock: Clock) -> None:
    """UG stacksets-orgs-manage-auto-deployment; nobody has to ask CloudFormation for it to happen."""
    behind.create("one")
    behind.add("one", DEV)
    clock.now += 60
    move(late, SANDBOX, DEV)
    clock.now += 59
    assert roles(late, MOVED) == []
    clock.now += 2
    assert roles(late, MOVED) == ["one"]


def test_an_account_that_comes_back_within_the_delay_keeps_its_roles(
    late: LocalAws, behind: StackSets, clock: Clock
) -> None:
    """Assumed, not verified on AWS: what counts is where the account is when StackSets notice."""
    behind.create("one")
    behind.add("one", SANDBOX)
    clock.now += 10
    before = late.client("iam", MOVED).get_role(RoleName="one")["Role"]["RoleId"]
    move(late, SANDBOX, DEV)
    clock.now += 30
    move(late, DEV, SANDBOX)
    clock.now += 300
    assert late.client("iam", MOVED).get_role(RoleName="one")["Role"]["RoleId"] == before


def test_what_waits_for_auto_deployment_outlives_a_restart(
    tmp_path: Path, estate: Estate, clock: Clock
) -> None:
    with LocalAws(tmp_path, estate, speed=1, delay=60, clock=clock) as aws:
        sets = StackSets(aws.client("cloudformation", CORP))
        sets.create("one")
        sets.add("one", DEV, OperationPreferences=FAST)
        clock.now += 10
        move(aws, SANDBOX, DEV)
    clock.now += 100
    with LocalAws(tmp_path, estate, clock=clock) as aws:
        assert roles(aws, MOVED) == ["one"]


def test_a_stack_in_progress_outlives_a_restart(tmp_path: Path, estate: Estate, clock: Clock) -> None:
    given = {"StackName": "one", "TemplateBody": role_template("one")}
    with LocalAws(tmp_path, estate, speed=10, clock=clock) as aws:
        client = aws.client("cloudformation", CORP)
        client.create_stack(Capabilities=["CAPABILITY_NAMED_IAM"], **given)
        assert client.describe_stacks()["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
        assert roles(aws, CORP) == []
    clock.now += 100
    with LocalAws(tmp_path, estate, clock=clock) as aws:
        (stack,) = aws.client("cloudformation", CORP).describe_stacks()["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        assert roles(aws, CORP) == ["one"]


def test_an_automatic_operation_occupies_the_set(late: LocalAws, behind: StackSets, clock: Clock) -> None:
    """facts 1.11: without managed execution each automatic operation blocks deploys."""
    behind.create("one")
    behind.add("one", DEV, OperationPreferences=FAST)
    clock.now += 10
    move(late, SANDBOX, DEV)
    clock.now += 60.5
    assert refused(behind.update, "one")[0] == "OperationInProgressException"
    clock.now += 1
    assert behind.update("one")


def test_time_is_caught_up_in_order_however_seldom_somebody_asks(
    late: LocalAws, behind: StackSets, clock: Clock
) -> None:
    """Two queued operations and a move, unseen for an hour: each has the time at which it was due."""
    behind.create("one", ManagedExecution={"Active": True})
    start = clock.now
    first = behind.add("one", DEV, OperationPreferences=FAST)
    second = behind.update("one", role_template("one", MaxSessionDuration=7200), OperationPreferences=FAST)
    move(late, SANDBOX, DEV)
    clock.now += 3600
    ends = [behind.operation("one", token)["EndTimestamp"].timestamp() - start for token in (first, second)]
    assert ends == [pytest.approx(1), pytest.approx(2)]
    newest = behind.client.list_stack_set_operations(StackSetName="one")["Summaries"][0]
    assert (newest["Action"], newest["CreationTimestamp"].timestamp() - start) == (
        "CREATE",
        pytest.approx(60),
    )
    assert late.client("iam", MOVED).get_role(RoleName="one")["Role"]["MaxSessionDuration"] == 7200


def test_a_request_that_was_overtaken_is_stale_once(aws: LocalAws, sets: StackSets) -> None:
    """bc StaleRequestException: "Another operation has been performed on this StackSet since"; facts 2.8."""
    sets.create("one")
    aws.overtake("one")
    code, message = refused(sets.add, "one", SANDBOX)
    assert code == "StaleRequestException"
    assert message.startswith("Another operation has been performed on this StackSet")
    assert sets.add("one", SANDBOX)


def stack_set(*made: Operation) -> StackSet:
    return StackSet(
        "one", "one:1", "arn", "", None, {}, [], [], True, False, True, "t", operations=list(made)
    )


def queued(world_now: Any, total: int = 1, **preferences: Any) -> Operation:
    results = [Result(f"{number:012}", REGION, DEV) for number in range(total)]
    return Operation("o", "CREATE", world_now, "", results, preferences)


def test_ten_thousand_operations_may_wait(aws: LocalAws) -> None:
    """facts 3: 10,000 queued operations per StackSet."""
    one = queued(aws.world.now())
    operations.check_free(stack_set(*[one] * operations.QUEUE_LIMIT))
    with pytest.raises(LimitExceeded, match="10000 queued operations"):
        operations.check_free(stack_set(*[one] * (operations.QUEUE_LIMIT + 1)))


def test_a_thousand_stack_sets_may_be(aws: LocalAws, sets: StackSets) -> None:
    """facts 3: 1,000 StackSets per administrator account; deleted ones do not count."""
    first = sets.create("first")
    (home,) = aws.world.homes.values()
    template = home.stack_sets[first].template
    for number in range(999):
        one = stack_set()
        one.id, one.name, one.template = f"{number}:1", f"filler-{number}", template
        home.stack_sets[one.id] = one
    assert refused(sets.create, "one-too-many")[0] == "LimitExceededException"
    home.stack_sets["0:1"].status = "DELETED"
    assert sets.create("one-more")


@pytest.mark.parametrize(
    ("total", "preferences", "tolerated", "at_once"),
    [
        (7, {}, 0, 1),
        (7, {"FailureTolerancePercentage": 10, "MaxConcurrentPercentage": 10}, 0, 1),
        (7, {"FailureTolerancePercentage": 50, "MaxConcurrentPercentage": 100}, 3, 4),
        (9, {"FailureTolerancePercentage": 100, "MaxConcurrentPercentage": 35}, 9, 3),
        (250, {"FailureToleranceCount": 100, "MaxConcurrentCount": 250}, 100, 101),
        (
            250,
            {
                "FailureToleranceCount": 100,
                "MaxConcurrentCount": 250,
                "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            },
            100,
            250,
        ),
    ],
)
def test_percentages_round_down_and_strict_stays_within_the_tolerance(
    aws: LocalAws, total: int, preferences: dict[str, Any], tolerated: int, at_once: int
) -> None:
    """facts 1.10: percentages round down, concurrency to one at least; STRICT is at most the tolerance plus one."""
    assert operations.limits(queued(aws.world.now(), total, **preferences)) == (tolerated, at_once)


def test_strict_shrinks_with_every_failure(aws: LocalAws) -> None:
    """facts 1.10: "concurrency <= FailureTolerance+1 and shrinks with each failure"."""
    operation = queued(aws.world.now(), 10, FailureToleranceCount=3, MaxConcurrentCount=10)
    seen = []
    for result in operation.results[:4]:
        seen.append(operations.limits(operation)[1])
        result.status = "FAILED"
    assert seen == [4, 3, 2, 1]


def test_queued_work_is_pending(behind: StackSets, clock: Clock) -> None:
    """bc StackSetOperationStatus QUEUED, StackSetOperationResultStatus PENDING; facts 2.7."""
    behind.create("one", ManagedExecution={"Active": True})
    behind.add("one", WORKLOADS)
    second = behind.add("one", SANDBOX)
    clock.now += 5.5
    assert behind.operation("one", second)["Status"] == "QUEUED"
    assert behind.results("one", second) == {MOVED: "PENDING"}
    assert behind.instances("one")[MOVED]["StackInstanceStatus"]["DetailedStatus"] == "PENDING"
    assert math.isclose(behind.operation("one", second)["CreationTimestamp"].timestamp(), clock.now - 5.5)


def test_what_is_asked_for_after_a_deletion_that_waits_is_there_in_the_end(
    late: LocalAws, behind: StackSets, clock: Clock
) -> None:
    """bc ManagedExecution: "starts queued operations in request order": the last word counts."""
    behind.create("one", ManagedExecution={"Active": True})
    behind.add("one", SANDBOX)
    behind.remove("one", SANDBOX)
    behind.add("one", SANDBOX)
    clock.now += 60
    assert roles(late, MOVED) == ["one"]


def test_an_account_that_arrives_while_its_deletion_waits_is_deployed_to(
    queueing: LocalAws, clock: Clock
) -> None:
    """UG stacksets-concepts, QUEUED: a delete operation, then a queued create."""
    sets = StackSets(queueing.client("cloudformation", CORP))
    sets.create("one", ManagedExecution={"Active": True})
    sets.add("one", SANDBOX, DEV, OperationPreferences=FAST)
    clock.now += 10
    move(queueing, SANDBOX, WORKLOADS)
    clock.now += 59
    for _ in range(20):
        sets.update("one")  # one account after the other: the queue is longer than auto-deployment's delay
    clock.now += 2
    move(queueing, WORKLOADS, SANDBOX)
    clock.now += 3600
    assert roles(queueing, MOVED) == ["one"]
    assert latest_actions(sets) == ["CREATE", "DELETE"]


def test_an_account_that_leaves_while_its_return_waits_loses_its_roles(
    queueing: LocalAws, clock: Clock
) -> None:
    """Deletion and creation both wait when the account moves once more: the last word is its absence."""
    sets = StackSets(queueing.client("cloudformation", CORP))
    sets.create("one", ManagedExecution={"Active": True})
    sets.add("one", SANDBOX, DEV, OperationPreferences=FAST)
    clock.now += 10
    move(queueing, SANDBOX, WORKLOADS)
    clock.now += 59
    for _ in range(30):
        sets.update("one")
    for source, destination in ((WORKLOADS, SANDBOX), (SANDBOX, WORKLOADS)):
        clock.now += 61
        move(queueing, source, destination)
    clock.now += 3600
    assert roles(queueing, MOVED) == []
