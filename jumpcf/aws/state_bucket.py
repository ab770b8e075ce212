"""What jumpcf remembers in the artifact bucket, below `state/`: objects that are made once or replaced by condition.

Conditional writes are Amazon S3's (User Guide, "Conditional requests"): `If-None-Match: *` makes an object only
where there is none, `If-Match` replaces it only where it still has the ETag that was read.  Of two at once one
gets 412 or 409.
"""

from jumpcf.artifacts.stored import LOCK, Stored
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.s3 import Bucket

# 412; 409, two at the same time; 404, If-Match on an object that is gone (PutObject, "Errors").
NOT_MET = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class StateBucket:
    """The objects of one estate.  Raises CallRefused where S3 refuses a call; A528 where there is no bucket."""

    def __init__(self, api: Api, bucket: Bucket) -> None:
        self._api, self._bucket = api, bucket

    def exists(self) -> bool:
        """Is there the bucket at all?  The first deploy makes it."""
        try:
            self.read(LOCK)
        except CallRefused as refused:
            if refused.aws_code == "NoSuchBucket":
                return False
            raise
        return True

    def read(self, key: str) -> Stored | None:
        """An object; None where there is none.  Without s3:ListBucket S3 says AccessDenied instead."""
        try:
            body, answer = self._api.fetch("GetObject", **self._place(), Key=key)
        except CallRefused as refused:
            if refused.aws_code == "NoSuchKey":
                return None
            raise
        return Stored(body, answer["ETag"])

    def create(self, key: str, body: bytes) -> str | None:
        """Make an object; gives its ETag, None where there is one already."""
        return self._put(key, body, IfNoneMatch="*")

    def replace(self, key: str, body: bytes, etag: str) -> str | None:
        """Replace the object that was read; gives the new ETag, None where it is another by now."""
        return self._put(key, body, IfMatch=etag)

    def keys(self, prefix: str) -> list[str]:
        """Every key with this prefix, in order."""
        found: list[str] = []
        while True:
            # by key and not by token, whose two names our reader of pages does not know
            after = {"StartAfter": found[-1]} if found else {}
            answer = self._api.call("ListObjectsV2", **self._place(), Prefix=prefix, **after)
            found += [item["Key"] for item in answer.get("Contents", [])]
            if not answer.get("IsTruncated"):
                return found

    def _put(self, key: str, body: bytes, **condition: str) -> str | None:
        try:
            answer = self._api.call(
                "PutObject",
                **self._place(),
                Key=key,
                Body=body,
                ContentType="application/json",
                ServerSideEncryption="AES256",
                **condition,
            )
        except CallRefused as refused:
            if refused.aws_code in NOT_MET:
                return None
            raise
        return str(answer["ETag"])

    def _place(self) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "ExpectedBucketOwner": self._bucket.owner}
