"""The end of the artifact bucket: emptied to the last version, and only ours."""

from aws_bucket import FakeBucket
from aws_world import TAGS, FakeClients, manifest

from jumpcf.artifacts.operation import DeleteBucket
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.gateway import AwsGateway

NAME = manifest().bucket


def end(bucket: FakeBucket, name: str = NAME) -> tuple[Outcome, FakeClients]:
    clients = FakeClients({("jump", "s3"): bucket})
    told: list[Progress] = []
    operation = DeleteBucket(id="0123456789ab", place="jump", stack="jump-base", reason="test", bucket=name)
    gateway = AwsGateway(clients, manifest(), {}, lambda _: b"")
    return gateway.run(operation, "jumpcf-0123456789ab-1", told.append), clients


def full() -> FakeBucket:
    bucket = FakeBucket(dict(TAGS))
    bucket.versions = [("templates/x.json", f"v{number}") for number in range(5)]
    bucket.markers = [("templates/x.json", "m1"), ("lock", "m2")]
    bucket.uploads = [("unfinished", f"u{number}") for number in range(5)]
    return bucket


def test_versions_markers_and_unfinished_uploads_go_and_then_the_bucket() -> None:
    bucket = full()
    outcome, clients = end(bucket)
    assert outcome == Outcome(state="succeeded", reason="7 versions deleted")
    assert (bucket.tags, bucket.versions, bucket.markers, bucket.uploads) == (None, [], [], [])
    assert {one["ExpectedBucketOwner"] for _, _, _, one in clients.calls} == {"111111111111"}


def test_a_bucket_that_is_gone_is_a_success() -> None:
    assert end(FakeBucket(None))[0] == Outcome(state="succeeded", reason="was gone already")


def test_a_version_that_may_not_be_deleted_keeps_the_bucket_and_says_why() -> None:
    bucket = full()
    bucket.held[bucket.versions[3]] = "Access Denied because object protected by object lock."
    outcome, clients = end(bucket)
    assert outcome.state == "failed"
    assert "object lock" in outcome.reason
    assert "DeleteBucket" not in clients.names()


def test_a_bucket_of_another_name_than_the_estates_is_left() -> None:
    outcome, clients = end(full(), "somebody-elses")
    assert outcome.state == "failed"
    assert clients.names() == []
