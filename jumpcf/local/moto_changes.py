"""The places where moto's own classes are changed, all of them; applied when the embedded AWS is opened or seeded."""

import weakref
from collections.abc import Iterable
from typing import Any

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.core.utils import method_names_from_class
from moto.iam.access_control import PermissionResult
from moto.iam.models import User
from moto.iam.responses import IamResponse
from moto.organizations.models import FakeDelegatedAdministrator
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from jumpcf.local import service_credentials
from jumpcf.local.credentials import clean_session
from jumpcf.local.refusals import NotImplementedHere
from jumpcf.local.tree import STACK_SETS_PRINCIPAL


def _boundary(user: User) -> dict[str, str] | None:
    """GetUser serialises this attribute by AWS's model; moto 5.2 has none on User and drops boundaries."""
    arn = vars(user).get("permissions_boundary_arn")
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def _neutral(bucket: FakeBucket, action: str, resource: str) -> Any:
    """moto applies a bucket policy's Deny without its Condition, so that "only with TLS" would shut the
    bucket to everybody.  With --enforce the guard has judged the call before, else nobody does."""
    return PermissionResult.NEUTRAL


def _put_object(self: S3Response) -> Any:
    """S3 takes `If-None-Match: *` only (PutObject); moto takes anything and looks at * alone."""
    if self.headers.get("If-None-Match", "*") != "*":
        raise NotImplementedHere("S3 has not If-None-Match with an ETag on PutObject.")
    return _moto_put_object(self)


_moto_put_object = S3Response.put_object
_method_names: weakref.WeakKeyDictionary[type, list[str]] = weakref.WeakKeyDictionary()


def _method_names_from_class(kind: type) -> list[str]:
    """What moto asks of the class at every request, and what never changes."""
    if kind not in _method_names:
        _method_names[kind] = method_names_from_class(kind)
    return _method_names[kind]


def apply() -> None:
    """Make the changes; doing so again changes nothing."""
    # moto keeps its session for ever and reads the process's profile through it
    AccountSpecificBackend.get_session = staticmethod(clean_session)  # type: ignore[method-assign,assignment]
    User.permissions_boundary = property(_boundary)  # type: ignore[attr-defined]
    for name, call in service_credentials.CALLS.items():
        setattr(IamResponse, name, call)
    S3Response.put_object = _put_object  # type: ignore[method-assign]
    setattr(responses, "method_names_from_class", _method_names_from_class)  # noqa: B010
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign,assignment]


def allow_principals(principals: Iterable[str]) -> None:
    """Let services have delegated administrators of which moto does not know that they can."""
    known = FakeDelegatedAdministrator.SUPPORTED_SERVICES
    for principal in (STACK_SETS_PRINCIPAL, *principals):
        if principal not in known:
            known.append(principal)
