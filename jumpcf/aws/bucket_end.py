"""The end of the artifact bucket: S3 deletes only an empty one, and versions, delete markers and unfinished uploads
count as content (Amazon S3 User Guide, "Deleting a general purpose bucket")."""

from collections.abc import Callable, Iterator
from typing import Any

from jumpcf.artifacts.marks import ESTATE_TAG
from jumpcf.artifacts.operation import DeleteBucket
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.s3 import Bucket
from jumpcf.aws.tags import tag_dict

Report = Callable[[Progress], None]
MOST = 1000  # keys in one DeleteObjects call
ABSENT = ("NoSuchBucket", "404")


def bucket_owner(api: Api, bucket: Bucket) -> str | None:
    """The estate in the bucket's tag, "" where it has none; None where there is no bucket of that name in our
    account (CloudFormation gives a bucket the tags of its stack)."""
    try:
        answer = api.call("GetBucketTagging", Bucket=bucket.name, ExpectedBucketOwner=bucket.owner)
    except CallRefused as refused:
        if refused.aws_code in ABSENT:
            return None
        if refused.aws_code == "NoSuchTagSet":
            return ""
        raise
    return tag_dict(answer.get("TagSet")).get(ESTATE_TAG, "")


def empty_and_delete(
    api: Api, bucket: Bucket, estate: str, operation: DeleteBucket, report: Report
) -> Outcome:
    """Delete all that is in the bucket, and the bucket; one that is gone is a success, one not ours is left."""
    if operation.bucket != bucket.name:
        return Outcome(
            state="failed", reason=f"{operation.bucket} is not the estate's bucket; plan again [A514]"
        )
    owner = bucket_owner(api, bucket)
    if owner is None:
        return Outcome(state="succeeded", reason="was gone already")
    if owner != estate:
        reason = f"{bucket.name} does not carry the tag {ESTATE_TAG}={estate}; it is never written to [A531]"
        return Outcome(state="failed", reason=reason)
    place = {"Bucket": bucket.name, "ExpectedBucketOwner": bucket.owner}
    for upload in list(_pages(api, "ListMultipartUploads", ("Uploads",), place)):
        api.call("AbortMultipartUpload", Key=upload["Key"], UploadId=upload["UploadId"], **place)
    taken = 0
    # What is left is listed from the beginning each time: marks of a list that shrinks prove nothing.
    while objects := _versions(api, place):
        answer = api.call("DeleteObjects", Delete={"Objects": objects, "Quiet": True}, **place)
        if errors := answer.get("Errors"):
            first = errors[0]
            return Outcome(state="failed", reason=f"{first.get('Key')}: {first.get('Message')}")
        taken += len(objects)
        report(Progress(done=taken, failed=0, total=0, status="emptying"))
    api.call("DeleteBucket", **place)
    return Outcome(state="succeeded", reason=f"{taken} versions deleted")


def _versions(api: Api, place: dict[str, str]) -> list[dict[str, str]]:
    answer = api.call("ListObjectVersions", MaxKeys=MOST, **place)
    each = (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ()))
    return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in each]


def _pages(
    api: Api, operation: str, keys: tuple[str, ...], place: dict[str, str]
) -> Iterator[dict[str, Any]]:
    marks: dict[str, str] = {}
    while True:
        answer = api.call(operation, **place, **marks)
        for key in keys:
            yield from answer.get(key, ())
        if not answer.get("IsTruncated"):
            return
        marks = {"KeyMarker": answer["NextKeyMarker"], "UploadIdMarker": answer["NextUploadIdMarker"]}
