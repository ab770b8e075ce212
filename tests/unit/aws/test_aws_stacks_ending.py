"""Plain stacks of the jump account: how one ends, is mended, and where a large template waits."""

import pytest
from aws_jump_stacks import TOKEN, Room, change, event
from aws_world import TAGS

from jumpcf.artifacts.operation import ContinueRollback, DeleteChangeSet, RemoveTags
from jumpcf.artifacts.status import Outcome


@pytest.fixture
def room() -> Room:
    return Room()


def test_deleting_takes_termination_protection_away_first(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)["EnableTerminationProtection"] = True
    assert room.delete() == Outcome(state="succeeded", reason="DELETE_COMPLETE")


def test_deleting_what_is_gone_succeeds(room: Room) -> None:
    assert room.delete() == Outcome(state="succeeded", reason="was gone already")


def test_a_failed_deletion_says_why(room: Room) -> None:
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    room.stacks.outcome = "DELETE_FAILED"
    room.stacks.events = [event("Bucket", "DELETE_FAILED", "The bucket is not empty")]
    assert room.delete().reason == "DELETE_FAILED: Bucket (AWS::IAM::User): The bucket is not empty"


@pytest.mark.parametrize("may_list", [True, False])
def test_a_large_body_goes_through_the_bucket_once(may_list: bool) -> None:
    room = Room(b'{"x":"' + b"y" * 51_200 + b'"}')
    room.s3.may_list = may_list
    assert room.deploy().state == "succeeded"
    assert room.deploy(token="jumpcf-other-2").state == "succeeded"
    sent = room.clients.sent("CreateChangeSet")[0]
    assert "TemplateBody" not in sent
    assert sent["TemplateURL"] == (
        "https://jumpcf-example-111111111111-ap-northeast-1.s3.ap-northeast-1.amazonaws.com/templates/d1.json"
    )
    assert room.clients.names().count("PutObject") == 1
    assert {each["ExpectedBucketOwner"] for each in room.clients.sent("HeadObject")} == {"111111111111"}


def test_other_bytes_of_the_same_size_under_our_key_are_not_taken_for_ours() -> None:
    body = b'{"x":"' + b"y" * 51_200 + b'"}'
    room = Room(body)
    room.s3.objects["templates/d1.json"] = body.replace(b"x", b"z")
    assert room.deploy().state == "succeeded"
    assert room.s3.objects["templates/d1.json"] == body


def test_a_body_of_exactly_the_limit_goes_inline() -> None:
    room = Room(b"y" * 51_200)
    room.deploy()
    assert "TemplateBody" in room.clients.sent("CreateChangeSet")[0]


def test_an_update_that_leaves_something_behind_is_no_success() -> None:
    room = Room()
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    conflict = "Cannot delete entity, must delete MFA device first."
    room.stacks.events = [event("UserTaro", "DELETE_FAILED", conflict)]
    outcome = room.deploy(create=False)
    assert outcome.state == "failed"
    assert outcome.reason.startswith(
        "UPDATE_COMPLETE, but something stays that no stack knows any more: UserTaro"
    )
    room.stacks.events = [event("UserTaro", "DELETE_FAILED", conflict, token="jumpcf-another-1")]
    assert room.deploy(create=False, token="jumpcf-other-2").state == "succeeded"


def continue_rollback(room: Room) -> Outcome:
    operation = ContinueRollback(id="0123456789ab", place="jump", stack="jump-partner-acme", reason="test")
    return room.gateway.run(operation, TOKEN, room.report)


def test_a_failed_rollback_is_gone_on_with_to_its_end() -> None:
    room = Room()
    room.stacks.add("jump-partner-acme", "UPDATE_ROLLBACK_FAILED", TAGS)
    assert continue_rollback(room) == Outcome(state="succeeded", reason="UPDATE_ROLLBACK_COMPLETE")
    (sent,) = room.clients.sent("ContinueUpdateRollback")
    assert "ResourcesToSkip" not in sent
    assert continue_rollback(room) == Outcome(state="succeeded", reason="was done already")


def test_a_rollback_that_fails_again_says_why() -> None:
    room = Room()
    room.stacks.add("jump-partner-acme", "UPDATE_ROLLBACK_FAILED", TAGS)
    room.stacks.outcome = "UPDATE_ROLLBACK_FAILED"
    assert continue_rollback(room).reason.startswith("UPDATE_ROLLBACK_FAILED")


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "ROLLBACK_COMPLETE"])
def test_a_stack_that_is_well_by_now_is_not_rolled_back(status: str) -> None:
    room = Room()
    room.stacks.add("jump-partner-acme", status, TAGS)
    assert continue_rollback(room).state == "failed"
    assert room.clients.sent("ContinueUpdateRollback") == []


def delete_change_set(room: Room, name: str = "jumpcf-old") -> Outcome:
    operation = DeleteChangeSet(
        id="0123456789ab",
        place="jump",
        stack="jump-partner-acme",
        reason="test",
        change_set=f"arn:{name}",
        name=name,
    )
    return room.gateway.run(operation, TOKEN, room.report)


@pytest.mark.parametrize(
    ("name", "execution", "state", "stays"),
    [
        ("jumpcf-old", "AVAILABLE", "succeeded", False),
        ("jumpcf-old", "EXECUTE_IN_PROGRESS", "succeeded", True),
        ("by-hand", "AVAILABLE", "failed", True),
    ],
)
def test_only_a_change_set_of_ours_that_nobody_ran_is_deleted(
    name: str, execution: str, state: str, stays: bool
) -> None:
    room = Room()
    room.stacks.add("jump-partner-acme", "UPDATE_COMPLETE", TAGS)
    assert delete_change_set(room) == Outcome(state="succeeded", reason="was gone already")
    room.stacks.change_sets[f"arn:{name}"] = {"ChangeSetName": name, "ExecutionStatus": execution}
    assert delete_change_set(room, name).state == state
    assert (f"arn:{name}" in room.stacks.change_sets) is stays


def test_tags_go_and_nothing_else_of_the_stack_changes() -> None:
    room = Room()
    key = "jumpcf-organization/corp"
    stack = room.stacks.add("jump-base", "UPDATE_COMPLETE", {**TAGS, key: "o-1", "owner": "them"})
    stack["Capabilities"] = ["CAPABILITY_NAMED_IAM"]
    operation = RemoveTags(id="0123456789ab", place="jump", stack="jump-base", reason="test", keys=(key,))
    assert room.gateway.run(operation, TOKEN, room.report).state == "succeeded"
    (sent,) = room.clients.sent("CreateChangeSet")
    assert sent["UsePreviousTemplate"]
    assert sent["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert {tag["Key"] for tag in sent["Tags"]} == {"jumpcf-estate", "owner"}
    assert room.gateway.run(operation, "jumpcf-0123456789ab-2", room.report).reason == "no changes"


def test_tags_are_not_taken_off_where_that_would_replace_something() -> None:
    room = Room()
    room.stacks.add("jump-base", "UPDATE_COMPLETE", {**TAGS, "team": "a"})
    room.stacks.changes = [change("Modify", "UserKen", Replacement="Conditional")]
    operation = RemoveTags(id="0123456789ab", place="jump", stack="jump-base", reason="test", keys=("team",))
    outcome = room.gateway.run(operation, TOKEN, room.report)
    assert (outcome.state, outcome.gate) == ("failed", "G523")
    assert "ExecuteChangeSet" not in room.clients.names()
