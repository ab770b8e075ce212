"""The artifact bucket as the tests of its end need it: versions, delete markers, unfinished uploads, by twos."""

# ruff: noqa: N803 (parameters are named as AWS names them)

from typing import Any

from aws_world import Scripted, refused

SIZE = 2  # a page


class FakeBucket(Scripted):
    """`tags` is None where there is no bucket; `held` maps (key, version) to the error that S3 gives for it."""

    def __init__(self, tags: dict[str, str] | None = None) -> None:
        super().__init__()
        self.tags = tags
        self.versions: list[tuple[str, str]] = []
        self.markers: list[tuple[str, str]] = []
        self.uploads: list[tuple[str, str]] = []
        self.held: dict[tuple[str, str], str] = {}

    def get_bucket_tagging(self, **_: Any) -> dict[str, Any]:
        self.check("GetBucketTagging")
        self._there()
        if not self.tags:
            raise refused("NoSuchTagSet", "The TagSet does not exist")
        return {"TagSet": [{"Key": key, "Value": value} for key, value in self.tags.items()]}

    def list_multipart_uploads(
        self, KeyMarker: str = "", UploadIdMarker: str = "", **_: Any
    ) -> dict[str, Any]:
        self._there()
        after = [one for one in sorted(self.uploads) if one > (KeyMarker, UploadIdMarker)]
        answer: dict[str, Any] = {"Uploads": [{"Key": key, "UploadId": one} for key, one in after[:SIZE]]}
        answer["IsTruncated"] = len(after) > SIZE
        if answer["IsTruncated"]:
            answer["NextKeyMarker"], answer["NextUploadIdMarker"] = after[SIZE - 1]
        return answer

    def abort_multipart_upload(self, Key: str, UploadId: str, **_: Any) -> dict[str, Any]:
        self.uploads.remove((Key, UploadId))
        return {}

    def list_object_versions(self, **_: Any) -> dict[str, Any]:
        self._there()
        versions, markers = self.versions[:SIZE], self.markers[: SIZE - len(self.versions[:SIZE])]
        return {
            "Versions": [{"Key": key, "VersionId": version} for key, version in versions],
            "DeleteMarkers": [{"Key": key, "VersionId": version} for key, version in markers],
        }

    def delete_objects(self, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:
        errors = []
        for one in Delete["Objects"]:
            pair = (one["Key"], one["VersionId"])
            if pair in self.held:
                errors.append({"Key": one["Key"], "Code": "AccessDenied", "Message": self.held[pair]})
                continue
            (self.versions if pair in self.versions else self.markers).remove(pair)
        return {"Errors": errors} if errors else {}

    def delete_bucket(self, **_: Any) -> dict[str, Any]:
        self._there()
        if self.versions or self.markers or self.uploads:
            raise refused("BucketNotEmpty", "The bucket you tried to delete is not empty")
        self.tags = None
        return {}

    def _there(self) -> None:
        if self.tags is None:
            raise refused("NoSuchBucket", "The specified bucket does not exist")
