"""Requests read as calls: S3's actions from methods and sub-resources, and the address that a person plays.

Source: Service Authorization Reference, "Actions for Amazon S3"; S3 API reference (each operation's request).
"""

import io
from typing import Any

import pytest

from jumpcf.local.enforce import calls
from jumpcf.local.refusals import NotImplementedHere


def request(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=AKIALOCAL0001F1KOQ13/20270115/eu-west-1/s3/aws4_request",
        **headers,
    }


@pytest.mark.parametrize(
    ("method", "path", "query", "action"),
    [
        ("GET", "/", "", "ListAllMyBuckets"),
        ("PUT", "/b", "", "CreateBucket"),
        ("HEAD", "/b", "", "ListBucket"),
        ("DELETE", "/b", "", "DeleteBucket"),
        ("GET", "/b", "list-type=2&prefix=a%2F&encoding-type=url", "ListBucket"),
        ("GET", "/b", "versions", "ListBucketVersions"),
        ("GET", "/b", "location", "GetBucketLocation"),
        ("GET", "/b", "encryption", "GetEncryptionConfiguration"),
        ("DELETE", "/b", "encryption", "PutEncryptionConfiguration"),
        ("PUT", "/b", "policy", "PutBucketPolicy"),
        ("DELETE", "/b", "policy", "DeleteBucketPolicy"),
        ("PUT", "/b", "publicAccessBlock", "PutBucketPublicAccessBlock"),
        ("GET", "/b/k", "", "GetObject"),
        ("HEAD", "/b/k", "", "GetObject"),
        ("GET", "/b/k", "x-id=GetObject", "GetObject"),
        ("GET", "/b/k", "versionId=1", "GetObjectVersion"),
        ("DELETE", "/b/k", "versionId=1", "DeleteObjectVersion"),
        ("PUT", "/b/a/b/c", "", "PutObject"),
        ("POST", "/b/k", "uploads", "PutObject"),
        ("PUT", "/b/k", "partNumber=1&uploadId=2", "PutObject"),
        ("DELETE", "/b/k", "uploadId=2", "AbortMultipartUpload"),
        ("GET", "/b/k", "tagging", "GetObjectTagging"),
    ],
)
def test_s3_requests_have_actions(method: str, path: str, query: str, action: str) -> None:
    call = calls.read(request(method, path, query), "s3")
    assert (call.action, call.region) == (f"s3:{action}", "eu-west-1")
    _, call_bucket, *key = path.split("/", 2)
    assert (call.bucket, call.key) == (call_bucket, "".join(key))


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("POST", "/b", "delete", {}),  # many objects, each with an action of its own
        ("DELETE", "/b", "policyStatus", {}),
        ("GET", "/b", "cors", {}),
        ("PUT", "/b/k", "acl", {}),
        ("PUT", "/b/k", "", {"HTTP_X_AMZ_COPY_SOURCE": "/b/other"}),
        ("PUT", "/b/k", "", {"HTTP_X_AMZ_ACL": "public-read"}),
        ("PUT", "/b/k", "", {"HTTP_X_AMZ_GRANT_READ": "id=1"}),
        ("PUT", "/b/k", "", {"HTTP_X_AMZ_TAGGING": "a=b"}),
        ("POST", "/", "", {}),
    ],
)
def test_what_needs_more_than_one_right_or_an_unknown_one_is_refused(
    method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    with pytest.raises(NotImplementedHere, match="cannot judge"):
        calls.read(request(method, path, query, **headers), "s3")


def test_a_body_can_be_read_again() -> None:
    asked = request("POST", "/", body=b"Action=GetUser&UserName=taro.yamada")
    call = calls.read(asked, "iam")
    assert (call.action, call.text("UserName"), call.text("Path")) == ("iam:GetUser", "taro.yamada", "")
    assert asked["wsgi.input"].read() == b"Action=GetUser&UserName=taro.yamada"


def test_a_json_call_has_its_name_in_a_header() -> None:
    asked = request("POST", "/", body=b'{"Names": ["a", "b"]}', HTTP_X_AMZ_TARGET="AmazonSSM.GetParameters")
    call = calls.read(asked, "ssm")
    assert (call.action, call.parameters["Names"], call.text("Names")) == (
        "ssm:GetParameters",
        ["a", "b"],
        "",
    )


@pytest.mark.parametrize(
    ("agent", "address"),
    [
        ("Boto3/1.44 md/Botocore#1.44 app/203.0.113.7", "203.0.113.7"),
        ("app/2001-db8-10--7 Boto3/1.44", "2001:db8:10::7"),
        ("Boto3/1.44 app/my-own-tool", "127.0.0.1"),
        ("Boto3/1.44 lib/app/203.0.113.7", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_application_id_plays_an_address(agent: str, address: str) -> None:
    assert calls.source_ip({"HTTP_USER_AGENT": agent, "REMOTE_ADDR": "127.0.0.1"}) == address
