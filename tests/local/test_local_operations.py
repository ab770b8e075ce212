"""Operations of the embedded AWS in time: batches on a clock, failures, tolerance, stopping, queueing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpcf.estate.model import Estate
from jumpcf.local.session import LocalAws
from tests.local.support import (
    CORP,
    DEV,
    SANDBOX,
    SUSPENDED,
    WORKLOADS,
    StackSets,
    refused,
    role_template,
    roles,
)

FAST = {"MaxConcurrentCount": 20, "FailureToleranceCount": 20}


class Clock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slow_aws(tmp_path: Path, estate: Estate, clock: Clock) -> Iterator[LocalAws]:
    with LocalAws(tmp_path, estate, speed=10, clock=clock) as aws:
        yield aws


@pytest.fixture
def slow(slow_aws: LocalAws) -> StackSets:
    """StackSets whose batches take ten seconds of the clock."""
    return StackSets(slow_aws.client("cloudformation", CORP))


def count(results: dict[str, str]) -> dict[str, int]:
    return {status: list(results.values()).count(status) for status in set(results.values())}


def test_an_operation_runs_batch_by_batch(slow: StackSets, clock: Clock) -> None:
    slow.create("one")
    operation = slow.add(
        "one", WORKLOADS, OperationPreferences={"MaxConcurrentCount": 3, "FailureToleranceCount": 7}
    )
    assert slow.operation("one", operation)["Status"] == "RUNNING"
    assert count(slow.results("one", operation)) == {"RUNNING": 3, "PENDING": 4}
    clock.now += 10
    assert count(slow.results("one", operation)) == {"SUCCEEDED": 3, "RUNNING": 3, "PENDING": 1}
    clock.now += 20
    found = slow.operation("one", operation)
    assert found["Status"] == "SUCCEEDED"
    assert found["EndTimestamp"].timestamp() == pytest.approx(clock.now)


def test_time_that_passed_unseen_is_caught_up(slow: StackSets, clock: Clock) -> None:
    slow.create("one")
    operation = slow.add("one", WORKLOADS)
    clock.now += 1000
    assert count(slow.results("one", operation)) == {"SUCCEEDED": 7}


def test_by_default_one_account_at_a_time_and_the_first_failure_ends_it(
    aws: LocalAws, sets: StackSets
) -> None:
    """bc StackSetOperationPreferences: tolerance 0, concurrency 1."""
    aws.fail(account="300000000003", action="CREATE")
    sets.create("one")
    operation = sets.add("one", WORKLOADS)
    assert sets.operation("one", operation)["Status"] == "FAILED"
    results = sets.results("one", operation)
    assert results["300000000003"] == "FAILED"
    assert "CANCELLED" in results.values()
    cancelled = [row for row in sets.instances("one").values() if row["Status"] == "OUTDATED"]
    assert "Cancelled since failure tolerance has exceeded" in {row["StatusReason"] for row in cancelled}


def test_within_the_tolerance_an_operation_succeeds_in_spite_of_failures(
    aws: LocalAws, sets: StackSets
) -> None:
    """UG stacksets-troubleshooting: read FailedStackInstancesCount."""
    aws.fail(account="300000000002")
    sets.create("one")
    operation = sets.add("one", DEV, OperationPreferences=FAST)
    found = sets.operation("one", operation)
    assert (found["Status"], found["StatusDetails"]["FailedStackInstancesCount"]) == ("SUCCEEDED", 1)
    instance = sets.instances("one")["300000000002"]
    assert (instance["Status"], instance["StackInstanceStatus"]["DetailedStatus"]) == ("OUTDATED", "FAILED")


def test_soft_tolerance_keeps_its_pace_and_strict_does_not(aws: LocalAws, sets: StackSets) -> None:
    """UG concurrency-mode: strict never runs more at once than may still fail, plus one."""
    for mode, failed in (("STRICT_FAILURE_TOLERANCE", 2), ("SOFT_FAILURE_TOLERANCE", 4)):
        name = mode.split("_")[0].lower()
        aws.fail(stackset=name, times=None)
        sets.create(name)
        operation = sets.add(
            name,
            WORKLOADS,
            OperationPreferences={
                "MaxConcurrentCount": 5,  # one of the first five is suspended
                "FailureToleranceCount": 1,
                "ConcurrencyMode": mode,
            },
        )
        assert count(sets.results(name, operation))["FAILED"] == failed, mode


def test_a_role_that_is_there_already_fails_its_account_only(aws: LocalAws, sets: StackSets) -> None:
    """The reason has the form of aws-solutions/quota-monitor-for-aws#97, and no stack remains (OnFailure DELETE)."""
    aws.client("iam", "300000000002").create_role(
        RoleName="one", AssumeRolePolicyDocument="{}", Path="/jump/"
    )
    sets.create("one")
    operation = sets.add("one", DEV, OperationPreferences=FAST)
    assert sets.results("one", operation)["300000000002"] == "FAILED"
    assert sets.results("one", operation)["300000000004"] == "SUCCEEDED"
    instance = sets.instances("one")["300000000002"]
    assert instance["StatusReason"].startswith(
        "ResourceLogicalId:Role, ResourceType:AWS::IAM::Role, ResourceStatusReason:"
    )
    assert "Role with name one already exists." in instance["StatusReason"]
    assert "StackId" not in instance
    assert aws.client("cloudformation", "300000000002").describe_stacks()["Stacks"] == []


