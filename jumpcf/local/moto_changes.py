"""The places where moto's own classes are changed, all of them; applied when the embedded AWS is opened or seeded."""

from collections.abc import Iterable
from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.iam.access_control import PermissionResult
from moto.iam.models import User
from moto.iam.responses import IamResponse
from moto.organizations.models import FakeDelegatedAdministrator
from moto.s3.models import FakeBucket

from jumpcf.local import service_credentials
from jumpcf.local.credentials import clean_session
from jumpcf.local.tree import STACK_SETS_PRINCIPAL


def _boundary(user: User) -> dict[str, str] | None:
    """GetUser serialises this attribute by AWS's model; moto 5.2 has none on User and drops boundaries."""
    arn = vars(user).get("permissions_boundary_arn")
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def _neutral(bucket: FakeBucket, action: str, resource: str) -> Any:
    """moto applies a bucket policy's Deny without its Condition, so that "only with TLS" would shut the
    bucket to everybody.  The embedded AWS evaluates no policies at all."""
    return PermissionResult.NEUTRAL


def apply() -> None:
    """Make the changes; doing so again changes nothing."""
    # moto keeps its session for ever and reads the process's profile through it
    AccountSpecificBackend.get_session = staticmethod(clean_session)  # type: ignore[method-assign,assignment]
    User.permissions_boundary = property(_boundary)  # type: ignore[attr-defined]
    for name, call in service_credentials.CALLS.items():
        setattr(IamResponse, name, call)
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign,assignment]


def allow_principals(principals: Iterable[str]) -> None:
    """Let services have delegated administrators of which moto does not know that they can."""
    known = FakeDelegatedAdministrator.SUPPORTED_SERVICES
    for principal in (STACK_SETS_PRINCIPAL, *principals):
        if principal not in known:
            known.append(principal)
