"""A request as a call: service, operation, parameters and region, read without disturbing it.

S3 has no operation names in its requests: methods and sub-resources make them (S3 API reference), and its
actions have other names than its operations (Service Authorization Reference, "Actions for Amazon S3").
"""

import io
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from jumpcf.local.refusals import NotImplementedHere

_REGION = re.compile(r"Credential=[A-Z0-9]+(?:/|%2F)\d{8}(?:/|%2F)([a-z0-9-]+)", re.ASCII)
_PLAYED = re.compile(r"(?:^|\s)app/(\S+)")
_BUCKET = {
    "location": ("GetBucketLocation", ""),
    "policy": ("GetBucketPolicy", "PutBucketPolicy"),
    "policyStatus": ("GetBucketPolicyStatus", ""),
    "versioning": ("GetBucketVersioning", "PutBucketVersioning"),
    "encryption": ("GetEncryptionConfiguration", "PutEncryptionConfiguration"),
    "publicAccessBlock": ("GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"),
    "ownershipControls": ("GetBucketOwnershipControls", "PutBucketOwnershipControls"),
    "lifecycle": ("GetLifecycleConfiguration", "PutLifecycleConfiguration"),
    "tagging": ("GetBucketTagging", "PutBucketTagging"),
    "acl": ("GetBucketAcl", "PutBucketAcl"),
    "versions": ("ListBucketVersions", ""),
    "uploads": ("ListBucketMultipartUploads", ""),
}
_BUCKET_ITSELF = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
_OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
_VERSION = {"GET": "GetObjectVersion", "HEAD": "GetObjectVersion", "DELETE": "DeleteObjectVersion"}
_UPLOAD = {"GET": "ListMultipartUploadParts", "DELETE": "AbortMultipartUpload"} | dict.fromkeys(
    ("PUT", "POST"), "PutObject"
)
_OBJECT_TAGGING = {"GET": "GetObjectTagging", "PUT": "PutObjectTagging", "DELETE": "DeleteObjectTagging"}
_MORE_RIGHTS = ("HTTP_X_AMZ_COPY_SOURCE", "HTTP_X_AMZ_ACL", "HTTP_X_AMZ_TAGGING")


@dataclass(frozen=True, slots=True)
class Call:
    """One call.  `parameters` of a query protocol are flat texts (`Tags.member.1.Key`), else JSON's values;
    `operation` of S3 is the name of the action."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    bucket: str = ""
    key: str = ""

    @property
    def action(self) -> str:
        return f"{self.service}:{self.operation}"

    def text(self, name: str) -> str:
        """A parameter's text, "" where it is not given."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


def read(environ: dict[str, Any], service: str) -> Call:
    """The call; the body can be read again afterwards."""
    found = _REGION.search(environ.get("HTTP_AUTHORIZATION") or environ.get("QUERY_STRING", ""))
    region = found[1] if found else "us-east-1"
    if service == "s3":
        return _of_s3(environ, region)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Call(service, target.rpartition(".")[2], region, json.loads(body or b"{}"))
    text = body.decode() or environ.get("QUERY_STRING", "")
    parameters = dict(parse_qsl(text, keep_blank_values=True))
    return Call(service, parameters.get("Action", ""), region, parameters)


def source_ip(environ: Mapping[str, Any]) -> str:
    """The caller's address: the one that a person plays by the SDKs' application id, else the connection's.

    An application id has no colons; of an IPv6 address SDKs make dashes of them.
    """
    played = _PLAYED.search(environ.get("HTTP_USER_AGENT", ""))
    for address in (played[1], played[1].replace("-", ":")) if played else ():
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            continue
    return str(environ.get("REMOTE_ADDR", "127.0.0.1"))


def _of_s3(environ: Mapping[str, Any], region: str) -> Call:
    bucket, _, key = unquote(environ.get("PATH_INFO", "/")).removeprefix("/").partition("/")
    asked = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    method = environ["REQUEST_METHOD"]
    if key:
        action = _on_object(method, asked, environ)
    elif bucket:
        action = _on_bucket(method, asked)
    else:
        action = "ListAllMyBuckets" if method == "GET" else ""
    if not action:
        shown = ", ".join(sorted(asked))
        raise NotImplementedHere(
            f"The embedded AWS cannot judge this call of s3 (--enforce): {method} with {shown or 'no sub-resource'}."
        )
    return Call("s3", action, region, asked, bucket, key)


def _on_bucket(method: str, asked: Mapping[str, str]) -> str:
    if method == "DELETE" and "policy" in asked:  # the one deletion that is not a Put of nothing
        return "DeleteBucketPolicy"
    for name, (reading, writing) in _BUCKET.items():
        if name in asked:
            return reading if method == "GET" else writing if method in ("PUT", "DELETE") else ""
    simple = {"list-type", "prefix", "delimiter", "encoding-type", "max-keys", "continuation-token", "marker"}
    simple |= {"start-after", "fetch-owner", "x-id"}
    return _BUCKET_ITSELF.get(method, "") if not _others(asked, simple) else ""


def _on_object(method: str, asked: Mapping[str, str], environ: Mapping[str, Any]) -> str:
    if any(name in environ for name in _MORE_RIGHTS) or any(
        name.startswith("HTTP_X_AMZ_GRANT_") for name in environ
    ):
        return ""
    if "tagging" in asked:
        return _OBJECT_TAGGING.get(method, "")
    if "uploadId" in asked:
        return _UPLOAD.get(method, "")
    if "uploads" in asked:
        return "PutObject" if method == "POST" else ""
    if _others(asked, {"versionId", "x-id", "partNumber"}):
        return ""
    return (_VERSION if "versionId" in asked else _OBJECT).get(method, "")


def _others(asked: Mapping[str, str], simple: set[str]) -> set[str]:
    """What is asked for besides simple things and the signature of a presigned URL."""
    return {name for name in asked if name not in simple and not name.lower().startswith("x-amz-")}