def test_a_new_operation_repairs_what_failed(aws: LocalAws, sets: StackSets) -> None:
    """bc OperationId: a new one "retries all stack instances whose status is OUTDATED"."""
    aws.fail(account="300000000002", times=1)
    sets.create("one")
    sets.add("one", DEV, OperationPreferences=FAST)
    assert roles(aws, "300000000002") == []
    sets.add("one", DEV, OperationPreferences=FAST)
    assert roles(aws, "300000000002") == ["one"]
    assert sets.instances("one")["300000000002"]["Status"] == "CURRENT"


def test_a_failed_update_leaves_the_role_as_it_was(aws: LocalAws, sets: StackSets) -> None:
    sets.create("one")
    sets.add("one", SANDBOX)
    operation = sets.update("one", role_template("one", MaxSessionDuration=99))
    assert sets.results("one", operation) == {"300000000009": "FAILED"}
    instance = sets.instances("one")["300000000009"]
    assert instance["Status"] == "OUTDATED"
    assert "StackId" in instance
    role = aws.client("iam", "300000000009").get_role(RoleName="one")["Role"]
    assert role["MaxSessionDuration"] == 3600
    sets.update("one", role_template("one", MaxSessionDuration=7200))
    assert sets.instances("one")["300000000009"]["Status"] == "CURRENT"


def test_a_failed_deletion_makes_the_instance_inoperable(aws: LocalAws, sets: StackSets) -> None:
    """A policy that somebody attached by hand: IAM refuses to delete the role (aws-cloudformation/rain#462)."""
    sets.create("one")
    sets.add("one", SANDBOX)
    iam = aws.client("iam", "300000000009")
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    arn = iam.create_policy(PolicyName="by-hand", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="one", PolicyArn=arn)
    operation = sets.remove("one", SANDBOX)
    assert sets.results("one", operation) == {"300000000009": "FAILED"}
    instance = sets.instances("one")["300000000009"]
    assert instance["Status"] == "INOPERABLE"
    assert "must detach all policies first" in instance["StatusReason"]
    assert sets.results("one", sets.update("one")) == {}
    sets.remove("one", SANDBOX, retain=True)
    assert sets.instances("one") == {}


def test_only_one_operation_at_a_time(slow: StackSets) -> None:
    """bc OperationInProgressException; the message names the running operation."""
    slow.create("one")
    first = slow.add("one", WORKLOADS)
    for call in (slow.add, slow.remove):
        code, message = refused(call, "one", WORKLOADS)
        assert code == "OperationInProgressException"
        assert message.endswith(f"is in progress: {first}")
    assert refused(slow.update, "one")[0] == "OperationInProgressException"
    assert refused(slow.client.delete_stack_set, StackSetName="one")[0] == "OperationInProgressException"


def test_managed_execution_queues(slow: StackSets, clock: Clock) -> None:
    """bc ManagedExecution: "starts queued operations in request order"."""
    slow.create("one", ManagedExecution={"Active": True})
    first = slow.add("one", SANDBOX)
    second = slow.add("one", WORKLOADS, OperationPreferences=FAST)
    assert slow.operation("one", second)["Status"] == "QUEUED"
    clock.now += 10
    assert slow.operation("one", first)["Status"] == "SUCCEEDED"
    assert slow.operation("one", second)["Status"] == "RUNNING"
    clock.now += 10
    assert slow.operation("one", second)["Status"] == "SUCCEEDED"


