"""Plain stacks in time: what a caller sees while CloudFormation works, and the ways out of a failure.

UG = CloudFormation User Guide; facts = the notes on StackSets and change sets, by section.
"""

import json
from typing import Any

from tests.local.conformance.ground import Ground
from tests.local.support import refused

NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}


def two_roles(ground: Ground, name: str, *, second: int = 3600, **more: Any) -> str:
    """Two roles, one after the other; IAM refuses the second where its duration is out of range."""
    body = json.loads(ground.template(f"{name}-1", **more))
    body["Resources"]["Second"] = json.loads(ground.template(f"{name}-2", MaxSessionDuration=second))[
        "Resources"
    ]["Role"] | {"DependsOn": "Role"}
    return json.dumps(body)


def test_a_stack_is_seen_in_progress_and_takes_no_update_meanwhile(ground: Ground) -> None:
    """UG stack status codes; facts 6, recovery table: "*_IN_PROGRESS: wait; do not submit"."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    body = ground.template(name)
    client.create_stack(StackName=name, TemplateBody=body, **NAMED)
    assert client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    code, message = refused(client.update_stack, StackName=name, TemplateBody=body, **NAMED)
    assert (code, message.endswith("is in CREATE_IN_PROGRESS state and can not be updated.")) == (
        "ValidationError",
        True,
    )
    assert ground.settled(account, name) == "CREATE_COMPLETE"
    assert name in ground.roles(account)


def test_an_executed_change_set_says_so_until_the_stack_is_done(ground: Ground) -> None:
    """bc DescribeChangeSetOutput.ExecutionStatus."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    body = ground.template(name)
    client.create_change_set(
        StackName=name, ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body, **NAMED
    )
    described = ground.until(
        lambda: (
            found
            if (found := client.describe_change_set(StackName=name, ChangeSetName="first"))["Status"]
            == "CREATE_COMPLETE"
            else None
        )
    )
    client.execute_change_set(ChangeSetName=described["ChangeSetId"])
    running = client.describe_change_set(ChangeSetName=described["ChangeSetId"])
    assert running["ExecutionStatus"] == "EXECUTE_IN_PROGRESS"
    assert ground.settled(account, name) == "CREATE_COMPLETE"
    done = client.describe_change_set(ChangeSetName=described["ChangeSetId"])
    assert done["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_deleting_is_seen_in_progress_too(ground: Ground) -> None:
    """facts 6, waiting: "poll DescribeStacks by StackId (deleted stacks need the id)"."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    stack = client.create_stack(StackName=name, TemplateBody=ground.template(name), **NAMED)["StackId"]
    ground.settled(account, name)
    client.delete_stack(StackName=name)
    assert client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "DELETE_IN_PROGRESS"
    assert ground.settled(account, stack) == "DELETE_COMPLETE"
    assert name not in ground.roles(account)


def test_without_rollback_a_failed_creation_keeps_what_was_made_until_it_is_rolled_back(
    ground: Ground,
) -> None:
    """bc CreateStack.OnFailure DO_NOTHING; facts 6, recovery table: CREATE_FAILED, RollbackStack."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(
        StackName=name, TemplateBody=two_roles(ground, name, second=1), OnFailure="DO_NOTHING", **NAMED
    )
    assert ground.settled(account, name) == "CREATE_FAILED"
    assert f"{name}-1" in ground.roles(account)
    client.rollback_stack(StackName=name)
    assert ground.settled(account, name) == "ROLLBACK_COMPLETE"
    assert f"{name}-1" not in ground.roles(account)
    assert refused(client.rollback_stack, StackName=name)[0] == "ValidationError"


def test_without_rollback_a_failed_update_can_be_put_right_by_another_one(ground: Ground) -> None:
    """UG "Stack failure options": UPDATE_FAILED takes a new update."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(StackName=name, TemplateBody=two_roles(ground, name), **NAMED)
    ground.settled(account, name)
    client.update_stack(
        StackName=name,
        TemplateBody=two_roles(ground, name, second=1, MaxSessionDuration=7200),
        DisableRollback=True,
        **NAMED,
    )
    assert ground.settled(account, name) == "UPDATE_FAILED"
    first = ground.client("iam", account).get_role(RoleName=f"{name}-1")["Role"]
    assert first["MaxSessionDuration"] == 7200
    client.update_stack(
        StackName=name, TemplateBody=two_roles(ground, name, second=7200, MaxSessionDuration=7200), **NAMED
    )
    assert ground.settled(account, name) == "UPDATE_COMPLETE"


def test_a_failed_update_that_was_left_is_rolled_back_on_demand(ground: Ground) -> None:
    """bc RollbackStack: to the last known stable state."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(StackName=name, TemplateBody=two_roles(ground, name), **NAMED)
    ground.settled(account, name)
    body = two_roles(ground, name, second=1, MaxSessionDuration=7200)
    client.update_stack(StackName=name, TemplateBody=body, DisableRollback=True, **NAMED)
    ground.settled(account, name)
    client.rollback_stack(StackName=name)
    assert ground.settled(account, name) == "UPDATE_ROLLBACK_COMPLETE"
    first = ground.client("iam", account).get_role(RoleName=f"{name}-1")["Role"]
    assert first["MaxSessionDuration"] == 3600


