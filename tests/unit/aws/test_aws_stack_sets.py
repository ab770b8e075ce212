"""Operations on StackSets: submitted once, awaited to the end, judged by the accounts' results."""

from dataclasses import replace
from typing import Any

import pytest
from aws_cloudformation import FakeStackSets
from aws_world import MODELS, TAGS, FakeClients, FakeClock, manifest

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import (
    AnyOperation,
    ConfigureStackSet,
    CreateInstances,
    CreateStackSet,
    DeleteInstances,
    DeleteStackSet,
    UpdateStackSet,
)
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.gateway import AwsGateway
from jumpcf.aws.results import merge
from jumpcf.aws.runner import SUBMISSIONS
from jumpcf.aws.stacksets import batches, preferences
from jumpcf.errors import AwsRefused

NAME = "jump-acme-dev"
TOKEN = "jumpcf-0123456789ab-1"
COMMON: dict[str, Any] = {"id": "0123456789ab", "place": "corp", "stack": NAME, "reason": "test"}
DEFINITION: dict[str, Any] = {"template": "d1", "capabilities": ("CAPABILITY_NAMED_IAM",), "tags": dict(TAGS)}
REACH: dict[str, Any] = {"region": "ap-northeast-1", "rollout": Rollout()}

CREATE = CreateStackSet(**COMMON, **DEFINITION)
UPDATE = UpdateStackSet(**COMMON, **DEFINITION, rollout=Rollout())
RING: dict[str, Any] = {"units": ("ou-r1aa-work0000",), "accounts": ("3" * 12, "4" * 12)}
FIRST = UpdateStackSet(**COMMON, **DEFINITION, **REACH, **RING)
SAME = {**DEFINITION, "template": content_digest({"Resources": {}})}  # what `room` has
FOLLOWS = UpdateStackSet(**COMMON, **SAME, **REACH, **RING, follows=True)
CONFIGURE = ConfigureStackSet(**COMMON)
FILL = CreateInstances(**COMMON, **REACH, units=("ou-r1aa-work0000",))
EMPTY = DeleteInstances(**COMMON, **REACH, units=("ou-r1aa-dev00000", "ou-r1aa-work0000"))
DELETE = DeleteStackSet(**COMMON)
ALL: tuple[AnyOperation, ...] = (CREATE, UPDATE, CONFIGURE, FILL, EMPTY, DELETE)
IN_RING = {
    "OrganizationalUnitIds": ["ou-r1aa-work0000"],
    "Accounts": ["3" * 12, "4" * 12],
    "AccountFilterType": "INTERSECTION",
}


class Room:
    def __init__(self, call_as: str = "DELEGATED_ADMIN") -> None:
        self.aws, self.clock = FakeStackSets(), FakeClock()
        self.clients = FakeClients({("corp", "cloudformation"): self.aws})
        self.gateway = AwsGateway(
            self.clients,
            manifest(),
            {"corp": call_as},
            lambda _: b'{"Resources":{}}\n',
            sleep=self.clock.sleep,
            clock=self.clock,
        )
        self.told: list[Progress] = []

    def run(self, operation: AnyOperation, token: str = TOKEN) -> Outcome:
        return self.gateway.run(operation, token, self.told.append)


@pytest.fixture
def room() -> Room:
    made = Room()
    made.aws.add(NAME, TAGS)
    return made


def row(account: str, status: str, reason: str = "") -> dict[str, Any]:
    return {"Account": account, "Region": "ap-northeast-1", "Status": status, "StatusReason": reason}


@pytest.mark.parametrize("call_as", ["DELEGATED_ADMIN", "SELF"])
@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.kind)
def test_no_call_lacks_call_as(operation: AnyOperation, call_as: str) -> None:
    room = Room(call_as)
    if operation is not CREATE:
        room.aws.add(NAME, TAGS, ManagedExecution={"Active": False}, AutoDeployment={"Enabled": False})
    room.aws.refuse("DeleteStackSet", "StackSetNotEmptyException", "not empty")
    room.run(operation)
    assert room.clients.calls
    for _, service, name, parameters in room.clients.calls:
        assert "CallAs" in MODELS[service].operation_model(name).input_shape.members
        assert parameters.get("CallAs", "SELF") == call_as


