"""The jump account's stacks and bucket, and a gateway that works on them."""

# ruff: noqa: N803 (parameters are named as AWS names them)
import base64
import hashlib
from typing import Any

from aws_cloudformation import FakeStacks
from aws_world import TAGS, FakeClients, FakeClock, manifest, refused

from jumpcf.artifacts.operation import DeleteStack, DeployStack
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.gateway import AwsGateway

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
        return self.gateway.run(deploying(create=create, **shown), token, self.report)

    def delete(self) -> Outcome:
        operation = DeleteStack(id="0123456789ab", place="jump", stack="jump-base", reason="orphan")
        return self.gateway.run(operation, TOKEN, self.report)


def deploying(*, create: bool = True, **shown: tuple[str, ...]) -> DeployStack:
    return DeployStack(
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


def event(resource: str, status: str, reason: str, token: str = TOKEN) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource,
        "ResourceType": "AWS::IAM::User",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "ClientRequestToken": token,
    }


def change(action: str, resource: str, **more: Any) -> dict[str, Any]:
    found = {"Action": action, "LogicalResourceId": resource, "ResourceType": "AWS::IAM::User", **more}
    return {"Type": "Resource", "ResourceChange": found}
