"""Template bodies that are too large to go inline, in the estate's artifact bucket.

Keys are content-addressed (`templates/<digest>.json`), so an object is never overwritten with other bytes
and an upload that was done is not done again.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from jumpcf.artifacts.manifest import Manifest
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused

INLINE = 51_200  # bytes of TemplateBody (CloudFormation API reference, CreateChangeSet and CreateStackSet)
DNS_SUFFIX = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
UNKNOWN = ("404", "NoSuchKey", "NotFound", "403", "AccessDenied")  # 403: who may not list cannot be told "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The artifact bucket.  `owner` is the jump account: S3 refuses where the bucket is somebody else's."""

    name: str
    owner: str
    region: str
    partition: str

    def url(self, key: str) -> str:
        """The virtual-hosted https form, the one that CloudFormation takes."""
        return f"https://{self.name}.s3.{self.region}.{DNS_SUFFIX[self.partition]}/{key}"


def artifact_bucket(manifest: Manifest) -> Bucket:
    """One bucket for all: the organizations' admin accounts read templates in it through its policy."""
    return Bucket(
        name=manifest.bucket,
        owner=manifest.jump.account,
        region=manifest.jump.region,
        partition=manifest.partition,
    )


def upload_template(api: Api, bucket: Bucket, digest: str, body: bytes) -> str:
    """Put a template into the bucket unless it is there, encrypted; gives its URL."""
    key = f"templates/{digest}.json"
    place = {"Bucket": bucket.name, "Key": key, "ExpectedBucketOwner": bucket.owner}
    checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not _is_there(api, place, checksum):
        api.call(
            "PutObject",
            **place,
            Body=body,
            ChecksumSHA256=checksum,
            ContentType="application/json",
            # S3's own key, because the organizations' admin accounts read the object through the bucket policy.
            ServerSideEncryption="AES256",
        )
    return bucket.url(key)


def _is_there(api: Api, place: dict[str, str], checksum: str) -> bool:
    """Is the object there with these very bytes?  One without a checksum is put again."""
    try:
        found = api.call("HeadObject", **place, ChecksumMode="ENABLED")
        return bool(found.get("ChecksumSHA256") == checksum)
    except CallRefused as refused:
        if refused.aws_code in UNKNOWN:
            return False
        raise


class Templates:
    """Template bodies by digest, as a request takes them: inline, or by URL where they are too large."""

    def __init__(self, body: Callable[[str], bytes], api: Api, bucket: Bucket) -> None:
        self._body, self._api, self._bucket = body, api, bucket

    def parameter(self, digest: str) -> dict[str, str]:
        """TemplateBody or TemplateURL."""
        body = self._body(digest)
        if len(body) <= INLINE:
            return {"TemplateBody": body.decode()}
        return {"TemplateURL": upload_template(self._api, self._bucket, digest, body)}