def test_an_update_that_waited_leaves_out_what_a_deletion_before_it_made_inoperable(
    slow_aws: LocalAws, slow: StackSets, clock: Clock
) -> None:
    """facts/stacksets.md 2.4: INOPERABLE instances "are excluded from further UpdateStackSet operations"."""
    slow.create("one", ManagedExecution={"Active": True})
    slow.add("one", SANDBOX, OperationPreferences=FAST)
    clock.now += 60
    (account, *_) = slow.instances("one")
    slow_aws.fail(account=account, stackset="one", action="DELETE")
    slow.remove("one", SANDBOX, OperationPreferences=FAST)
    later = slow.update("one", role_template("one", MaxSessionDuration=7200), OperationPreferences=FAST)
    clock.now += 60
    assert slow.operation("one", later)["Status"] == "SUCCEEDED"
    assert slow.instances("one")[account]["Status"] == "INOPERABLE"


def test_the_same_operation_id_runs_once(aws: LocalAws, sets: StackSets) -> None:
    """bc OperationId: "performs the StackSet operation only once, even if you retry"."""
    sets.create("one")
    assert sets.add("one", SANDBOX, OperationId="mine-1") == "mine-1"
    assert sets.add("one", SANDBOX, OperationId="mine-1") == "mine-1"
    rows = sets.client.list_stack_set_operations(StackSetName="one")["Summaries"]
    assert [row["OperationId"] for row in rows] == ["mine-1"]
    assert refused(sets.add, "one", DEV, OperationId="mine-1")[0] == "OperationIdAlreadyExistsException"


def test_stopping_waits_for_what_runs_and_cancels_the_rest(slow: StackSets, clock: Clock) -> None:
    """UG: STOPPING, then STOPPED."""
    slow.create("one")
    operation = slow.add(
        "one", WORKLOADS, OperationPreferences={"MaxConcurrentCount": 2, "FailureToleranceCount": 5}
    )
    slow.client.stop_stack_set_operation(StackSetName="one", OperationId=operation)
    assert slow.operation("one", operation)["Status"] == "STOPPING"
    assert count(slow.results("one", operation)) == {"RUNNING": 2, "CANCELLED": 5}
    clock.now += 10
    assert slow.operation("one", operation)["Status"] == "STOPPED"
    assert count(slow.results("one", operation)) == {"SUCCEEDED": 2, "CANCELLED": 5}
    code, _ = refused(slow.client.stop_stack_set_operation, StackSetName="one", OperationId=operation)
    assert code == "InvalidOperationException"


def test_instances_are_outdated_while_an_update_runs(slow: StackSets, clock: Clock) -> None:
    slow.create("one")
    slow.add("one", SANDBOX)
    clock.now += 10
    assert slow.instances("one")["300000000009"]["Status"] == "CURRENT"
    slow.update("one", role_template("one", MaxSessionDuration=7200))
    assert slow.instances("one")["300000000009"]["Status"] == "OUTDATED"
    clock.now += 10
    assert slow.instances("one")["300000000009"]["Status"] == "CURRENT"


def test_results_can_be_filtered_by_status(aws: LocalAws, sets: StackSets) -> None:
    aws.fail(account="300000000002")
    sets.create("one")
    operation = sets.add("one", DEV, OperationPreferences=FAST)
    rows = sets.client.list_stack_set_operation_results(
        StackSetName="one",
        OperationId=operation,
        Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}],
    )["Summaries"]
    assert [row["Account"] for row in rows] == ["300000000002"]


@pytest.mark.parametrize(
    "preferences",
    [
        {"MaxConcurrentCount": 1, "MaxConcurrentPercentage": 10},
        {"FailureToleranceCount": 1, "FailureTolerancePercentage": 10},
    ],
)
def test_a_count_and_a_percentage_exclude_each_other(sets: StackSets, preferences: dict[str, int]) -> None:
    sets.create("one")
    assert refused(sets.add, "one", SANDBOX, OperationPreferences=preferences)[0] == "ValidationError"
    assert sets.instances("one") == {}


def test_an_unknown_operation_is_not_found(sets: StackSets) -> None:
    sets.create("one")
    assert refused(sets.operation, "one", "nobody")[0] == "OperationNotFoundException"
    assert SUSPENDED not in sets.instances("one")
