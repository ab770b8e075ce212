"""The places where moto's own classes are changed, all of them; applied when the embedded AWS is opened."""

import functools
import os
from typing import Any

import boto3
import botocore.session
from moto.core.base_backend import AccountSpecificBackend
from moto.iam.access_control import PermissionResult
from moto.iam.models import User
from moto.s3.models import FakeBucket


def _boundary(user: User) -> dict[str, str] | None:
    """GetUser serialises this attribute by AWS's model; moto 5.2 has none on User and drops boundaries."""
    arn = vars(user).get("permissions_boundary_arn")
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def _neutral(bucket: FakeBucket, action: str, resource: str) -> Any:
    """moto applies a bucket policy's Deny without its Condition, so that "only with TLS" would shut the
    bucket to everybody.  The embedded AWS evaluates no policies at all."""
    return PermissionResult.NEUTRAL


@functools.cache
def _session() -> boto3.Session:
    """A session that reads no configuration: moto keeps one for ever, to look up regions, and would trip over
    a profile of the process around it that the files of that moment did not have."""
    nothing = {
        "profile": (None, [], None, None),
        "config_file": (None, [], os.devnull, None),
        "credentials_file": (None, [], os.devnull, None),
    }
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=nothing))


def apply() -> None:
    """Make the changes; doing so again changes nothing."""
    AccountSpecificBackend.get_session = staticmethod(_session)  # type: ignore[method-assign,assignment]
    User.permissions_boundary = property(_boundary)  # type: ignore[attr-defined]
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign,assignment]