def test_a_stack_set_is_made_service_managed_auto_deployed_and_managed() -> None:
    room = Room()
    assert room.run(CREATE) == Outcome(state="succeeded")
    (sent,) = room.clients.sent("CreateStackSet")
    assert sent["PermissionModel"] == "SERVICE_MANAGED"
    assert sent["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert sent["ManagedExecution"] == {"Active": True}
    assert sent["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert sent["ClientRequestToken"] == TOKEN
    assert "AdministrationRoleARN" not in sent


def test_creating_what_an_earlier_attempt_created_succeeds_only_with_the_same_template(room: Room) -> None:
    assert "another template" in room.run(CREATE).reason
    same = {**DEFINITION, "template": content_digest({"Resources": {}})}
    assert room.run(CreateStackSet(**COMMON, **same)) == Outcome(
        state="succeeded", reason="was there already"
    )


@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.kind)
def test_a_stack_set_without_our_tag_is_never_written_to(room: Room, operation: AnyOperation) -> None:
    room.aws.add(NAME, {"jumpcf-estate": "other"})
    outcome = room.run(operation)
    assert outcome.state == "failed"
    assert "[A531]" in outcome.reason
    written = {name for name in room.clients.names() if not name.startswith(("Describe", "List"))}
    assert written <= {"CreateStackSet"}  # which AWS refuses, as the name is taken


def test_an_update_names_no_targets_and_sends_everything_again(room: Room) -> None:
    room.aws.rows = [row("333333333333", "SUCCEEDED")]
    assert room.run(UPDATE) == Outcome(state="succeeded", reason="1 account")
    (sent,) = room.clients.sent("UpdateStackSet")
    assert sent.keys() == {
        "StackSetName",
        "OperationId",
        "TemplateBody",
        "Capabilities",
        "Tags",
        "OperationPreferences",
        "CallAs",
    }
    assert sent["OperationId"] == TOKEN


def test_an_update_of_the_first_ring_brings_the_definition_and_names_its_accounts(room: Room) -> None:
    assert room.run(FIRST).state == "succeeded"
    (sent,) = room.clients.sent("UpdateStackSet")
    assert sent["DeploymentTargets"] == IN_RING
    assert sent["Regions"] == ["ap-northeast-1"]
    assert {"TemplateBody", "Tags", "Capabilities"} < sent.keys()
    assert "UsePreviousTemplate" not in sent


def test_a_later_ring_keeps_the_template_so_that_aws_marks_nobody_outdated_again(room: Room) -> None:
    assert room.run(FOLLOWS).state == "succeeded"
    (sent,) = room.clients.sent("UpdateStackSet")
    assert sent["DeploymentTargets"] == IN_RING
    assert sent["UsePreviousTemplate"] is True
    assert sent["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert not sent.keys() & {"TemplateBody", "TemplateURL", "Tags", "AutoDeployment", "ManagedExecution"}


def test_a_later_ring_does_not_follow_another_template(room: Room) -> None:
    outcome = room.run(replace(FOLLOWS, template="d1"))
    assert (outcome.state, outcome.tolerated) == ("failed", False)
    assert "[G556]" in outcome.reason
    assert room.clients.sent("UpdateStackSet") == []


def test_of_a_ring_of_many_units_only_the_first_call_brings_the_definition(room: Room) -> None:
    units = tuple(f"ou-r1aa-{number:08d}" for number in range(60))
    assert room.run(replace(FIRST, units=units)).state == "succeeded"
    first, second = room.clients.sent("UpdateStackSet")
    assert "TemplateBody" in first
    assert "TemplateBody" not in second
    assert second["UsePreviousTemplate"] is True
    assert [first["OperationId"], second["OperationId"]] == [TOKEN, f"{TOKEN}-2"]
    assert first["DeploymentTargets"]["Accounts"] == second["DeploymentTargets"]["Accounts"]


def test_instances_of_a_ring_are_made_in_its_accounts_only(room: Room) -> None:
    assert room.run(replace(FILL, accounts=RING["accounts"])).state == "succeeded"
    (sent,) = room.clients.sent("CreateStackInstances")
    assert sent["DeploymentTargets"] == IN_RING


def test_failures_are_tolerated_where_aws_carried_the_operation_out(room: Room) -> None:
    room.aws.failed = 1
    room.aws.rows = [row("1" * 12, "SUCCEEDED"), row("2" * 12, "FAILED", "role already exists")]
    within = room.run(FIRST)
    assert (within.state, within.tolerated, within.accounts) == (
        "failed",
        True,
        (("2" * 12, "role already exists"),),
    )
    room.aws.ends = "FAILED"
    beyond = room.run(FIRST, "jumpcf-0123456789ab-2")
    assert (beyond.state, beyond.tolerated) == ("failed", False)


def test_batches_are_tolerated_together_or_not_at_all() -> None:
    tolerated = Outcome(state="failed", accounts=(("1" * 12, "why"),), tolerated=True)
    beyond = Outcome(state="failed", accounts=(("2" * 12, "why"),))
    done = Outcome(state="succeeded")
    assert merge([done, tolerated, done]).tolerated
    assert not merge([tolerated, beyond]).tolerated
    assert not merge([done, done]).tolerated


def test_progress_counts_accounts(room: Room) -> None:
    room.aws.rows = [row("1" * 12, "SUCCEEDED"), row("2" * 12, "RUNNING"), row("3" * 12, "FAILED", "x")]
    room.aws.busy = 3
    room.run(UPDATE)
    assert room.told[0] == Progress(done=1, failed=1, total=3, status="RUNNING")


def test_an_operation_that_succeeded_with_failed_accounts_is_failed(room: Room) -> None:
    room.aws.failed = 1
    room.aws.rows = [
        row("3" * 12, "CANCELLED", "Cancelled since failure tolerance has exceeded"),
        row("2" * 12, "FAILED", "ResourceLogicalId:A, ResourceStatusReason:role already exists"),
        row("1" * 12, "SUCCEEDED"),
    ]
    outcome = room.run(UPDATE)
    assert outcome.state == "failed"
    assert outcome.reason.startswith("1 of 3 accounts failed, 1 cancelled with them: ResourceLogicalId:A")
    assert outcome.accounts == (
        ("2" * 12, "ResourceLogicalId:A, ResourceStatusReason:role already exists"),
        ("3" * 12, "Cancelled since failure tolerance has exceeded"),
    )


def test_results_that_come_late_are_read_again(room: Room) -> None:
    room.aws.failed, room.aws.late, room.aws.busy = 1, 2, 1
    room.aws.rows = [row("2" * 12, "FAILED", "why")]
    assert room.run(UPDATE).accounts == (("2" * 12, "why"),)


def test_failures_that_aws_never_lists_still_fail_the_operation(room: Room) -> None:
    room.aws.failed, room.aws.late = 2, 99
    outcome = room.run(UPDATE)
    assert (outcome.state, outcome.accounts) == ("failed", ())
    assert outcome.reason == "2 of 0 accounts failed"


def test_a_suspended_account_is_no_failure(room: Room) -> None:
    room.aws.rows = [
        row("1" * 12, "SUCCEEDED"),
        row("4" * 12, "CANCELLED", "This account is suspended. To remove"),
    ]
    assert room.run(FILL).state == "succeeded"


def test_an_empty_unit_is_registered_without_accounts(room: Room) -> None:
    assert room.run(FILL) == Outcome(state="succeeded", reason="no account listed")


@pytest.mark.parametrize("end", ["FAILED", "STOPPED"])
def test_an_operation_that_ends_otherwise_is_failed(room: Room, end: str) -> None:
    room.aws.ends = end
    assert room.run(UPDATE).reason.startswith(f"operation {end}")


def test_a_foreign_operation_is_awaited_and_the_request_sent_again(room: Room) -> None:
    room.aws.running("somebody-1", looks=3)
    text = "Another Operation on StackSet arn:aws:x is in progress: somebody-1"
    room.aws.refuse("UpdateStackSet", "OperationInProgressException", text)
    assert room.run(UPDATE).state == "succeeded"
    assert [progress.status for progress in room.told[:2]] == ["waiting for operation somebody-1"] * 2
    assert [sent["OperationId"] for sent in room.clients.sent("UpdateStackSet")] == [TOKEN, TOKEN]


def test_a_foreign_operation_that_the_message_does_not_name_is_looked_up(room: Room) -> None:
    room.aws.running("somebody-1", looks=3)
    room.aws.refuse("UpdateStackSet", "OperationInProgressException", "busy")
    assert room.run(UPDATE).state == "succeeded"
    assert room.told[0].status == "waiting for operation somebody-1"


def test_our_own_operation_in_progress_is_not_sent_again(room: Room) -> None:
    room.aws.running(TOKEN, looks=2)
    text = f"Another Operation on StackSet arn:aws:x is in progress: {TOKEN}"
    room.aws.refuse("UpdateStackSet", "OperationInProgressException", text)
    assert room.run(UPDATE).state == "succeeded"
    assert len(room.clients.sent("UpdateStackSet")) == 1


def test_the_same_token_again_only_looks_at_what_runs(room: Room) -> None:
    room.aws.running(TOKEN, looks=2)
    assert room.run(UPDATE).state == "succeeded"
    assert len(room.clients.sent("UpdateStackSet")) == 1


def test_a_stale_request_is_sent_again(room: Room) -> None:
    room.aws.refuse("UpdateStackSet", "StaleRequestException", "Another operation has been performed")
    assert room.run(UPDATE).state == "succeeded"


def test_a_stack_set_that_is_never_free_is_given_up_with_awss_words(room: Room) -> None:
    for _ in range(SUBMISSIONS):
        room.aws.refuse("UpdateStackSet", "StaleRequestException", "stale")
    with pytest.raises(CallRefused) as caught:
        room.run(UPDATE)
    assert caught.value.code == "A516"


def test_any_other_refusal_is_raised_with_place_code_and_hint(room: Room) -> None:
    room.aws.refuse("UpdateStackSet", "ValidationError", "Account used is not a delegated administrator")
    with pytest.raises(CallRefused) as caught:
        room.run(UPDATE)
    assert (caught.value.code, caught.value.request_id) == ("A511", "r-1")
    assert "jumpcf bootstrap" in caught.value.hint


def test_a_queued_operation_is_awaited(room: Room) -> None:
    room.aws.busy = 1
    room.aws.running(TOKEN, looks=4, status="QUEUED")
    assert room.run(UPDATE).state == "succeeded"
    assert room.told[0].status == "QUEUED"


def test_an_operation_that_aws_forgets_is_failed_not_awaited_for_ever(room: Room) -> None:
    for _ in range(20):
        room.aws.refuse("DescribeStackSetOperation", "OperationNotFoundException", "not found")
    assert "does not know operation" in room.run(UPDATE).reason


def test_waiting_slows_down_and_has_an_end(room: Room) -> None:
    room.aws.busy = 10**6
    with pytest.raises(AwsRefused) as caught:
        room.run(UPDATE)
    assert caught.value.code == "A529"
    assert room.clock.sleeps[:3] == pytest.approx([0.2, 0.3, 0.45])
    assert max(room.clock.sleeps) == 5.0
    assert 24 * 3600 < room.clock.now < 24 * 3600 + 10


def test_a_sleep_that_raises_ends_the_wait_and_leaves_aws_at_work(room: Room) -> None:
    def stopped(_: float) -> None:
        raise KeyboardInterrupt

    gateway = AwsGateway(room.clients, manifest(), {"corp": "SELF"}, lambda _: b"{}", sleep=stopped)
    with pytest.raises(KeyboardInterrupt):
        gateway.run(UPDATE, TOKEN, room.told.append)
    assert "StopStackSetOperation" not in room.clients.names()
    assert room.run(UPDATE).state == "succeeded"


def test_settings_are_changed_one_in_a_call_and_only_where_they_differ(room: Room) -> None:
    room.aws.add(NAME, TAGS, ManagedExecution={}, AutoDeployment={"Enabled": False})
    room.aws.running("somebody-1", looks=3)
    assert room.run(CONFIGURE).state == "succeeded"
    assert room.told[0].status == "waiting for operation somebody-1"
    first, second = room.clients.sent("UpdateStackSet")
    assert first["ManagedExecution"] == {"Active": True}
    assert "AutoDeployment" not in first
    assert second["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert "ManagedExecution" not in second
    assert {first["UsePreviousTemplate"], second["UsePreviousTemplate"]} == {True}
    assert first["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert [first["OperationId"], second["OperationId"]] == [TOKEN, f"{TOKEN}-2"]
    assert room.run(CONFIGURE) == Outcome(state="succeeded", reason="no changes")
    assert len(room.clients.sent("UpdateStackSet")) == 2


def test_instances_are_made_for_fifty_units_in_a_call(room: Room) -> None:
    units = tuple(f"ou-r1aa-{number:08d}" for number in range(101))
    assert room.run(CreateInstances(**COMMON, **REACH, units=units)).state == "succeeded"
    sent = room.clients.sent("CreateStackInstances")
    assert [len(each["DeploymentTargets"]["OrganizationalUnitIds"]) for each in sent] == [50, 50, 1]
    assert [each["OperationId"] for each in sent] == [TOKEN, f"{TOKEN}-2", f"{TOKEN}-3"]
    assert {tuple(each["Regions"]) for each in sent} == {("ap-northeast-1",)}
    assert all("AccountFilterType" not in each["DeploymentTargets"] for each in sent)


@pytest.mark.parametrize("operation", [FILL, EMPTY, UPDATE], ids=lambda operation: operation.kind)
def test_aws_lists_an_operation_under_the_id_that_a_person_is_told(
    room: Room, operation: AnyOperation
) -> None:
    room.run(operation)
    assert list(room.aws.operations) == [TOKEN]


def test_batches_keep_order_and_lose_nothing() -> None:
    units = [str(number) for number in range(120)]
    assert [unit for batch in batches(units) for unit in batch] == units


def test_instances_are_deleted_for_fifty_units_in_a_call(room: Room) -> None:
    units = tuple(f"ou-r1aa-{number:08d}" for number in range(101))
    assert room.run(DeleteInstances(**COMMON, **REACH, units=units)).state == "succeeded"
    sent = room.clients.sent("DeleteStackInstances")
    assert [len(each["DeploymentTargets"]["OrganizationalUnitIds"]) for each in sent] == [50, 50, 1]
    assert [each["OperationId"] for each in sent] == [TOKEN, f"{TOKEN}-2", f"{TOKEN}-3"]


def test_updating_instances_names_no_units(room: Room) -> None:
    """Without targets all instances are meant, so the limit of 50 OUs in a call does not apply."""
    room.run(UPDATE)
    (sent,) = room.clients.sent("UpdateStackSet")
    assert "DeploymentTargets" not in sent


def test_deleting_some_accounts_names_them_within_their_units(room: Room) -> None:
    room.run(DeleteInstances(**COMMON, **REACH, units=("r-r1aa",), retain=True, accounts=("4" * 12,)))
    (sent,) = room.clients.sent("DeleteStackInstances")
    assert sent["RetainStacks"] is True
    assert sent["DeploymentTargets"] == {
        "OrganizationalUnitIds": ["r-r1aa"],
        "Accounts": ["4" * 12],
        "AccountFilterType": "INTERSECTION",
    }


def test_a_unit_that_is_no_target_any_more_is_left_out_of_the_deletion(room: Room) -> None:
    text = "Organizational unit ou-r1aa-dev00000 not found in StackSet"
    room.aws.refuse("DeleteStackInstances", "ValidationError", text)
    assert room.run(EMPTY).state == "succeeded"
    asked = [
        each["DeploymentTargets"]["OrganizationalUnitIds"]
        for each in room.clients.sent("DeleteStackInstances")
    ]
    assert asked == [["ou-r1aa-dev00000", "ou-r1aa-work0000"], ["ou-r1aa-work0000"]]


@pytest.mark.parametrize("code", ["StackInstanceNotFoundException", "StackSetNotFoundException"])
def test_deleting_instances_that_are_gone_succeeds(room: Room, code: str) -> None:
    room.aws.refuse("DeleteStackInstances", code, "gone")
    assert room.run(EMPTY) == Outcome(state="succeeded", reason="was gone already")


@pytest.mark.parametrize("operation", [EMPTY, DELETE], ids=lambda operation: operation.kind)
def test_deleting_from_a_stack_set_that_is_gone_succeeds(operation: AnyOperation) -> None:
    assert Room().run(operation) == Outcome(state="succeeded", reason="was gone already")


@pytest.mark.parametrize("operation", [UPDATE, FILL, CONFIGURE], ids=lambda operation: operation.kind)
def test_writing_to_a_stack_set_that_is_gone_fails(operation: AnyOperation) -> None:
    assert "plan again" in Room().run(operation).reason


def test_a_stack_set_that_is_not_empty_names_the_accounts_left(room: Room) -> None:
    room.aws.refuse("DeleteStackSet", "StackSetNotEmptyException", "StackSet is not empty")
    room.aws.instances[NAME] = [{"Account": "4" * 12, "StatusReason": "This account is suspended."}]
    outcome = room.run(DELETE)
    assert outcome.state == "failed"
    assert outcome.accounts == (("4" * 12, "This account is suspended."),)


def test_an_empty_stack_set_is_deleted(room: Room) -> None:
    assert room.run(DELETE) == Outcome(state="succeeded")
    assert room.aws.stack_sets == {}


def test_a_place_that_nobody_verified_is_refused(room: Room) -> None:
    gateway = AwsGateway(room.clients, manifest(), {}, lambda _: b"{}")
    with pytest.raises(AwsRefused, match="was not verified"):
        gateway.run(UPDATE, TOKEN, room.told.append)
    assert room.clients.calls == []


@pytest.mark.parametrize(
    ("rollout", "expected"),
    [
        (
            Rollout(),
            {
                "MaxConcurrentPercentage": 25,
                "FailureTolerancePercentage": 10,
                "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            },
        ),
        (
            Rollout(max_concurrent="10", failure_tolerance="0", mode="strict"),
            {
                "MaxConcurrentCount": 10,
                "FailureToleranceCount": 0,
                "ConcurrencyMode": "STRICT_FAILURE_TOLERANCE",
            },
        ),
    ],
)
def test_a_rollout_becomes_operation_preferences(rollout: Rollout, expected: dict[str, Any]) -> None:
    assert preferences(rollout) == expected


@pytest.mark.parametrize("operation", [UPDATE, FIRST, FILL, EMPTY], ids=lambda operation: operation.kind)
def test_what_an_earlier_run_sent_is_awaited_and_told_and_not_sent_again(
    room: Room, operation: AnyOperation
) -> None:
    assert room.gateway.settle(operation, TOKEN, room.told.append) is None  # AWS never heard of it
    room.aws.running(TOKEN, 3)
    found = room.gateway.settle(operation, TOKEN, room.told.append)
    assert found is not None
    assert found.state == "succeeded"
    assert [one.status for one in room.told] == ["RUNNING"]
    assert all(name.startswith(("Describe", "List")) for name in room.clients.names())


def test_an_operation_of_several_calls_is_told_only_where_all_were_made(room: Room) -> None:
    many = CreateInstances(**COMMON, **REACH, units=tuple(f"ou-r1aa-{number:08d}" for number in range(60)))
    room.aws.running(TOKEN, 1)
    assert room.gateway.settle(many, TOKEN, room.told.append) is None
    room.aws.running(f"{TOKEN}-2", 1)
    assert room.gateway.settle(many, TOKEN, room.told.append) is not None


def test_of_a_stack_set_that_is_gone_nothing_can_be_told() -> None:
    room = Room()
    assert room.gateway.settle(EMPTY, TOKEN, room.told.append) is None