def test_an_update_under_way_is_cancelled(ground: Ground) -> None:
    """bc CancelUpdateStack: "If the call completes successfully, the stack rolls back the update"."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(StackName=name, TemplateBody=two_roles(ground, name), **NAMED)
    ground.settled(account, name)
    assert refused(client.cancel_update_stack, StackName=name)[0] == "ValidationError"
    client.update_stack(
        StackName=name, TemplateBody=two_roles(ground, name, MaxSessionDuration=7200), **NAMED
    )
    client.cancel_update_stack(StackName=name)
    assert ground.settled(account, name) == "UPDATE_ROLLBACK_COMPLETE"
    first = ground.client("iam", account).get_role(RoleName=f"{name}-1")["Role"]
    assert first["MaxSessionDuration"] == 3600


def test_a_rollback_that_failed_is_continued(ground: Ground) -> None:
    """facts 6, recovery table: UPDATE_ROLLBACK_FAILED, ContinueUpdateRollback.

    The first role's old boundary is gone when the rollback wants it back.
    """
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    iam = ground.client("iam", account)
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    )
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    client.create_stack(
        StackName=name, TemplateBody=two_roles(ground, name, PermissionsBoundary=arn), **NAMED
    )
    ground.settled(account, name)
    iam.delete_role_permissions_boundary(RoleName=f"{name}-1")
    iam.delete_policy(PolicyArn=arn)
    client.update_stack(StackName=name, TemplateBody=two_roles(ground, name, second=1), **NAMED)
    assert ground.settled(account, name) == "UPDATE_ROLLBACK_FAILED"
    code, message = refused(
        client.update_stack, StackName=name, TemplateBody=two_roles(ground, name), **NAMED
    )
    assert (code, "UPDATE_ROLLBACK_FAILED" in message) == ("ValidationError", True)
    iam.create_policy(PolicyName=name, PolicyDocument=document)
    client.continue_update_rollback(StackName=name)
    assert ground.settled(account, name) == "UPDATE_ROLLBACK_COMPLETE"
    role = iam.get_role(RoleName=f"{name}-1")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn


def test_a_rollback_that_failed_can_skip_what_it_cannot_undo(ground: Ground) -> None:
    """bc ContinueUpdateRollback.ResourcesToSkip."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    iam = ground.client("iam", account)
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    client.create_stack(
        StackName=name, TemplateBody=two_roles(ground, name, PermissionsBoundary=arn), **NAMED
    )
    ground.settled(account, name)
    iam.delete_role_permissions_boundary(RoleName=f"{name}-1")
    iam.delete_policy(PolicyArn=arn)
    client.update_stack(StackName=name, TemplateBody=two_roles(ground, name, second=1), **NAMED)
    ground.settled(account, name)
    client.continue_update_rollback(StackName=name, ResourcesToSkip=["Role"])
    assert ground.settled(account, name) == "UPDATE_ROLLBACK_COMPLETE"


def test_what_was_newly_made_and_is_to_be_retained_goes_where_the_call_says_so(ground: Ground) -> None:
    """bc ExecuteChangeSet.RetainExceptOnCreate: "newly created resources are deleted when the operation is
    rolled back. This includes newly created resources marked with a deletion policy of Retain"."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    body = json.loads(two_roles(ground, name, second=1))
    body["Resources"]["Role"]["DeletionPolicy"] = "Retain"
    client.create_stack(StackName=name, TemplateBody=json.dumps(body), RetainExceptOnCreate=True, **NAMED)
    assert ground.settled(account, name) == "ROLLBACK_COMPLETE"
    assert f"{name}-1" not in ground.roles(account)


def test_a_name_that_exists_fails_the_change_set_and_describe_events_says_which(ground: Ground) -> None:
    """UG validate-stack-deployments; facts 6, "New 2024-2026": validation errors are no stack events."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(StackName=name, TemplateBody=ground.template(name), **NAMED)
    ground.settled(account, name)
    other = ground.stack(account)
    made = client.create_change_set(
        StackName=other,
        ChangeSetName="x",
        ChangeSetType="CREATE",
        TemplateBody=ground.template(name),
        **NAMED,
    )
    described = ground.until(
        lambda: (
            found
            if (found := client.describe_change_set(ChangeSetName=made["Id"]))["Status"] == "FAILED"
            else None
        )
    )
    assert described["ExecutionStatus"] == "UNAVAILABLE"
    assert "AWS::EarlyValidation::ResourceExistenceCheck" in described["StatusReason"]
    (event,) = client.describe_events(ChangeSetName=made["Id"], Filters={"FailedEvents": True})[
        "OperationEvents"
    ]
    assert (event["EventType"], event["LogicalResourceId"]) == ("VALIDATION_ERROR", "Role")
    assert name in event["ValidationStatusReason"]


def test_the_events_of_one_operation_are_told_apart(ground: Ground) -> None:
    """bc DescribeEvents, Stack.LastOperations: by StackName or OperationId, failures alone if asked for."""
    account = ground.members["one"]
    client, name = ground.client("cloudformation", account), ground.stack(account)
    client.create_stack(StackName=name, TemplateBody=two_roles(ground, name), **NAMED)
    ground.settled(account, name)
    client.update_stack(StackName=name, TemplateBody=two_roles(ground, name, second=1), **NAMED)
    ground.settled(account, name)
    (last,) = client.describe_stacks(StackName=name)["Stacks"][0]["LastOperations"][:1]
    assert last["OperationType"] == "UPDATE_STACK"
    every = client.describe_events(OperationId=last["OperationId"])["OperationEvents"]
    assert {row["OperationType"] for row in every} == {"UPDATE_STACK"}
    failed = client.describe_events(OperationId=last["OperationId"], Filters={"FailedEvents": True})
    assert [row["LogicalResourceId"] for row in failed["OperationEvents"]] == ["Second"]
    whole = client.describe_events(StackName=name)["OperationEvents"]
    assert {row.get("OperationType") for row in whole} == {"CREATE_STACK", "UPDATE_STACK"}
    assert refused(client.describe_events)[0] == "ValidationError"
