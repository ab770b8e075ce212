"""AWS partitions: which one a region belongs to."""

from typing import Literal

Partition = Literal["aws", "aws-cn", "aws-us-gov"]

_BY_PREFIX: dict[str, Partition] = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
# The isolated and sovereign partitions have endpoints and services of their own that jumpcf has never met.
_UNSUPPORTED = ("us-iso", "eu-isoe", "eusc")


def of_region(region: str) -> Partition | None:
    """The partition of a region; None for those that jumpcf does not support."""
    if region.startswith(_UNSUPPORTED):
        return None
    for prefix, partition in _BY_PREFIX.items():
        if region.startswith(prefix + "-"):
            return partition
    return "aws"
