"""Parameter Store as the place of initial passwords: SecureStrings under the estate's own key, with tags.

Systems Manager API reference: PutParameter, DescribeParameters, AddTagsToResource.
"""

from collections.abc import Mapping
from datetime import datetime

from jumpcf.artifacts.secret import Secret
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.tags import tag_dict, tag_list

PAGE = 50  # the most that DescribeParameters gives at once
_KIND = "Parameter"


class Parameters:
    """Raises AwsRefused where AWS refuses a call; no refusal holds a value."""

    def __init__(self, ssm: Api) -> None:
        self._ssm = ssm

    def below(self, prefix: str) -> dict[str, datetime]:
        """The names below a path and when each was last written; values are not read."""
        path = [{"Key": "Path", "Option": "Recursive", "Values": [prefix]}]
        found = self._ssm.pages("DescribeParameters", "Parameters", ParameterFilters=path, MaxResults=PAGE)
        return {one["Name"]: one["LastModifiedDate"] for one in found}

    def create(self, name: str, value: Secret, key: str, tags: Mapping[str, str]) -> bool:
        """Make it under the KMS key; False where one of this name is there, which stays as it is."""
        try:
            self._put(name, value, key, Overwrite=False, Tags=tag_list(dict(tags)))
        except CallRefused as refused:
            if refused.aws_code == "ParameterAlreadyExists":
                return False
            raise
        return True

    def replace(self, name: str, value: Secret, key: str) -> None:
        """Another value; the tags stay (PutParameter takes none with Overwrite)."""
        self._put(name, value, key, Overwrite=True)

    def read(self, name: str) -> Secret | None:
        """Its value, decrypted; None where there is no such parameter."""
        try:
            found = self._ssm.call_hushed("GetParameter", Name=name, WithDecryption=True)
        except CallRefused as refused:
            if refused.aws_code == "ParameterNotFound":
                return None
            raise
        return Secret(found["Parameter"]["Value"])

    def delete(self, name: str) -> bool:
        """False where there was none."""
        try:
            self._ssm.call("DeleteParameter", Name=name)
        except CallRefused as refused:
            if refused.aws_code == "ParameterNotFound":
                return False
            raise
        return True

    def tags(self, name: str) -> dict[str, str]:
        """Of a parameter; none where there is no such one."""
        try:
            answer = self._ssm.call("ListTagsForResource", ResourceType=_KIND, ResourceId=name)
        except CallRefused as refused:
            if refused.aws_code == "InvalidResourceId":
                return {}
            raise
        return tag_dict(answer["TagList"])

    def tag(self, name: str, tags: Mapping[str, str]) -> None:
        self._ssm.call("AddTagsToResource", ResourceType=_KIND, ResourceId=name, Tags=tag_list(dict(tags)))

    def untag(self, name: str, keys: list[str]) -> None:
        self._ssm.call("RemoveTagsFromResource", ResourceType=_KIND, ResourceId=name, TagKeys=keys)

    def _put(self, name: str, value: Secret, key: str, **more: object) -> None:
        # Tier is named because an account may have made the advanced one, which costs money, its default.
        self._ssm.call_hushed(
            "PutParameter",
            {"Value": value},
            Name=name,
            Type="SecureString",
            KeyId=key,
            Tier="Standard",
            **more,
        )
