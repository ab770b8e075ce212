"""What does not carry our tags is never written to: every kind of operation meets somebody else's resource."""

import dataclasses
from typing import Any, get_args

import pytest
from aws_bucket import FakeBucket
from aws_cloudformation import FakeStacks, FakeStackSets
from aws_iam import FakeIam
from aws_world import FakeClients, FakeClock, manifest

from jumpcf.artifacts import operation as kinds
from jumpcf.artifacts.manifest import Rollout
from jumpcf.artifacts.operation import AnyOperation
from jumpcf.aws.gateway import AwsGateway
from jumpcf.errors import JumpcfError

READS = ("Describe", "Get", "List", "Head")
CREATES = ("CreateStackSet",)  # AWS itself refuses it where the name is taken
KINDS: tuple[type[Any], ...] = get_args(AnyOperation)
WHOLE_ACCOUNT = {"set-password-policy"}  # a setting of the jump account, which belongs to nobody by a tag
JUMP_KINDS = {
    "deploy-stack",
    "delete-stack",
    "continue-rollback",
    "delete-change-set",
    "offboard-user",
    "remove-tags",
    "delete-bucket",
    "create-password",
    "withdraw-password",
}
VALUES: dict[str, Any] = {
    "id": "0123456789ab",
    "stack": "jump-theirs",
    "reason": "test",
    "template": "d1",
    "create": False,
    "capabilities": (),
    "tags": {"jumpcf-estate": "example"},
    "rollout": Rollout(),
    "units": ("ou-r1aa-work0000",),
    "region": "ap-northeast-1",
    "user": "taro",
    "path": "/partner/acme/",
    "partner": "acme",
    "resource": "UserTaro",
    "members": "acme-members",
    "change_set": "arn:jumpcf-old",
    "name": "jumpcf-old",
    "keys": ("jumpcf-estate",),
    "bucket": "jumpcf-example-111111111111-ap-northeast-1",
    "estate": "example",
    "parameter": "/jump/example/passwords/acme/taro",
    "key": "alias/jumpcf-example",
    "length": 14,
}
FOREIGN = [{}, {"jumpcf-estate": "another"}, {"Name": "jump-theirs"}]
STATUSES = (
    "CREATE_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
)


def word(kind: type[Any]) -> str:
    """The kind's name, which is its field's default (a class with slots shows no value)."""
    return next(str(one.default) for one in dataclasses.fields(kind) if one.name == "kind")


def operation(kind: type[Any]) -> AnyOperation:
    """One of this kind on the foreign resource; a field that no table here knows fails the test."""
    wanted = {one.name for one in dataclasses.fields(kind) if one.default is dataclasses.MISSING}
    place = "jump" if word(kind) in JUMP_KINDS else "corp"
    made: AnyOperation = kind(place=place, **{name: VALUES[name] for name in wanted - {"place"}})
    return made


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("tags", FOREIGN, ids=str)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if word(kind) not in WHOLE_ACCOUNT], ids=word)
def test_no_operation_writes_to_what_is_not_ours(kind: type[Any], tags: dict[str, str], status: str) -> None:
    stacks, sets, iam, clock = FakeStacks(), FakeStackSets(), FakeIam("taro", path="/"), FakeClock()
    stack = stacks.add("jump-theirs", status, tags)
    stack["EnableTerminationProtection"] = True
    stacks.change_sets["arn:jumpcf-old"] = {"ChangeSetName": "jumpcf-old", "ExecutionStatus": "AVAILABLE"}
    sets.add("jump-theirs", tags, ManagedExecution={"Active": False}, AutoDeployment={"Enabled": False})
    clients = FakeClients(
        {
            ("jump", "cloudformation"): stacks,
            ("jump", "iam"): iam,
            ("jump", "s3"): FakeBucket(tags),
            ("corp", "cloudformation"): sets,
        }
    )
    gateway = AwsGateway(
        clients,
        manifest(),
        {"corp": "DELEGATED_ADMIN"},
        lambda _: b'{"Resources":{}}\n',
        sleep=clock.sleep,
        clock=clock,
    )
    try:
        outcome = gateway.run(operation(kind), "jumpcf-0123456789ab-1", lambda _: None)
        told = f"{outcome.state} {outcome.reason}"
    except JumpcfError as error:
        told = f"failed {error.what} [{error.code}]"
    assert "failed" in told
    assert "A531" in told or "A522" in told
    assert [name for name in clients.names() if not name.startswith((*READS, *CREATES))] == []


def test_every_kind_of_operation_is_walked() -> None:
    named = {
        one for one in vars(kinds).values() if isinstance(one, type) and issubclass(one, kinds.Operation)
    }
    assert named - {kinds.Operation} == set(KINDS)
