"""Plain stacks of the jump account: what is done to a stack in which state."""

# ruff: noqa: N803 (parameters are named as AWS names them)
import base64
import hashlib
from typing import Any

import pytest
from aws_cloudformation import FakeStacks
from aws_world import TAGS, FakeClients, FakeClock, manifest, refused

from jumpcf.artifacts.operation import ContinueRollback, DeleteChangeSet, DeleteStack, DeployStack, RemoveTags
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.gateway import AwsGateway
from jumpcf.aws.stacks import first_failure

BODY = b'{"Resources":{}}\n'
TOKEN = "jumpcf-0123456789ab-1"


def checksum(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.may_list = True

    def head_object(self, Key: str, ChecksumMode: str, **_: Any) -> dict[str, Any]:
        assert ChecksumMode == "ENABLED"  # S3 gives no checksum otherwise
        if Key not in self.objects:
            raise refused("404" if self.may_list else "403", "Not Found")
        body = self.objects[Key]
        return {"ContentLength": len(body), "ChecksumSHA256": checksum(body)}

    def put_object(
        self, Key: str, Body: bytes, ServerSideEncryption: str, ChecksumSHA256: str, **_: Any
    ) -> dict[str, Any]:
        assert ServerSideEncryption == "AES256"
        assert ChecksumSHA256 == checksum(Body)
        self.objects[Key] = Body
        return {}


class Raced(FakeStacks):
    """Somebody else executes a change set of his own for the new stack, just as ours is deleted."""

    def delete_change_set(self, ChangeSetName: str) -> dict[str, Any]:
        self.stacks["jump-base"]["StackStatus"] = "CREATE_COMPLETE"
        return super().delete_change_set(ChangeSetName)


class Room:
    def __init__(self, body: bytes = BODY, stacks: FakeStacks | None = None) -> None:
        self.stacks, self.s3, self.clock = stacks or FakeStacks(), FakeS3(), FakeClock()
        self.clients = FakeClients({("jump", "cloudformation"): self.stacks, ("jump", "s3"): self.s3})
        self.gateway = AwsGateway(
            self.clients, manifest(), {}, lambda _: body, sleep=self.clock.sleep, clock=self.clock
        )
        self.told: list[str] = []

    def report(self, progress: Progress) -> None:
        self.told.append(progress.status)

    def deploy(self, *, create: bool = True, token: str = TOKEN, **shown: tuple[str, ...]) -> Outcome:
        operation = DeployStack(
            id="0123456789ab",
            place="jump",
            stack="jump-base",
            reason="new",
            template="d1",
            create=create,
            capabilities=("CAPABILITY_NAMED_IAM",),
            tags=dict(TAGS),
            **shown,
        )
        return self.gateway.run(operation, token, self.report)

    def delete(self) -> Outcome:
        operation = DeleteStack(id="0123456789ab", place="jump", stack="jump-base", reason="orphan")
        return self.gateway.run(operation, TOKEN, self.report)


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
    operation = DeployStack(
        id="0123456789ab",
        place="jump",
        stack="jump-base",
        reason="new",
        template="d1",
        create=True,
        capabilities=(),
        tags={},
    )
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


def change(action: str, resource: str, **more: Any) -> dict[str, Any]:
    found = {"Action": action, "LogicalResourceId": resource, "ResourceType": "AWS::IAM::User", **more}
    return {"Type": "Resource", "ResourceChange": found}


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


def event(resource: str, status: str, reason: str, token: str = TOKEN) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource,
        "ResourceType": "AWS::IAM::User",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "ClientRequestToken": token,
    }


def test_victims_alone_give_no_reason() -> None:
    assert first_failure([event("A", "CREATE_FAILED", "Resource creation cancelled")]) == ""


@pytest.mark.parametrize("code", ["TokenAlreadyExistsException", "InvalidChangeSetStatus"])
def test_the_same_token_again_goes_on_where_the_lost_attempt_was(room: Room, code: str) -> None:
    room.stacks.refuse("ExecuteChangeSet", code, "seen")
    room.stacks.add("jump-base", "CREATE_COMPLETE", TAGS)
    assert room.deploy(create=False).state == "succeeded"
    assert room.deploy(create=False) == Outcome(state="succeeded", reason="UPDATE_COMPLETE")
    assert room.clients.names().count("ExecuteChangeSet") == 1


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
