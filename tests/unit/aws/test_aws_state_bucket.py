"""Objects below state/: which conditions are sent to S3, and what its answers mean."""

import io
from typing import Any

import botocore.session
import pytest
from aws_world import FakeClients
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from jumpcf.artifacts.stored import Stored
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.s3 import Bucket
from jumpcf.aws.state_bucket import StateBucket

BUCKET = Bucket(name="artifacts", owner="111111111111", region="eu-west-1", partition="aws")
PLACE = {"Bucket": "artifacts", "ExpectedBucketOwner": "111111111111"}
PUT = {"Body": b"x", "ContentType": "application/json", "ServerSideEncryption": "AES256"}


class Clients:
    def __init__(self, s3: Any) -> None:
        self.s3 = s3

    def client(self, place: str, service: str) -> Any:
        assert (place, service) == ("jump", "s3")
        return self.s3

    def where(self, place: str) -> str:
        return place


@pytest.fixture
def stubbed():
    session = botocore.session.Session()
    s3 = session.create_client(
        "s3", region_name="eu-west-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="x"
    )
    with Stubber(s3) as stubber:
        yield stubber, StateBucket(Api(Clients(s3), "jump", "s3"), BUCKET)
        stubber.assert_no_pending_responses()


def test_an_object_is_made_only_where_there_is_none(stubbed):
    stubber, bucket = stubbed
    stubber.add_response("put_object", {"ETag": '"1"'}, {**PLACE, **PUT, "Key": "k", "IfNoneMatch": "*"})
    assert bucket.create("k", b"x") == '"1"'
    for code in ("PreconditionFailed", "ConditionalRequestConflict"):
        stubber.add_client_error("put_object", code)
        assert bucket.create("k", b"x") is None


def test_an_object_is_replaced_only_as_it_was_read(stubbed):
    stubber, bucket = stubbed
    answer = {"Body": StreamingBody(io.BytesIO(b"old"), 3), "ETag": '"1"'}
    stubber.add_response("get_object", answer, {**PLACE, "Key": "k"})
    assert bucket.read("k") == Stored(b"old", '"1"')
    stubber.add_response("put_object", {"ETag": '"2"'}, {**PLACE, **PUT, "Key": "k", "IfMatch": '"1"'})
    assert bucket.replace("k", b"x", '"1"') == '"2"'
    for code in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
        stubber.add_client_error("put_object", code)
        assert bucket.replace("k", b"x", '"1"') is None


def test_no_object_and_no_bucket_are_not_the_same(stubbed):
    stubber, bucket = stubbed
    stubber.add_client_error("get_object", "NoSuchKey")
    assert bucket.read("k") is None
    stubber.add_client_error("get_object", "NoSuchBucket")
    with pytest.raises(CallRefused) as refused:
        bucket.read("k")
    assert refused.value.code == "A528"
    stubber.add_client_error("get_object", "NoSuchBucket")
    assert not bucket.exists()
    stubber.add_client_error("get_object", "NoSuchKey")
    assert bucket.exists()
    stubber.add_client_error("get_object", "AccessDenied")
    with pytest.raises(CallRefused):
        bucket.exists()


def test_every_page_of_keys_is_read(stubbed):
    stubber, bucket = stubbed
    first = {"Contents": [{"Key": "p/1"}, {"Key": "p/2"}], "IsTruncated": True}
    stubber.add_response("list_objects_v2", first, {**PLACE, "Prefix": "p/"})
    more = {"Contents": [{"Key": "p/3"}], "IsTruncated": False}
    stubber.add_response("list_objects_v2", more, {**PLACE, "Prefix": "p/", "StartAfter": "p/2"})
    assert bucket.keys("p/") == ["p/1", "p/2", "p/3"]


def test_a_body_that_stops_in_its_middle_is_a_refusal():
    class Breaks:
        def read(self) -> bytes:
            raise ReadTimeoutError(endpoint_url="https://s3")

    class S3:
        def get_object(self, **_: Any) -> dict[str, Any]:
            return {"Body": Breaks(), "ETag": '"1"'}

    bucket = StateBucket(Api(FakeClients({("jump", "s3"): S3()}), "jump", "s3"), BUCKET)
    with pytest.raises(CallRefused) as refused:
        bucket.read("k")
    assert refused.value.code == "A505"
