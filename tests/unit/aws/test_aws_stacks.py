"""Plain stacks of the jump account: how one is made and changed, from which state."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from typing import Any

import pytest
from aws_cloudformation import FakeStacks
from aws_jump_stacks import BODY, TOKEN, Room, change, deploying, event
from aws_world import TAGS

from jumpcf.artifacts.status import Outcome
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.stacks import first_failure


class Raced(FakeStacks):
    """Somebody else executes a change set of his own for the new stack, just as ours is deleted."""

    def delete_change_set(self, ChangeSetName: str) -> dict[str, Any]:
        self.stacks["jump-base"]["StackStatus"] = "CREATE_COMPLETE"
        return super().delete_change_set(ChangeSetName)


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_missing_stack_is_created_by_change_set_and_then_protected(room: Room) -> None:
    assert room.deploy() == Outcome(state="succeeded", reason="CREATE_COMPLETE")
    (sent,) = room.clients.sent("CreateChangeSet")
    assert (sent["ChangeSetType"], sent["ChangeSetName"]) == ("CREATE", TOKEN)
    assert sent["TemplateBody"] == BODY.decode()
    assert sent["ClientToken"] == room.clients.sent("ExecuteChangeSet")[0]["ClientRequestToken"] == TOKEN
    assert room.stacks.stacks["jump-base"]["EnableTerminationProtection"]


def test_progress_is_awss_own_status(room: Room) -> None:
    room.deploy()
    assert room.told[-2:] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_an_existing_stack_is_updated(room: Room) -> None:
    room.stacks.add("jump-base", "UPDATE_ROLLBACK_COMPLETE", TAGS)["EnableTerminationProtection"] = True
    assert room.deploy(create=False) == Outcome(state="succeeded", reason="UPDATE_COMPLETE")
    assert room.clients.sent("UpdateTerminationProtection") == []


def test_a_stack_that_an_earlier_run_left_unprotected_is_protected(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.deploy(create=False)
    (sent,) = room.clients.sent("UpdateTerminationProtection")
    assert sent["EnableTerminationProtection"] is True


def test_what_an_earlier_run_began_is_awaited_and_told_without_a_write(room: Room) -> None:
    assert room.deploy().state == "succeeded"
    room.stacks.events = [event("jump-base", "CREATE_COMPLETE", "")]
    operation = deploying()
    before = len(room.clients.names())
    found = room.gateway.settle(operation, TOKEN, room.report)
    assert found == Outcome(state="succeeded", reason="CREATE_COMPLETE")
    assert room.gateway.settle(operation, "jumpcf-0123456789ab-2", room.report) is None
    made = room.clients.names()[before:]
    assert all(name.startswith("Describe") for name in made)


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_half_done_stack_is_updated_as_the_plan_says(room: Room, status: str) -> None:
    room.stacks.add("jump-base", status, TAGS)
    assert room.deploy(create=False) == Outcome(state="succeeded", reason="UPDATE_COMPLETE")
    assert "DeleteStack" not in room.clients.names()


def test_an_empty_shell_of_an_earlier_change_set_is_created(room: Room) -> None:
    room.stacks.add("jump-base", "REVIEW_IN_PROGRESS", {})
    assert room.deploy().state == "succeeded"
    assert room.clients.sent("CreateChangeSet")[0]["ChangeSetType"] == "CREATE"


@pytest.mark.parametrize(
    "text",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_an_empty_change_set_is_deleted_and_is_no_change(room: Room, text: str) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.empty = text
    assert room.deploy() == Outcome(state="succeeded", reason="no changes")
    assert room.stacks.change_sets == {}
    assert "ExecuteChangeSet" not in room.clients.names()


def test_a_change_set_that_fails_otherwise_is_a_failure_and_is_deleted(room: Room) -> None:
    room.stacks.invalid = "Transform failed"
    room.stacks.refuse("DescribeEvents", "UnknownOperationException", "no such call")
    assert room.deploy() == Outcome(state="failed", reason="the change set failed: Transform failed")
    assert room.stacks.change_sets == {}
    assert room.stacks.stacks["jump-base"]["StackStatus"] == "DELETE_IN_PROGRESS"


def test_a_failed_change_set_leaves_a_living_stack_alone(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.invalid = "Transform failed"
    assert room.deploy(create=False).state == "failed"
    assert "DeleteStack" not in room.clients.names()


NOT_SHOWN = [
    change("Add", "UserNew"),
    change("Modify", "UserMio", Replacement="False", PhysicalResourceId="mio"),
    change("Modify", "UserKen", Replacement="True", PhysicalResourceId="ken"),
    change("Remove", "UserLeo", PolicyAction="Delete", PhysicalResourceId="leo"),
]


def test_what_the_plan_did_not_show_is_not_executed_whatever_page_it_stands_on(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.changes = list(NOT_SHOWN)
    assert room.deploy(create=False, removes=("UserLeo",)) == Outcome(
        state="failed",
        reason="the change set of jump-base would replace UserKen (AWS::IAM::User ken), which the plan did not show; "
        "nothing of it was executed [G523]",
        gate="G523",
    )
    outcome = room.deploy(create=False, replaces=("UserKen",))
    assert "would remove UserLeo (AWS::IAM::User leo), which" in outcome.reason
    assert room.stacks.change_sets == {}
    assert room.stacks.stacks["jump-base"]["StackStatus"] == "CREATE_COMPLETE"
    assert {"ExecuteChangeSet", "DeleteStack", "UpdateTerminationProtection"}.isdisjoint(room.clients.names())


def test_what_the_plan_showed_is_executed(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.changes = list(NOT_SHOWN)
    assert room.deploy(create=False, removes=("UserLeo",), replaces=("UserKen",)).state == "succeeded"


def test_a_change_set_that_an_earlier_try_left_is_looked_at_as_well(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.refuse("ExecuteChangeSet", "ServiceUnavailable", "later")
    with pytest.raises(CallRefused):
        room.deploy(create=False)
    room.stacks.changes = list(NOT_SHOWN)
    room.stacks.change_sets[f"arn:{TOKEN}"]["ExecutionStatus"] = "AVAILABLE"
    assert room.deploy(create=False).gate == "G523"
    assert room.clients.names().count("ExecuteChangeSet") == 1


def test_a_refused_creation_leaves_no_shell_and_a_stack_that_came_to_life_stays(room: Room) -> None:
    room.stacks.changes = [change("Import", "UserKen")]
    assert "would do Import to UserKen (AWS::IAM::User), which" in room.deploy().reason
    assert room.stacks.stacks["jump-base"]["StackStatus"] == "DELETE_IN_PROGRESS"
    raced = Room(stacks=Raced())
    raced.stacks.changes = room.stacks.changes
    assert raced.deploy().gate == "G523"
    assert raced.stacks.stacks["jump-base"]["StackStatus"] == "CREATE_COMPLETE"


def test_a_refused_change_set_that_cannot_be_deleted_is_told(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.changes = list(NOT_SHOWN)
    room.stacks.refuse("DeleteChangeSet", "AccessDenied", "no")
    outcome = room.deploy(create=False)
    assert outcome.gate == "G523"
    assert "it could not be deleted" in outcome.reason
    assert outcome.reason.endswith("run repair [G523]")


def test_a_failed_creation_is_deleted_before_the_next(room: Room) -> None:
    room.stacks.add("jump-base", "ROLLBACK_COMPLETE", TAGS)["EnableTerminationProtection"] = True
    assert room.deploy().state == "succeeded"
    writes = [name for name in room.clients.names() if not name.startswith("Describe")]
    assert writes == [
        "UpdateTerminationProtection",
        "DeleteStack",
        "CreateChangeSet",
        "ExecuteChangeSet",
        "UpdateTerminationProtection",
    ]


@pytest.mark.parametrize("status", ["", "ROLLBACK_COMPLETE"])
def test_an_update_of_a_stack_that_went_meanwhile_is_refused(room: Room, status: str) -> None:
    if status:
        room.stacks.add("jump-base", status, TAGS)
    outcome = room.deploy(create=False)
    assert outcome.state == "failed"
    assert "plan again" in outcome.reason
    assert {name for name in room.clients.names() if not name.startswith("Describe")} == set()


def test_a_stack_of_our_name_without_our_tag_is_never_written_to(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", {"jumpcf-estate": "other"})
    for outcome in (room.deploy(), room.delete()):
        assert outcome.state == "failed"
        assert "[A531]" in outcome.reason
    assert {name for name in room.clients.names() if not name.startswith("Describe")} == set()


def test_a_stack_that_somebody_works_on_is_awaited(room: Room) -> None:
    room.stacks.add("jump-base", "UPDATE_IN_PROGRESS", TAGS).update(ends="UPDATE_COMPLETE", looks=4)
    assert room.deploy(create=False).state == "succeeded"
    assert room.told[0] == "waiting: UPDATE_IN_PROGRESS"


def test_a_rollback_names_the_first_resource_that_failed_by_itself(room: Room) -> None:
    room.stacks.add("jump-base", "UPDATE_COMPLETE", TAGS)
    room.stacks.outcome = "UPDATE_ROLLBACK_COMPLETE"
    room.stacks.events = [
        event("Before", "CREATE_FAILED", "an older operation", token="other"),
        event("Victim", "UPDATE_FAILED", "Resource update cancelled"),
        event("Cause", "CREATE_FAILED", "taro already exists in stack x"),
        event("Second", "CREATE_FAILED", "later"),
        event(
            "jump-base", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Cause]."
        ),
    ]
    outcome = room.deploy(create=False)
    assert outcome.state == "failed"
    assert outcome.reason.startswith(
        "UPDATE_ROLLBACK_COMPLETE: Cause (AWS::IAM::User): taro already exists in stack x"
    )


def test_victims_alone_give_no_reason() -> None:
    assert first_failure([event("A", "CREATE_FAILED", "Resource creation cancelled")]) == ""


@pytest.mark.parametrize("code", ["TokenAlreadyExistsException", "InvalidChangeSetStatus"])
def test_the_same_token_again_goes_on_where_the_lost_attempt_was(room: Room, code: str) -> None:
    room.stacks.refuse("ExecuteChangeSet", code, "seen")
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    assert room.deploy(create=False).state == "succeeded"
    assert room.deploy(create=False) == Outcome(state="succeeded", reason="UPDATE_COMPLETE")
    assert room.clients.names().count("ExecuteChangeSet") == 1
